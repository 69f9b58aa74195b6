"""The Accessible Perceptual Contrast Algorithm, APCA-W3 0.1.9: how well a text can be read on its ground, signed."""

from __future__ import annotations

from collections.abc import Sequence

MOST = 108
"""No pair reaches more; black on white is 106, white on black -108."""

_EXPONENT = 2.4
_COEFFICIENTS = (0.2126729, 0.7151522, 0.0721750)
_BLACK_THRESHOLD, _BLACK_CLAMP = 0.022, 1.414
_LEAST_DIFFERENCE, _LEAST_CONTRAST = 0.0005, 0.1
_SCALE, _OFFSET = 1.14, 0.027
_DARK_ON_LIGHT, _LIGHT_ON_DARK = (0.56, 0.57), (0.65, 0.62)
"""Exponents of the ground and of the text."""


def lightness_contrast(text: Sequence[float], ground: Sequence[float]) -> float:
    """Lc of two opaque sRGB colors with channels of 0 to 1: above 0 for dark on light, below for light on dark."""
    above, below = _luminance(text), _luminance(ground)
    if abs(above - below) < _LEAST_DIFFERENCE:
        return 0.0
    of_ground, of_text = _DARK_ON_LIGHT if below > above else _LIGHT_ON_DARK
    contrast = (below**of_ground - above**of_text) * _SCALE
    if abs(contrast) < _LEAST_CONTRAST:
        return 0.0
    return float((contrast - _OFFSET if contrast > 0 else contrast + _OFFSET) * 100)


def _luminance(color: Sequence[float]) -> float:
    found = float(sum(part * channel**_EXPONENT for part, channel in zip(_COEFFICIENTS, color, strict=True)))
    return float(found + (_BLACK_THRESHOLD - found) ** _BLACK_CLAMP) if found < _BLACK_THRESHOLD else found
