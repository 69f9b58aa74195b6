"""Checks a whole set: what each file says of itself, and what the rules find that only the whole can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designsystem.problem import Problem
from designsystem.tokens.rules.registry import RULES
from designsystem.tokens.rules.scope import Scope

if TYPE_CHECKING:
    from designsystem.tokens.set import TokenSet


class Checker:
    """One check of one set."""

    def __init__(self, token_set: TokenSet) -> None:
        self.set = token_set

    def check(self, since: TokenSet | None) -> list[Problem]:
        """See ``TokenSet.check``; in the order of files, then of lines."""
        scope = Scope(self.set, since)
        problems = [problem for document in scope.documents for problem in document.problems]
        for rule in RULES:
            problems.extend(rule.check(scope))
        return sorted(dict.fromkeys(problems), key=_place)


def _place(problem: Problem) -> tuple[str, int, int, str, str]:
    return problem.path, problem.line, problem.column, problem.code, problem.message
