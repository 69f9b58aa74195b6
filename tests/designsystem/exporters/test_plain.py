"""The quick way of exporting writes what the whole way writes, byte by byte, or nothing at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designsystem.demo import demo_files
from designsystem.exporters import export
from designsystem.exporters.plain import FORMATS, export_plain
from designsystem.exporters.plain_values import NotPlain
from designsystem.problem import errors_of
from designsystem.tokens.document import parse_document
from designsystem.tokens.set import TokenSet
from tests.designsystem.exporters.sets import EVERY_TYPE, HEADER, color, px
from tests.designsystem.exporters.test_any_value import ANYTHING, GOOD, spoiled

NAMES = [
    "a",
    "b",
    "c1",
    "Brand",
    "fontFamily",
    "-x",
    "1",
    "a b",
    "A_b",
    "tokens",
    "$root",
    "x.y",
    "é",
    "font-family",
    "",
]
PATHS = ["a", "b", "a.b", "a.a", "b.c1", "Brand", "c1.a.b", "tokens"]
PROPERTIES = ["$type", "$description", "$deprecated", "$extensions", "$value", "$schema", "$extends", "$other", "x"]
DESCRIPTIONS = ["Ours", " two\nlines ", "", "*/ end", "–", "tab\there", '"quoted" \\']


def quickly(sources: Sequence[bytes], prefix: str = "") -> dict[str, str] | None:
    try:
        return export_plain(sources, FORMATS, HEADER.lines(), HEADER.as_dict(), prefix)
    except NotPlain:
        return None


def wholly(sources: Sequence[bytes], prefix: str = "") -> dict[str, str] | None:
    """What the whole way writes; None where it has anything to say."""
    tokens = TokenSet.build([parse_document(f"{place}.tokens.json", source) for place, source in enumerate(sources)])
    exported = {name: export(name, tokens, HEADER, prefix=prefix) for name in FORMATS}
    if errors_of(tokens.check()) or any(each.problems for each in exported.values()):
        return None
    return {name: each.content for name, each in exported.items()}


def written(document: Any, **options: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, **options).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("prefix", ["", "acme", "AcmeUi"])
def test_every_type_is_plain(prefix: str) -> None:
    aliases = {"alias": {name: {"$value": f"{{{name}.{next(iter(group.keys() - {'$type'}))}}}"}
                         for name, group in EVERY_TYPE.items()}}  # fmt: skip
    part = {"edge2": {"$type": "border", "$value": {"color": "{alias.color}", "width": px(1), "style": "solid"}}}
    for document in (EVERY_TYPE, EVERY_TYPE | aliases, EVERY_TYPE | aliases | part):
        for options in ({}, {"indent": 2}, {"indent": "\t", "separators": (",", ":")}):
            source = written(document, **options)
            assert quickly([source], prefix) == wholly([source], prefix) is not None


def test_the_demonstration_is_plain() -> None:
    sources = [data for path, data in sorted(demo_files().items()) if path.endswith(".tokens.json")]
    assert quickly(sources) == wholly(sources) is not None


def test_files_are_one_set() -> None:
    first = written({"a": {"b": {"$type": "color", "$value": color(1, 0, 0)}}, "z": {"$type": "number", "$value": 1}})
    second = written({"a": {"c": {"$value": "{a.b}"}}, "m": {"$value": "{z}", "$deprecated": "Use z"}})
    assert quickly([first, second]) == wholly([first, second]) is not None
    assert quickly([first, first]) is None
    assert quickly([first, written({"a": {"$type": "number", "$value": 1}})]) is None


RED = '"$value": {"colorSpace": "srgb", "components": [1, 0, 0]}'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "\ufeff{}",
        '{"a": {"$type": "number", "$value": 1}, "a": {"$type": "number", "$value": 2}}',
        '{"a" : {"$type": "number", "$value": 1, "$value" : 2}}',
        '{"a": {"$type": "color", "$value": {"colorSpace": "srgb", "components": [1, 0, 0], "alpha": 1, "alpha": 1}}}',
        '{"a": {"$type": "color", "$extensions": {"a.b": {"c": 1, "c": 2}}, ' + RED + "}}",
        '{"a": {"$type": "color", "$extensions": {"a.b": NaN}, ' + RED + "}}",
        '{"a": {"$type": "color", "$extensions": {"a.b": 1e999}, ' + RED + "}}",
        '{"a": {"$type": "color", "$extensions": [], ' + RED + "}}",
        '{"a": {"$type": "color", "$description": null, ' + RED + "}}",
        '{"a": {"$type": "color", "$description": "\\ud800", ' + RED + "}}",
        '{"a": {"$type": "number", "$value": 1e400}}',
        '{"a": {"$type": "number", "$value": true}}',
        '{"a": {"$type": "number", "$value": ' + "9" * 400 + "}}",
        '{"a": {"$type": "duration", "$value": {"value": 1, "unit": "px"}}}',
        '{"a": {"$type": "fontWeight", "$value": 1001}}',
        '{"a": {"$type": "cubicBezier", "$value": [2, 0, 0, 1]}}',
        '{"a": {"$value": "{a}", "$type": "number"}}',
        '{"a": {"$value": "{b}"}, "b": {"$value": "{a}"}}',
        '{"a": {"$value": "{b.c}"}}',
        '{"a": {"$type": "number", "$value": "{b}"}, "b": {"$type": "duration", "$value": {"value": 1, "unit": "s"}}}',
        '{"a": {"$type": "border", "$value": {"color": "{a}", "width": "{a}", "style": "solid"}}}',
        '{"a-b": {"$type": "number", "$value": 1}, "a": {"b": {"$type": "number", "$value": 1}}}',
        '{"a": {"$type": "number", "$value": 1, "b": {"$value": 2}}}',
        '{"a": {"b": 1}}',
        '{"$extends": "#/a"}',
    ],
)
def test_what_has_a_fault_is_left_to_the_whole_way(text: str) -> None:
    assert quickly([text.encode("utf-8", "surrogatepass")]) is None


@st.composite
def _tokens(draw: Any) -> dict[str, Any]:
    type_, value = draw(st.sampled_from(GOOD))
    kind = draw(st.sampled_from(["good", "good", "alias", "part", "spoiled"]))
    if kind == "alias":
        value = f"{{{draw(st.sampled_from(PATHS))}}}"
    elif kind == "part" and isinstance(value, dict):
        value = {**value, draw(st.sampled_from(sorted(value))): f"{{{draw(st.sampled_from(PATHS))}}}"}
    elif kind == "spoiled":
        value = spoiled(value, draw)
    token: dict[str, Any] = {"$type": type_, "$value": value}
    if kind == "alias" and draw(st.booleans()):
        del token["$type"]
    if draw(st.integers(0, 3)) == 0:
        token["$description"] = draw(st.sampled_from(DESCRIPTIONS))
    if draw(st.integers(0, 5)) == 0:
        token["$deprecated"] = draw(st.sampled_from([True, False, "Use b", ""]))
    if draw(st.integers(0, 7)) == 0:
        token[draw(st.sampled_from(PROPERTIES))] = draw(ANYTHING)
    return token


_GROUPS = st.recursive(
    _tokens(),
    lambda inner: st.dictionaries(st.sampled_from(NAMES), inner, max_size=4).flatmap(
        lambda group: (
            st.sampled_from([group, {"$type": "color", **group}, {**group, "$deprecated": "Old"}])
            | st.builds(lambda key, value: {**group, key: value}, st.sampled_from(PROPERTIES), ANYTHING)
        )
    ),
    max_leaves=8,
)
_DOCUMENTS = st.dictionaries(st.sampled_from(NAMES), _GROUPS, max_size=5)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(documents=st.lists(_DOCUMENTS, min_size=1, max_size=2), prefix=st.sampled_from(["", "acme"]))
def test_both_ways_agree(documents: list[dict[str, Any]], prefix: str) -> None:
    sources = [written(document) for document in documents]
    answer = quickly(sources, prefix)
    assert answer is None or answer == wholly(sources, prefix)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(document=st.dictionaries(st.sampled_from(["a", "b", "c1", "Brand"]), _GROUPS, min_size=1, max_size=5))
def test_both_ways_agree_on_tame_names(document: dict[str, Any]) -> None:
    answer = quickly([written(document)])
    assert answer is None or answer == wholly([written(document)])
