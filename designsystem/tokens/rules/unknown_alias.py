"""An alias leads to a token that is there (Format Module §7.4.5, §7.5.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from designsystem import codes
from designsystem.problem import Problem
from designsystem.tokens.rules.scope import Scope
from designsystem.tokens.suggest import Suggester

CODES: Final = (codes.UNKNOWN_ALIAS,)


def check(scope: Scope) -> Iterator[Problem]:
    """Aliases that lead nowhere, each with the token that was probably meant."""
    suggest = Suggester(scope.set.tokens)
    for document, token, reference, _ in scope.referrals:
        if reference.path not in scope.set.tokens:
            advice = suggest.missing(reference.path, scope.is_group(reference.path))
            message = f"alias {{{reference.path}}} {advice}"
            yield document.value_problem(token, codes.UNKNOWN_ALIAS, reference.at, message)
