"""A type is one of those that the format names (Format Module §8, §9)."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from designsystem import codes
from designsystem.tokens.file_rules.verdict import Verdict
from designsystem.tokens.types.registry import TYPES

CODES: Final = (codes.UNKNOWN_TYPE,)


def check(name: str) -> Verdict | None:
    """A type that is none, with the one that was probably meant."""
    return None if name in TYPES else Verdict(codes.UNKNOWN_TYPE, _unknown(name[:60]), "warning")


@lru_cache(maxsize=256)
def _unknown(name: str) -> str:
    close = get_close_matches(name, TYPES, 1, 0.7)
    hint = f'did you mean "{close[0]}"?' if close else "it is one of " + ", ".join(TYPES)
    return f'"{name}" is not a type of the format, so its values are not checked; {hint}'
