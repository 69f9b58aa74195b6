"""Props of two states are compared place by place."""

from __future__ import annotations

from typing import Any

import pytest

from designsystem.components.difference import LONGEST_ALIGNED, MOST_PARTS, prop_differences


@pytest.mark.parametrize(
    ("before", "after", "want"),
    [
        ({}, {}, []),
        ({"a": {"default": 1}}, {"a": {"default": 1.0}}, []),
        ({"a": {"default": 1}}, {"a": {"default": True}}, [("retyped", "a", "/default", 1, True)]),
        ({"a": {}}, {}, [("removed", "a", "", {}, None)]),
        ({}, {"a": {"x": 1}}, [("added", "a", "", None, {"x": 1})]),
        ({"a": {"x": "s"}}, {"a": {"x": "t"}}, [("changed", "a", "/x", "s", "t")]),
        ({"a": {"x": None}}, {"a": {}}, [("removed", "a", "/x", None, None)]),
        ({"a": {"e": [1, 2]}}, {"a": {"e": [0, 1, 2]}}, [("added", "a", "/e/0", None, 0)]),
        ({"a": {"~/": {"b": 1}}}, {"a": {"~/": {"b": 2}}}, [("changed", "a", "/~0~1/b", 1, 2)]),
        ({"a": True}, {"a": {"type": "x"}}, [("retyped", "a", "", True, {"type": "x"})]),
    ],
)
def test_every_place_is_told(before: dict[str, Any], after: dict[str, Any], want: list[tuple[Any, ...]]) -> None:
    found = prop_differences(before, after)
    assert [(each.kind, each.prop, each.pointer, each.before, each.after) for each in found] == want


def test_long_lists_are_compared_item_by_item_and_longer_ones_as_a_whole() -> None:
    items = list(range(LONGEST_ALIGNED + 1))
    found = prop_differences({"a": {"e": items}}, {"a": {"e": [-1, *items[1:]]}})
    assert [(each.pointer, each.before, each.after) for each in found] == [("/e/0", 0, -1)]
    items = list(range(MOST_PARTS))
    found = prop_differences({"a": {"e": items}}, {"a": {"e": items[1:]}})
    assert [(each.kind, each.pointer) for each in found] == [("changed", "")]
