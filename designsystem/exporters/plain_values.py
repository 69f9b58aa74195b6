"""Values that are written plainly in CSS, in Sass and as data, without a word on what is wrong with others."""

from __future__ import annotations

import re
from collections.abc import Callable

from designsystem.exporters.text import font_family

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_LARGEST = 10**15
_DEEPEST, _MOST = 8, 500
_UNITS = {"px": "px", "rem": "rem"}
_TIMES = {"ms": "ms", "s": "s"}


class NotPlain(Exception):
    """There is something that only the whole way can tell about."""


class Answer:
    """One value: its type, its CSS and Sass text, what formats that hold data write, the parts of a typography
    (name, CSS, Sass), and the value itself without aliases."""

    __slots__ = ("css", "data", "parts", "scss", "type", "value")

    def __init__(self, type_: str, value: Any, css: str | None, scss: str | None, data: Any) -> None:
        self.type = type_
        self.value = value
        self.css = css
        self.scss = scss
        self.data = data
        self.parts: tuple[tuple[str, str, str], ...] = ()


def converted(type_: str | None, value: Any, look_up: Callable[[str], Answer]) -> Answer:
    """A value that is no alias as a whole; ``look_up`` answers for those inside. Raises NotPlain."""
    if type_ is None:
        raise NotPlain
    convert = CONVERTERS[type_]
    text = convert(value) if convert is not None else None
    if text is None:
        return _by_the_whole_rules(type_, value, look_up)
    return Answer(type_, value, text, text, text)


def members_in(value: Any, depth: int = 0) -> int:
    """How many members all objects in a value have; raises NotPlain for one that is strange by itself."""
    if depth > _DEEPEST:
        raise NotPlain
    found = 0
    if type(value) is dict:
        found = len(value)
        if "$ref" in value:
            raise NotPlain
        parts = value.values()
    else:
        parts = value
    for part in parts:
        kind = type(part)
        if kind is dict or kind is list:
            found += members_in(part, depth + 1)
        elif kind is float:
            _number(part)
        elif kind is int and not -_LARGEST < part < _LARGEST:
            raise NotPlain
    if found > _MOST:
        raise NotPlain
    return found


def _number(value: Any) -> str | None:
    """A number as CSS has it; None for what is none."""
    if type(value) is int:
        if not -_LARGEST < value < _LARGEST:
            raise NotPlain
        return str(value)
    if type(value) is not float:
        return None
    text = repr(value)
    if "e" in text or "n" in text:
        raise NotPlain
    if text.endswith(".0"):
        return text[:-2] if text != "-0.0" else "0"
    return text


def _color(value: Any) -> str | None:
    """sRGB in its gamut."""
    if type(value) is not dict or value.get("colorSpace") != "srgb":
        return None
    components = value.get("components")
    if type(components) is not list or len(components) != 3:
        return None
    for part in components:
        if (type(part) is not float and type(part) is not int) or not 0 <= part <= 1:
            return None
    red, green, blue = components
    known = 2
    if "hex" in value:
        known = 3
        if type(value["hex"]) is not str or not _HEX.fullmatch(value["hex"]):
            return None
    if len(value) == known:
        return f"#{int(red * 255 + 0.5):02x}{int(green * 255 + 0.5):02x}{int(blue * 255 + 0.5):02x}"
    if len(value) != known + 1 or "alpha" not in value:
        return None
    alpha = _number(value["alpha"])
    if alpha is None or not 0 <= value["alpha"] <= 1:
        return None
    if alpha == "1":
        return f"#{int(red * 255 + 0.5):02x}{int(green * 255 + 0.5):02x}{int(blue * 255 + 0.5):02x}"
    return f"rgb({int(red * 255 + 0.5)} {int(green * 255 + 0.5)} {int(blue * 255 + 0.5)} / {alpha})"


def _measure(value: Any, units: dict[str, str]) -> str | None:
    if type(value) is not dict or len(value) != 2:
        return None
    unit, number = value.get("unit"), _number(value.get("value"))
    if type(unit) is not str or unit not in units or number is None:
        return None
    return number + unit


def _dimension(value: Any) -> str | None:
    return _measure(value, _UNITS)


def _duration(value: Any) -> str | None:
    return _measure(value, _TIMES)


def _font_family(value: Any) -> str | None:
    if type(value) is not list or not value:
        return None
    for name in value:
        if type(name) is not str or not name or name.strip().strip("\"'") != name or "{" in name:
            return None
    return font_family(value)


def _cubic_bezier(value: Any) -> str | None:
    if type(value) is not list or len(value) != 4:
        return None
    numbers = [_number(point) for point in value]
    if None in numbers or not 0 <= value[0] <= 1 or not 0 <= value[2] <= 1:
        return None
    return f"cubic-bezier({', '.join(map(str, numbers))})"


def _shadow(value: Any) -> str | None:
    """One layer with all its parts."""
    if type(value) is not dict or len(value) != 5:
        return None
    color = _color(value.get("color"))
    lengths = [_dimension(value.get(key)) for key in ("offsetX", "offsetY", "blur", "spread")]
    if color is None or None in lengths:
        return None
    return " ".join([*map(str, lengths), color])


CONVERTERS: dict[str, Callable[[Any], str | None] | None] = {
    "color": _color,
    "dimension": _dimension,
    "duration": _duration,
    "fontFamily": _font_family,
    "cubicBezier": _cubic_bezier,
    "shadow": _shadow,
    **dict.fromkeys(("number", "fontWeight", "strokeStyle", "border", "transition", "gradient", "typography")),
}
"""Every type, with what recognises the usual shape of its values; none where the whole rules are asked."""


def _by_the_whole_rules(type_: str, value: Any, look_up: Callable[[str], Answer]) -> Answer:
    """A value of another shape, checked and converted as ever; raises NotPlain where it has any fault."""
    if type_ in ("number", "fontWeight") and (plain := _plain_number(type_, value)) is not None:
        return plain
    from designsystem.exporters import plain_composites

    return plain_composites.converted(type_, value, look_up)


def _plain_number(type_: str, value: Any) -> Answer | None:
    text = _number(value)
    if text is None or (type_ == "fontWeight" and not 1 <= value <= 1000):
        return None
    return Answer(type_, value, text, text, float(text) if "." in text else int(text))
