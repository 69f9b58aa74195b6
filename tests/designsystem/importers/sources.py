"""Sources of other tools for tests, and what an import makes of them."""

from __future__ import annotations

import json
from typing import Any

from designsystem.importers import Imported, convert
from designsystem.problem import errors_of
from designsystem.resolver.document import parse_resolver
from designsystem.resolver.resolution import resolve
from designsystem.rules import by_the_format
from designsystem.tokens.document import parse_document
from designsystem.tokens.set import TokenSet

RESOLVER = "tokens.resolver.json"


def imported(format_name: str | None = None, **files: Any) -> Imported:
    """What becomes of files; ``__`` in a name stands for a dot, values are written as JSON."""
    return converted({name.replace("__", "."): value for name, value in files.items()}, format_name)


def converted(files: dict[str, Any], format_name: str | None = None) -> Imported:
    """What becomes of files, by path; values are written as JSON."""
    data = {path: each if isinstance(each, bytes) else json.dumps(each).encode() for path, each in files.items()}
    return convert(data, format_name)[1]


def token_set(found: Imported, **inputs: str) -> TokenSet:
    """The tokens that were written, in one permutation; they keep to the format, to the letter."""
    if RESOLVER in found.files:
        resolution = resolve(parse_resolver(RESOLVER, found.files[RESOLVER], found.files.get), inputs)
        tokens, problems = resolution.tokens, resolution.problems
    else:
        tokens = TokenSet.build(parse_document(path, data) for path, data in found.files.items())
        problems = tuple(tokens.check())
    assert errors_of(map(by_the_format, problems)) == []
    return tokens


def values(found: Imported, **inputs: str) -> dict[str, Any]:
    """Every token's plain value, by path."""
    tokens = token_set(found, **inputs)
    resolved = {path: tokens.resolve(path) for path in tokens.tokens}
    return {path: each.value for path, each in resolved.items() if each is not None}


def types(found: Imported, **inputs: str) -> dict[str, str | None]:
    """Every token's type, by path."""
    tokens = token_set(found, **inputs)
    resolved = {path: tokens.resolve(path) for path in tokens.tokens}
    return {path: each.type for path, each in resolved.items() if each is not None}


def told(found: Imported) -> dict[str, list[str]]:
    """What is said of each token, by path."""
    said: dict[str, list[str]] = {}
    for problem in found.problems:
        said.setdefault(problem.subject, []).append(f"{problem.code} {problem.message}")
    return said


def px(number: float) -> dict[str, Any]:
    return {"value": number, "unit": "px"}


def rem(number: float) -> dict[str, Any]:
    return {"value": number, "unit": "rem"}
