"""JSON values are compared as JSON means them."""

from __future__ import annotations

import math

import pytest

from designsystem.jsontext.values import equal, same, why_not_json


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        (1, 1.0, True), (1, True, False), (0, False, False), ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": [True]}, {"a": [1]}, False), ([1, 2], [2, 1], False), ("1", 1, False), (None, False, False),
        ({"a": 1}, {"a": 1, "b": None}, False), ([], {}, False),
    ],
)  # fmt: skip
def test_same(a: object, b: object, alike: bool) -> None:
    assert same(a, b) is alike
    assert equal(a, b) is alike


@pytest.mark.parametrize("value", [math.nan, math.inf, "\ud800", {1: 2}, {"\ud800": 1}, {"a": [object()]}, b"x"])
def test_what_json_cannot_hold_is_named(value: object) -> None:
    assert why_not_json(value)


def test_nesting_without_end_is_refused() -> None:
    value: list[object] = []
    value.append(value)
    assert "levels" in str(why_not_json(value))
