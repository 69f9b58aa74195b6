"""What holds for every edit of every file: it does what was asked, to that token alone, and can be taken back."""

from __future__ import annotations

import copy
import json
from typing import Any
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from designsystem.jsontext.values import same
from designsystem.tokens.document import TokenDocument, parse_document
from designsystem.tokens.edit import add_token, delete_token, set_token
from designsystem.tokens.renames import rename_token, rewrite_aliases

names = st.sampled_from(["a", "b", "c", "10", "9", "é", "x y", "a/b"])
numbers = st.integers(-99, 99) | st.floats(-9, 9).map(lambda number: round(number, 3))
colors = st.builds(
    lambda parts, alpha: {"colorSpace": "srgb", "components": parts, **({"alpha": alpha} if alpha else {})},
    st.lists(numbers, min_size=3, max_size=3),
    st.none() | st.floats(0.1, 1).map(lambda number: round(number, 2)),
)
values = (
    colors
    | st.builds(lambda number: {"value": number, "unit": "px"}, numbers)
    | st.sampled_from(["{a.b}", "{c}", "Inter"])
    | st.lists(
        st.builds(lambda color, number: {"color": color, "position": number}, colors, numbers), min_size=1, max_size=3
    )
)
tokens = st.builds(
    lambda type_name, value, extra: {**type_name, "$value": value, **extra},
    st.sampled_from([{}, {"$type": "color"}, {"$type": "number"}]),
    values,
    st.sampled_from([{}, {"$description": "d"}, {"$deprecated": True}, {"$extensions": {"org.x": [1, {"y": 2}]}}]),
)
groups = st.recursive(
    tokens,
    lambda inner: st.builds(
        lambda own, children: {**own, **children},
        st.sampled_from([{}, {}, {"$type": "dimension"}, {"$deprecated": "old"}]),
        st.dictionaries(names, inner, min_size=1, max_size=4),
    ),
    max_leaves=8,
)
layouts = st.sampled_from(
    [{"indent": 2}, {"indent": 4}, {"indent": "\t"}, {}, {"separators": (",", ":")}, {"indent": 1, "crlf": True}]
)


@st.composite
def documents(draw: st.DrawFn) -> TokenDocument:
    content = draw(st.dictionaries(names, groups, min_size=1, max_size=4))
    layout = dict(draw(layouts))
    crlf = layout.pop("crlf", False)
    text = json.dumps(content, ensure_ascii=False, **layout) + draw(st.sampled_from(["", "\n"]))
    mark = draw(st.sampled_from(["", "", "\ufeff"]))
    return parse_document("a.tokens.json", (mark + (text.replace("\n", "\r\n") if crlf else text)).encode())


def meaning(doc: TokenDocument) -> dict[str, Any]:
    """Everything about the tokens but where they stand."""
    return {
        path: (token.type, doc.inherited_types.get(path), json.dumps(token.value, sort_keys=True), token.description,
               token.deprecated, dict(token.extensions))
        for path, token in doc.tokens.items()
    }  # fmt: skip


def some_token(data: st.DataObject, doc: TokenDocument) -> str:
    return data.draw(st.sampled_from(sorted(doc.tokens)))


def others(doc: TokenDocument, *paths: str) -> dict[str, Any]:
    return {path: said for path, said in meaning(doc).items() if path not in paths}


def reread(source: bytes) -> TokenDocument:
    doc = parse_document("a.tokens.json", source)
    assert doc.root is not None
    return doc


def leaves_changed(value: Any, draw: Any) -> Any:
    """The same structure with other numbers and texts."""
    if isinstance(value, dict):
        return {key: leaves_changed(part, draw) for key, part in value.items()}
    if isinstance(value, list):
        return [leaves_changed(part, draw) for part in value]
    return draw(st.just(value) | (numbers if isinstance(value, (int, float)) else st.sampled_from(["px", "{n.m}"])))


@given(documents(), st.data())
def test_setting_what_stands_changes_no_byte(doc: TokenDocument, data: st.DataObject) -> None:
    path = some_token(data, doc)
    token = doc.tokens[path]
    assert set_token(doc, path, {"value": copy.deepcopy(token.value)}) == doc.source
    assert set_token(doc, path, {"description": token.description}) == doc.source


@given(documents(), st.data())
def test_set_and_set_back_gives_the_same_bytes(doc: TokenDocument, data: st.DataObject) -> None:
    path = some_token(data, doc)
    before = doc.tokens[path].value
    after = leaves_changed(before, data.draw)
    new = reread(set_token(doc, path, {"value": after}))
    assert same(new.tokens[path].value, after)
    assert others(new, path) == others(doc, path)
    assert set_token(new, path, {"value": before}) == doc.source


@given(documents(), st.data())
def test_setting_anything_sets_it_and_nothing_else(doc: TokenDocument, data: st.DataObject) -> None:
    path = some_token(data, doc)
    fields = data.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "value": values,
                "type": st.sampled_from([None, "color", "shadow"]),
                "description": st.sampled_from([None, 'new\n"text"']),
                "deprecated": st.sampled_from([None, True, False, "why"]),
                "extensions": st.sampled_from([None, {"org.y": {}}, {"org.x": [1, 2]}]),
            },
        )
    )
    new = reread(set_token(doc, path, fields))
    token = new.tokens[path]
    assert others(new, path) == others(doc, path)
    assert same(token.value, fields.get("value", doc.tokens[path].value))
    assert token.description == fields.get("description", doc.tokens[path].description)
    assert same(token.extensions, fields.get("extensions", doc.tokens[path].extensions) or {})
    if fields.get("deprecated") is not None:
        assert token.deprecated == fields["deprecated"]
    if fields.get("type"):
        assert token.type == fields["type"]


def is_free(doc: TokenDocument, path: str) -> bool:
    parents = {path.rsplit(".", count)[0] for count in range(1, path.count(".") + 1)}
    return path not in doc.groups and path not in doc.tokens and not parents & doc.tokens.keys()


@given(documents(), st.lists(names, min_size=1, max_size=4).map(".".join), values)
def test_add_and_delete_gives_the_same_bytes(doc: TokenDocument, path: str, value: Any) -> None:
    assume(is_free(doc, path))
    new = reread(add_token(doc, path, {"value": value, "type": "color", "deprecated": False}))
    assert same(new.tokens[path].value, value)
    assert new.tokens[path].type == "color"
    assert others(new, path) == meaning(doc)
    assert delete_token(new, path) == doc.source


@given(documents(), st.data())
def test_delete_deletes_that_token_alone(doc: TokenDocument, data: st.DataObject) -> None:
    path = some_token(data, doc)
    new = reread(delete_token(doc, path))
    assert meaning(new) == others(doc, path)
    assert new.groups <= doc.groups
    assert not [problem for problem in new.problems if problem.severity == "error" and problem not in doc.problems
                and problem.subject == path]  # fmt: skip


@given(documents(), st.lists(names, min_size=1, max_size=3).map(".".join), st.booleans(), st.data())
def test_rename_carries_the_token_as_it_was(doc: TokenDocument, new_path: str, keep: bool, data: st.DataObject) -> None:
    path = some_token(data, doc)
    assume(is_free(doc, new_path))
    identifier = UUID(int=5)
    new = reread(rename_token(doc, path, new_path, id=identifier, keep_alias=keep))
    was, now = doc.tokens[path], new.tokens[new_path]
    assert same(now.value, was.value)
    assert (now.description, now.deprecated or False, now.explicit_id) == (
        was.description,
        was.deprecated or False,
        identifier,
    )
    if was.type is not None:
        assert now.type == was.type
    assert (path in new.tokens) is keep
    assert others(new, path, new_path) == others(doc, path)


@given(documents(), names, st.data())
def test_a_token_becomes_the_group_it_is_moved_into(doc: TokenDocument, name: str, data: st.DataObject) -> None:
    path = some_token(data, doc)
    new = reread(rename_token(doc, path, f"{path}.{name}.base", id=None, keep_alias=False))
    assert same(new.tokens[f"{path}.{name}.base"].value, doc.tokens[path].value)
    assert others(new, f"{path}.{name}.base") == others(doc, path)


@given(documents())
def test_rewriting_aliases_there_and_back_gives_the_same_bytes(doc: TokenDocument) -> None:
    new = reread(rewrite_aliases(doc, {"a.b": "q.q", "nothing": "r"}))
    assert not any("a.b" in token.alias_paths for token in new.tokens.values())
    assert rewrite_aliases(new, {"q.q": "a.b"}) == doc.source
