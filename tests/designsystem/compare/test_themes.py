"""What changed in which theme: told where it shows there alone, once, and for no more permutations than are allowed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designsystem.compare.change import Change
from designsystem.compare.themes import MOST_PERMUTATIONS, Side, Themed, compare_themes, resolver_among
from designsystem.compare.tokens import compare_tokens
from designsystem.resolver.layout import layout_of
from designsystem.tokens.diff import diff, stated_otherwise
from designsystem.tokens.document import parse_document
from designsystem.tokens.set import TokenSet
from tests.services.themed import BASE, DARK, LIGHT, RESOLVER, number, numbers, resolver, themed_files

FILES = themed_files()


def side(files: Mapping[str, bytes], *, named: bool = True) -> Side:
    """A system of these files; ``named``: its manifest names the resolver."""
    order = layout_of(RESOLVER, files[RESOLVER]).order if named and RESOLVER in files else None
    documents = [parse_document(path, source) for path, source in files.items() if path.startswith("tokens/")]
    counting = [document for document in documents if order is None or document.path in order]
    tokens = TokenSet.build(counting, order)
    return Side(tokens, RESOLVER if RESOLVER in files else None, files.get, order is not None)


def compared(old: Mapping[str, bytes], new: Mapping[str, bytes], *, named: bool = True) -> tuple[list[Change], Themed]:
    before, after = side(old, named=named), side(new, named=named)
    own = compare_tokens(before.tokens, after.tokens)
    return own, compare_themes(before, after, own)


def told(found: Themed) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(change.kind.value, change.subject, change.contexts) for change in found.changes]


def test_a_change_that_shows_in_one_theme_is_told_with_it() -> None:
    own, found = compared(FILES, {**FILES, DARK: numbers(ink=95)})
    assert own == []
    assert told(found) == [("token-value", "a.ink", ("theme=dark",)), ("token-resolved", "a.text", ("theme=dark",))]
    assert found.changes[1].after == {"value": "{a.ink}", "resolved": 95}


def test_what_the_systems_own_tokens_show_is_not_told_again() -> None:
    own, found = compared(FILES, {**FILES, LIGHT: numbers(ink=11), BASE: numbers(gap=9, ink=0, text="{a.ink}")})
    assert [change.subject for change in own] == ["a.gap", "a.ink", "a.text"]
    assert found.changes == () and (found.compared, found.permutations) == (3, 4)


def test_a_token_of_one_theme_alone_comes_and_goes_there() -> None:
    _, found = compared(FILES, {**FILES, DARK: numbers(ink=90, glow=3)})
    assert told(found) == [("token-added", "a.glow", ("theme=dark",))]
    _, found = compared({**FILES, DARK: numbers(ink=90, glow=3)}, FILES)
    assert told(found) == [("token-removed", "a.glow", ("theme=dark",))]


def test_tokens_stated_in_the_resolver_itself_count() -> None:
    modifiers = json.loads(FILES[RESOLVER])["modifiers"]
    modifiers["density"]["contexts"]["tight"][0]["a"]["gap"] = number(3)
    _, found = compared(FILES, {**FILES, RESOLVER: resolver(modifiers=modifiers)})
    assert told(found) == [("token-value", "a.gap", ("density=tight",))]


def test_what_shows_only_where_two_contexts_meet_is_told_with_both() -> None:
    def files(text: str) -> dict[str, bytes]:
        modifiers = json.loads(FILES[RESOLVER])["modifiers"]
        modifiers["density"]["contexts"]["tight"] = [{"a": {"gap": number(text)}}]
        base = numbers(gap=8, ink=0, other=10)
        return {**FILES, BASE: base, DARK: numbers(ink=20, other=20), RESOLVER: resolver(modifiers=modifiers)}

    old = {**files("{a.ink}"), LIGHT: numbers(ink=10, other=10)}
    new = {**files("{a.ink}"), LIGHT: numbers(ink=10, other=10)}
    new[DARK] = numbers(ink=21, other=20)
    assert told(compared(old, new)[1]) == [
        ("token-value", "a.ink", ("theme=dark",)),
        ("token-resolved", "a.gap", ("theme=dark density=tight",)),
    ]


def test_contexts_come_and_go() -> None:
    modifiers = json.loads(FILES[RESOLVER])["modifiers"]
    modifiers["theme"]["contexts"] = {"light": [{"$ref": LIGHT}], "dim": [{"$ref": DARK}]}
    _, found = compared(FILES, {**FILES, RESOLVER: resolver(modifiers=modifiers)})
    assert [(change.kind.value, change.field, change.severity.value) for change in found.changes] == [
        ("context-added", "theme=dim", "minor"),
        ("context-removed", "theme=dark", "major"),
    ]


def test_a_resolver_that_the_manifest_does_not_name_is_compared_whole() -> None:
    own, found = compared(FILES, {**FILES, LIGHT: numbers(ink=12)}, named=False)
    assert [(change.kind.value, change.subject) for change in own] == [
        ("token-value", "a.ink"),
        ("token-resolved", "a.text"),
    ]
    assert found.changes == ()
    own, found = compared(FILES, {**FILES, DARK: numbers(ink=12)}, named=False)
    assert own == []
    assert told(found)[0] == ("token-value", "a.ink", ("theme=dark",))


def test_another_default_is_no_reason_to_compare_one_theme_with_the_other() -> None:
    modifiers = json.loads(FILES[RESOLVER])["modifiers"]
    modifiers["theme"]["default"] = "dark"
    own, found = compared(FILES, {**FILES, RESOLVER: resolver(modifiers=modifiers)})
    assert [change.subject for change in own] == ["a.ink", "a.text"]
    assert found.changes == ()


def test_one_change_in_several_themes_is_told_once() -> None:
    modifiers = json.loads(FILES[RESOLVER])["modifiers"]
    modifiers["theme"]["contexts"]["dim"] = [{"$ref": DARK}]
    old = {**FILES, RESOLVER: resolver(modifiers=modifiers)}
    _, found = compared(old, {**old, DARK: numbers(ink=95)})
    assert told(found)[0] == ("token-value", "a.ink", ("theme=dark", "theme=dim"))


def test_of_many_permutations_those_with_fewer_contexts_are_compared() -> None:
    def files(ink: int) -> dict[str, bytes]:
        names = [f"m{index}" for index in range(7)]
        contexts = {"off": [], "on": [{"$ref": DARK}]}
        modifiers = {name: {"contexts": contexts, "default": "off"} for name in names}
        order = [{"$ref": "#/sets/base"}, *({"$ref": f"#/modifiers/{name}"} for name in names)]
        return {**FILES, RESOLVER: resolver(modifiers=modifiers, resolutionOrder=order), DARK: numbers(ink=ink)}

    _, found = compared(files(90), files(95))
    assert (found.compared, found.permutations) == (MOST_PERMUTATIONS, 128)
    assert told(found)[0] == ("token-value", "a.ink", tuple(f"m{index}=on" for index in range(7)))


@pytest.mark.parametrize("broken", [b"{", b"[]", b'{"version": "2025.10"}'])
def test_a_resolver_that_cannot_be_read_has_no_themes(broken: bytes) -> None:
    before, after = side({**FILES, RESOLVER: broken}), side({**FILES, RESOLVER: broken, DARK: numbers(ink=1)})
    assert compare_themes(before, after, ()) == Themed()


def test_equal_files_cost_no_comparison() -> None:
    _, found = compared(FILES, dict(FILES))
    assert found == Themed((), 0, 4)


def test_the_resolver_is_the_named_one_else_the_only_one() -> None:
    assert resolver_among("b", ["a", "b"]) == "b"
    assert resolver_among("", ["a"]) == "a"
    assert resolver_among("", ["a", "b"]) is None
    assert resolver_among("x", []) is None


def test_parts_of_files_are_read_as_such() -> None:
    def files(ink: Any) -> dict[str, bytes]:
        parts = json.dumps({"$defs": 0, "dark": {"a": {"ink": number(ink)}}}).encode()
        modifiers = json.loads(FILES[RESOLVER])["modifiers"]
        modifiers["theme"]["contexts"]["dark"] = [{"$ref": "parts.json#/dark"}]
        return {**FILES, "parts.json": parts, RESOLVER: resolver(modifiers=modifiers)}

    assert told(compared(files(1), files(2))[1])[0] == ("token-value", "a.ink", ("theme=dark",))


NUMBERS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from([1, 2, "{a.a}", "{a.b}"]), max_size=4)
CONTENTS = st.dictionaries(st.sampled_from([BASE, LIGHT, DARK]), NUMBERS, max_size=3)


@given(CONTENTS, CONTENTS)
def test_what_documents_state_otherwise_is_all_that_a_comparison_needs(
    old: dict[str, dict[str, Any]], new: dict[str, dict[str, Any]]
) -> None:
    before, after = (
        TokenSet.build(parse_document(path, numbers(**values)) for path, values in content.items())
        for content in (old, new)
    )
    names = before.documents.keys() | after.documents.keys()
    among = set[str]().union(*(stated_otherwise(before.documents.get(n), after.documents.get(n)) for n in names))
    whole, narrow = diff(before, after), diff(before, after, among)
    assert (narrow.added, narrow.removed, narrow.changed) == (whole.added, whole.removed, whole.changed)
    assert compare_tokens(before, after, among=among) == compare_tokens(before, after)
