"""What the format does not name is not read and belongs under $extensions (Format Module §5.2.3)."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from designsystem import codes
from designsystem.jsontext.nodes import Member
from designsystem.tokens.file_rules.verdict import Verdict
from designsystem.tokens.groups import EXTENDS
from designsystem.tokens.pointers import REF

CODES: Final = (codes.UNKNOWN_PROPERTY,)
_KNOWN: Final = frozenset({"$value", "$type", "$description", "$deprecated", "$extensions", EXTENDS, REF})
_AT_ROOT: Final = frozenset({"$schema", "$defs", "$version", "$themes", "$metadata"})


def check(key: str, path: str) -> Verdict | None:
    """A ``$`` property that the format does not have, and tools do not write at the root of a file."""
    if key in _KNOWN or (key in _AT_ROOT and not path):
        return None
    return Verdict(codes.UNKNOWN_PROPERTY, _unknown(key[:60]), "warning")


def check_members(members: Sequence[Member]) -> Verdict | None:
    """What stands in a token beside its properties, and is no token."""
    if not members:
        return None
    named = ", ".join(f'"{member.key[:40]}"' for member in members[:6]) + (", …" if len(members) > 6 else "")
    message = f"a token has no {named}, so that is not read; put your own data under $extensions"
    return Verdict(codes.UNKNOWN_PROPERTY, message, "warning")


@lru_cache(maxsize=256)
def _unknown(key: str) -> str:
    close = get_close_matches(key, _KNOWN, 1, 0.75)
    hint = f"did you mean {close[0]}?" if close else "put your own data under $extensions"
    return f"{key} is not a property of the format and is not read; {hint}"
