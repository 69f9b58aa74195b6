"""Resolved values of the thirteen DTCG types (Format §8-9) as typed parts, for platforms that are not the web.

Older ways of writing (``"16px"``, ``"#36f"``, ``"ease-in"``) are read where they mean one of the format's own values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from designsystem.color import Channels, convert, widest
from designsystem.exporters.numbers import number_text
from designsystem.exporters.values import font_families, font_weight

REM = 16
"""How many pixels a ``rem`` counts for where a platform has no such unit: the size that browsers begin with."""

_MEASURE = re.compile(r"([+-]?(?:\d+(?:\.\d+)?|\.\d+))(px|rem|ms|s)?")
_TIMINGS = {
    "linear": (0, 0, 1, 1),
    "ease": (0.25, 0.1, 0.25, 1),
    "ease-in": (0.42, 0, 1, 1),
    "ease-out": (0, 0, 0.58, 1),
    "ease-in-out": (0.42, 0, 0.58, 1),
}
_STYLES = frozenset({"solid", "dashed", "dotted", "double", "groove", "ridge", "outset", "inset"})
_CAPS = ("round", "butt", "square")


@dataclass(frozen=True, slots=True)
class Color:
    """A color as the token states it, and how platforms take it."""

    value: Any

    def srgb(self) -> Channels:
        """In sRGB, mapped into it where need be."""
        return _sure(convert(self.value, "srgb"))

    def widest(self) -> Channels:
        """In sRGB where that holds it, else in Display P3."""
        return _sure(widest(self.value))


@dataclass(frozen=True, slots=True)
class Length:
    """A dimension; ``pixels`` counts a rem as :data:`REM`."""

    number: float
    unit: str

    @property
    def pixels(self) -> str:
        """The length in pixels as text."""
        return _text(self.number if self.unit == "px" else round(self.number * REM, 6))


@dataclass(frozen=True, slots=True)
class Duration:
    """A duration, in milliseconds."""

    milliseconds: float

    @property
    def seconds(self) -> str:
        """The duration in seconds as text."""
        return _text(round(self.milliseconds / 1000, 9))


@dataclass(frozen=True, slots=True)
class Number:
    """A number; ``text`` is its plain decimal."""

    number: float

    @property
    def text(self) -> str:
        """The number as text."""
        return _text(self.number)


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false, which no type of the format has but tokens of other types may be."""

    value: bool


@dataclass(frozen=True, slots=True)
class Text:
    """A text, which no type of the format has but tokens of other types may be."""

    text: str


@dataclass(frozen=True, slots=True)
class Families:
    """Font names, best first."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weight:
    """A font weight from 1 to 1000."""

    number: float

    @property
    def hundred(self) -> int:
        """The nearest of 100, 200 … 900, for platforms that have only these."""
        return min(max(int((self.number + 50) // 100), 1), 9) * 100


@dataclass(frozen=True, slots=True)
class Bezier:
    """The control points of a timing function: x1, y1, x2, y2."""

    points: tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A stroke style: one of the keywords, or ``dashed`` with the dashes and the line cap."""

    style: str
    dashes: tuple[Length, ...] = ()
    cap: str | None = None


@dataclass(frozen=True, slots=True)
class Border:
    """A border."""

    color: Color
    width: Length
    style: Stroke


@dataclass(frozen=True, slots=True)
class Transition:
    """A transition."""

    duration: Duration
    delay: Duration
    timing: Bezier


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a shadow."""

    color: Color
    x: Length
    y: Length
    blur: Length
    spread: Length
    inset: bool


@dataclass(frozen=True, slots=True)
class Shadow:
    """A shadow of one or more layers."""

    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of a gradient; the position lies between 0 and 1."""

    color: Color
    position: str


@dataclass(frozen=True, slots=True)
class Gradient:
    """The stops of a gradient."""

    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Typography:
    """A typography; None for what it does not state."""

    families: Families | None
    size: Length | None
    weight: Weight | None
    line_height: Number | Length | None
    letter_spacing: Length | None


Typed = (
    Color | Length | Duration | Number | Flag | Text | Families | Weight | Bezier | Stroke | Border | Transition
    | Shadow | Gradient | Typography
)  # fmt: skip


def typed(type_: str | None, value: Any) -> Typed | None:
    """A value as typed parts; None where it is not what its type says, or CSS of which only browsers know the sense."""
    return _READERS.get(type_ or "", _plain)(value)


def _plain(value: Any) -> Typed | None:
    if isinstance(value, bool):
        return Flag(value)
    if isinstance(value, str):
        return Text(value)
    return _number(value)


def _color(value: Any) -> Color | None:
    return None if convert(value, "srgb") is None else Color(value)


def _length(value: Any) -> Length | None:
    found = _measure(value, ("px", "rem"))
    return None if found is None else Length(*found)


def _duration(value: Any) -> Duration | None:
    found = _measure(value, ("ms", "s"))
    return None if found is None else Duration(found[0] if found[1] == "ms" else round(found[0] * 1000, 6))


def _measure(value: Any, units: tuple[str, str]) -> tuple[float, str] | None:
    if isinstance(value, Mapping):
        number, unit = value.get("value"), value.get("unit")
        return (number, unit) if number_text(number) is not None and unit in units else None  # type: ignore[return-value]
    if isinstance(value, str) and (match := _MEASURE.fullmatch(value.strip())):
        number, unit = float(match[1]), match[2]
        return (number, unit or units[0]) if unit in units or (unit is None and number == 0) else None
    return (0, units[0]) if value == 0 and not isinstance(value, bool) else None


def _number(value: Any) -> Number | None:
    if isinstance(value, str):
        match = _MEASURE.fullmatch(value.strip())
        return Number(float(match[1])) if match and match[2] is None else None
    return Number(value) if number_text(value) is not None else None


def _families(value: Any) -> Families | None:
    found = font_families(value)
    return Families(tuple(found)) if found else None


def _weight(value: Any) -> Weight | None:
    number = font_weight(value)
    return None if number is None else Weight(number)


def _bezier(value: Any) -> Bezier | None:
    points = _TIMINGS.get(value) if isinstance(value, str) else value
    if not isinstance(points, Sequence) or isinstance(points, str) or len(points) != 4:
        return None
    texts = [number_text(point) for point in points]
    return None if None in texts else Bezier(tuple(texts))  # type: ignore[arg-type]


def _stroke(value: Any) -> Stroke | None:
    if isinstance(value, str):
        return Stroke(value) if value in _STYLES else None
    if not isinstance(value, Mapping) or not isinstance(value.get("dashArray"), Sequence):
        return None
    dashes = _all(value["dashArray"], _length)
    cap = value.get("lineCap", "butt")
    return None if dashes is None or cap not in _CAPS else Stroke("dashed", dashes, cap)


def _border(value: Any) -> Border | None:
    return _made(Border, value, {"color": _color, "width": _length, "style": _stroke})


def _transition(value: Any) -> Transition | None:
    whole = {"delay": 0, **value} if isinstance(value, Mapping) else value
    return _made(Transition, whole, {"duration": _duration, "delay": _duration, "timingFunction": _bezier})


def _shadow(value: Any) -> Shadow | None:
    layers = _all([value] if isinstance(value, Mapping) else value, _layer)
    return Shadow(layers) if layers else None


def _layer(value: Any) -> Layer | None:
    if not isinstance(value, Mapping):
        return None
    whole = {"blur": 0, "spread": 0, "inset": False, **value}
    lengths = dict.fromkeys(("offsetX", "offsetY", "blur", "spread"), _length)
    return _made(Layer, whole, {"color": _color, **lengths, "inset": _flag})


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _gradient(value: Any) -> Gradient | None:
    stops = _all(value, _stop)
    return Gradient(stops) if stops else None


def _stop(value: Any) -> Stop | None:
    return _made(Stop, value, {"color": _color, "position": _position})


def _position(value: Any) -> str | None:
    return None if number_text(value) is None else number_text(min(max(value, 0), 1))


def _typography(value: Any) -> Typography | None:
    if not isinstance(value, Mapping):
        return None
    parts: list[Any] = []
    for key, read in _TYPOGRAPHY.items():
        part = read(value[key]) if key in value else None
        if key in value and part is None:
            return None
        parts.append(part)
    return None if all(part is None for part in parts) else Typography(*parts)


def _line_height(value: Any) -> Number | Length | None:
    return _number(value) or _length(value)


_Part = TypeVar("_Part")


def _all(values: Any, read: Callable[[Any], _Part | None]) -> tuple[_Part, ...] | None:
    """Every item of a list, None where one of them cannot be read."""
    if not isinstance(values, Sequence) or isinstance(values, str):
        return None
    found = [read(value) for value in values]
    return None if any(part is None for part in found) else tuple(part for part in found if part is not None)


def _made(kind: Callable[..., _Part], value: Any, parts: Mapping[str, Callable[[Any], Any]]) -> _Part | None:
    """An object of these members in this order, None where one of them is missing or cannot be read."""
    if not isinstance(value, Mapping):
        return None
    read = [reader(value[key]) if key in value else None for key, reader in parts.items()]
    return None if any(part is None for part in read) else kind(*read)


def _sure(channels: Channels | None) -> Channels:
    if channels is None:  # a Color is only made of what converts
        raise ValueError("this is no color")
    return channels


def _text(number: float) -> str:
    text = number_text(number)
    if text is None:  # only numbers with a text are read
        raise ValueError(f"{number} is not finite")
    return text


_TYPOGRAPHY: Mapping[str, Callable[[Any], Any]] = {
    "fontFamily": _families,
    "fontSize": _length,
    "fontWeight": _weight,
    "lineHeight": _line_height,
    "letterSpacing": _length,
}
_READERS: Mapping[str, Callable[[Any], Typed | None]] = {
    "color": _color,
    "dimension": _length,
    "fontFamily": _families,
    "fontWeight": _weight,
    "duration": _duration,
    "cubicBezier": _bezier,
    "number": _number,
    "strokeStyle": _stroke,
    "border": _border,
    "transition": _transition,
    "shadow": _shadow,
    "gradient": _gradient,
    "typography": _typography,
}
