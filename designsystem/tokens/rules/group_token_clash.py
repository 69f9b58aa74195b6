"""What is a token in one file is no group in another (Format Module §6.1, of all files together)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from designsystem import codes
from designsystem.problem import Problem
from designsystem.tokens.rules.scope import Scope

CODES: Final = (codes.GROUP_TOKEN_CLASH,)


def check(scope: Scope) -> Iterator[Problem]:
    """Tokens where another file has a group: neither can stand."""
    tokens = scope.set
    for path in sorted(scope.clashing):
        token = tokens.tokens[path]
        other = next((document.path for document in tokens.documents.values() if path in document.groups), None)
        if other is not None:
            message = f"{path} is a token here and a group in {other}; rename one of them"
            yield tokens.documents[token.file].value_problem(token, codes.GROUP_TOKEN_CLASH, (), message)
