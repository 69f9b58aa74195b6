"""What a lint rule is given and what it gives: a token set in, places with messages out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from designsystem.globs import Glob, fault_of
from designsystem.problem import Severity
from designsystem.tokens.set import TokenSet
from designsystem.tokens.token import Token

EVERYTHING = ("**",)


class BadOption(ValueError):
    """An option of a rule that cannot be used; says which and what belongs there."""


class Finding(NamedTuple):
    """A token that breaks a rule, and what to do about it; None where the manifest names one that is not there."""

    token: Token | None
    message: str


Check = Callable[[TokenSet], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by its name in the manifest; ``configured`` makes the check from its options or raises BadOption."""

    name: str
    code: str
    options: frozenset[str]
    configured: Callable[[Mapping[str, Any]], Check]


@dataclass(frozen=True, slots=True)
class Configured:
    """A rule that the team has chosen, and how much it matters to them."""

    rule: Rule
    check: Check
    severity: Severity


def matcher(options: Mapping[str, Any], key: str = "tokens") -> Callable[[Token], bool]:
    """Which tokens a rule is about: patterns of paths, such as ``color.text`` with all below it, or ``*.brand``."""
    stated = options.get(key, EVERYTHING)
    patterns: Sequence[Any] = [stated] if isinstance(stated, str) else stated
    if not isinstance(patterns, list | tuple) or not all(isinstance(each, str) for each in patterns):
        raise BadOption(f'{key} is a list of token patterns, such as ["color.text", "**.brand"]')
    for pattern in patterns:
        if fault := fault_of(pattern, "."):
            raise BadOption(f"the pattern {pattern[:80]!r} of {key} {fault}")
    globs = [Glob(pattern, ".") for pattern in patterns]
    return lambda token: any(glob.covers(token.path.split(".")) for glob in globs)
