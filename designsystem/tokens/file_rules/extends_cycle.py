"""Groups do not extend one another in a circle (Format Module §6.4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from designsystem import codes
from designsystem.tokens.file_rules.verdict import Verdict

CODES: Final = (codes.EXTENDS_CYCLE,)


def check(circle: Sequence[str] | None, path: str) -> Verdict | None:
    """The group at ``path``, with the groups from it back to itself where there is such a circle."""
    if circle is None:
        return None
    told = " → ".join(f"{{{each}}}" for each in (*circle, path))
    message = f"groups extend one another in a circle: {told}; drop one of these $extends"
    return Verdict(codes.EXTENDS_CYCLE, message)
