"""A token has a type: its own, that of the token it refers to, or its nearest group's (Format Module §5.2.2)."""

from __future__ import annotations

from typing import Final

from designsystem import codes
from designsystem.tokens.file_rules.verdict import Verdict
from designsystem.tokens.types.findings import Findings
from designsystem.tokens.types.registry import TYPES

CODES: Final = (codes.UNTYPED,)


def check(type_name: str | None, findings: Findings) -> Verdict | None:
    """A token without a type, unless as a whole it refers to another, whose type it has."""
    if type_name is not None or (findings.references and not findings.references[0].at):
        return None
    message = f'this token has no type; add "$type" to it or to its group, one of {", ".join(TYPES)}'
    return Verdict(codes.UNTYPED, message, "warning")
