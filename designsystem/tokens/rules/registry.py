"""Every rule of whole sets, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

from designsystem.problem import Problem
from designsystem.tokens.rules import (
    alias_cycle,
    alias_type,
    borrowed_value,
    declared_again,
    duplicate_id,
    endless_growth,
    group_token_clash,
    missing_part,
    unknown_alias,
)
from designsystem.tokens.rules.scope import Scope


class Rule(Protocol):
    """A rule's file: the codes that it reports, and no other file does, and what it finds."""

    @property
    def CODES(self) -> tuple[str, ...]: ...  # noqa: N802 - a constant of the module

    def check(self, scope: Scope, /) -> Iterator[Problem]: ...


RULES: Final[tuple[Rule, ...]] = (
    unknown_alias,
    missing_part,
    alias_type,
    endless_growth,
    borrowed_value,
    alias_cycle,
    group_token_clash,
    declared_again,
    duplicate_id,
)
