"""Answers to conflicts: matched to what they are about, carried out, and told where they cannot be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from designsystem.merge import ABSENT
from designsystem.merging.answers import Answers, Resolution, faults_of
from designsystem.merging.conflict import ConflictKind, MergeConflict, Resource, Side, Value
from tests.designsystem.merging.states import State, merge

FILE = "tokens/a.tokens.json"
ID = "8c6d3f0e-3c55-4b8e-9a5e-0f3a1c2b4d5e"
KEY = "org.xtext.design-system"


def token(value: Any, **more: Any) -> dict[str, Any]:
    return {"$type": "number", "$value": value, **{f"${name}": each for name, each in more.items()}}


def state(**tokens: Any) -> State:
    return {FILE: (json.dumps(tokens, indent=2) + "\n").encode()}


def stands(*states: State, **answer: Any) -> Any:
    merged = merge(*states, Resolution(**answer))
    assert merged.conflicts == []
    data = merged.files[FILE]
    assert isinstance(data, bytes)
    return json.loads(data)


CHANGED = (state(x=token(1)), state(x=token(2)), state(x=token(3)))
DELETED = (state(x=token(1), y=token(0)), state(y=token(0)), state(x=token(3), y=token(0)))
ADDED = (state(), state(x=token(2, description="ours")), state(x=token(3)))
IN_THE_WAY = (state(), state(x={"in": token(2), "on": token(4)}), state(x=token(3)))


@pytest.mark.parametrize(
    ("states", "answer", "want"),
    [
        (CHANGED, {"take": Side.BASE}, {"x": token(1)}),
        (CHANGED, {"field": "$value", "value": 9}, {"x": token(9)}),
        (DELETED, {"take": Side.OURS}, {"y": token(0)}),
        (DELETED, {"take": Side.THEIRS}, {"y": token(0), "x": token(3)}),
        (DELETED, {"take": Side.BASE}, {"y": token(0), "x": token(1)}),
        (DELETED, {"value": token(7)}, {"y": token(0), "x": token(7)}),
        (DELETED, {"value": None}, {"y": token(0)}),
        (DELETED[::2] + DELETED[1:2], {"take": Side.THEIRS}, {"y": token(0)}),
        (DELETED[::2] + DELETED[1:2], {"take": Side.BASE}, {"y": token(0), "x": token(1)}),
        (DELETED[::2] + DELETED[1:2], {"value": token(7)}, {"y": token(0), "x": token(7)}),
        (ADDED, {"take": Side.OURS}, {"x": token(2, description="ours")}),
        (ADDED, {"take": Side.THEIRS}, {"x": token(3)}),
        (ADDED, {"take": Side.BASE}, {}),
        (ADDED, {"value": token(5)}, {"x": token(5)}),
        (IN_THE_WAY, {"take": Side.OURS}, {"x": {"in": token(2), "on": token(4)}}),
        (IN_THE_WAY, {"take": Side.THEIRS}, {"x": token(3)}),
    ],
)
def test_an_answer_about_a_token_is_carried_out(states: Any, answer: dict[str, Any], want: Any) -> None:
    assert stands(*states, path="x", **answer) == want


@pytest.mark.parametrize(
    ("answer", "path"), [({"take": Side.THEIRS}, "c"), ({"take": Side.BASE}, "a"), ({"value": "d.e"}, "d.e")]
)
def test_a_token_that_both_renamed_lies_where_the_answer_says(answer: dict[str, Any], path: str) -> None:
    named = token(1, extensions={KEY: {"id": ID}})
    found = stands(state(a=named), state(b=named), state(c=named), path="a", **answer)
    for name in path.split("."):
        found = found[name]
    assert found == named


def test_extensions_are_answered_key_by_key() -> None:
    states = [state(x=token(1, extensions={"a": {"n": n, "m": m}})) for n, m in ((1, 1), (2, 1), (3, 5))]
    found = stands(*states, path="x", field="$extensions/a/n", take=Side.THEIRS)
    assert found["x"]["$extensions"] == {"a": {"n": 3, "m": 5}}


def test_the_path_in_several_files_is_told_apart_by_the_file() -> None:
    other = "tokens/dark.tokens.json"
    states = [{**each, other: each[FILE]} for each in CHANGED]
    merged = merge(
        *states,
        Resolution(path="x", file=FILE, take=Side.THEIRS),
        Resolution(path="x", file=other, take=Side.BASE),
    )
    assert merged.files == {FILE: CHANGED[2][FILE], other: CHANGED[0][FILE]}


def test_one_that_names_the_field_goes_before_one_for_the_whole_path() -> None:
    states = [state(x=token(n, description=str(n))) for n in (1, 2, 3)]
    merged = merge(
        *states,
        Resolution(path="x", take=Side.THEIRS),
        Resolution(path="x", field="$description", take=Side.OURS),
    )
    assert merged.files == state(x=token(3, description="2"))


@pytest.mark.parametrize(
    ("resource", "kind", "field", "value"),
    [
        (Resource.TOKEN, ConflictKind.DELETED, "", 1),
        (Resource.TOKEN, ConflictKind.ADDED, "", {"$type": "number"}),
        (Resource.TOKEN, ConflictKind.RENAMED, "path", 1),
        (Resource.TOKEN, ConflictKind.RENAMED, "path", "/"),
        (Resource.COMPONENT, ConflictKind.DELETED, "", "x"),
        (Resource.FILE, ConflictKind.CHANGED, "lines/1", {"a": 1}),
        (Resource.FILE, ConflictKind.CHANGED, "mode", "100600"),
    ],
)
def test_a_value_that_cannot_stand_there_is_told(
    resource: Resource, kind: ConflictKind, field: str, value: Any
) -> None:
    answers = Answers([Resolution(path="x", field=field, value=value)])
    assert answers.decide(MergeConflict(kind, "x", field, 1, 2, 3, "f", resource)) is None
    (problem,) = answers.problems()
    assert (problem.code, problem.pointer) == ("bad-resolution", "/resolutions/0")
    assert "cannot settle" in problem.message


def test_null_says_that_nothing_stands_there() -> None:
    assert Resolution(path="x", value=None).answer == Value(ABSENT)


def test_what_is_wrong_with_resolutions_is_told_all_at_once() -> None:
    wrong = [
        Resolution(take=Side.OURS),
        Resolution(id="1", path="x", take=Side.OURS),
        Resolution(path="x"),
        Resolution(path="y", take=Side.OURS, value=1),
        Resolution(path="z", value="\ud800"),
        Resolution(path="q", take=Side.OURS),
        Resolution(path="q", take=Side.THEIRS),
    ]
    assert [problem.pointer for problem in faults_of(wrong)] == [f"/resolutions/{at}" for at in (0, 1, 2, 3, 4, 6)]


def test_an_id_is_another_where_any_state_is_another() -> None:
    conflicts = [MergeConflict(ConflictKind.CHANGED, "x", "$value", *sides, "f") for sides in ((1, 2, 3), (1, 2, 4))]
    assert conflicts[0].id != conflicts[1].id
    again = MergeConflict(ConflictKind.CHANGED, "x", "$value", 1, 2, 3, "f")
    assert again.id == conflicts[0].id
