"""Conversions of composite values: shadows, borders, typography, transitions and gradients."""

from __future__ import annotations

import re
from typing import Any, Final

from designsystem.importers.drafts import NotCarried
from designsystem.importers.parts import Parts
from designsystem.importers.texts import measure_of, plain, split, whole_reference

_GRADIENT = re.compile(r"(?:repeating-)?(linear|radial|conic)-gradient\((.*)\)", re.DOTALL)
_DIRECTION = re.compile(r"to\s|.*(?:deg|turn|rad|grad)$|(?:circle|ellipse|from|at|closest|farthest)\b", re.DOTALL)
_INITIAL: Final = {"letterSpacing": 0, "fontWeight": 400, "lineHeight": 1.2}
"""What text has where a style does not say, as browsers have it."""
_SHADOW_PARTS: Final = ("offsetX", "offsetY", "blur", "spread")


class CompositeParts(Parts):
    """Adds the types that are made of others."""

    def shadow(self, value: Any) -> Any:
        """One shadow or a list of them."""
        reference = whole_reference(value)
        if reference is not None:
            return self.scene.alias(reference)
        if isinstance(value, str):
            value = split(value, ",")
        if isinstance(value, list):
            if not value:
                raise NotCarried("this shadow has no layers")
            layers = [self._layer(layer) for layer in value]
            return layers[0] if len(layers) == 1 else layers
        return self._layer(value)

    def _layer(self, value: Any) -> Any:
        if isinstance(value, str):
            reference = whole_reference(value)
            if reference is not None:
                return self.scene.alias(reference)
            value = _shadow_of(value)
        if not isinstance(value, dict):
            raise NotCarried(f'"{str(value)[:60]}" is no shadow')
        if "color" not in value:
            raise NotCarried("this shadow has no color")
        layer: dict[str, Any] = {"color": self.color(value["color"])}
        for part in _SHADOW_PARTS:
            layer[part] = self.dimension(value.get(part, 0))
        if value.get("inset") is True:
            layer["inset"] = True
        self._unknown(value, {*layer, "inset"}, "shadow")
        return layer

    def border(self, value: Any) -> Any:
        """A border with its color, width and style."""
        reference = whole_reference(value)
        if reference is not None:
            return self.scene.alias(reference)
        if isinstance(value, str):
            value = self._border_of(value)
        if not isinstance(value, dict) or "color" not in value or "width" not in value:
            raise NotCarried("a border of the format has a color and a width")
        self._unknown(value, {"color", "width", "style"}, "border")
        return {
            "color": self.color(value["color"]),
            "width": self.dimension(value["width"]),
            "style": self.stroke_style(value.get("style", "solid")),
        }

    def _border_of(self, text: str) -> dict[str, Any]:
        """The parts of a CSS border; a reference is what the type of its target says."""
        found: dict[str, Any] = {}
        for word in split(text, " "):
            reference = whole_reference(word)
            if reference is not None:
                kind = {"dimension": "width", "color": "color", "strokeStyle": "style"}.get(
                    self.scene.plain(reference)[0] or ""
                )
            elif measure_of(word) is not None:
                kind = "width"
            else:
                kind = "style" if word.isalpha() and not found.get("style") and _is_style(self, word) else "color"
            if kind is None or kind in found:
                raise NotCarried(f'"{text[:60]}" is no border of a width, a style and a color')
            found[kind] = word
        return found

    def typography(self, value: Any) -> Any:
        """A text style; parts that it leaves out get what browsers take, since the format asks for all of them."""
        reference = whole_reference(value)
        if reference is not None:
            return self.scene.alias(reference)
        if not isinstance(value, dict) or "fontFamily" not in value or "fontSize" not in value:
            raise NotCarried("a typography of the format names at least a font and its size")
        style: dict[str, Any] = {
            "fontFamily": self.font_family(value["fontFamily"]),
            "fontSize": self.dimension(value["fontSize"]),
        }
        style["fontWeight"] = self.font_weight(self._stated(value, "fontWeight"))
        style["letterSpacing"] = self._spacing(self._stated(value, "letterSpacing"), style["fontSize"])
        style["lineHeight"] = self._height(self._stated(value, "lineHeight"), style["fontSize"])
        self._unknown(value, style.keys(), "typography")
        return style

    def _stated(self, value: dict[str, Any], part: str) -> Any:
        stated = value.get(part)
        left_to_font = isinstance(stated, str) and stated.strip().lower() in {"auto", "normal", ""}
        if stated is None or left_to_font:
            self.changed.append(f"it does not say {part}, which the format asks for; {_INITIAL[part]} is written")
            return _INITIAL[part]
        return stated

    def _spacing(self, value: Any, size: Any) -> Any:
        """A letter spacing; a share of the font's size is worked out."""
        found = measure_of(value)
        if found is None or found[1] not in {"%", "em"}:
            return self.dimension(value)
        number = found[0] / 100 if found[1] == "%" else found[0]
        unit = "px"
        if number:
            font = self._size(size)
            number, unit = number * font[0], font[1]
        self.changed.append(f'the letter spacing "{value}" is worked out from the size of the font')
        return {"value": plain(number), "unit": unit}

    def _height(self, value: Any, size: Any) -> Any:
        """A line height as the number that the format asks for, a length divided by the font's size."""
        height = self.line_height(value)
        length = height
        reference = whole_reference(height)
        if reference is not None:
            _, length = self.scene.plain(self.scene.names.raw_of(reference))
        if not isinstance(length, dict) or "unit" not in length:
            return height
        font = self._size(size)
        if font[1] != length["unit"] or not font[0]:
            raise NotCarried(
                "its line height is a length in another unit than its font, and the format asks for a number"
            )
        self.worked_out = True
        self.changed.append(
            f"its line height of {length['value']:g}{length['unit']} is written as a multiple of its font"
        )
        return plain(length["value"] / font[0])

    def _size(self, size: Any) -> tuple[float, str]:
        reference = whole_reference(size)
        if reference is not None:
            self.worked_out = True
            _, size = self.scene.plain(self.scene.names.raw_of(reference))
        if not isinstance(size, dict) or "unit" not in size:
            raise NotCarried("the size of its font is not known")
        return float(size["value"]), str(size["unit"])

    def transition(self, value: Any) -> Any:
        """A transition; what it does not say is its CSS default."""
        reference = whole_reference(value)
        if reference is not None:
            return self.scene.alias(reference)
        if not isinstance(value, dict) or "duration" not in value:
            raise NotCarried("a transition of the format is an object with at least a duration")
        self._unknown(value, {"duration", "delay", "timingFunction"}, "transition")
        return {
            "duration": self.duration(value["duration"]),
            "delay": self.duration(value.get("delay", 0)),
            "timingFunction": self.cubic_bezier(value.get("timingFunction", "ease")),
        }

    def gradient(self, value: Any) -> Any:
        """The stops of a gradient; its direction has no place in the format."""
        reference = whole_reference(value)
        if reference is not None:
            return self.scene.alias(reference)
        if isinstance(value, list) and value:
            return [self._stop(stop) for stop in value]
        match = _GRADIENT.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None:
            raise NotCarried(f'"{str(value)[:60]}" is no gradient')
        parts = split(match[2], ",")
        if parts and _DIRECTION.match(parts[0]):
            self.changed.append(f'the direction "{parts.pop(0)}" of a {match[1]} gradient is left out')
        return self._stops(parts)

    def _stop(self, stop: Any) -> Any:
        if not isinstance(stop, dict) or "color" not in stop or "position" not in stop:
            raise NotCarried("a stop of a gradient has a color and a position")
        return {"color": self.color(stop["color"]), "position": self.number(stop["position"])}

    def _stops(self, parts: list[str]) -> list[Any]:
        """Stops as CSS writes them; those without a position are spread evenly."""
        if len(parts) < 2:
            raise NotCarried("a gradient has at least two stops")
        stops = []
        for index, part in enumerate(parts):
            words = split(part, " ")
            found = measure_of(words[-1]) if len(words) > 1 else (100 * index / (len(parts) - 1), "%")
            if len(words) > 2 or found is None or (found[1] != "%" and found[0]):
                raise NotCarried(f'"{part[:60]}" is no stop with a color and a share of the way')
            stops.append({"color": self.color(words[0]), "position": plain(found[0] / 100)})
        return stops

    def _unknown(self, value: dict[str, Any], known: Any, type_name: str) -> None:
        for part in value:
            if part not in known:
                self.changed.append(f'"{part}" is left out, since a {type_name} of the format has none')


def _is_style(parts: Parts, word: str) -> bool:
    try:
        parts.stroke_style(word)
    except NotCarried:
        return False
    return True


def _shadow_of(text: str) -> dict[str, Any]:
    """The parts of one CSS shadow."""
    words = split(text, " ")
    inset = "inset" in words
    words = [word for word in words if word != "inset"]
    lengths = [word for word in words if measure_of(word) is not None]
    others = [word for word in words if word not in lengths]
    if not 2 <= len(lengths) <= 4 or len(others) != 1:
        raise NotCarried(f'"{text[:60]}" is no shadow of lengths and a color')
    return {"color": others[0], "inset": inset, **dict(zip(_SHADOW_PARTS, lengths, strict=False))}
