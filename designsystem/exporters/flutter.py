"""Dart for Flutter: the static constants of one class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from designsystem.exporters import reserved
from designsystem.exporters.constants import Constant, Literal, constants, quoted, used
from designsystem.exporters.exported import Format, Job
from designsystem.exporters.names import ascii_camel, pascal
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


def render(job: Job) -> tuple[str, list[Problem]]:
    """The file."""
    found, problems = constants(job, "Dart", lambda path: ascii_camel(path, "", reserved.DART), literal)
    lines = [f"// {line}" for line in job.header.lines()]
    lines += ["", "import 'package:flutter/painting.dart';", "import 'package:flutter/animation.dart';", ""]
    lines += [f"abstract final class {pascal(job.prefix)}Tokens {{"]
    for each in found:
        lines += _constant(each)
    lines += ["}", *(f"\n{definition}" for definition in used(_DEFINITIONS, found)), ""]
    return "\n".join(lines), problems


def _constant(each: Constant) -> Iterator[str]:
    for line in each.entry.description():
        yield f"  /// {line}".rstrip()
    if (reason := each.entry.deprecation) is not None:
        yield f"  @Deprecated({_text(reason)})"
    yield f"  static const {each.type} {each.name} = {each.text};"


def literal(value: Typed) -> Literal:  # noqa: C901 - one line for each type
    """A value as a Dart type and constant expression."""
    match value:
        case Color():
            return "Color", _color(value)
        case Length():
            return "double", value.pixels
        case Duration(milliseconds):
            return "Duration", f"Duration(microseconds: {round(milliseconds * 1000)})"
        case Number():
            return "double", value.text
        case Flag(flag):
            return "bool", str(flag).lower()
        case Text(text):
            return "String", _text(text)
        case Families(names):
            return "List<String>", _list(map(_text, names))
        case Weight():
            return "FontWeight", f"FontWeight.w{value.hundred}"
        case Bezier(points):
            return "Cubic", f"Cubic({', '.join(points)})"
        case Stroke():
            return "StrokeToken", _stroke(value)
        case Gradient(stops):
            return "List<GradientStopToken>", _list(
                f"GradientStopToken({_color(stop.color)}, {stop.position})" for stop in stops
            )
        case Border():
            return "BorderToken", (f"BorderToken({_color(value.color)}, {value.width.pixels}, {_stroke(value.style)})")
        case Transition():
            parts = (value.duration, value.delay, value.timing)
            return "TransitionToken", f"TransitionToken({', '.join(literal(part)[1] for part in parts)})"
        case Shadow(layers):
            return "List<ShadowToken>", _list(
                f"ShadowToken(color: {_color(layer.color)}, offset: Offset({layer.x.pixels}, {layer.y.pixels}), "
                f"blurRadius: {layer.blur.pixels}, spreadRadius: {layer.spread.pixels}, "
                f"inset: {str(layer.inset).lower()})"
                for layer in layers
            )
        case Typography():
            return "TextStyle", _typography(value)


def _color(color: Color) -> str:
    channels = color.widest()
    if channels.gamut == "srgb":
        return f"Color(0x{channels.argb()})"
    red, green, blue, alpha = (number_text(channel) for channel in channels[:4])
    shown = f"alpha: {alpha}, red: {red}, green: {green}, blue: {blue}"
    return f"Color.from({shown}, colorSpace: ColorSpace.displayP3)"


def _stroke(stroke: Stroke) -> str:
    dashes = _list(dash.pixels for dash in stroke.dashes)
    return f"StrokeToken({_text(stroke.style)}, dashes: {dashes}, cap: StrokeCap.{stroke.cap or 'butt'})"


def _typography(value: Typography) -> str:
    """A TextStyle, whose height is a multiple of the size: a line height in pixels is divided by it."""
    parts: dict[str, str] = {}
    if value.families:
        first, *others = map(_text, value.families.names)
        parts["fontFamily"] = first
        if others:
            parts["fontFamilyFallback"] = _list(others)
    if value.size:
        parts["fontSize"] = value.size.pixels
    if value.weight:
        parts["fontWeight"] = f"FontWeight.w{value.weight.hundred}"
    if height := _height(value):
        parts["height"] = height
    if value.letter_spacing:
        parts["letterSpacing"] = value.letter_spacing.pixels
    return f"TextStyle({', '.join(f'{name}: {text}' for name, text in parts.items())})"


def _height(value: Typography) -> str | None:
    height = value.line_height
    if isinstance(height, Number):
        return height.text
    if height is None or value.size is None or float(value.size.pixels) == 0:
        return None
    return number_text(round(float(height.pixels) / float(value.size.pixels), 6))


def _text(text: str) -> str:
    return quoted(text, dollar=True, mark="'")


def _list(items: Iterable[str]) -> str:
    return f"[{', '.join(items)}]"


_DEFINITIONS = (
    ("StrokeToken", """\
class StrokeToken {
  const StrokeToken(this.style, {required this.dashes, required this.cap});
  final String style;
  final List<double> dashes;
  final StrokeCap cap;
}"""),
    ("BorderToken", """\
class BorderToken {
  const BorderToken(this.color, this.width, this.style);
  final Color color;
  final double width;
  final StrokeToken style;
}"""),
    ("TransitionToken", """\
class TransitionToken {
  const TransitionToken(this.duration, this.delay, this.curve);
  final Duration duration;
  final Duration delay;
  final Cubic curve;
}"""),
    ("ShadowToken", """\
class ShadowToken extends BoxShadow {
  const ShadowToken({super.color, super.offset, super.blurRadius, super.spreadRadius, this.inset = false});
  final bool inset;
}"""),
    ("GradientStopToken", """\
class GradientStopToken {
  const GradientStopToken(this.color, this.position);
  final Color color;
  final double position;
}"""),
)  # fmt: skip
"""The composites that Flutter has no type for."""

FORMAT = Format(
    "flutter", "text/x-dart", "dart", render, "Dart for Flutter",
    "abstract final class Tokens {\n  static const double spaceSm = 4;\n}\n",
)  # fmt: skip
