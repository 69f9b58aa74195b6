"""Three-way merge of fields: what one side did survives, what both did differently is said."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from designsystem.jsontext.values import same
from designsystem.merge import ABSENT, Conflict, merge_fields

scalars = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "b"])
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=5,
)
records = st.dictionaries(st.sampled_from(["value", "type", "props", "extensions"]), values, max_size=4)


def test_edits_of_different_fields_are_both_kept() -> None:
    base = {"value": 1, "description": "one"}
    merge = merge_fields(base, {"value": 2, "description": "one"}, {"value": 1, "description": "two"})
    assert merge.result == {"value": 2, "description": "two"}
    assert merge.clean


def test_edits_of_one_field_conflict_with_all_three_sides() -> None:
    merge = merge_fields({"value": 1}, {"value": 2}, {"value": 3})
    assert merge.conflicts == (Conflict("value", 1, 2, 3),)
    assert merge.result == {"value": 1}


def test_a_value_is_one_thing_even_when_it_is_an_object() -> None:
    base = {"value": {"value": 1, "unit": "px"}}
    merge = merge_fields(base, {"value": {"value": 2, "unit": "px"}}, {"value": {"value": 1, "unit": "rem"}})
    assert [conflict.field for conflict in merge.conflicts] == ["value"]


def test_props_merge_prop_by_prop_and_keyword_by_keyword() -> None:
    base = {"props": {"size": {"type": "string", "default": "m"}}}
    ours = {"props": {"size": {"type": "string", "default": "l"}}}
    theirs = {"props": {"size": {"type": "string", "default": "m", "enum": ["m", "l"]}, "busy": {"type": "boolean"}}}
    merge = merge_fields(base, ours, theirs)
    assert merge.clean
    assert merge.result["props"] == {
        "size": {"type": "string", "default": "l", "enum": ["m", "l"]},
        "busy": {"type": "boolean"},
    }


def test_a_conflict_inside_props_is_named_by_its_place() -> None:
    base = {"props": {"a/b": {"default": 1}}}
    merge = merge_fields(base, {"props": {"a/b": {"default": 2}}}, {"props": {"a/b": {"default": 3}}})
    assert [conflict.field for conflict in merge.conflicts] == ["props/a~1b/default"]


def test_deleting_what_the_other_side_changed_is_a_conflict() -> None:
    merge = merge_fields({"description": "x"}, {}, {"description": "y"})
    assert merge.conflicts == (Conflict("description", "x", ABSENT, "y"),)
    assert merge.conflicts[0].as_dict() == {"field": "description", "base": "x", "theirs": "y"}


def test_deleting_on_both_sides_is_agreement() -> None:
    assert merge_fields({"description": "x"}, {}, {}).result == {}


def test_both_sides_adding_different_props_keeps_both() -> None:
    merge = merge_fields({}, {"props": {"a": {}}}, {"props": {"b": {}}})
    assert merge.clean
    assert merge.result == {"props": {"a": {}, "b": {}}}


def test_true_is_not_one() -> None:
    assert merge_fields({"value": 1}, {"value": True}, {"value": 1}).result["value"] is True


@given(records)
def test_nothing_changed_gives_the_base(base: dict[str, Any]) -> None:
    merge = merge_fields(base, base, base)
    assert merge.clean
    assert merge.result == base


@given(records, records)
def test_an_edit_of_one_side_is_never_lost(base: dict[str, Any], edited: dict[str, Any]) -> None:
    for merge in (
        merge_fields(base, edited, base),
        merge_fields(base, base, edited),
        merge_fields(base, edited, edited),
    ):
        assert merge.clean
        assert same(merge.result, edited)


@given(records, records, records)
def test_sides_may_be_exchanged(base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    one, other = merge_fields(base, ours, theirs), merge_fields(base, theirs, ours)
    assert same(one.result, other.result)
    swapped = {c.field: (c.base, c.theirs, c.ours) for c in other.conflicts}
    assert {c.field: (c.base, c.ours, c.theirs) for c in one.conflicts} == swapped


@given(records, records, records)
def test_every_field_is_from_a_side_or_in_conflict(
    base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    merge = merge_fields(base, ours, theirs, frozenset())
    disputed = {conflict.field for conflict in merge.conflicts}
    for key in {*base, *ours, *theirs} - disputed:
        changed = [side for side in (ours, theirs) if not same(side.get(key, ABSENT), base.get(key, ABSENT))]
        assert same(merge.result.get(key, ABSENT), (changed or [base])[0].get(key, ABSENT))
