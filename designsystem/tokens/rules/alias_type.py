"""An alias leads to a token of the type that belongs there, and inside a list to one value (Format Module §9, §9.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from designsystem import codes
from designsystem.problem import Problem, Severity
from designsystem.tokens.aliases import is_single_object
from designsystem.tokens.document import TokenDocument
from designsystem.tokens.pointers import walk
from designsystem.tokens.rules.scope import Scope
from designsystem.tokens.token import Resolved, Token
from designsystem.tokens.types.findings import Reference
from designsystem.tokens.types.registry import TYPES

CODES: Final = (codes.TYPE_MISMATCH, codes.DRAFT_TYPE_MISMATCH)


def check(scope: Scope) -> Iterator[Problem]:
    """Aliases of tokens of another type; a warning where drafts of the format allowed it, or nobody knows the type."""
    for document, token, reference, target in scope.referrals:
        if target is None or (reference.steps and not walk(target.value, reference.steps)[0]):
            continue
        if not reference.steps and _puts_a_list_in_a_list(reference, target):
            yield _list_in_list(document, token, reference)
        elif reference.expected and target.type is not None and target.type not in reference.expected:
            yield _mismatch(document, token, reference, target.type)


def _puts_a_list_in_a_list(reference: Reference, target: Resolved) -> bool:
    inside_list = bool(reference.at) and isinstance(reference.at[-1], int)
    listed = isinstance(target.value, list) and not is_single_object(target.value)
    return inside_list and listed and target.type != "cubicBezier"


def _list_in_list(document: TokenDocument, token: Token, reference: Reference) -> Problem:
    message = (
        f"alias {{{reference.path}}} is a list, and inside a list it stands for one item; "
        "write its items out, or refer to single tokens"
    )
    return document.value_problem(token, codes.TYPE_MISMATCH, reference.at, message)


def _mismatch(document: TokenDocument, token: Token, reference: Reference, found: str) -> Problem:
    expected = reference.expected[0]
    tolerated = found in reference.tolerated or not (found in TYPES and expected in TYPES)
    message = f"alias {{{reference.path}}} is a {found}, but a {expected} belongs here; refer to a {expected}"
    code = codes.DRAFT_TYPE_MISMATCH if tolerated else codes.TYPE_MISMATCH
    severity: Severity = "warning" if tolerated else "error"
    return document.value_problem(token, code, reference.at, message, severity)
