"""Token files made in tests."""

from __future__ import annotations

import json
from typing import Any

from designsystem.problem import Problem
from designsystem.tokens.document import TokenDocument, parse_document
from designsystem.tokens.set import TokenSet

RED = {"colorSpace": "srgb", "components": [1, 0, 0]}
PX = {"value": 16, "unit": "px"}


def document(content: Any, path: str = "tokens/a.tokens.json") -> TokenDocument:
    """A document with this content: JSON text, or a value to be written as JSON with two blanks."""
    text = content if isinstance(content, str) else json.dumps(content, indent=2)
    return parse_document(path, text.encode())


def token_set(**files: Any) -> TokenSet:
    """A set of files named after the keywords."""
    return TokenSet.build(document(content, f"{name}.tokens.json") for name, content in files.items())


def told(problems: list[Problem] | tuple[Problem, ...]) -> list[tuple[str, str]]:
    """Code and subject of each problem."""
    return [(problem.code, problem.subject) for problem in problems]
