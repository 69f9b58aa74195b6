"""Kotlin for Jetpack Compose: the properties of one object."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

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

_FLOAT_DIGITS = 7
_IMPORTS = {
    "CubicBezierEasing": "androidx.compose.animation.core.CubicBezierEasing",
    "Color": "androidx.compose.ui.graphics.Color",
    "StrokeCap": "androidx.compose.ui.graphics.StrokeCap",
    "ColorSpaces": "androidx.compose.ui.graphics.colorspace.ColorSpaces",
    "FontWeight": "androidx.compose.ui.text.font.FontWeight",
    "Dp": "androidx.compose.ui.unit.Dp",
    "TextUnit": "androidx.compose.ui.unit.TextUnit",
    ".dp": "androidx.compose.ui.unit.dp",
    ".em": "androidx.compose.ui.unit.em",
    ".sp": "androidx.compose.ui.unit.sp",
    "Duration": "kotlin.time.Duration",
    ".milliseconds": "kotlin.time.Duration.Companion.milliseconds",
}


def render(job: Job) -> tuple[str, list[Problem]]:
    """The file. Every property is a getter: one initialiser for all would outgrow what the JVM takes for a method."""
    found, problems = constants(job, "Kotlin", lambda path: camel(path, "", reserved.KOTLIN), literal)
    container = f"{pascal(job.prefix)}Tokens"
    definitions = used(_DEFINITIONS, found)
    body = "\n".join(definitions) + " ".join(f"{each.type} {each.text}" for each in found)
    imports = sorted(path for sign, path in _IMPORTS.items() if _mentions(body, sign))
    lines = [f"// {line}" for line in job.header.lines()] + ["", "package design.tokens", ""]
    lines += [f"import {path}" for path in imports] + ([""] if imports else [])
    lines += [f"object {container} {{"]
    for definition in definitions:
        lines += [*(f"    {line}" for line in definition.splitlines()), ""]
    for each in found:
        lines += _property(each)
    return "\n".join([*lines, "}", ""]), problems


def _mentions(body: str, sign: str) -> bool:
    return re.search(rf"{re.escape(sign)}\b" if sign[0] == "." else rf"(?<![\w.\"]){sign}\b", body) is not None


def _property(each: Constant) -> Iterator[str]:
    if lines := each.entry.description():
        yield f"    /** {' '.join(filter(None, lines)).replace('/*', '/ *')} */"
    if (reason := each.entry.deprecation) is not None:
        yield f"    @Deprecated({_text(reason)})"
    yield f"    val {each.name}: {each.type} get() = {each.text}"


def literal(value: Typed) -> Literal:  # noqa: C901 - one line for each type
    """A value as a Kotlin type and expression."""
    match value:
        case Color():
            return "Color", _color(value)
        case Length():
            return "Dp", _unit(value.pixels, "dp")
        case Duration(milliseconds):
            return "Duration", _unit(str(number_text(milliseconds)), "milliseconds")
        case Number():
            return _number(value.text)
        case Flag(flag):
            return "Boolean", str(flag).lower()
        case Text(text):
            return "String", _text(text)
        case Families(names):
            return "List<String>", _list(map(_text, names))
        case Weight(number):
            return "FontWeight", f"FontWeight({round(number)})"
        case Bezier(points):
            return "CubicBezierEasing", f"CubicBezierEasing({', '.join(f'{point}f' for point in points)})"
        case Stroke():
            return "Stroke", _stroke(value)
        case Gradient(stops):
            return "List<Pair<Float, Color>>", _list(f"{stop.position}f to {_color(stop.color)}" for stop in stops)
        case Border():
            width = _unit(value.width.pixels, "dp")
            return "Border", f"Border({_color(value.color)}, {width}, {_stroke(value.style)})"
        case Transition():
            parts = (value.duration, value.delay, value.timing)
            return "Transition", f"Transition({', '.join(literal(part)[1] for part in parts)})"
        case Shadow(layers):
            return "List<Shadow>", _list(
                f"Shadow({_color(layer.color)}, {_unit(layer.x.pixels, 'dp')}, {_unit(layer.y.pixels, 'dp')}, "
                f"{_unit(layer.blur.pixels, 'dp')}, {_unit(layer.spread.pixels, 'dp')}, {str(layer.inset).lower()})"
                for layer in layers
            )
        case Typography():
            return "Typography", _typography(value)


def _color(color: Color) -> str:
    channels = color.widest()
    if channels.gamut == "srgb":
        return f"Color(0x{channels.argb()})"
    red, green, blue, alpha = (f"{number_text(channel)}f" for channel in channels[:4])
    return f"Color({red}, {green}, {blue}, {alpha}, ColorSpaces.DisplayP3)"


def _number(text: str) -> Literal:
    """A Float, as Compose takes numbers, or a Double where a Float would lose digits."""
    digits = text.lstrip("-0.").replace(".", "").rstrip("0")
    if len(digits) <= _FLOAT_DIGITS:
        return "Float", f"{text}f"
    return "Double", text if "." in text else f"{text}.0"


def _unit(number: str, unit: str) -> str:
    return f"({number}).{unit}" if number.startswith("-") else f"{number}.{unit}"


def _stroke(stroke: Stroke) -> str:
    dashes = _list((_unit(dash.pixels, "dp") for dash in stroke.dashes), "Dp")
    return f'Stroke("{stroke.style}", {dashes}, StrokeCap.{(stroke.cap or "butt").capitalize()})'


def _typography(value: Typography) -> str:
    height = value.line_height
    parts = {
        "families": _list(map(_text, value.families.names) if value.families else (), "String"),
        "size": _unit(value.size.pixels, "sp") if value.size else "TextUnit.Unspecified",
        "weight": literal(value.weight)[1] if value.weight else "null",
        "lineHeight": "TextUnit.Unspecified" if height is None else
        _unit(height.text, "em") if isinstance(height, Number) else _unit(height.pixels, "sp"),
        "letterSpacing": _unit(value.letter_spacing.pixels, "sp") if value.letter_spacing else "TextUnit.Unspecified",
    }  # fmt: skip
    return f"Typography({', '.join(f'{name} = {text}' for name, text in parts.items())})"


def _text(text: str) -> str:
    return quoted(text, dollar=True, braces=False)


def _list(items: Iterable[str], of: str = "") -> str:
    joined = ", ".join(items)
    return f"listOf({joined})" if joined or not of else f"emptyList<{of}>()"


def _data(name: str, **members: str) -> tuple[str, str]:
    return name, f"data class {name}({', '.join(f'val {member}: {type_}' for member, type_ in members.items())})"


_DEFINITIONS = (
    _data("Stroke", style="String", dashes="List<Dp>", cap="StrokeCap"),
    _data("Border", color="Color", width="Dp", style="Stroke"),
    _data("Transition", duration="Duration", delay="Duration", easing="CubicBezierEasing"),
    _data("Shadow", color="Color", x="Dp", y="Dp", blur="Dp", spread="Dp", inset="Boolean"),
    _data(
        "Typography", families="List<String>", size="TextUnit", weight="FontWeight?", lineHeight="TextUnit",
        letterSpacing="TextUnit",
    ),
)  # fmt: skip
"""The composites that Compose has no type for, or none that holds all of it."""

FORMAT = Format(
    "compose", "text/x-kotlin", "kt", render, "Kotlin for Jetpack Compose",
    "object Tokens {\n    val spaceSm: Dp get() = 4.dp\n}\n",
)  # fmt: skip
