"""A reference into a value leads to a part that the value has (Format Module §7.3, §7.5.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from designsystem import codes
from designsystem.problem import Problem
from designsystem.tokens.pointers import walk
from designsystem.tokens.rules.scope import Scope

CODES: Final = (codes.NO_SUCH_PART,)


def check(scope: Scope) -> Iterator[Problem]:
    """References into values that have no such part."""
    for document, token, reference, target in scope.referrals:
        if reference.steps and target is not None and not walk(target.value, reference.steps)[0]:
            way = "/".join(reference.steps)
            message = f'the value of {{{reference.path}}} has no "{way}"; refer to a part that it has'
            yield document.value_problem(token, codes.NO_SUCH_PART, reference.at, message)
