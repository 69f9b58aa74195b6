"""Migrations: from changes, joined over several versions, and always as their schema says."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from designsystem.compare.change import Change, Kind, Severity
from designsystem.compare.components import compare_components
from designsystem.compare.tokens import compare_tokens
from designsystem.components.component import Component
from designsystem.migration import SCHEMA, joined, migration
from tests.designsystem.tokens.files import token_set

VALID = jsonschema_rs.validator_for(SCHEMA)
MAJOR = Severity.MAJOR


def renamed(old: str, new: str) -> Change:
    return Change(Kind.TOKEN_RENAMED, new, MAJOR, before=old, after=new, old_subject=old)


def moved(old: str, new: str) -> Change:
    return Change(Kind.TOKEN_MOVED, new, Severity.MINOR, before=old, after=new, old_subject=old)


def removed(old: str, instead: str | None = None) -> Change:
    return Change(Kind.TOKEN_REMOVED, old, MAJOR, replaced_by=instead)


def retyped(path: str, before: str, after: str) -> Change:
    return Change(Kind.TOKEN_RETYPED, path, MAJOR, before=before, after=after, type=after)


def deprecated(old: str, instead: str) -> Change:
    return Change(Kind.TOKEN_DEPRECATED, old, Severity.MINOR, after=True, replaced_by=instead)


def told(found: dict[str, Any]) -> list[tuple[str, str | None, str]]:
    VALID.validate(found)
    return [(entry["old"], entry["new"], entry["kind"]) for entry in found["tokens"]]


def test_every_change_that_asks_something_of_users_is_in_it() -> None:
    old = token_set(a={"a": {"$type": "number", "$value": 1}, "b": {"$type": "number", "$value": 22}})
    new = token_set(a={"a": {"$type": "fontWeight", "$value": 1}, "c": {"$type": "number", "$value": 22}})
    was = [Component(None, "components/Card", "Card", props={"x": {"type": "string"}})]
    now = [Component(None, "components/Card", "Panel", props={"y": {"type": "string", "required": True}})]
    found = migration([*compare_tokens(old, new), *compare_components(was, now)], old="1.0.0", new="2.0.0")
    VALID.validate(found)
    assert (found["from"], found["to"]) == ("1.0.0", "2.0.0")
    assert told(found) == [("b", "c", "renamed")]
    assert found["components"] == [{"old": "Card", "new": "Panel", "kind": "renamed"}]
    assert [(each["subject"], each["kind"]) for each in found["check"]] == [
        ("a", "token-retyped"),
        ("components/Card", "prop-removed"),
        ("components/Card", "prop-required"),
    ]


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        ([[renamed("a", "b")], [renamed("b", "c")]], [("a", "c", "renamed"), ("b", "c", "renamed")]),
        ([[renamed("a", "b")], [renamed("b", "a")]], [("b", "a", "renamed")]),
        ([[renamed("a", "b"), renamed("b", "a")], []], [("a", "b", "renamed"), ("b", "a", "renamed")]),
        ([[renamed("a", "b"), renamed("b", "a")]] * 2, []),
        ([[renamed("a", "b")], [removed("b")]], [("a", None, "removed"), ("b", None, "removed")]),
        ([[renamed("a", "b")], [removed("b", "c")]], [("a", "c", "removed"), ("b", "c", "removed")]),
        ([[moved("a", "b")], []], [("a", "b", "deprecated")]),
        ([[moved("a", "b")], [removed("a", "b")]], [("a", "b", "renamed")]),
        ([[moved("a", "b")], [renamed("b", "c")]], [("a", "c", "deprecated"), ("b", "c", "renamed")]),
        ([[removed("a", "b")], [renamed("b", "c")]], [("a", "c", "removed"), ("b", "c", "renamed")]),
        ([[deprecated("a", "b")], [removed("b"), removed("a", "c")]], [("a", "c", "removed"), ("b", None, "removed")]),
        ([[deprecated("a", "b")], [removed("b")]], [("a", None, "deprecated"), ("b", None, "removed")]),
        ([[removed("a")], [renamed("x", "a")]], [("a", None, "removed"), ("x", "a", "renamed")]),
        ([], []),
    ],
)
def test_steps_are_joined(steps: list[list[Change]], wanted: list[tuple[str, str | None, str]]) -> None:
    assert told(joined([migration(step) for step in steps])) == wanted


def test_ends_and_confidence_of_a_way() -> None:
    unsure = Change(Kind.TOKEN_RENAMED, "b", MAJOR, before="a", after="b", old_subject="a", confidence=0.6)
    found = joined(
        [migration([unsure], old="1.0.0", new="2.0.0"), migration([renamed("b", "c")], old="2.0.0", new="3.0.0")]
    )
    assert (found["from"], found["to"]) == ("1.0.0", "3.0.0")
    assert found["tokens"][0]["confidence"] == 0.6


def test_what_is_to_be_checked_follows_its_token() -> None:
    steps = [[retyped("a", "number", "dimension")], [renamed("a", "b")], [retyped("b", "dimension", "duration")]]
    (entry,) = joined([migration(step) for step in steps])["check"]
    assert entry == {"subject": "b", "kind": "token-retyped", "before": "number", "after": "duration"}
    back = [*steps, [retyped("b", "duration", "number")]]
    assert joined([migration(step) for step in back])["check"] == []
    gone = [*steps, [removed("b")]]
    assert joined([migration(step) for step in gone])["check"] == []


NAMES = st.permutations(["a", "b", "c", "d", "e"])


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_joined_renames_lead_where_the_single_ones_lead_one_after_another(shuffles: list[list[str]]) -> None:
    names = sorted(shuffles[0])
    steps = [
        migration([renamed(old, new) for old, new in zip(names, shuffled, strict=True) if old != new])
        for shuffled in shuffles
    ]
    whole = {entry["old"]: entry["new"] for entry in joined(steps)["tokens"]}
    for name in names:
        now = name
        for step in steps:
            now = {entry["old"]: entry["new"] for entry in step["tokens"]}.get(now, now)
        assert whole.get(name, name) == now
