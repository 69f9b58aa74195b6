"""A reference is a JSON Pointer into the file, and one that extends leads to a group (Format Module §6.4, §7.1.2)."""

from __future__ import annotations

from typing import Final, Literal

from designsystem import codes
from designsystem.tokens.file_rules.verdict import Verdict
from designsystem.tokens.groups import group_target
from designsystem.tokens.pointers import REF, BadPointer, parse_pointer, place_of

CODES: Final = (codes.BAD_REFERENCE,)


def check(reference: str, kind: Literal["token", "group"]) -> Verdict | None:
    """A ``$extends`` or ``$ref`` that cannot be read as one; a token's whole value is judged with its type."""
    if kind == "token" and place_of({REF: reference}) is not None:
        return None
    try:
        parse_pointer(reference) if kind == "token" else group_target(reference)
    except BadPointer as error:
        return Verdict(codes.BAD_REFERENCE, str(error))
    return None
