"""Conversions of simple values: colors, measures, numbers, fonts and curves, each perhaps a reference."""

from __future__ import annotations

import re
from typing import Any, Final

from designsystem.importers import colors
from designsystem.importers.arithmetic import Measure
from designsystem.importers.drafts import Draft, NotCarried
from designsystem.importers.scene import Scene
from designsystem.importers.texts import (
    ABSOLUTE,
    CURVES,
    holds_reference,
    measure_of,
    plain,
    replace_references,
    split,
    unquoted,
    weight_of,
    whole_reference,
)
from designsystem.tokens.types.strokes import CAPS, STROKES

_FADED = re.compile(r"rgba?\(\s*(\{[^{}]+\}|#[0-9a-fA-F]{3,8})\s*[,/ ]\s*([^,()]+?)\s*\)")
_BEZIER = re.compile(r"cubic-bezier\((.*)\)")
_LENGTHS: Final = ("px", "rem")
_SMALLEST_PX_LINE: Final = 5
"""From this number on a line height without a unit is one in px: no line is five times as high as its font."""


class Parts:
    """Converts the parts of one token's value, and remembers what that took."""

    def __init__(self, draft: Draft, scene: Scene) -> None:
        self.draft = draft
        self.scene = scene
        self.changed: list[str] = []
        self.worked_out = False

    def color(self, value: Any) -> Any:
        """A color object, or an alias."""
        reference = whole_reference(value)
        if reference is not None:
            return self.scene.alias(reference)
        if isinstance(value, dict) and "colorSpace" in value:
            return value
        if isinstance(value, dict) and {"r", "g", "b"} <= value.keys():
            return self._channels(value)
        if not isinstance(value, str):
            raise NotCarried(f"{_shown(value)} is no color")
        faded = _FADED.fullmatch(value.strip())
        if faded is not None:
            return self._faded(value, faded[1], faded[2])
        if holds_reference(value):
            value = replace_references(value, self.text_of)
        return colors.color_of(value)

    def _channels(self, value: dict[str, Any]) -> dict[str, Any]:
        """Channels from 0 to 255 with an alpha from 0 to 1, as color pickers give them."""
        red, green, blue, alpha = (measure_of(value.get(key, 1)) for key in "rgba")
        if red is None or green is None or blue is None or alpha is None:
            raise NotCarried(f"{_shown(value)} is no color")
        return colors.color_of(f"rgb({red[0]} {green[0]} {blue[0]} / {alpha[0]})")

    def _faded(self, written: str, color: str, alpha: str) -> Any:
        reference = whole_reference(color)
        if reference is not None:
            self.worked_out = True
            self.changed.append(f'"{written}" is worked out')
        value = self.scene.color(reference) if reference is not None else colors.color_of(color)
        share = self.reckoned(alpha.replace("%", "")) if alpha.endswith("%") else self.reckoned(alpha)
        return colors.with_alpha(value, share.number / (100 if alpha.endswith("%") or share.unit == "%" else 1))

    def dimension(self, value: Any) -> Any:
        """A dimension in px or rem, or an alias."""
        return self._measured(value, self.draft.unit, "dimension")

    def duration(self, value: Any) -> Any:
        """A duration in ms or s, or an alias."""
        return self._measured(value, "ms", "duration")

    def _measured(self, value: Any, default: str, type_name: str) -> Any:
        reference = whole_reference(value)
        if reference is not None:
            return self.scene.alias(reference)
        if isinstance(value, dict) and {"value", "unit"} <= value.keys():
            value = f"{value['value']}{value['unit']}"
        found = measure_of(value)
        number, unit = found if found is not None else self.reckoned(value)
        if unit in ABSOLUTE and type_name == "dimension":
            self.changed.append(f'"{value}" is written in px')
            number, unit = plain(number * ABSOLUTE[unit]), "px"
        if not unit and self.draft.assumed and number:
            self.changed.append(f'"{value}" has no unit and is read as {default}')
        units = _LENGTHS if type_name == "dimension" else ("ms", "s")
        if (unit or default) not in units:
            raise NotCarried(f'"{value}" is in {unit}; a {type_name} of the format is in {" or ".join(units)}')
        return {"value": number, "unit": unit or default}

    def number(self, value: Any) -> Any:
        """A number, or an alias; a percentage is a share of 1."""
        reference = whole_reference(value)
        if reference is not None:
            return self.scene.alias(reference)
        found = measure_of(value)
        number, unit = found if found is not None else self.reckoned(value)
        if unit == "%" and self.draft.sense in {"opacity", "line-height", ""}:
            if isinstance(value, str):
                self.changed.append(f'"{value}" is written as a share of 1')
            return plain(number / 100)
        if unit:
            raise NotCarried(f'"{value}" has a unit, and a number of the format has none')
        return number

    def line_height(self, value: Any) -> Any:
        """A multiple of the font's size as a number, a length as a dimension, or an alias."""
        reference = whole_reference(value)
        if reference is not None:
            return self.scene.alias(reference)
        if isinstance(value, dict):
            return self.dimension(value)
        if isinstance(value, str) and value.strip().lower() in {"auto", "normal"}:
            raise NotCarried(f'a line height of "{value}" is left to the font, and the format asks for a number')
        found = measure_of(value)
        number, unit = found if found is not None else self.reckoned(value)
        if unit == "%":
            return plain(number / 100)
        if not unit and number < _SMALLEST_PX_LINE:
            return number
        return self.dimension(f"{number}{unit or 'px'}")

    def font_family(self, value: Any) -> Any:
        """One font or a list of them, of which each may be an alias."""
        reference = whole_reference(value)
        if reference is not None:
            return self.scene.alias(reference)
        listed = split(value, ",") if isinstance(value, str) else value
        if not isinstance(listed, list) or not listed or not all(isinstance(each, str) and each for each in listed):
            raise NotCarried(f"{_shown(value)} is no font and no list of fonts")
        fonts = [self._font(each) for each in listed]
        return fonts[0] if len(fonts) == 1 else fonts

    def _font(self, name: str) -> Any:
        reference = whole_reference(name)
        if reference is not None:
            return self.scene.alias(reference)
        return unquoted(replace_references(name, self.text_of) if holds_reference(name) else name)

    def font_weight(self, value: Any) -> Any:
        """A weight as the format spells it, or an alias."""
        reference = whole_reference(value)
        if reference is not None:
            return self.scene.alias(reference)
        if isinstance(value, str) and holds_reference(value):
            value = replace_references(value, self.text_of)
        found = weight_of(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
        if found is None:
            raise NotCarried(f"{_shown(value)} is no font weight that the format knows")
        weight, slanted = found
        if slanted:
            self.changed.append(f'the slant of "{value}" is left out, since a font weight has none')
        return weight

    def cubic_bezier(self, value: Any) -> Any:
        """Four numbers, or an alias."""
        reference = whole_reference(value)
        if reference is not None:
            return self.scene.alias(reference)
        if isinstance(value, str):
            text = value.strip()
            if text in CURVES:
                return CURVES[text]
            match = _BEZIER.fullmatch(text)
            value = split(match[1] if match else text, ",")
        if not isinstance(value, list) or len(value) != 4:
            raise NotCarried(f"{_shown(value)} is no curve of four numbers")
        return [self.number(point) for point in value]

    def stroke_style(self, value: Any) -> Any:
        """A stroke style, or an alias."""
        reference = whole_reference(value)
        if reference is not None:
            return self.scene.alias(reference)
        if isinstance(value, dict) and isinstance(value.get("dashArray"), list) and value.get("lineCap") in CAPS:
            return {"dashArray": [self.dimension(dash) for dash in value["dashArray"]], "lineCap": value["lineCap"]}
        if value not in STROKES:
            raise NotCarried(f"{_shown(value)} is no stroke style; the format has {', '.join(STROKES)}")
        return value

    def reckoned(self, value: Any) -> Measure:
        """What a sum comes to; remembered as a change where the text was one."""
        if not isinstance(value, str):
            raise NotCarried(f"{_shown(value)} is no number and no measure")
        result = self.scene.sum(value)
        if measure_of(value) is None:
            self.worked_out = self.worked_out or holds_reference(value)
            self.changed.append(f'"{value}" is worked out to {result.number:g}{result.unit}')
        return result

    def text_of(self, reference: str) -> str:
        """What a reference stands for within a longer text."""
        self.worked_out = True
        self.changed.append(f"{{{reference}}} is replaced by its value, since an alias stands for a whole value")
        return self.scene.text(reference)


def _shown(value: Any) -> str:
    text = str(value)
    return f'"{text[:60]}…"' if len(text) > 60 else f'"{text}"'
