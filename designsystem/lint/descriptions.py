"""descriptions: tokens say what they are for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from designsystem import codes
from designsystem.lint.rule import Check, Finding, Rule, matcher
from designsystem.tokens.set import TokenSet


def _configured(options: Mapping[str, Any]) -> Check:
    concerns = matcher(options)

    def check(tokens: TokenSet) -> Iterator[Finding]:
        for token in tokens.tokens.values():
            if not (token.description or "").strip() and concerns(token):
                yield Finding(token, "no description; say in $description what this token is for")

    return check


DESCRIPTIONS = Rule("descriptions", codes.LINT_DESCRIPTION, frozenset({"tokens"}), _configured)
