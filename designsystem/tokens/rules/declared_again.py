"""A token is declared in one file, unless a resolver says in which order files count (Format Module §4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from designsystem import codes
from designsystem.problem import Problem
from designsystem.tokens.rules.scope import Scope, at_name

CODES: Final = (codes.DECLARED_AGAIN,)


def check(scope: Scope) -> Iterator[Problem]:
    """Declarations that do not count because a later file has the same token."""
    if scope.set.order is not None:
        return
    repeated = scope.set.repeated
    for document in scope.documents:
        for path in repeated.keys() & document.tokens.keys():
            winner = scope.set.tokens[path]
            for token in repeated[path][:-1]:
                message = f"declared again in {winner.file}:{winner.line}, which counts; keep one of the two"
                yield at_name(token, codes.DECLARED_AGAIN, message, "warning")
