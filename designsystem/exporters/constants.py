"""Tokens as typed constants of a programming language: what Swift, Kotlin and Dart have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from designsystem import codes
from designsystem.exporters.declarations import inexpressible
from designsystem.exporters.exported import Entry, Job, Names
from designsystem.exporters.typed import Typed, typed
from designsystem.problem import Problem

Literal = tuple[str, str]
"""The type of a value and the expression that makes it."""


@dataclass(frozen=True, slots=True)
class Constant:
    """One constant."""

    name: str
    type: str
    text: str
    entry: Entry


def constants(
    job: Job, language: str, name_of: Callable[[str], str], literal: Callable[[Typed], Literal]
) -> tuple[list[Constant], list[Problem]]:
    """A constant for each token that the language can say and whose name is free, in order; the others as problems."""
    names = Names()
    found: list[Constant] = []
    problems: list[Problem] = []
    for entry in job.entries:
        value = typed(entry.resolved.type, entry.resolved.value)
        name = name_of(entry.path)
        if value is None:
            problems.append(entry.problem(codes.EXPORT_INEXPRESSIBLE, inexpressible(entry, language)))
        elif names.claim(name, entry, codes.EXPORT_COLLISION):
            found.append(Constant(name, *literal(value), entry))
    return found, [*problems, *names.problems]


def used(types: Iterable[tuple[str, str]], found: Iterable[Constant]) -> list[str]:
    """The definitions, of these pairs of name and source, that some constant or another chosen one needs."""
    offered = list(types)
    text = " ".join(f"{each.type} {each.text}" for each in found)
    chosen: set[str] = set()
    while fresh := [name for name, _ in offered if name not in chosen and re.search(rf"\b{name}\b", text)]:
        chosen.update(fresh)
        text += "".join(source for name, source in offered if name in fresh)
    return [source for name, source in offered if name in chosen]


def quoted(text: str, *, dollar: bool = False, braces: bool = True, mark: str = '"') -> str:
    """A string literal: control characters by their code in ``\\u{…}`` or (without ``braces``) ``\\uXXXX``, and ``$``
    escaped where that would interpolate."""

    def escape(match: re.Match[str]) -> str:
        code = ord(match[0])
        if 0xD800 <= code <= 0xDFFF:
            code = 0xFFFD
        return f"\\u{{{code:x}}}" if braces else f"\\u{code:04x}"

    special = text.replace("\\", "\\\\").replace(mark, f"\\{mark}")
    if dollar:
        special = special.replace("$", "\\$")
    return mark + re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", escape, special) + mark
