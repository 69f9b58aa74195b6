"""Tokens as name and CSS text, for formats that are lists of declarations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from designsystem import codes
from designsystem.exporters.exported import Entry, Names
from designsystem.problem import Problem


@dataclass(frozen=True, slots=True)
class Declaration:
    """One line of output; ``entry`` gives its comment and is None for the parts that follow a typography shorthand."""

    name: str
    text: str
    entry: Entry | None = None


def declare(
    entries: Sequence[Entry], name_of: Callable[[str], str], names: Names
) -> tuple[list[Declaration], list[Problem]]:
    """Declarations in order; a typography token gives its shorthand and then each part as ``<name>-<css property>``.

    Tokens get their names before parts do, so that a part never takes the name of a token.
    """
    problems: list[Problem] = []
    owned: list[Entry] = []
    for entry in entries:
        if entry.css is None and not entry.parts:
            problems.append(entry.problem(codes.EXPORT_INEXPRESSIBLE, _inexpressible(entry)))
        elif names.claim(name_of(entry.path), entry, codes.EXPORT_COLLISION):
            owned.append(entry)
    declarations: list[Declaration] = []
    for entry in owned:
        declarations.extend(_declarations(entry, name_of, names))
    return declarations, [*problems, *names.problems]


def _declarations(entry: Entry, name_of: Callable[[str], str], names: Names) -> list[Declaration]:
    found = [] if entry.css is None else [(name_of(entry.path), entry.css)]
    for part, text in entry.parts.items():
        name = name_of(f"{entry.path}.{part}")
        if names.claim(name, entry, codes.EXPORT_COLLISION):
            found.append((name, text))
    return [Declaration(name, text, None if index else entry) for index, (name, text) in enumerate(found)]


def _inexpressible(entry: Entry) -> str:
    kind = entry.resolved.type or "untyped"
    return f"this {kind} value cannot be written in CSS; the token is left out"
