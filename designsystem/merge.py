"""Three-way merge of the fields of a token or component: what one side changed is kept, what both changed is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from designsystem.jsontext.nodes import pointer
from designsystem.jsontext.values import equal


class Absent(Enum):
    """Tells a field that is not there from one that is null."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent.ABSENT

DEEP: Final = frozenset({"props", "extensions"})
"""The fields that are merged key by key; every other value is one thing, whatever its shape."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that both sides changed, each in its own way.

    ``field`` names a top-level field, or for one inside a deep field its keys joined by ``/``, with ``~`` and ``/``
    escaped as in RFC 6901 (``props/size/default``). A side that does not have the field holds ``ABSENT``.
    """

    field: str
    base: Any
    ours: Any
    theirs: Any

    def as_dict(self) -> dict[str, Any]:
        """The wire form; a side without the field leaves its key out."""
        sides = {"base": self.base, "ours": self.ours, "theirs": self.theirs}
        return {"field": self.field, **{side: value for side, value in sides.items() if value is not ABSENT}}


@dataclass(frozen=True, slots=True)
class Merge:
    """The merged fields and what could not be merged.

    A field in conflict stands in ``result`` as it was in the base, so that neither side is preferred silently.
    """

    result: dict[str, Any]
    conflicts: tuple[Conflict, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether every change of both sides found its place."""
        return not self.conflicts


def merge_fields(
    base: Mapping[str, Any],
    ours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    deep: frozenset[str] = DEEP,
) -> Merge:
    """Merge two descendants of ``base``, field by field.

    A field named in ``deep`` is merged key by key, and so are the objects nested in it; every other field is atomic.
    Fields stand in the order of ``ours``, then what only ``theirs`` has.
    """
    result, conflicts = _merge_keys((), base, ours, theirs, deep)
    return Merge(result, tuple(conflicts))


def _merge_keys(
    path: tuple[str, ...],
    base: Mapping[str, Any],
    ours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    deep: frozenset[str] | None,
) -> tuple[dict[str, Any], list[Conflict]]:
    """Merge the members of one object; ``deep`` None means that every one of them is deep."""
    result: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    for key in dict.fromkeys([*ours, *theirs, *base]):
        sides = (_plain(side.get(key, ABSENT)) for side in (base, ours, theirs))
        value, found = _merge_value((*path, key), *sides, deep=deep is None or key in deep)
        conflicts.extend(found)
        if value is not ABSENT:
            result[key] = value
    return result, conflicts


def _merge_value(path: tuple[str, ...], base: Any, ours: Any, theirs: Any, *, deep: bool) -> tuple[Any, list[Conflict]]:
    if equal(ours, theirs) or equal(theirs, base):
        return ours, []
    if equal(ours, base):
        return theirs, []
    if deep and isinstance(ours, dict) and isinstance(theirs, dict) and (base is ABSENT or isinstance(base, dict)):
        return _merge_keys(path, {} if base is ABSENT else base, ours, theirs, None)
    return base, [Conflict(pointer(path)[1:], base, ours, theirs)]


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value
