"""Severities by manifest: what a team takes more, or less, seriously than usual, by the codes of problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, Literal

from designsystem import codes
from designsystem.fields import Fields
from designsystem.jsontext.nodes import Member
from designsystem.problem import Problem

Level = Literal["off", "warning", "error"]

FIELD: Final = "severities"
LEVELS: Final[tuple[Level, ...]] = ("off", "warning", "error")
_MOST_HINTS: Final = 20
_ENOUGH: Final = 0.6


def read_severities(fields: Fields) -> dict[str, Level]:
    """The levels in a manifest's field ``severities`` by code; what cannot be used is reported and left out."""
    node = fields.mapping(FIELD)
    found: dict[str, Level] = {}
    hints = 0
    for member in node.members if node is not None else ():
        if member.key not in codes.ALL_CODES:
            hints += 1
            _report(fields, member, f"there is no code {member.key[:40]!r}; {_hint(member.key, hints)}")
        elif not codes.is_adjustable(member.key):
            told = codes.ALL_CODES[member.key]
            _report(fields, member, f"{member.key} ({told}) cannot be set, others rely on it; remove this member")
        elif (level := _level(member)) is None:
            wanted = f"{', '.join(LEVELS[:-1])} or {LEVELS[-1]}"
            _report(fields, member, f"the severity of {member.key} is {wanted}, not {member.node.raw[:40]}")
        else:
            found[member.key] = level
    return found


def judged(problems: Iterable[Problem], severities: Mapping[str, Level], strict: bool) -> list[Problem]:
    """The problems as a manifest has them; what it says of a single code counts before ``strict``."""
    if not severities:
        return [hardened(problem) for problem in problems] if strict else list(problems)
    found: list[Problem] = []
    for problem in problems:
        level = severities.get(problem.code)
        if level is None:
            found.append(hardened(problem) if strict else problem)
        elif level != "off":
            found.append(problem if problem.severity == level else replace(problem, severity=level))
    return found


def hardened(problem: Problem) -> Problem:
    """The problem under a strict manifest, which refuses draft syntax like any other fault."""
    is_draft = problem.severity == "warning" and codes.is_draft_syntax(problem.code)
    return replace(problem, severity="error") if is_draft else problem


def level_of(code: str, severities: Mapping[str, Level], strict: bool) -> Level:
    """How much an adjustable code matters under a manifest."""
    return severities.get(code) or ("error" if strict and codes.is_draft_syntax(code) else "warning")


def is_above(level: Level, other: Level) -> bool:
    """Whether the first level is the graver one."""
    return LEVELS.index(level) > LEVELS.index(other)


def _level(member: Member) -> Level | None:
    return next((level for level in LEVELS if member.node.kind == "string" and member.node.value == level), None)


def _hint(name: str, number: int) -> str:
    """The known code most like this one; for a score of them, as it is slow to find."""
    from difflib import SequenceMatcher  # takes long to import, and is hardly ever needed

    wanted = name[:20].upper()

    def likeness(code: str) -> tuple[float, int]:
        return SequenceMatcher(None, code, wanted).ratio(), sum(map(str.__eq__, code, wanted))

    if number <= _MOST_HINTS:
        nearest = max(codes.ALL_CODES, key=likeness)
        if likeness(nearest)[0] >= _ENOUGH:
            return f"did you mean {nearest!r}?"
    return "codes are like 'XDS104'"


def _report(fields: Fields, member: Member, message: str) -> None:
    fields.report(member.node, (FIELD, member.key), message, code=codes.MANIFEST_SEVERITY)
