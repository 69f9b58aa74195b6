"""What a push is, and who judges it: the values that hooks and their handler exchange."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gitstore.refs import RefUpdate

ABSENT = "0" * 40

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def _say_nothing(line: str) -> None:
    """For a request that no client listens to."""


@dataclass(frozen=True, slots=True)
class PushRequest:
    """A push as git's pre-receive hook sees it.

    ``quarantine`` is where its objects lie until it is accepted (None when it brings none); open the repository with it
    to read them. ``say`` shows a line to the person who pushes, at once; it may be used until the session closes.
    """

    updates: list[RefUpdate]
    options: list[str] = field(default_factory=list)
    atomic: bool = False
    quarantine: Path | None = None
    say: Callable[[str], None] = _say_nothing


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a push may go on, and what its sender is told either way."""

    accepted: bool
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RefResult:
    """What became of one reference; ``new`` says where it stands if that is not what was pushed."""

    name: str
    ok: bool
    reason: str = ""
    new: str | None = None


class PushHandler(Protocol):
    """Judges and lands one push. The calls come in this order, each at most once, ``closed`` always exactly once."""

    async def pre_receive(self, request: PushRequest) -> Verdict:
        """Judge the whole push while its objects are in quarantine. Cancelled when the client goes away."""
        ...

    async def proc_receive(self, updates: list[RefUpdate], options: list[str], atomic: bool) -> list[RefResult]:
        """Move the references; the objects are in the repository and on disk. A client that leaves cancels nothing."""
        ...

    async def closed(self) -> None:
        """git has ended for whatever reason, and neither of the others runs any more: let go of everything."""
        ...


def parse_update(line: str) -> RefUpdate | None:
    """``<old> <new> <name>`` as hooks get it; None for anything else."""
    match = re.fullmatch(r"([0-9a-f]{40}) ([0-9a-f]{40}) (\S.*)", line, re.DOTALL)
    if match is None:
        return None
    old, new, name = match.groups()
    return RefUpdate(name, None if old == ABSENT else old, None if new == ABSENT else new)


def printable(text: str, limit: int = 1000) -> str:
    """One line that is safe on anybody's terminal."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\n", " "))[:limit]


def printable_lines(lines: Sequence[str], limit: int = 2000) -> bytes:
    """Lines for a client's terminal; after ``limit`` of them only their number."""
    shown = [printable(line) for text in lines[:limit] for line in text.split("\n")]
    if len(lines) > limit:
        shown.append(f"… and {len(lines) - limit} more")
    return "".join(f"{line}\n" for line in shown).encode()
