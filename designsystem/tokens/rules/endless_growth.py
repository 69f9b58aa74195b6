"""A value stays within bounds once its references are followed (Format Module §7.2.2, which sets no bound)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from designsystem import codes
from designsystem.problem import Problem
from designsystem.tokens.rules.scope import Scope

CODES: Final = (codes.EXPANDS_TOO_FAR,)


def check(scope: Scope) -> Iterator[Problem]:
    """Tokens that are broken because their values would grow past every measure."""
    for document, token in scope.stated:
        if scope.set.resolve(token.path) is None and scope.set.expands_too_far(token.path):
            message = "following the aliases makes this value grow past every measure; refer to fewer or flatter tokens"
            yield document.value_problem(token, codes.EXPANDS_TOO_FAR, (), message)
