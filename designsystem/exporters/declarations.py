"""Tokens as name and CSS text, for formats that are lists of declarations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from designsystem import codes
from designsystem.exporters.exported import Entry, Names
from designsystem.problem import Problem


@dataclass(frozen=True, slots=True)
class Declaration:
    """One line of output: the name, the value in CSS, and the declaration that it is an alias of, where one is.

    ``part`` is the CSS property for a part of a typography and empty for the token itself; ``first`` says whether the
    token's comment belongs here.
    """

    name: str
    text: str
    entry: Entry
    part: str = ""
    first: bool = True
    alias: str | None = None


def declare(
    entries: Sequence[Entry], name_of: Callable[[str], str], names: Names
) -> tuple[list[Declaration], list[Problem]]:
    """Declarations in order; a typography token gives its shorthand and then each part as ``<name>-<css property>``.

    Tokens get their names before parts do, so that a part never takes the name of a token.
    """
    problems: list[Problem] = []
    owned: list[tuple[str, Entry]] = []
    for entry in entries:
        name = name_of(entry.path)
        if entry.css is None and not entry.parts:
            problems.append(entry.problem(codes.EXPORT_INEXPRESSIBLE, inexpressible(entry, "CSS")))
        elif names.claim(name, entry, codes.EXPORT_COLLISION):
            owned.append((name, entry))
    declarations: list[Declaration] = []
    for name, entry in owned:
        if entry.parts:
            declarations.extend(_with_parts(name, entry, name_of, names))
        else:
            declarations.append(Declaration(name, entry.css or "", entry))
    return declarations, [*problems, *names.problems]


def linked(declarations: Sequence[Declaration]) -> list[Declaration]:
    """The same with their aliases: of whole tokens that are declared here and have the very same text."""
    known = {(each.entry.path, each.part): each for each in declarations}
    found = []
    for each in declarations:
        target = known.get((each.entry.alias, each.part)) if each.entry.alias else None
        found.append(replace(each, alias=target.name) if target is not None and target.text == each.text else each)
    return found


def targets_first(declarations: Sequence[Declaration]) -> list[Declaration]:
    """The declarations in an order in which none is used before it stands; what need not move keeps its place."""
    by_name = {each.name: each for each in declarations}
    placed: dict[str, Declaration] = {}
    for each in declarations:
        chain = [each]
        while (alias := chain[-1].alias) is not None and alias not in placed:
            chain.append(by_name[alias])
        placed.update((link.name, link) for link in reversed(chain) if link.name not in placed)
    return list(placed.values())


def inexpressible(entry: Entry, language: str) -> str:
    """What is said of a token whose value a format has no way to write."""
    kind = entry.resolved.type or "untyped"
    return f"this {kind} value cannot be written in {language}; the token is left out"


def _with_parts(name: str, entry: Entry, name_of: Callable[[str], str], names: Names) -> Iterable[Declaration]:
    first = True
    if entry.css is not None:
        yield Declaration(name, entry.css, entry)
        first = False
    for part, text in entry.parts.items():
        name = name_of(f"{entry.path}.{part}")
        if names.claim(name, entry, codes.EXPORT_COLLISION):
            yield Declaration(name, text, entry, part, first)
            first = False
