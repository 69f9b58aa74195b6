"""What checking a value's shape brings to light: findings, and the references whose targets must be of a given type."""

from __future__ import annotations

from typing import NamedTuple

from designsystem.problem import Severity

Steps = tuple[str | int, ...]


class Finding(NamedTuple):
    """Something about one part of a value; ``at`` leads to the part from the value."""

    code: str
    severity: Severity
    at: Steps
    message: str


class Reference(NamedTuple):
    """A reference in a value and the types that its target may have (none named: any).

    ``steps`` lead into the target's value where only a part of it is meant.
    """

    path: str
    at: Steps
    expected: tuple[str, ...]
    tolerated: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


class Findings:
    """Collects, in the order found."""

    __slots__ = ("found", "references")

    def __init__(self) -> None:
        self.found: list[Finding] = []
        self.references: list[Reference] = []

    def error(self, code: str, at: Steps, message: str) -> None:
        """A wrong shape."""
        self.found.append(Finding(code, "error", at, message))

    def draft(self, code: str, at: Steps, message: str) -> None:
        """A shape that is clear in meaning though the format does not have it."""
        self.found.append(Finding(code, "warning", at, message))
