"""Colour values (DTCG Color Module 2025.10) as CSS Color 4 text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from designsystem.color import SPACES
from designsystem.exporters.numbers import number_text

_FUNCTIONS = {
    "hsl": ("hsl", ("", "%", "%")),
    "hwb": ("hwb", ("", "%", "%")),
    "lab": ("lab", ("", "", "")),
    "lch": ("lch", ("", "", "")),
    "oklab": ("oklab", ("", "", "")),
    "oklch": ("oklch", ("", "", "")),
}


def color_text(value: Mapping[str, Any]) -> str | None:
    """A colour object as CSS, None when it is not one.

    sRGB inside its gamut becomes hex, or ``rgb()`` where it is not opaque, so that the alpha keeps its precision; every
    other space keeps its own function, since a conversion would lose what lies outside sRGB.
    """
    space, components = value.get("colorSpace"), value.get("components")
    if space not in SPACES or not isinstance(components, Sequence) or len(components) != 3:
        return None
    alpha = value.get("alpha", 1)
    parts = [_component(component) for component in components]
    opacity = _component(alpha)
    if opacity is None or None in parts:
        return None
    tail = "" if opacity == "1" else f" / {opacity}"
    if space == "srgb" and (channels := _channels(components)) is not None:
        return f"rgb({' '.join(map(str, channels))}{tail})" if tail else "#" + "".join(f"{c:02x}" for c in channels)
    if space in _FUNCTIONS:
        name, units = _FUNCTIONS[space]
        body = " ".join(_with_unit(str(part), unit) for part, unit in zip(parts, units, strict=True))
        return f"{name}({body}{tail})"
    return f"color({space} {' '.join(map(str, parts))}{tail})"


def _component(component: Any) -> str | None:
    return "none" if component == "none" else number_text(component)


def _with_unit(part: str, unit: str) -> str:
    return part if part == "none" else part + unit


def _channels(components: Sequence[Any]) -> list[int] | None:
    """8-bit channels, None where one is missing or out of gamut."""
    if any(component == "none" or not 0 <= component <= 1 for component in components):
        return None
    return [int(component * 255 + 0.5) for component in components]
