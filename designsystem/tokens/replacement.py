"""What to use instead of a token that is on its way out: its ``$extensions`` say so under ``replacedBy``."""

from __future__ import annotations

from collections.abc import Container

from designsystem.tokens.aliases import alias_of
from designsystem.tokens.document import TokenDocument
from designsystem.tokens.token import EXTENSION_KEY, Token

REPLACED_BY = "replacedBy"
"""The member of our extension that names the path of the token to use instead, with or without braces."""


def stated_replacement(token: Token) -> str | None:
    """The path that a token's ``$extensions`` name; None where they name none."""
    mine = token.extensions.get(EXTENSION_KEY)
    stated = mine.get(REPLACED_BY) if isinstance(mine, dict) else None
    if not isinstance(stated, str) or not stated:
        return None
    return alias_of(stated) or stated


def replacement_of(token: Token) -> str | None:
    """What to use instead of a token: what it states, else what a deprecated one is an alias of."""
    return stated_replacement(token) or (alias_of(token.value) if token.deprecated else None)


def announcing(document: TokenDocument, paths: Container[str]) -> list[Token]:
    """The tokens of a file that name one of these paths as what takes their place."""
    if REPLACED_BY.encode() not in document.source:
        return []
    return [token for token in document.tokens.values() if stated_replacement(token) in paths]


def notice(path: str) -> str:
    """What a token's ``$deprecated`` says that was renamed."""
    return f"Renamed to {path}"
