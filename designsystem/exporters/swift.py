"""Swift: the static constants of one type, for UIKit and for SwiftUI."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from designsystem.exporters import reserved
from designsystem.exporters.constants import Constant, Literal, constants, quoted, used
from designsystem.exporters.exported import Format, Job
from designsystem.exporters.names import camel, pascal
from designsystem.exporters.numbers import number_text
from designsystem.exporters.typed import (
    Bezier,
    Border,
    Color,
    Duration,
    Families,
    Flag,
    Gradient,
    Length,
    Number,
    Shadow,
    Stroke,
    Text,
    Transition,
    Typed,
    Typography,
    Weight,
)
from designsystem.problem import Problem

_WEIGHTS = ("ultraLight", "thin", "light", "regular", "medium", "semibold", "bold", "heavy", "black")
"""What Apple calls 100, 200 … 900."""


class Kit(NamedTuple):
    """What differs between Apple's frameworks."""

    module: str
    color: str
    weight: str
    timing: str


UIKIT = Kit("UIKit", "UIColor", "UIFont.Weight", "CAMediaTimingFunction")
SWIFTUI = Kit("SwiftUI", "Color", "Font.Weight", "UnitCurve")


def renderer(kit: Kit) -> Callable[[Job], tuple[str, list[Problem]]]:
    """How to write Swift for one framework."""

    def render(job: Job) -> tuple[str, list[Problem]]:
        def name_of(path: str) -> str:
            return camel(path, "", reserved.SWIFT)

        found, problems = constants(job, "Swift", name_of, lambda value: literal(value, kit))
        head = [f"// {line}" for line in job.header.lines()]
        lines = [*head, "", f"import {kit.module}", "", f"public enum {pascal(job.prefix)}Tokens {{"]
        for definition in used(_definitions(kit), found):
            lines += [*(f"    {line}".rstrip() for line in definition.splitlines()), ""]
        for each in found:
            lines += _constant(each)
        return "\n".join([*lines, "}", ""]), problems

    return render


def _constant(each: Constant) -> Iterator[str]:
    for line in each.entry.description():
        yield f"    /// {line}".rstrip()
    if (reason := each.entry.deprecation) is not None:
        message = f", message: {quoted(reason)}" if reason else ""
        yield f"    @available(*, deprecated{message})"
    yield f"    public static let {each.name}: {each.type} = {each.text}"


def literal(value: Typed, kit: Kit) -> Literal:  # noqa: C901 - one line for each type
    """A value as a Swift type and expression."""
    match value:
        case Color():
            return kit.color, _color(value, kit)
        case Length():
            return "CGFloat", value.pixels
        case Duration():
            return "TimeInterval", value.seconds
        case Number():
            return "Double", value.text
        case Flag(flag):
            return "Bool", "true" if flag else "false"
        case Text(text):
            return "String", quoted(text)
        case Families(names):
            return "[String]", _list(quoted(name) for name in names)
        case Weight():
            return kit.weight, f".{_WEIGHTS[value.hundred // 100 - 1]}"
        case Bezier(points):
            return kit.timing, _timing(points, kit)
        case Stroke():
            return "Stroke", _stroke(value)
        case Gradient(stops):
            made = (f"GradientStop(color: {_color(stop.color, kit)}, location: {stop.position})" for stop in stops)
            return "[GradientStop]", _list(made)
        case Border():
            return "Border", (
                f"Border(color: {_color(value.color, kit)}, width: {value.width.pixels}, style: {_stroke(value.style)})"
            )
        case Transition():
            timing = _timing(value.timing.points, kit)
            times = f"duration: {value.duration.seconds}, delay: {value.delay.seconds}"
            return "Transition", f"Transition({times}, timing: {timing})"
        case Shadow(layers):
            return "[Shadow]", _list(
                f"Shadow(color: {_color(layer.color, kit)}, x: {layer.x.pixels}, y: {layer.y.pixels}, "
                f"blur: {layer.blur.pixels}, spread: {layer.spread.pixels}, inset: {str(layer.inset).lower()})"
                for layer in layers
            )
        case Typography():
            return "Typography", _typography(value, kit)


def _color(color: Color, kit: Kit) -> str:
    channels = color.widest()
    red, green, blue, alpha = (number_text(channel) for channel in channels[:4])
    wide = channels.gamut == "display-p3"
    if kit is UIKIT:
        first = "displayP3Red" if wide else "red"
        return f"UIColor({first}: {red}, green: {green}, blue: {blue}, alpha: {alpha})"
    space = ".displayP3" if wide else ".sRGB"
    return f"Color({space}, red: {red}, green: {green}, blue: {blue}, opacity: {alpha})"


def _timing(points: Sequence[str], kit: Kit) -> str:
    if kit is UIKIT:
        return f"CAMediaTimingFunction(controlPoints: {', '.join(points)})"
    x1, y1, x2, y2 = points
    start, end = f"UnitPoint(x: {x1}, y: {y1})", f"UnitPoint(x: {x2}, y: {y2})"
    return f"UnitCurve.bezier(startControlPoint: {start}, endControlPoint: {end})"


def _stroke(stroke: Stroke) -> str:
    dashes = _list(dash.pixels for dash in stroke.dashes)
    cap = f".{stroke.cap or 'butt'}"
    return f'Stroke(style: "{stroke.style}", dashes: {dashes}, cap: {cap})'


def _typography(value: Typography, kit: Kit) -> str:
    parts = {
        "families": literal(value.families, kit)[1] if value.families else "[]",
        "size": value.size.pixels if value.size else "nil",
        "weight": literal(value.weight, kit)[1] if value.weight else "nil",
        "lineHeight": _line_height(value),
        "letterSpacing": value.letter_spacing.pixels if value.letter_spacing else "nil",
    }
    return f"Typography({', '.join(f'{name}: {text}' for name, text in parts.items())})"


def _line_height(value: Typography) -> str:
    match value.line_height:
        case Number() as number:
            return f".multiple({number.text})"
        case Length() as length:
            return f".points({length.pixels})"
    return "nil"


def _list(items: Iterator[str] | Sequence[str]) -> str:
    return f"[{', '.join(items)}]"


def _struct(name: str, **members: str) -> tuple[str, str]:
    lines = [f"    public let {member}: {type_}" for member, type_ in members.items()]
    return name, "\n".join([f"public struct {name} {{", *lines, "}"])


def _definitions(kit: Kit) -> list[tuple[str, str]]:
    """The composites that Apple's frameworks have no type for."""
    height = "public enum LineHeight {\n    case multiple(Double)\n    case points(CGFloat)\n}"
    return [
        _struct("Stroke", style="String", dashes="[CGFloat]", cap="CGLineCap"),
        _struct("Border", color=kit.color, width="CGFloat", style="Stroke"),
        _struct("Transition", duration="TimeInterval", delay="TimeInterval", timing=kit.timing),
        _struct("Shadow", color=kit.color, x="CGFloat", y="CGFloat", blur="CGFloat", spread="CGFloat", inset="Bool"),
        _struct("GradientStop", color=kit.color, location="CGFloat"),
        ("LineHeight", height),
        _struct(
            "Typography", families="[String]", size="CGFloat?", weight=f"{kit.weight}?", lineHeight="LineHeight?",
            letterSpacing="CGFloat?",
        ),
    ]  # fmt: skip


FORMAT = Format(
    "swift", "text/x-swift", "swift", renderer(UIKIT), "Swift for UIKit",
    "public enum Tokens {\n    public static let spaceSm: CGFloat = 4\n}\n",
)  # fmt: skip
SWIFTUI_FORMAT = Format(
    "ios-swiftui", "text/x-swift", "swift", renderer(SWIFTUI), "Swift for SwiftUI",
    "public enum Tokens {\n    public static let spaceSm: CGFloat = 4\n}\n",
)  # fmt: skip
