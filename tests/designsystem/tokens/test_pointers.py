"""What a ``$ref`` text leads to (DTCG Format §7.4, RFC 6901)."""

from __future__ import annotations

import pytest

from designsystem.tokens.pointers import BadPointer, Target, parse_pointer, target_of, walk, write_pointer


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("#/base", Target("base")),
        ("#/base/$value", Target("base")),
        ("#/a/b/$value/components/0", Target("a.b", ("components", "0"))),
        ("#/a/$root/$value", Target("a.$root")),
        ("#/a~1b/c~0d", Target("a/b.c~d")),
        ("#/a~01", Target("a~1")),
        ("#/sp%C3%A4t/acid%20green", Target("spät.acid green")),
        ("#/a/$value/$value", Target("a", ("$value",))),
    ],
)
def test_it_leads_to_a_token_or_into_its_value(text: str, target: Target) -> None:
    assert parse_pointer(text) == target
    assert target_of({"$ref": text}) == target


@pytest.mark.parametrize(
    "text",
    ["", "#", "#/", "/a", "a.json#/a", "https://example.org/#/a", "#/a~2", "#/a~", "#/a%zz", "#/%ff", "#/a.b", "#/a//b",
     "#/a/$description", "#/$value", "#/$root/a", "#/a/$root/b"],
)  # fmt: skip
def test_everything_else_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(BadPointer, match=r"#/|~0|UTF-8"):
        parse_pointer(text)
    assert target_of({"$ref": text}) is None


@pytest.mark.parametrize("value", [{}, {"$ref": 1}, {"$ref": "#/a", "x": 1}, "#/a", ["#/a"], None])
def test_only_an_object_of_one_text_is_a_reference(value: object) -> None:
    assert target_of(value) is None


@pytest.mark.parametrize(("path", "steps"), [("a.b", ()), ("a/b.c~d", ("x", "0")), ("spät.$root", ()), ("a b", ("#",))])
def test_what_is_written_is_read_again(path: str, steps: tuple[str, ...]) -> None:
    assert parse_pointer(write_pointer(path, steps)) == Target(path, steps)
    assert parse_pointer(write_pointer(path, value=False)) == Target(path)


def test_pointers_stay_readable() -> None:
    assert write_pointer("color.blue", ("components", "0")) == "#/color/blue/$value/components/0"


@pytest.mark.parametrize(
    ("steps", "answer"),
    [
        (("list", "0"), (True, 10)),
        (("list", "00"), (False, None)),
        (("list", "3"), (False, None)),
        (("list", "-1"), (False, None)),
        (("list", "-"), (False, None)),
        (("list", "9" * 40), (False, None)),
        (("object", "0"), (True, "named")),
        (("object", "1"), (False, None)),
        (("list", "0", "x"), (False, None)),
        ((), (True, {"list": [10, 20, 30], "object": {"0": "named"}})),
    ],
)
def test_digits_are_an_index_in_lists_and_a_name_in_objects(steps: tuple[str, ...], answer: object) -> None:
    assert walk({"list": [10, 20, 30], "object": {"0": "named"}}, steps) == answer
