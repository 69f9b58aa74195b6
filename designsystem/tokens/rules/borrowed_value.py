"""A value that borrows parts of others has the shape of its type once they are in it (Format Module §7.3, §8, §9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from designsystem.problem import Problem
from designsystem.tokens.rules.scope import Scope
from designsystem.tokens.types.registry import check_value

CODES: Final[tuple[str, ...]] = ()
"""None of its own: it tells what the types find, which could not look at these values before."""


def check(scope: Scope) -> Iterator[Problem]:
    """What the types find in values that show their shape only now."""
    for document, token in scope.declarations:
        resolved = scope.set.resolve(token.path) if token.path in document.late else None
        if resolved is None or scope.set.tokens[token.path] is not token:
            continue
        for finding in check_value(resolved.type, resolved.value).found:
            yield document.value_problem(token, finding.code, finding.at, finding.message, finding.severity)
