"""Colors as tools write them, as color objects of the format, and what Tokens Studio does to a color."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from designsystem.color import SPACES
from designsystem.importers.drafts import NotCarried

if TYPE_CHECKING:
    from coloraide import Color

_DIGITS: Final = 5
_LONGEST: Final = 200
_HUNDREDS: Final = frozenset({"hsl", "hwb"})
_SPACES: Final = {"lch": "lch", "srgb": "srgb", "p3": "display-p3", "hsl": "hsl"}


def color_of(text: str) -> dict[str, Any]:
    """CSS text as a color object, in the space that it is written in; raises NotCarried for what is no color."""
    return as_value(_read(text))


def as_value(color: Color) -> dict[str, Any]:
    """A color object of the format."""
    space = color.space()
    scale = [1.0, 100.0, 100.0] if space in _HUNDREDS else [1.0, 1.0, 1.0]
    components = [_number(part * factor) for part, factor in zip(color.coords(), scale, strict=True)]
    value: dict[str, Any] = {"colorSpace": space, "components": components}
    alpha = _number(color.alpha())
    if alpha != 1:
        value["alpha"] = alpha
    if space == "srgb" and all(part != "none" and 0 <= part <= 1 for part in components):
        value["hex"] = "#" + "".join(f"{int(part * 255 + 0.5):02x}" for part in components)
    return value


def as_css(value: dict[str, Any]) -> str:
    """A color as text that :func:`color_of` reads again."""
    return str(_color(value).to_string(precision=_DIGITS, fit=False))


def with_alpha(value: dict[str, Any], alpha: float) -> dict[str, Any]:
    """The color with this opacity."""
    clamped = min(max(alpha, 0.0), 1.0)
    plain = {key: part for key, part in value.items() if key not in {"alpha", "hex"}}
    shown = {"hex": value["hex"]} if "hex" in value else {}
    return {**plain, **({} if clamped == 1 else {"alpha": _number(clamped)}), **shown}


def modified(value: dict[str, Any], kind: str, amount: float, space: str, other: dict[str, Any] | None) -> Any:
    """What Tokens Studio's color modifiers make of a color, as its own transforms work them out."""
    if space not in _SPACES:
        raise NotCarried(f'a color modifier works in lch, srgb, p3 or hsl; found "{space[:40]}"')
    color = _color(value)
    if kind == "alpha":
        color = color.set("alpha", min(max(amount, 0.0), 1.0))
    elif kind == "mix":
        if other is None:
            raise NotCarried("a color modifier mixes with a color, and this one names none")
        color = color.mix(_color(other), min(max(amount, 0.0), 1.0), space=_SPACES[space], premultiplied=False)
    elif kind in {"lighten", "darken"}:
        color = _shifted(color.convert(_SPACES[space]), kind == "lighten", amount)
    else:
        raise NotCarried(f'there is no color modifier "{kind[:40]}" that could be worked out')
    color = color.convert(_SPACES[space])
    return as_value(color.clip() if not color.in_gamut() else color)


def _shifted(color: Color, lighter: bool, amount: float) -> Color:
    """Lightness (and in LCh the chroma) moved towards its end by a share of what is left."""
    first, second, third = (float(part) for part in color.coords(nans=False))
    if color.space() == "lch":
        moved = _towards(first, 100.0, lighter, amount), max(0.0, second - amount * second), third
    elif color.space() == "hsl":
        moved = first, second, _towards(third, 1.0, lighter, amount)
    else:
        moved = tuple(_towards(part, 1.0, lighter, amount) for part in (first, second, third))  # type: ignore[assignment]
    color[:-1] = moved
    return color


def _towards(part: float, most: float, lighter: bool, amount: float) -> float:
    return min(most, part + (most - part) * amount) if lighter else max(0.0, part - part * amount)


def _read(text: str) -> Color:
    from coloraide import Color

    found = Color.match(text.strip(), fullmatch=True) if len(text) <= _LONGEST else None
    if found is None or found.color.space() not in SPACES:
        raise NotCarried(f'"{text[:80]}" is no color that the format knows')
    return found.color


def _color(value: dict[str, Any]) -> Color:
    from coloraide import Color

    space = str(value["colorSpace"])
    parts = [0.0 if part == "none" else float(part) for part in value["components"]]
    if space in _HUNDREDS:
        parts = [parts[0], parts[1] / 100, parts[2] / 100]
    alpha = value.get("alpha", 1)
    return Color(space, parts, 0.0 if alpha == "none" else float(alpha))


def _number(part: float) -> Any:
    if part != part:
        return "none"
    rounded = round(part, _DIGITS)
    return int(rounded) if rounded == int(rounded) else rounded
