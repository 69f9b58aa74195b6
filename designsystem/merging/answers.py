"""Answers to conflicts: what a request says of each, matched, and told where it fits none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from designsystem.jsontext.values import why_not_json
from designsystem.merge import ABSENT
from designsystem.merging.conflict import Answer, ConflictKind, MergeConflict, Resource, Side, Value
from designsystem.problem import Problem

_PLAIN = ("", "path", "$value")
"""What a value without a field is of: the whole of something, where it lies, or what a token stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """How to settle one conflict, named by its id, or by path (and field, and file where a path is in several).

    A path without a field settles everything that is open there. ``value`` stands instead of a side: a property's
    value, a whole token, a text, a path; None for nothing at all, ABSENT where ``take`` says it.
    """

    id: str = ""
    path: str = ""
    field: str | None = None
    file: str = ""
    take: Side | None = None
    value: Any = ABSENT

    def fits(self, conflict: MergeConflict) -> bool:
        """Whether it is about a conflict."""
        if self.id:
            return self.id == conflict.id
        if self.path != conflict.path or self.file not in ("", conflict.file):
            return False
        if self.field is not None:
            return self.field == conflict.field
        return self.take is not None or conflict.field in _PLAIN

    @property
    def answer(self) -> Answer:
        """What shall stand."""
        return self.take if self.take is not None else Value(ABSENT if self.value is None else self.value)


class Answers:
    """The resolutions of a request, as what a merge asks; ``by_default`` answers what none of them is about."""

    def __init__(self, resolutions: Sequence[Resolution] = (), by_default: Side | None = None) -> None:
        self._resolutions = resolutions
        self._named: dict[tuple[str, str], list[int]] = {}
        for at, each in enumerate(resolutions):
            self._named.setdefault((each.id, each.path), []).append(at)
        self._by_default = by_default
        self._used: set[int] = set()
        self._problems: list[Problem] = []

    def decide(self, conflict: MergeConflict) -> Answer | None:
        """The answer to a conflict; None leaves it open."""
        named = [*self._named.get((conflict.id, ""), ()), *self._named.get(("", conflict.path), ())]
        fitting = [at for at in named if self._resolutions[at].fits(conflict)]
        self._used.update(fitting)
        if not fitting:
            return self._by_default
        # one that names the field says more than one for the whole path
        best = max(fitting, key=lambda at: (bool(self._resolutions[at].id), self._resolutions[at].field is not None))
        answer = self._resolutions[best].answer
        fault = _fault_of(answer, conflict)
        if fault:
            self._problems.append(_problem(best, f"cannot settle {conflict.path} {conflict.field}".strip() + fault))
        return None if fault else answer

    def problems(self) -> list[Problem]:
        """What was answered though nobody asked, and what cannot be an answer to what was asked."""
        unused = [
            _problem(at, "settles no conflict of this merge; ask for them anew with dry_run")
            for at in range(len(self._resolutions))
            if at not in self._used
        ]
        return [*unused, *dict.fromkeys(self._problems)]


def _fault_of(answer: Answer, conflict: MergeConflict) -> str:
    """Why a value cannot stand in a conflict's place; empty where it can."""
    if not isinstance(answer, Value):
        return ""
    value, is_text = answer.value, isinstance(answer.value, str)
    if conflict.kind is ConflictKind.RENAMED:
        return "" if is_text and value.strip("/") else ": a path is asked for"
    if conflict.resource is Resource.COMPONENT and not conflict.field:
        return ": a component is kept or deleted as a whole; take a side"
    if conflict.field == "mode":
        return "" if value in ("100644", "100755") else ": the mode is 100644 or 100755"
    if conflict.resource is Resource.FILE:
        return "" if is_text or value is ABSENT else ": a text is asked for, or null for none"
    if conflict.resource is Resource.TOKEN and not conflict.field:
        is_token = isinstance(value, dict) and "$value" in value
        return "" if is_token or value is ABSENT else ": a token with its $value is asked for, or null for none"
    return ""


def faults_of(resolutions: Sequence[Resolution]) -> list[Problem]:
    """What is wrong with resolutions whatever they are about."""
    problems: list[Problem] = []
    seen: dict[object, int] = {}
    for at, each in enumerate(resolutions):
        if bool(each.id) == bool(each.path):
            problems.append(_problem(at, "names its conflict by id, or by path: exactly one of them"))
        if (each.take is None) == (each.value is ABSENT):
            problems.append(_problem(at, "says take or value: exactly one of them"))
        if each.value is not ABSENT and (fault := why_not_json(each.value)):
            problems.append(_problem(at, f"has a value that cannot be written as JSON: {fault}"))
        first = seen.setdefault((each.id, each.path, each.field, each.file), at)
        if first != at:
            problems.append(_problem(at, f"settles the same as resolution {first}"))
    return problems


def _problem(at: int, message: str) -> Problem:
    return Problem("bad-resolution", f"resolution {at} {message}", pointer=f"/resolutions/{at}")
