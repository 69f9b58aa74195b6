"""What one file says of one token."""

from __future__ import annotations

import json
from typing import Any

import pytest

from designsystem.tokens.stated import stated_fields
from designsystem.tokens.token import EXTENSION_KEY

ID = "5e1e7a8c-2f55-4d0c-a5c9-52bb2f0a7d10"


def said(document: Any, path: str = "a.x") -> dict[str, Any] | None:
    return stated_fields("a.tokens.json", json.dumps(document).encode(), path)


@pytest.mark.parametrize(
    ("token", "want"),
    [
        ({"$value": 1}, {"value": 1}),
        ({"$value": 0, "$deprecated": False}, {"value": 0, "deprecated": False}),
        ({"$value": "{a.y}", "$description": "d"}, {"value": "{a.y}", "description": "d"}),
        ({"$ref": "#/a/y"}, {"value": {"$ref": "#/a/y"}}),
        ({"$type": "border", "$value": {"width": 1, "style": "solid"}},
         {"type": "border", "value/width": 1, "value/style": "solid"}),
        ({"$type": "color", "$value": {"colorSpace": "srgb"}}, {"type": "color", "value": {"colorSpace": "srgb"}}),
        ({"$value": 1, "$extensions": {"me": 1}}, {"value": 1, "extensions": {"me": 1}}),
        ({"$value": 1, "$extensions": {EXTENSION_KEY: {"id": ID}}}, {"value": 1}),
        ({"$value": 1, "$extensions": {EXTENSION_KEY: {"id": ID, "replacedBy": "b"}}},
         {"value": 1, "extensions": {EXTENSION_KEY: {"replacedBy": "b"}}}),
    ],
)  # fmt: skip
def test_a_token_states_its_properties(token: dict[str, Any], want: dict[str, Any]) -> None:
    assert said({"a": {"x": token}}) == want


def test_groups_state_types_and_deprecations_of_what_is_in_them() -> None:
    document = {
        "$type": "number",
        "a": {"$deprecated": "old", "x": {"$value": 1}, "y": {"$type": "string", "$value": ""}},
    }
    assert said(document) == {"value": 1, "type": "number", "deprecated": "old"}
    assert said(document, "a.y") == {"value": "", "type": "string", "deprecated": "old"}
    assert said({"a": {"$type": "number", "$root": {"$value": 1}}}, "a.$root") == {"value": 1, "type": "number"}


def test_what_is_no_token_is_not_stated() -> None:
    for document in ({}, [], {"a": {"x": {}}}, {"a": {"x": 1}}, {"a": {"$extends": "{b}"}, "b": {"x": {"$value": 1}}}):
        assert said(document) is None
    assert stated_fields("a.tokens.json", b"{ broken", "a.x") is None


def test_a_byte_order_mark_is_no_matter() -> None:
    assert stated_fields("a.json", b'\xef\xbb\xbf{"a": {"x": {"$value": 1}}}', "a.x") == {"value": 1}
