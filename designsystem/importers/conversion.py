"""Turns the value of one token into what the format has for its type, or says why there is nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from designsystem.importers import colors
from designsystem.importers.composites import CompositeParts
from designsystem.importers.drafts import Draft, Modify, NotCarried
from designsystem.importers.scene import Converted, Scene
from designsystem.importers.texts import whole_reference


def convert(draft: Draft, scene: Scene) -> Converted:
    """What a token becomes; raises NotCarried with the reason where it cannot be said in the format."""
    parts = _Parts(draft, scene)
    reference = whole_reference(draft.value)
    if draft.modify is not None and draft.type in {None, "color"}:
        value, type_name = parts.modified(draft.modify), "color"
    elif reference is not None:
        value, type_name = scene.alias(reference), None
        if isinstance(value, dict):  # a part of another value has the type that this token states
            type_name = draft.type
    elif draft.type is None:
        raise NotCarried(f"nothing says of which type {_shown(draft.value)} is; give it one of the format's types")
    else:
        value, type_name = parts.whole(draft.type, draft.value)
    return Converted(type_name, value, parts.changed, parts.worked_out)


class _Parts(CompositeParts):
    """The conversions by type; each takes a value as it was written."""

    def whole(self, type_name: str, value: Any) -> tuple[Any, str]:
        """The value of a whole token, and the type that it turns out to have."""
        if type_name == "color" and isinstance(value, str) and "gradient(" in value:
            return self.gradient(value), "gradient"
        if self.draft.sense == "line-height":
            found = self.line_height(value)
            return found, "dimension" if isinstance(found, dict) else "number"
        by_type = _BY_TYPE.get(type_name)
        if by_type is None:
            raise NotCarried(f"the format has no type for {type_name[:60]} ({_shown(value)})")
        return by_type(self, value), type_name

    def modified(self, modify: Modify) -> Any:
        """A color with its modifier applied: the format has no modifiers, so the result is written."""
        reference = whole_reference(self.draft.value)
        self.worked_out = self.worked_out or reference is not None
        value = self.scene.color(reference) if reference is not None else self.color(self.draft.value)
        if not isinstance(value, dict):
            value = self.scene.color(value[1:-1])
        other = None
        if modify.color is not None:
            mixed = whole_reference(modify.color)
            self.worked_out = self.worked_out or mixed is not None
            other = self.scene.color(mixed) if mixed is not None else colors.color_of(str(modify.color))
        amount = self.number(modify.amount)
        if isinstance(amount, str):
            amount = self.reckoned(amount).number
        self.changed.append(f"its color modifier ({modify.kind} {amount:g}) is worked out")
        return colors.modified(value, modify.kind, float(amount), modify.space, other)


def _shown(value: Any) -> str:
    text = str(value)
    return f'"{text[:60]}…"' if len(text) > 60 else f'"{text}"'


_BY_TYPE: Final[dict[str, Callable[[_Parts, Any], Any]]] = {
    "color": _Parts.color,
    "dimension": _Parts.dimension,
    "fontFamily": _Parts.font_family,
    "fontWeight": _Parts.font_weight,
    "duration": _Parts.duration,
    "cubicBezier": _Parts.cubic_bezier,
    "number": _Parts.number,
    "strokeStyle": _Parts.stroke_style,
    "border": _Parts.border,
    "transition": _Parts.transition,
    "shadow": _Parts.shadow,
    "gradient": _Parts.gradient,
    "typography": _Parts.typography,
}
