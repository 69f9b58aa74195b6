"""A token holds no other tokens, which would be lost (Format Module §5.1, §6.1)."""

from __future__ import annotations

from typing import Final

from designsystem import codes
from designsystem.jsontext.nodes import Member
from designsystem.tokens.file_rules.verdict import Verdict

CODES: Final = (codes.TOKEN_IN_TOKEN,)
_BUILD_COPY: Final = "original"
"""Where the JSON that Style Dictionary builds keeps a token as it was written: a copy, not a token."""


def check(member: Member, path: str) -> Verdict | None:
    """A member of the token at ``path`` that holds a token."""
    if member.key == _BUILD_COPY or '"$value"' not in member.node.raw:
        return None
    message = f'a token holds no other tokens; move "{member.key}" out of it, or drop the $value of {path}'
    return Verdict(codes.TOKEN_IN_TOKEN, message)
