"""A file read again after an edit is, to the last position and problem, the file read anew."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable
from typing import Any
from weakref import ref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designsystem.jsontext.nodes import Node
from designsystem.tokens.document import TokenDocument, parse_document
from designsystem.tokens.rereading import parse_edited
from designsystem.tokens.set import TokenSet
from tests.designsystem.tokens.files import document
from tests.designsystem.tokens.test_edit_properties import documents

MEMBERS = r"""
"$type": "color"
"$type": "number"
"$type": 7
"$value": 1
"$value": "{a.b}"
"$value": "{a"
"$value": {"$ref": "#/a/b/$value"}
"$value": {"$ref": "#/a/$description"}
"$deprecated": true
"$description": 1
"$extends": "{a}"
"$ref": "#/a/b"
"$ref": "#/a/$extensions/x"
"$odd/a": 1
"$extensions": {}
"$extensions": {"org.xtext.design-system": {"id": "6f9619ff-8b86-d011-b42d-00c04fc964ff"}}
"$root": {"$value": 2}
"value": 1
"type": "color"
"a": {"$value": 3, "$type": "number"}
"b": {"c": {"$value": 4}}
"a.b": {"$value": 5}
"": {}
"n": {}
"q": 1
"w": {"value": "#fff"}
"v": {"$value": 1, "x": {"$value": 2}}
"r": {"$ref": "#/a"}
"é😀": {"$value": 6}
"\u00e9": {"$value": 7}
"\ud800": {"$value": 8}
"d": {"$value": 1, "$value": 2}
""".strip().split("\n")
PIECES = [
    *(piece for member in MEMBERS for piece in (member, f"{member},", f",{member}")),
    *("", " ", "\n", "\r\n", "\r", "\n\n  ", "{", "}", "[", "]", ",", ":", '"', "$", "0", "12", "-", "a", "\\"),
    *("}, {", '}, "z": {', "null", "é", "😀", "\ufeff", '"a"', '"b"', '"$value"', '"$type"', '"{c}"', "1e999", "{}"),
    "[" * 70,
]


def anatomy(node: Node | None) -> Any:
    """Everything that a tree says."""
    if node is None:
        return None
    members = [(m.key, m.key_start, m.key_end, anatomy(m.node)) for m in node.members]
    return node.start, node.end, node.kind, json.dumps(node.value), members, [anatomy(item) for item in node.items]


def facts(doc: TokenDocument) -> tuple[Any, ...]:
    """Everything that a document says, in its order."""
    by_token = (doc.tokens, doc.references, doc.inherited_types, doc.explicit_ids, doc.inherited)
    said = repr([list(mapping.items()) for mapping in by_token])
    file = (doc.file.text, doc.file.bom, doc.file.problems, doc.file.line_starts, anatomy(doc.root))
    rest = (doc.groups, doc.extensions, doc.late, doc.is_settled, doc.is_local, doc.refers)
    return doc.path, doc.source, said, doc.problems, *rest, *file


@st.composite
def edited(draw: st.DrawFn, text: str) -> str:
    """A text with some part of it written otherwise: anything anywhere, at bounds of lexemes more often than not."""
    bounds = [bound for at, char in enumerate(text) if char in '{}[],:"\n' for bound in (at, at + 1)]
    place = st.sampled_from(bounds or [0]) | st.integers(0, len(text))
    start = draw(place)
    stop = draw(st.just(start) | st.integers(start, min(len(text), start + 3)) | place)
    start, stop = sorted((start, stop))
    return text[:start] + draw(st.sampled_from(PIECES)) + text[stop:]


@settings(max_examples=60)
@given(documents(), st.data())
def test_a_chain_of_edits_is_read_as_each_text_by_itself(doc: TokenDocument, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 8))):
        source = data.draw(edited(doc.file.text)).encode("utf-8", "replace")
        again, anew = parse_edited(doc, doc.path, source), parse_document(doc.path, source)
        assert facts(again) == facts(anew)
        before = TokenSet.build([doc])
        after, other = before.replace({doc.path: again}), before.replace({doc.path: anew})
        assert after.check(since=before) == other.check(since=before) == TokenSet.build([anew]).check()
        assert after.changed_paths(before) == other.changed_paths(before)
        if anew.root is not None:  # what is no JSON is not built upon
            doc = again


CONTENT = {
    "color": {"$type": "color", "red": {"$value": "{base.red}"}, "blue": {"$value": "{base.blue}"}},
    "size": {"s": {"$type": "number", "$value": 1}, "m": {"$value": 2, "$odd": 1}, "l": {"$value": 3}},
}


@pytest.mark.parametrize(
    ("old", "new", "reached"),
    [
        ('"$value": 1', '"$value": 7', {"size.s"}),
        ('"$value": 1', '"$value":\n\n  1', {"size.s"}),
        ("{base.red}", "{base.green}", {"color.red"}),
        ('"s": {', '"xs": {"$value": 0}, "s": {', {"size.xs", "size.s"}),
        ('"m": {', '"n": {', {"size.m", "size.n"}),
        ('"color": {\n', '"color": {\n\n', set()),
        ('"l": {', '"k": {"i": {"$type": "number", "$value": 1}}, "l": {', {"size.k.i", "size.l"}),
    ],
)
def test_an_edit_of_one_place_reaches_the_tokens_there(old: str, new: str, reached: set[str]) -> None:
    doc = document(CONTENT)
    source = doc.file.text.replace(old, new, 1).encode()
    again = parse_edited(doc, doc.path, source)
    assert again.since is not None
    assert again.since.document() is doc
    assert again.since.reached == reached
    assert facts(again) == facts(parse_document(doc.path, source))


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace('"$type": "color"', '"$type": "number"'),
        lambda text: text.replace('"l": {', '"m": {'),
        lambda text: text.replace('"l": {', '"$deprecated": true, "l": {'),
        lambda text: text.replace('"l": {', '"$extends": "{color}", "l": {'),
        lambda text: text.replace('"$value": 3', '"$value": {"$ref": "#/size/m/$odd"}'),
        lambda text: text.replace('"$value": 3', '"$value": "\\ud800"'),
        lambda text: text.replace('"$value": 3', '"$value": 3,'),
        lambda text: text.replace('"$value": 3', '"$value": 3}, "z": {"$value": 4'),
        lambda text: "\ufeff" + text,
        lambda text: text + "\n",
        lambda text: text,
    ],
)
def test_what_is_not_plainly_of_one_place_is_right_all_the_same(edit: Callable[[str], str]) -> None:
    doc = document(CONTENT)
    source = edit(doc.file.text).encode()
    assert facts(parse_edited(doc, doc.path, source)) == facts(parse_document(doc.path, source))


def test_a_document_of_another_path_or_none_is_nothing_to_build_upon() -> None:
    doc = document(CONTENT)
    source = doc.source.replace(b'"$value": 1', b'"$value": 7')
    for before in (doc, None):
        assert facts(parse_edited(before, "b.tokens.json", source)) == facts(parse_document("b.tokens.json", source))


def test_a_byte_that_is_no_text_is_told() -> None:
    doc = document(CONTENT)
    source = doc.source.replace(b'"$value": 1', b'"$value": "\xff"')
    assert facts(parse_edited(doc, doc.path, source)) == facts(parse_document(doc.path, source))


def test_memory_does_not_grow_with_the_edits() -> None:
    doc = document(
        {f"g{group}": {f"t{at}": {"$type": "number", "$value": at} for at in range(50)} for group in range(8)}
    )
    gone = ref(doc)
    tracemalloc.start()
    try:
        sizes = []
        for turn in range(120):
            group, at = turn % 8, turn * 7 % 50
            place = doc.file.text.index(f'"t{at}"', doc.file.text.index(f'"g{group}"'))
            text = doc.file.text[:place] + "\n" + doc.file.text[place:]
            doc = parse_edited(doc, doc.path, text.encode())
            assert doc.since is not None
            if turn in (39, 119):
                gc.collect()
                sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert gone() is None
    assert sizes[1] < sizes[0] * 1.2
