"""What a group extends is a group of this design system (Format Module §6.4)."""

from __future__ import annotations

from typing import Final

from designsystem import codes
from designsystem.tokens.file_rules.verdict import Verdict

CODES: Final = (codes.UNKNOWN_GROUP,)


def check(target: str, *, is_there: bool, is_token: bool) -> Verdict | None:
    """A ``$extends`` that leads to nothing, or to a token."""
    if is_there:
        return None
    what = "is a token" if is_token else "does not exist"
    message = f"{{{target}}} {what}; a group extends another group of this design system"
    return Verdict(codes.UNKNOWN_GROUP, message)
