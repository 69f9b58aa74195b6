"""Aliases do not run in a circle (Format Module §7.2.3, §6.7.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from designsystem import codes
from designsystem.problem import Problem
from designsystem.tokens.cycles import cycles_among
from designsystem.tokens.rules.scope import Scope

CODES: Final = (codes.ALIAS_CYCLE,)


def check(scope: Scope) -> Iterator[Problem]:
    """Each circle once, with every token in it."""
    tokens = scope.set
    broken = [token.path for _, token in scope.declarations if tokens.resolve(token.path) is None]
    for cycle in cycles_among(tokens, broken):
        token = tokens.tokens[cycle[0]]
        document = tokens.documents[token.file]
        following = cycle[1] if len(cycle) > 1 else cycle[0]
        at = next((each.at for each in document.references[token.path] if each.path == following), ())
        members = " → ".join(f"{{{path}}}" for path in (*cycle, cycle[0]))
        message = f"aliases run in a circle: {members}; give one of these tokens a value of its own"
        yield document.value_problem(token, codes.ALIAS_CYCLE, at, message)
