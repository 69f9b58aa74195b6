"""Curly references (DTCG Format §7)."""

from __future__ import annotations

import pytest

from designsystem.tokens.aliases import BROKEN, alias_of, aliases_in, substitute


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("{a.b}", "a.b"), ("{a b.c}", "a b.c"), ("a.b", None), ("{}", None), ("{a} {b}", None), ("{{a}}", None),
        (" {a}", None), (1, None), (["{a}"], None), ("{a", None),
    ],
)  # fmt: skip
def test_alias_of(value: object, path: str | None) -> None:
    assert alias_of(value) == path


def test_aliases_are_found_at_any_depth_in_order_and_once() -> None:
    assert aliases_in({"x": ["{b}", {"y": "{a}"}], "z": "{b}", "n": 1}) == ("b", "a")


def test_substitute() -> None:
    known = {"a": 1, "list": ["x", "y"]}
    assert substitute({"p": "{a}", "q": ["{a}", "{list}"]}, known.__getitem__) == {"p": 1, "q": [1, ["x", "y"]]}
    assert substitute({"p": ["{a}", "{z}"]}, lambda path: known.get(path, BROKEN)) is BROKEN
