"""unused: tokens that are there for others are referred to by one at least."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from designsystem import codes
from designsystem.lint.rule import BadOption, Check, Finding, Rule, matcher
from designsystem.tokens.set import TokenSet


def _configured(options: Mapping[str, Any]) -> Check:
    if "tokens" not in options:
        raise BadOption('tokens is needed: the tokens that others refer to, such as ["palette"]')
    concerns = matcher(options)

    def check(tokens: TokenSet) -> Iterator[Finding]:
        for token in tokens.tokens.values():
            if token.deprecated or not concerns(token):
                continue
            if not tokens.dependents(token.path) - {token.path}:
                yield Finding(token, "no token refers to this one; use it, deprecate it or remove it")

    return check


UNUSED = Rule("unused", codes.LINT_UNUSED, frozenset({"tokens"}), _configured)
