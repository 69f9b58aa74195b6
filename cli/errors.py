"""What a client command fails with: one clear line, and lines that explain it."""

from __future__ import annotations

from collections.abc import Iterable


class CommandFailed(Exception):
    """A command cannot go on for a reason that its user can mend; ``lines`` are shown as they are above the message."""

    def __init__(self, message: str, lines: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.lines = tuple(lines)
