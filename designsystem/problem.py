"""A fault found in a file, as a value that says where it stands and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in one file.

    ``line`` and ``column`` count from 1 in characters; 0 means the file as a whole. ``pointer`` is an RFC 6901 JSON
    Pointer into the file. ``subject`` is the token path or component name at fault, where there is one.
    """

    code: str
    message: str
    path: str = ""
    pointer: str = ""
    line: int = 0
    column: int = 0
    subject: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        """The one-line form shown on stderr of a push: ``file:line:column subject: message``."""
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        head = f"{place} {self.subject}".strip()
        return f"{head}: {self.message}" if head else self.message

    def as_dict(self) -> dict[str, object]:
        """The wire form that problem+json answers and ``--json`` output share."""
        return {
            "code": self.code,
            "severity": self.severity,
            "path": self.path,
            "pointer": self.pointer,
            "line": self.line,
            "column": self.column,
            "subject": self.subject,
            "message": self.message,
        }


class Invalid(Exception):
    """Content that breaks the rules; carries every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems[:3]))


def errors_of(problems: Iterable[Problem]) -> list[Problem]:
    """The problems that refuse a change; warnings never do."""
    return [problem for problem in problems if problem.severity == "error"]
