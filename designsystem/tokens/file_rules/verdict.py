"""What a rule says against something: its code, what to do about it, and how bad it is."""

from __future__ import annotations

from typing import NamedTuple

from designsystem.problem import Severity


class Verdict(NamedTuple):
    """A code with its message; where it points is for whoever asked to say."""

    code: str
    message: str
    severity: Severity = "error"
