"""Tokens as the exporters see them: resolved, converted, in one fixed order, nested where a format nests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from designsystem import codes
from designsystem.exporters.exported import Entry
from designsystem.exporters.values import TYPOGRAPHY_PARTS, css_value, typography_parts
from designsystem.problem import Problem
from designsystem.tokens.set import TokenSet
from designsystem.tokens.token import Resolved, Token

_KEYS = {name: key for key, (name, _) in TYPOGRAPHY_PARTS.items()}
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def collect(tokens: TokenSet) -> tuple[list[Entry], list[Problem]]:
    """Every token that resolves, in the order of files and lines; the others as problems."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    for token in sorted(tokens.tokens.values(), key=_position):
        resolved = tokens.resolve(token.path)
        if resolved is None:
            problems.append(_unresolved(token))
        else:
            entries.append(_entry(token, resolved))
    return entries, problems


def nest(entries: Iterable[Entry]) -> tuple[dict[str, Any], list[Problem]]:
    """The entries' values as a tree by path; a token that would stand where a group stands is left out as a problem."""
    return nest_with(entries, lambda entry: entry.value)


def nest_with(entries: Iterable[Entry], leaf: Callable[[Entry], Any]) -> tuple[dict[str, Any], list[Problem]]:
    """The same of what ``leaf`` makes of each entry."""
    tree: dict[str, Any] = {}
    leaves: set[tuple[str, ...]] = set()
    problems: list[Problem] = []
    for entry in entries:
        *groups, name = segments = tuple(entry.path.split("."))
        clash = any(tuple(segments[:length]) in leaves for length in range(1, len(segments)))
        branch = tree
        for group in [] if clash else groups:
            branch = branch.setdefault(group, {})
        if clash or name in branch:
            problems.append(entry.problem(codes.EXPORT_NESTING, "a token and a group share this path; it is left out"))
            continue
        branch[name] = leaf(entry)
        leaves.add(segments)
    return tree, problems


def _entry(token: Token, resolved: Resolved) -> Entry:
    parts = (typography_parts(resolved.value) or {}) if resolved.type == "typography" else {}
    css = css_value(resolved.type, resolved.value)
    return Entry(token, resolved, css, parts, data_value(resolved, css, parts))


def data_value(resolved: Resolved, css: str | None, parts: dict[str, str]) -> Any:
    """The value for formats that hold data: numbers as such, typography by part, else CSS text, else as resolved."""
    if parts:
        return {_KEYS[name]: _number_or_text(text) for name, text in parts.items()}
    if css is None or isinstance(resolved.value, bool):
        return resolved.value
    return _number_or_text(css) if resolved.type in ("number", "fontWeight") or _is_number(resolved.value) else css


def _number_or_text(text: str) -> int | float | str:
    if not _NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _position(token: Token) -> tuple[str, int, int, str]:
    return token.file, token.line, token.column, token.path


def _unresolved(token: Token) -> Problem:
    message = "the value cannot be resolved; the token is left out of the export"
    return Problem(codes.EXPORT_UNRESOLVED, message, token.file, token.pointer, token.line, token.column, token.path)
