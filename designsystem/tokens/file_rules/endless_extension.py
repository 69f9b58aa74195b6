"""What groups inherit from one another stays within measure (bounds of ours; Format Module §6.4)."""

from __future__ import annotations

from typing import Final

from designsystem import codes
from designsystem.tokens.file_rules.verdict import Verdict

CODES: Final = (codes.EXPANDS_TOO_FAR,)


def check(*, is_too_long: bool, most_links: int) -> Verdict | None:
    """A group from which more extensions follow one upon another than are followed."""
    if not is_too_long:
        return None
    message = f"more than {most_links} extensions follow one upon another from here; extend groups more directly"
    return Verdict(codes.EXPANDS_TOO_FAR, message)


def check_growth(*, is_too_much: bool) -> Verdict | None:
    """A file that inherits more tokens, or deeper ones, than are read."""
    if not is_too_much:
        return None
    message = "following $extends gives this file more, or deeper, tokens than anybody could mean; extend less"
    return Verdict(codes.EXPANDS_TOO_FAR, message)
