"""Differences between sets, in terms of tokens."""

from __future__ import annotations

import random

import pytest

from designsystem.tokens.diff import TokenDiff, diff
from designsystem.tokens.set import TokenSet
from tests.designsystem.tokens.files import document, token_set
from tests.designsystem.tokens.test_set import world


def test_from_nothing_everything_is_added() -> None:
    assert diff(None, token_set(a={"$type": "number", "b": {"$value": 1}, "a": {"$value": 1}})).added == ("a", "b")
    assert not diff(None, token_set())


def test_added_removed_changed_and_moved() -> None:
    old = token_set(a='{"$type": "number",\n"a": {"$value": 1},\n"b": {"$value": 2},\n"c": {"$value": 3}}')
    new = token_set(a='{"$type": "number",\n"b": {"$value": 9},\n"c": {"$value": 3},\n"d": {"$value": 4}}')
    assert diff(old, new) == TokenDiff(added=("d",), removed=("a",), changed=("b",), moved=("c",))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"$value": 1', '"$value": true'),
        ('"$value": 1', '"$value": 1, "$description": "x"'),
        ('"$value": 1', '"$value": 1, "$deprecated": true'),
        ('"$value": 1, "$deprecated": true', '"$value": 1, "$deprecated": "x"'),
        ('"$value": 1', '"$value": 1, "$extensions": {"org.x": 1}'),
        ('"$value": 1', '"$value": 1, "$type": "fontWeight"'),
    ],
)
def test_every_field_counts(before: str, after: str) -> None:
    old, new = (token_set(a=f'{{"$type": "number", "a": {{{text}}}}}') for text in (before, after))
    assert diff(old, new).changed == ("a",)


def test_how_a_number_is_written_does_not_count() -> None:
    assert not diff(token_set(a='{"a": {"$value": 1}}'), token_set(a='{"a": {"$value": 1.0}}'))


def test_what_resolves_otherwise_has_changed_too() -> None:
    old = token_set(a={"x": {"$type": "number", "$value": 1}}, b={"y": {"$value": "{x}"}, "z": {"$value": "{y}"}})
    new = old.replace({"a.tokens.json": document({"x": {"$type": "number", "$value": 2}}, "a.tokens.json")})
    assert diff(old, new).changed == ("x", "y", "z")
    gone = old.replace({"a.tokens.json": None})
    assert diff(old, gone) == TokenDiff(removed=("x",), changed=("y", "z"))
    assert diff(gone, old) == TokenDiff(added=("x",), changed=("y", "z"))


def test_a_token_that_went_to_another_file_has_moved() -> None:
    one, two = {"$type": "number", "a": {"$value": 1}}, {"$type": "number"}
    assert diff(token_set(a=one, b=two), token_set(a=two, b=one)) == TokenDiff(moved=("a",))


@pytest.mark.parametrize("seed", range(100))
def test_a_diff_tells_all_that_a_comparison_of_everything_would(seed: int) -> None:
    rnd = random.Random(seed)
    files = {f"{name}.tokens.json": document(world(rnd), f"{name}.tokens.json") for name in "pqr"}
    old = TokenSet.build(files.values())
    old.check()
    name = f"{rnd.choice('pqrs')}.tokens.json"
    new = old.replace({name: document(world(rnd), name)})
    found = diff(old, new)
    assert set(found.added) == new.tokens.keys() - old.tokens.keys()
    assert set(found.removed) == old.tokens.keys() - new.tokens.keys()
    both = new.tokens.keys() & old.tokens.keys()
    assert set(found.changed) == {
        path
        for path in both
        if (old.tokens[path].type, old.tokens[path].value, old.resolve(path))
        != (new.tokens[path].type, new.tokens[path].value, new.resolve(path))
    }
