"""Colors of the DTCG Color Module 2025.10 in other spaces: sRGB and Display P3, which platforms ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from designsystem.tokens.types import color as types

if TYPE_CHECKING:
    from coloraide import Color

Gamut = Literal["srgb", "display-p3"]

SPACES: Final = tuple(types.SPACES)
"""The fourteen color spaces (Color Module §4.2)."""

GAMUT_MAPPING: Final = "oklch-chroma"
"""How a color gets into a smaller gamut: CSS Color 4 §13, chroma is lowered in OkLCh, with clipping where it is not
noticeable. The colors that a gamut holds already stay exactly as they are."""

_HUNDREDS = frozenset({"hsl", "hwb"})
_MADE_OF = 3
_DIGITS = 5
_HAIR = 0.00005
_LONGEST_TEXT = 200


class Channels(NamedTuple):
    """A color in an RGB space: red, green, blue and alpha from 0 to 1, rounded so that equal colors are equal."""

    red: float
    green: float
    blue: float
    alpha: float
    gamut: Gamut

    def hex(self) -> str:
        """The color without alpha in six digits."""
        return "#" + "".join(f"{_byte(channel):02x}" for channel in self[:3])

    def argb(self) -> str:
        """Alpha and the color in eight digits without ``#``, as Android and Flutter write them."""
        return "".join(f"{_byte(channel):02X}" for channel in (self.alpha, *self[:3]))


def convert(value: Any, gamut: Gamut) -> Channels | None:
    """A color value in this gamut, mapped into it by :data:`GAMUT_MAPPING`; None for what is no color.

    A component that is ``none`` counts as 0. A string is read as CSS, as drafts of the format wrote colors.
    """
    spelled = _spelled(value)
    return None if spelled is None else _converted(spelled, gamut)


def widest(value: Any) -> Channels | None:
    """A color value in sRGB where sRGB holds it, else in Display P3, mapped into that; None for what is no color."""
    spelled = _spelled(value)
    return None if spelled is None else _converted(spelled, "srgb" if _fits_srgb(spelled) else "display-p3")


def as_object(value: Any) -> dict[str, Any] | None:
    """A color as the format's object: an object as it is, CSS text of drafts in sRGB; None for what is no color."""
    if isinstance(value, Mapping):
        return dict(value) if _spelled(value) is not None else None
    channels = convert(value, "srgb")
    if channels is None:
        return None
    alpha = {} if channels.alpha == 1 else {"alpha": channels.alpha}
    return {"colorSpace": "srgb", "components": list(channels[:3]), **alpha, "hex": channels.hex()}


class _Spelled(NamedTuple):
    """A color in a form that can be remembered: a space of the library, its components and alpha."""

    space: str
    components: tuple[float, ...]
    alpha: float


def _spelled(value: Any) -> _Spelled | str | None:
    if isinstance(value, str):
        text = value.strip()
        return text if text and len(text) <= _LONGEST_TEXT and _read(text) is not None else None
    if not isinstance(value, Mapping):
        return None
    space, components = value.get("colorSpace"), value.get("components")
    if space not in SPACES or not isinstance(components, Sequence) or len(components) != _MADE_OF:
        return None
    numbers = [_number(component) for component in components]
    alpha = _number(value.get("alpha", 1))
    if alpha is None or None in numbers:
        return None
    stated = [0.0 if number is None else number for number in numbers]
    if space in _HUNDREDS:
        stated = [stated[0], stated[1] / 100, stated[2] / 100]
    return _Spelled(space, tuple(stated), alpha)


def _number(component: Any) -> float | None:
    """A component; ``none`` as 0, which is what it stands for wherever two colors are not mixed (CSS Color 4 §4.4)."""
    if component == "none":
        return 0.0
    if isinstance(component, bool) or not isinstance(component, int | float):
        return None
    try:
        return float(component) if isfinite(component) else None
    except OverflowError:
        return None


def _color(spelled: _Spelled | str) -> Color:
    from coloraide import Color

    if isinstance(spelled, str):
        return Color(spelled)
    return Color(spelled.space, list(spelled.components), spelled.alpha)


@lru_cache(maxsize=4096)
def _read(text: str) -> Color | None:
    """CSS text as a color; None for what is none, such as ``currentcolor`` and ``color-mix()``."""
    from coloraide import Color

    found = Color.match(text, fullmatch=True)
    if found is None or found.color.space() not in SPACES:
        return None
    color = found.color
    return color if all(isfinite(part) or part != part for part in (*color.coords(), color.alpha())) else None


@lru_cache(maxsize=16384)
def _converted(spelled: _Spelled | str, gamut: Gamut) -> Channels:
    color = _color(spelled).convert(gamut)
    if not color.in_gamut(tolerance=_HAIR):
        color.fit(method=GAMUT_MAPPING)
    red, green, blue = (_rounded(part) for part in color.coords(nans=False))
    return Channels(red, green, blue, _rounded(color.alpha(nans=False)), gamut)


@lru_cache(maxsize=16384)
def _fits_srgb(spelled: _Spelled | str) -> bool:
    return bool(_color(spelled).convert("srgb").in_gamut(tolerance=_HAIR))


def _rounded(part: float) -> float:
    rounded = round(min(max(part, 0.0), 1.0), _DIGITS)
    return int(rounded) if rounded in {0, 1} else rounded


def _byte(channel: float) -> int:
    return int(channel * 255 + 0.5)
