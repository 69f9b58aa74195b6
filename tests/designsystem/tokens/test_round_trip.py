"""What is read and not edited is written as it was, byte for byte; what is equal on both sides merges to itself."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from designsystem.merging.tokens import merge_token_files
from designsystem.tokens.document import TokenDocument, parse_document
from designsystem.tokens.edit import add_token, delete_token, result, set_tokens
from tests.designsystem.tokens.test_edit_properties import documents, meaning, names, some_token, values


@settings(max_examples=40)
@given(documents())
def test_no_edit_changes_no_byte(doc: TokenDocument) -> None:
    assert doc.source == doc.file.encode(doc.file.text) == result(doc, []) == set_tokens(doc, {})
    again = parse_document(doc.path, result(doc, []))
    assert (again.source, meaning(again), again.problems) == (doc.source, meaning(doc), doc.problems)


@settings(max_examples=40)
@given(documents(), st.data())
def test_a_token_taken_away_and_put_back_is_the_same_token(doc: TokenDocument, data: st.DataObject) -> None:
    path = some_token(data, doc)
    assume("." in path and len([other for other in doc.tokens if other.startswith(path.rpartition(".")[0])]) > 1)
    token = doc.tokens[path]
    without = parse_document(doc.path, delete_token(doc, path))
    back = parse_document(doc.path, add_token(without, path, {"value": token.value}))
    assert back.tokens[path].value == token.value
    assert {other: back.tokens[other].value for other in doc.tokens} == {
        other: doc.tokens[other].value for other in doc.tokens
    }


@settings(max_examples=40)
@given(documents(), documents())
def test_equal_sides_merge_to_themselves(base: TokenDocument, side: TokenDocument) -> None:
    before, after = {"a.tokens.json": base.source}, {"a.tokens.json": side.source}
    for was in (before, after, {}):
        merged = merge_token_files(was, after, after)
        assert (merged.files, merged.conflicts) == (after, ())


@settings(max_examples=40)
@given(documents(), st.lists(names, min_size=1, max_size=3).map(".".join), values)
def test_who_did_the_same_edit_merges_to_it(doc: TokenDocument, path: str, value: object) -> None:
    assume(
        not any(other == path or other.startswith(f"{path}.") or path.startswith(f"{other}.") for other in doc.tokens)
    )
    assume(path not in doc.groups)
    edited = add_token(doc, path, {"value": value})
    merged = merge_token_files({doc.path: doc.source}, {doc.path: edited}, {doc.path: edited})
    assert (merged.files, merged.conflicts) == ({doc.path: edited}, ())
