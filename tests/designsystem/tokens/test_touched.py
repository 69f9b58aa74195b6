"""Which tokens a change touches: what is declared of them, wherever it is said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from designsystem.tokens.document import parse_document
from designsystem.tokens.set import TokenSet
from designsystem.tokens.touched import touched
from tests.designsystem.tokens.files import token_set

ONE: dict[str, Any] = {"$type": "number", "$value": 1}
BASE: dict[str, Any] = {
    "a.json": {
        "color": {"$type": "number", "brand": {"$value": 1}, "deep": {"x": ONE}},
        "alias": {"$value": "{color.brand}"},
    }
}


def read(files: dict[str, Any]) -> TokenSet:
    return TokenSet.build(parse_document(name, json.dumps(content).encode()) for name, content in files.items())


def found(before: dict[str, Any], after: dict[str, Any]) -> dict[str, set[str]]:
    return {file: paths for file, paths in touched(read(before), read(after)).items() if paths}


def edited(**groups: Any) -> dict[str, Any]:
    return {"a.json": BASE["a.json"] | groups}


COLOR = BASE["a.json"]["color"]


@pytest.mark.parametrize(
    ("after", "paths"),
    [
        ({"color": COLOR | {"brand": {"$value": 2}}}, {"color.brand"}),
        ({"color": COLOR | {"brand": {"$value": 1, "$description": "b"}}}, {"color.brand"}),
        ({"color": COLOR | {"brand": {"$value": 1, "$extensions": {"a": 1}}}}, {"color.brand"}),
        ({"color": COLOR | {"$type": "dimension"}}, {"color", "color.brand"}),
        ({"color": COLOR | {"$deprecated": True}}, {"color", "color.brand", "color.deep.x"}),
        ({"color": COLOR | {"$description": "all"}}, {"color"}),
        ({"color": COLOR | {"$extensions": {"a": 1}}}, {"color", "color.brand", "color.deep", "color.deep.x"}),
        ({"color": {"brand": ONE, "deep": {"x": ONE}}}, {"color"}),
        ({"new": {"x": ONE}}, {"new.x"}),
        ({"$schema": "x"}, {""}),
        ({"odd": 3}, {"odd"}),
    ],
)
def test_what_is_touched(after: dict[str, Any], paths: set[str]) -> None:
    assert found(BASE, edited(**after)) == {"a.json": paths}


def test_order_and_layout_touch_no_token_though_they_touch_the_file() -> None:
    turned = {"a.json": dict(reversed(BASE["a.json"].items()))}
    assert touched(read(BASE), read(turned)) == {"a.json": set()}


def test_what_an_alias_leads_to_does_not_touch_the_alias() -> None:
    after = edited(color=COLOR | {"brand": {"$value": 9}})
    assert "alias" not in found(BASE, after)["a.json"]


def test_a_move_to_another_file_touches_both() -> None:
    after = {"a.json": {"color": BASE["a.json"]["color"]}, "b.json": {"alias": BASE["a.json"]["alias"]}}
    assert found(BASE, after) == {"a.json": {"alias"}, "b.json": {"alias"}}


def test_a_declaration_that_puts_another_aside_touches_that_one_too() -> None:
    after = BASE | {"z.json": {"color": {"brand": ONE}}}
    assert found(BASE, after) == {"z.json": {"color.brand"}, "a.json": {"color.brand"}}


def test_a_file_that_goes_touches_all_it_declared() -> None:
    assert found(BASE, {}) == {"a.json": {"color", "color.brand", "color.deep.x", "alias"}}


def test_who_only_inherits_is_not_touched() -> None:
    heir = {"heir": {"$extends": "{base}"}}
    number = {"$type": "number", "$value": 1}
    before = token_set(a={"base": {"x": number}}, b=heir)
    after = token_set(a={"base": {"x": {**number, "$value": 2}, "y": number}}, b=heir)
    after = before.replace({"a.tokens.json": after.sources["a.tokens.json"]})
    assert touched(before, after) == {"a.tokens.json": {"base.x", "base.y"}}


def test_what_a_group_comes_to_inherit_is_touched() -> None:
    number = {"$type": "number", "$value": 1}
    mine = {"mine": {"brand": {"new": number}}}
    before = token_set(a={"color": {"brand": {"old": number}}}, b=mine)
    after = token_set(a={"color": {"brand": {"old": number}}}, b={**mine, "color": {"$extends": "{mine}"}})
    assert "color.brand.new" in after.tokens
    assert "color.brand.new" in touched(before, after)["b.tokens.json"]
    assert "color.brand.new" in touched(after, before)["b.tokens.json"]
