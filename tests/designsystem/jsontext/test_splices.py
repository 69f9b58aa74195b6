"""Changing parts of a JSON text touches only what must change."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designsystem.jsontext.scanner import parse
from designsystem.jsontext.splices import apply, change_members, change_value, insert_member
from designsystem.jsontext.style import detect_file
from tests.designsystem.jsontext.test_file import json_values


def changed(text: str, value: object) -> str:
    node, _ = parse(text)
    assert node is not None
    return apply(text, change_value(node, value, detect_file(text)))


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ('{"a": 1}', {"a": 2}, '{"a": 2}'),
        ('{"a": 1.0, "b":2}', {"b": 3, "a": 1}, '{"a": 1.0, "b":3}'),
        ('{ "a": 1, "b": 2 }', {"a": 1}, '{ "a": 1 }'),
        ('{ "a": 1, "b": 2 }', {"b": 2}, '{ "b": 2 }'),
        ('{ "a": 1, "b": 2, "c": 3 }', {"a": 1, "c": 3}, '{ "a": 1, "c": 3 }'),
        ('{ "a": 1, "c": 3 }', {"a": 1, "b": 2, "c": 3}, '{ "a": 1, "b": 2, "c": 3 }'),
        ('{ "b": 1 }', {"a": 1, "b": 1}, '{ "a": 1, "b": 1 }'),
        ('{"a":1,"b":2}', {"a": 1, "c": 2}, '{"a":1,"c":2}'),
        ("[1, 2, 3]", [1, 9, 3], "[1, 9, 3]"),
        ("[1, 2, 3]", [1], "[1]"),
        ("[1, 2]", [1, 2, 3, 4], "[1, 2, 3, 4]"),
        ("[\n  1\n]", [1, 2], "[\n  1,\n  2\n]"),
        ('{"a": true}', {"a": 1}, '{"a": 1}'),
        ('{"a": "\\u00e9"}', {"a": "é"}, '{"a": "\\u00e9"}'),
        ("{}", {"a": {"b": 1}}, '{\n  "a": {\n    "b": 1\n  }\n}'),
        ('{"a": 1}', {}, "{}"),
        ('{\n\t"a": 1\n}', {"a": 1, "b": [1]}, '{\n\t"a": 1,\n\t"b": [1]\n}'),
        ('{\r\n  "a": 1\r\n}', {"a": 1, "b": 2}, '{\r\n  "a": 1,\r\n  "b": 2\r\n}'),
    ],
)
def test_only_what_differs_is_written(text: str, value: object, expected: str) -> None:
    assert changed(text, value) == expected


@given(json_values, json_values, st.sampled_from([None, 2, "\t"]))
def test_any_value_can_become_any_other(before: object, after: object, indent: int | str | None) -> None:
    result = changed(json.dumps(before, indent=indent, ensure_ascii=False), after)
    assert json.loads(result) == after


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=2), json_values, min_size=1), st.data())
def test_a_member_put_in_and_taken_out_leaves_the_text_as_it_was(value: dict[str, object], data: st.DataObject) -> None:
    indent = data.draw(st.sampled_from([None, 2, "\t"]))
    text = json.dumps(value, indent=indent)
    node, _ = parse(text)
    assert node is not None
    index = data.draw(st.integers(0, len(value)))
    longer = apply(text, [insert_member(node, index, "new", data.draw(json_values), detect_file(text))])
    keys = list(json.loads(longer))
    assert keys.index("new") == index
    node, _ = parse(longer)
    assert node is not None
    assert apply(longer, change_members(node, {}, ["new"], detect_file(longer))) == text
