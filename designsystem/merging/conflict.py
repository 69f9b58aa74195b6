"""What a merge could not decide, as a value that a request can answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from designsystem.merge import ABSENT


class ConflictKind(StrEnum):
    """How the two sides contradict each other. Values are stable: they stand in answers."""

    CHANGED = "changed"
    DELETED = "deleted"
    ADDED = "added"
    RENAMED = "renamed"


class Side(StrEnum):
    """Whose change counts."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class TokenConflict:
    """One thing that both sides changed, each in its own way.

    ``path`` is the token's (or group's) path in the base, or in both sides where it is new; ``field`` the property
    that they disagree about (``$value``, ``$value/fontSize``, ``path``), empty where one side deleted it. ``base``,
    ``ours`` and ``theirs`` are ABSENT where a side has nothing.
    """

    kind: ConflictKind
    path: str
    field: str
    base: Any
    ours: Any
    theirs: Any
    file: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The wire form; a side that has nothing leaves its key out."""
        sides = {"base": self.base, "ours": self.ours, "theirs": self.theirs}
        held = {side: value for side, value in sides.items() if value is not ABSENT}
        return {"kind": self.kind.value, "path": self.path, "field": self.field, "file": self.file, **held}

    def __str__(self) -> str:
        """One line for a terminal."""
        what = f"{self.path} {self.field}".strip()
        match self.kind:
            case ConflictKind.DELETED:
                who = "deleted by them, changed by us" if self.theirs is ABSENT else "deleted by us, changed by them"
                return f"{what}: {who}"
            case ConflictKind.RENAMED:
                return f"{what}: renamed to {self.ours} by us, to {self.theirs} by them"
            case ConflictKind.ADDED:
                return f"{what}: added by both, as {self.ours!r} by us, as {self.theirs!r} by them"
            case _:
                return f"{what}: {self.ours!r} by us, {self.theirs!r} by them"


Decide = Callable[[TokenConflict], "Side | None"]
"""Answers conflicts; None leaves one open, and ours in its place."""


def undecided(_: TokenConflict) -> Side | None:
    """Leaves every conflict open."""
    return None
