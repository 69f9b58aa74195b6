"""Resolved values of the thirteen DTCG types (Format §8-9) as CSS text; draft strings pass where they are harmless."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from designsystem.exporters.colors import color_text
from designsystem.exporters.numbers import number_text
from designsystem.exporters.text import font_family, raw_css

FONT_WEIGHTS = {
    **dict.fromkeys(("thin", "hairline"), 100),
    **dict.fromkeys(("extra-light", "ultra-light"), 200),
    "light": 300,
    **dict.fromkeys(("normal", "regular", "book"), 400),
    "medium": 500,
    **dict.fromkeys(("semi-bold", "demi-bold"), 600),
    "bold": 700,
    **dict.fromkeys(("extra-bold", "ultra-bold"), 800),
    **dict.fromkeys(("black", "heavy"), 900),
    **dict.fromkeys(("extra-black", "ultra-black"), 950),
}
"""Format §8.4, table of weight names; looked up without regard to hyphens, spaces and case, as drafts wrote them."""

_WEIGHTS = {name.replace("-", ""): weight for name, weight in FONT_WEIGHTS.items()}

TYPOGRAPHY_PARTS = {
    "fontFamily": ("font-family", "fontFamily"),
    "fontSize": ("font-size", "dimension"),
    "fontWeight": ("font-weight", "fontWeight"),
    "lineHeight": ("line-height", "dimension"),
    "letterSpacing": ("letter-spacing", "dimension"),
}
"""Sub-value of a typography token → (CSS property, type). A line height is a number; drafts had dimensions too."""


def css_value(type_: str | None, value: Any) -> str | None:
    """A value as the right side of a CSS declaration; None where CSS cannot hold it."""
    converter = CONVERTERS.get(type_ or "", _plain)
    return converter(value)


def typography_parts(value: Any) -> dict[str, str] | None:
    """A typography value as the CSS properties that it states; None if it is no object or one part cannot be said."""
    if not isinstance(value, Mapping):
        return None
    parts: dict[str, str] = {}
    for key, (name, type_) in TYPOGRAPHY_PARTS.items():
        if key in value:
            text = css_value(type_, value[key])
            if text is None:
                return None
            parts[name] = text
    return parts or None


def _plain(value: Any) -> str | None:
    return raw_css(value) if isinstance(value, str) else number_text(value)


def _color(value: Any) -> str | None:
    return color_text(value) if isinstance(value, Mapping) else raw_css(value) if isinstance(value, str) else None


def _dimension(value: Any) -> str | None:
    if isinstance(value, Mapping):
        number, unit = number_text(value.get("value")), value.get("unit")
        return f"{number}{unit}" if number is not None and isinstance(unit, str) and unit.isalpha() else None
    return _plain(value)


def font_families(value: Any) -> list[str] | None:
    """Font names, best first; a draft stack in one string (``Inter, sans-serif``) is split, quotes are taken off."""
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, Sequence) or not all(isinstance(name, str) for name in names):
        return None
    bare = [name.strip().strip("\"'") for name in names]
    return bare if bare and all(bare) else None


def font_weight(value: Any) -> float | None:
    """A weight as a number, whether it is one, is called by a name or stands in quotes."""
    if isinstance(value, str):
        text = value.lower().replace("-", "").replace(" ", "").replace("_", "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= len("1000") else _WEIGHTS.get(text)
    return value if number_text(value) is not None else None


def _font_family(value: Any) -> str | None:
    names = font_families(value)
    return font_family(names) if names else None


def _font_weight(value: Any) -> str | None:
    weight = font_weight(value)
    return raw_css(value) if weight is None and isinstance(value, str) else number_text(weight)


def _cubic_bezier(value: Any) -> str | None:
    if isinstance(value, str):
        return raw_css(value)
    numbers = _numbers(value, 4)
    return None if numbers is None else f"cubic-bezier({', '.join(numbers)})"


def _numbers(value: Any, count: int) -> list[str] | None:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != count:
        return None
    numbers = [number_text(item) for item in value]
    return None if None in numbers else [str(number) for number in numbers]


def _stroke_style(value: Any) -> str | None:
    """CSS has no dash arrays: an object is the nearest keyword, ``dashed`` (Format §9.2 allows the fallback)."""
    if isinstance(value, Mapping):
        return "dashed" if isinstance(value.get("dashArray"), Sequence) else None
    return raw_css(value) if isinstance(value, str) else None


def _border(value: Any) -> str | None:
    return _joined(value, {"width": _dimension, "style": _stroke_style, "color": _color})


def _transition(value: Any) -> str | None:
    """Duration, timing function, delay: what stands after the property name in ``transition``."""
    return _joined(value, {"duration": _dimension, "timingFunction": _cubic_bezier, "delay": _dimension}, {"delay"})


def _joined(
    value: Any, parts: Mapping[str, Callable[[Any], str | None]], optional: set[str] | frozenset[str] = frozenset()
) -> str | None:
    if not isinstance(value, Mapping):
        return raw_css(value) if isinstance(value, str) else None
    texts = [convert(value.get(key)) for key, convert in parts.items() if key in value or key not in optional]
    return None if None in texts else " ".join(str(text) for text in texts)


def _shadow(value: Any) -> str | None:
    if isinstance(value, str):
        return raw_css(value)
    layers = [value] if isinstance(value, Mapping) else value
    if not isinstance(layers, Sequence) or not layers:
        return None
    texts = [_shadow_layer(layer) for layer in layers]
    return None if None in texts else ", ".join(str(text) for text in texts)


def _shadow_layer(layer: Any) -> str | None:
    if not isinstance(layer, Mapping):
        return None
    lengths = [_dimension(layer.get(key, 0)) for key in ("offsetX", "offsetY", "blur", "spread")]
    color = _color(layer.get("color"))
    if None in lengths or color is None:
        return None
    return " ".join([*(["inset"] if layer.get("inset") is True else []), *map(str, lengths), color])


def _gradient(value: Any) -> str | None:
    """The colour stops alone, so that any gradient function can take them: ``linear-gradient(90deg, var(--x))``."""
    if isinstance(value, str):
        return raw_css(value)
    if not isinstance(value, Sequence) or not value:
        return None
    stops = [_gradient_stop(stop) for stop in value]
    return None if None in stops else ", ".join(str(stop) for stop in stops)


def _gradient_stop(stop: Any) -> str | None:
    if not isinstance(stop, Mapping) or (color := _color(stop.get("color"))) is None:
        return None
    if "position" not in stop:
        return color
    position = stop["position"]
    if number_text(position) is None:
        return None
    return f"{color} {number_text(round(min(max(position, 0), 1) * 100, 6))}%"


def _typography(value: Any) -> str | None:
    """The ``font`` shorthand, which needs at least size and family; letter spacing has no place in it."""
    parts = typography_parts(value)
    if parts is None or "font-size" not in parts or "font-family" not in parts:
        return raw_css(value) if isinstance(value, str) else None
    size = parts["font-size"] + (f"/{parts['line-height']}" if "line-height" in parts else "")
    return " ".join(filter(None, (parts.get("font-weight"), size, parts["font-family"])))


CONVERTERS: Mapping[str, Callable[[Any], str | None]] = {
    "color": _color,
    "dimension": _dimension,
    "fontFamily": _font_family,
    "fontWeight": _font_weight,
    "duration": _dimension,
    "cubicBezier": _cubic_bezier,
    "number": _plain,
    "strokeStyle": _stroke_style,
    "border": _border,
    "transition": _transition,
    "shadow": _shadow,
    "gradient": _gradient,
    "typography": _typography,
}
