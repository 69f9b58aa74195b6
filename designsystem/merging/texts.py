"""Merges text by lines: code, documentation and whatever else has no meaning of its own here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any, Protocol

from designsystem.merging.conflict import ConflictKind, Decide, MergeConflict, Resource, Value, conflict_of

LARGEST_TEXT = 1024 * 1024
"""Bytes; a larger file is merged by choice, as a binary one is."""

SHOWN = 64 * 1024
"""Bytes of a text that a conflict quotes; of a longer one it says how long it is, and how it begins."""

BEGIN = 1024

LOOKED_AT = 8000
"""How far a file is looked at for a NUL byte, by which git tells binary files."""


class Part(Protocol):
    """A run of lines: merged (``theirs`` None), or as each of the three has it."""

    @property
    def ours(self) -> bytes: ...
    @property
    def base(self) -> bytes | None: ...
    @property
    def theirs(self) -> bytes | None: ...


MergeLines = Callable[[bytes, bytes, bytes], Sequence[Part]]
"""Merges base, ours and theirs line by line."""


def is_text(data: bytes) -> bool:
    """Whether a file is merged by lines."""
    return len(data) <= LARGEST_TEXT and b"\0" not in data[:LOOKED_AT]


def merge_texts(
    base: bytes | None, ours: bytes, theirs: bytes, *, merge_lines: MergeLines, decide: Decide, path: str, file: str
) -> tuple[bytes, list[MergeConflict]]:
    """The merged text and the conflicts left open, where ours stands; each place where lines overlap is one.

    The whole text may be given as the answer to the file's conflict as a whole. ``base`` is None where both added it;
    ``path`` is where it lay there, ``file`` where it lies now.
    """
    kind = ConflictKind.CHANGED if base is not None else ConflictKind.ADDED
    parts = merge_lines(base or b"", ours, theirs)
    if any(part.theirs is not None for part in parts):
        whole_texts = (shown(base or b""), shown(ours), shown(theirs))
        whole = decide(conflict_of(kind, path, "", whole_texts, file=file, resource=Resource.FILE))
        if isinstance(whole, Value) and isinstance(whole.value, str):
            return whole.value.encode("utf-8"), []
    merged: list[bytes] = []
    conflicts: list[MergeConflict] = []
    number = 0
    for part in parts:
        if part.theirs is None:
            merged.append(part.ours)
            continue
        number += 1
        sides = (shown(part.base or b""), shown(part.ours), shown(part.theirs))
        conflict = conflict_of(kind, path, f"lines/{number}", sides, file=file, resource=Resource.FILE)
        answer = decide(conflict)
        if answer is None:
            conflicts.append(conflict)
        merged.append(_taken(part, conflict, answer))
    return b"".join(merged), conflicts


def text(data: bytes) -> str:
    """As an answer shows it; what is no UTF-8 is replaced there, never in the file."""
    return data.decode("utf-8", "replace")


def shown(data: bytes) -> Any:
    """A side of a conflict about text."""
    if len(data) <= SHOWN:
        return text(data)
    return {"size": len(data), "sha256": sha256(data).hexdigest(), "begin": text(data[:BEGIN])}


def _taken(part: Part, conflict: MergeConflict, answer: object) -> bytes:
    if isinstance(answer, Value):
        return str(answer.value).encode("utf-8") if isinstance(answer.value, str) else b""
    bytes_of = {"theirs": part.theirs, "base": part.base}
    return bytes_of.get(str(answer), part.ours) or b""
