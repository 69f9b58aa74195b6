"""What a merge could not decide, as a value that a request can answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from designsystem.compare.words import told_apart
from designsystem.merge import ABSENT


class ConflictKind(StrEnum):
    """How the two sides contradict each other. Values are stable: they stand in answers."""

    CHANGED = "changed"
    DELETED = "deleted"
    ADDED = "added"
    RENAMED = "renamed"


class Resource(StrEnum):
    """What a conflict is about. Values are stable: they stand in answers."""

    TOKEN = "token"  # noqa: S105
    GROUP = "group"
    COMPONENT = "component"
    MANIFEST = "manifest"
    RESOLVER = "resolver"
    FILE = "file"


class Side(StrEnum):
    """Whose state counts."""

    OURS = "ours"
    THEIRS = "theirs"
    BASE = "base"


@dataclass(frozen=True, slots=True)
class Value:
    """What shall stand instead of all three; ABSENT where nothing shall."""

    value: Any


Answer = Side | Value


@dataclass(frozen=True, slots=True)
class MergeConflict:
    """One thing that both sides changed, each in its own way.

    ``path`` is the token's (or group's) path in the base, or in both sides where it is new; a component's folder; a
    file's path. ``field`` is what they disagree about (``$value``, ``$value/fontSize``, ``props/size/default``,
    ``lines/2``, ``path``, ``mode``), empty for the whole. ``base``, ``ours`` and ``theirs`` are ABSENT where a side has
    nothing.
    """

    kind: ConflictKind
    path: str
    field: str
    base: Any
    ours: Any
    theirs: Any
    file: str = ""
    resource: Resource = Resource.TOKEN

    @property
    def id(self) -> str:
        """What an answer names it by; another where one of the three is another: no answer is taken for what its
        writer did not see."""
        written = json.dumps(self._members(), sort_keys=True, default=repr)
        return sha256(written.encode()).hexdigest()[:16]

    def as_dict(self) -> dict[str, Any]:
        """The wire form; a side that has nothing leaves its key out."""
        return {"id": self.id, **self._members()}

    def taking(self, answer: Answer | None) -> Any:
        """What stands after an answer; ours where there is none."""
        if isinstance(answer, Value):
            return answer.value
        return {Side.THEIRS: self.theirs, Side.BASE: self.base}.get(answer or Side.OURS, self.ours)

    def _members(self) -> dict[str, Any]:
        sides = {"base": self.base, "ours": self.ours, "theirs": self.theirs}
        held = {side: value for side, value in sides.items() if value is not ABSENT}
        about = {"resource": self.resource.value, "kind": self.kind.value, "path": self.path, "field": self.field}
        return {**about, "file": self.file, **held}

    def __str__(self) -> str:
        """One line for a terminal."""
        what = f"{self.path} {self.field}".strip()
        held = ["nothing" if side is ABSENT else side for side in (self.ours, self.theirs)]
        match self.kind:
            case ConflictKind.DELETED:
                who = "deleted by them, changed by us" if self.theirs is ABSENT else "deleted by us, changed by them"
                return f"{what}: {who}"
            case ConflictKind.RENAMED:
                return f"{what}: renamed to {self.ours} by us, to {self.theirs} by them"
            case ConflictKind.ADDED:
                ours, theirs = told_apart(*held)
                return f"{what}: added by both, as {ours} by us, as {theirs} by them"
            case _:
                ours, theirs = told_apart(*held)
                return f"{what}: {ours} by us, {theirs} by them"


Sides = tuple[Any, Any, Any]
"""What base, ours and theirs have; ABSENT where one has nothing."""


def conflict_of(
    kind: ConflictKind, path: str, field: str, sides: Sides, *, file: str, resource: Resource
) -> MergeConflict:
    """A conflict about the three sides."""
    base, ours, theirs = sides
    return MergeConflict(kind, path, field, base, ours, theirs, file, resource)


Decide = Callable[[MergeConflict], "Answer | None"]
"""Answers conflicts; None leaves one open, and ours in its place."""


def undecided(_: MergeConflict) -> Answer | None:
    """Leaves every conflict open."""
    return None
