"""naming: every part of a token's path is written in one style."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from designsystem import codes
from designsystem.lint.rule import BadOption, Check, Finding, Rule, matcher
from designsystem.tokens.names import ROOT
from designsystem.tokens.set import TokenSet

STYLES = {
    "kebab-case": re.compile(r"[a-z0-9]+(-[a-z0-9]+)*"),
    "snake_case": re.compile(r"[a-z0-9]+(_[a-z0-9]+)*"),
    "camelCase": re.compile(r"[a-z0-9][a-zA-Z0-9]*"),
    "PascalCase": re.compile(r"[A-Z0-9][a-zA-Z0-9]*"),
}


def _configured(options: Mapping[str, Any]) -> Check:
    style = options.get("style", "kebab-case")
    if not isinstance(style, str) or style not in STYLES:
        raise BadOption(f"style is one of {', '.join(STYLES)}")
    concerns, form = matcher(options), STYLES[style]

    def check(tokens: TokenSet) -> Iterator[Finding]:
        for token in tokens.tokens.values():
            wrong = [part for part in token.path.split(".") if part != ROOT and not form.fullmatch(part)]
            if wrong and concerns(token):
                yield Finding(token, f'"{wrong[0]}" is not {style}; rename the token or its group')

    return check


NAMING = Rule("naming", codes.LINT_NAMING, frozenset({"style", "tokens"}), _configured)
