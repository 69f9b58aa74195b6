"""One permutation of an import: which token counts at each path, and what its value becomes in the format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from designsystem.importers import colors
from designsystem.importers.arithmetic import Measure, work_out
from designsystem.importers.drafts import Draft, NotCarried
from designsystem.importers.names import Found, Names
from designsystem.importers.texts import measure_of, plain
from designsystem.jsontext.nodes import pointer
from designsystem.tokens.pointers import REF
from designsystem.tokens.types.fonts import WEIGHTS

_DEEPEST = 60


@dataclass
class Converted:
    """A token as the format has it; ``type`` is None for an alias, which takes that of its target.

    ``changed`` says what does not read as it did, ``worked_out`` whether other tokens' values went into this one, so
    that another permutation may come to another result.
    """

    type: str | None
    value: Any
    changed: list[str] = field(default_factory=list)
    worked_out: bool = False


class Scene:
    """The tokens that count in one permutation, and what they become."""

    def __init__(self, winners: Mapping[str, Draft], names: Names) -> None:
        self.winners = winners
        self.names = names
        self._known: dict[str, Converted | None] = {}
        self._depth = 0

    def converted(self, raw: str) -> Converted | None:
        """What the token at a path becomes; None where it cannot be carried, or leads back to itself."""
        if raw in self._known:
            return self._known[raw]
        draft = self.winners.get(raw)
        if draft is None or self._depth > _DEEPEST:
            return None
        from designsystem.importers.conversion import convert

        self._known[raw] = None
        self._depth += 1
        try:
            self._known[raw] = convert(draft, self)
        except NotCarried:
            pass
        finally:
            self._depth -= 1
        return self._known[raw]

    def alias(self, reference: str) -> Any:
        """A reference as the format writes it: an alias, or a JSON Pointer to a part of a value (§7)."""
        found = self.found(reference)
        if not found.steps:
            return f"{{{found.path}}}"
        return {REF: f"#{pointer((*found.path.split('.'), '$value', *found.steps))}"}

    def found(self, reference: str) -> Found:
        """What a reference leads to; raises NotCarried where nothing is there."""
        found = self.names.find(reference)
        if found is None:
            raise NotCarried(f"it refers to {{{reference[:80]}}}, which is in none of the files")
        return found

    def plain(self, reference: str) -> tuple[str | None, Any]:
        """Type and value of what a reference leads to, whole aliases followed to their end."""
        for _ in range(_DEEPEST):
            found = self.found(reference)
            token = self.converted(found.raw)
            if token is None:
                raise NotCarried(f"it needs the value of {{{reference[:80]}}}, which cannot be carried")
            value, type_name = token.value, token.type
            for step in found.steps:
                value, type_name = (value.get(step), None) if isinstance(value, dict) else (None, None)
            following = _followed(value)
            if following is None:
                return type_name, value
            reference = self.names.raw_of(following)
        raise NotCarried(f"{{{reference[:80]}}} leads back to itself")

    def measure(self, reference: str) -> Measure:
        """The number, length or time that a reference leads to."""
        _, value = self.plain(reference)
        if isinstance(value, dict) and "unit" in value:
            return Measure(float(value["value"]), str(value["unit"]))
        found = measure_of(WEIGHTS.get(value, value) if isinstance(value, str) else value)
        if found is None:
            raise NotCarried(f"{{{reference[:80]}}} is no number and no measure, so nothing can be reckoned with it")
        return Measure(*found)

    def sum(self, text: str) -> Measure:
        """What a sum comes to."""
        result = work_out(text, self.measure)
        return Measure(plain(result.number), result.unit)

    def color(self, reference: str) -> dict[str, Any]:
        """The color that a reference leads to."""
        _, value = self.plain(reference)
        if not isinstance(value, dict) or "colorSpace" not in value:
            raise NotCarried(f"{{{reference[:80]}}} is no color")
        return value

    def text(self, reference: str) -> str:
        """What a reference leads to, as it would stand in a text."""
        _, value = self.plain(reference)
        if isinstance(value, dict) and "unit" in value:
            return f"{value['value']:g}{value['unit']}"
        if isinstance(value, dict) and "colorSpace" in value:
            return colors.as_css(value)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return ", ".join(value)
        if isinstance(value, str | int | float):
            return str(value)
        raise NotCarried(f"{{{reference[:80]}}} cannot stand in a text")


def _followed(value: Any) -> str | None:
    if isinstance(value, str) and value.startswith("{") and value.endswith("}"):
        return value[1:-1]
    return None
