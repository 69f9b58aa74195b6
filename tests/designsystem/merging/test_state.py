"""Whole states merged on meaning: folders, files and what is in them, each by what it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from designsystem.merging.answers import Resolution
from designsystem.merging.conflict import Side
from designsystem.merging.texts import LARGEST_TEXT, SHOWN
from tests.designsystem.merging.states import LINK, State, merge

TOKENS = "tokens/a.tokens.json"
LINES = b"one\ntwo\nthree\nfour\nfive\n"
ID = "8c6d3f0e-3c55-4b8e-9a5e-0f3a1c2b4d5e"


def js(value: Any) -> bytes:
    return (json.dumps(value, indent=2) + "\n").encode()


def tokens(**values: Any) -> bytes:
    return js({"a": {name: {"$type": "number", "$value": value} for name, value in values.items()}})


def button(folder: str = "components/Button", *, id: str | None = ID, **more: Any) -> dict[str, bytes]:  # noqa: A002
    about = {"id": id} if id else {}
    files = {
        "component.json": js({**about, "name": "Button", "props": {"size": {"type": "string"}}}),
        "index.tsx": LINES,
        "README.md": b"# Button\n\nPress it.\n",
        **{name.replace("_", "."): data for name, data in more.items()},
    }
    return {f"{folder}/{name}": data for name, data in files.items() if data is not None}


# -- text, keys, and what can only be chosen


def test_lines_that_do_not_overlap_are_merged() -> None:
    merged = merge({"a": LINES}, {"a": LINES.replace(b"one", b"1")}, {"a": LINES.replace(b"five", b"5")})
    assert (merged.files["a"], merged.open) == (b"1\ntwo\nthree\nfour\n5\n", [])


BOTH = ({"a": LINES}, {"a": LINES.replace(b"one", b"1").replace(b"five", b"V")}, {"a": LINES.replace(b"one", b"I").replace(b"five", b"5")})  # fmt: skip  # noqa: E501


def test_each_overlap_of_lines_is_a_conflict_of_its_own() -> None:
    merged = merge(*BOTH)
    assert merged.open == [("file", "changed", "a", "lines/1"), ("file", "changed", "a", "lines/2")]
    first = merged.conflicts[0]
    assert (first.base, first.ours, first.theirs) == ("one\n", "1\n", "I\n")
    assert merged.files == BOTH[1]


def test_overlaps_are_settled_one_by_one() -> None:
    merged = merge(
        *BOTH, Resolution(path="a", field="lines/1", take=Side.THEIRS), Resolution(path="a", field="lines/2", value="")
    )
    assert (merged.files["a"], merged.open) == (b"I\ntwo\nthree\nfour\n", [])


def test_one_side_settles_every_overlap_of_a_file() -> None:
    assert merge(*BOTH, Resolution(path="a", take=Side.BASE)).files["a"] == LINES


def test_a_whole_text_settles_a_file() -> None:
    merged = merge(*BOTH, Resolution(path="a", value="anew\n"))
    assert (merged.files["a"], merged.open) == (b"anew\n", [])


def test_a_missing_end_of_the_last_line_is_kept() -> None:
    merged = merge({"a": b"x\ny"}, {"a": b"x\n1"}, {"a": b"x\n2"}, Resolution(path="a", take=Side.THEIRS))
    assert merged.files["a"] == b"x\n2"


def test_what_is_no_text_is_chosen() -> None:
    states: tuple[State, ...] = ({"a": b"\0one"}, {"a": b"\0two"}, {"a": b"\0three"})
    merged = merge(*states)
    (conflict,) = merged.conflicts
    assert conflict.ours["size"] == 4 and merged.files["a"] == b"\0two"
    assert merge(*states, Resolution(id=conflict.id, take=Side.THEIRS)).files["a"] == b"\0three"


def test_a_text_too_large_to_be_merged_is_chosen() -> None:
    large = b"line\n" * (LARGEST_TEXT // 5)
    states: tuple[State, ...] = ({"a": large}, {"a": b"1" + large}, {"a": large + b"2\n" * 3})
    merged = merge(*states)
    assert merged.open == [("file", "changed", "a", "")]
    assert merged.conflicts[0].theirs["size"] == len(large) + 6
    within = large[: LARGEST_TEXT // 2]
    assert merge({"a": within}, {"a": b"1" + within}, {"a": within + b"2\n"}).open == []


def test_a_long_text_in_conflict_is_told_by_how_it_begins() -> None:
    ours, theirs = b"ours\n" * SHOWN, b"theirs\n" * 3
    (conflict,) = merge({"a": b"x\n"}, {"a": ours[:LARGEST_TEXT]}, {"a": theirs}).conflicts
    assert conflict.ours["size"] > SHOWN and conflict.ours["begin"].startswith("ours\n")
    assert conflict.theirs == theirs.decode()
    kept = merge({"a": b"x\n"}, {"a": ours[:LARGEST_TEXT]}, {"a": theirs}, by_default=Side.OURS)
    assert kept.files["a"] == ours[:LARGEST_TEXT]


def test_a_link_against_a_file_is_chosen() -> None:
    states: tuple[State, ...] = ({"a": LINES}, {"a": (LINK, b"b")}, {"a": b"other\n"})
    assert merge(*states).open == [("file", "changed", "a", "")]
    assert merge(*states, Resolution(path="a", take=Side.THEIRS)).files["a"] == b"other\n"


def test_the_mode_of_one_side_and_the_lines_of_the_other() -> None:
    merged = merge({"a": LINES}, {"a": LINES + b"six\n"}, {"a": (0o100755, LINES)})
    assert (merged.files["a"], merged.open) == ((0o100755, LINES + b"six\n"), [])


def test_a_file_that_both_added_is_merged_as_far_as_it_is_the_same() -> None:
    assert merge({}, {"a": LINES}, {"a": LINES}).files == {"a": LINES}
    assert merge({}, {"a": b"x\n"}, {"a": b"y\n"}).open == [("file", "added", "a", "lines/1")]


def test_a_file_deleted_here_and_changed_there() -> None:
    states: tuple[State, ...] = ({"a": LINES}, {}, {"a": LINES + b"six\n"})
    merged = merge(*states)
    assert (merged.files, merged.open) == ({}, [("file", "deleted", "a", "")])
    assert merge(*states, Resolution(path="a", take=Side.THEIRS)).files == {"a": LINES + b"six\n"}
    assert merge(*states, Resolution(path="a", take=Side.BASE)).files == {"a": LINES}
    assert merge(*states, Resolution(path="a", take=Side.OURS)).files == {}


def test_a_manifest_is_merged_by_its_keys_in_the_formatting_of_ours() -> None:
    base = b'{ "name": "UI", "version": "1.0.0" }\n'
    ours = b'{ "name": "UI Kit", "version": "1.0.0" }\n'
    merged = merge({"designsystem.json": base}, {"designsystem.json": ours}, {"designsystem.json": js({"name": "UI", "version": "1.1.0", "strict": True})})  # fmt: skip  # noqa: E501
    assert merged.files["designsystem.json"] == b'{ "name": "UI Kit", "version": "1.1.0", "strict": true }\n'


def test_a_resolver_is_merged_by_its_keys() -> None:
    def resolver(**sets: Any) -> State:
        return {"themes.resolver.json": js({"version": "2025.10", "sets": sets})}

    merged = merge(resolver(a={}), resolver(a={}, b={"x": 1}), resolver(a={"y": 2}))
    assert json.loads(merged.files["themes.resolver.json"])["sets"] == {"a": {"y": 2}, "b": {"x": 1}}  # type: ignore[arg-type]
    merged = merge(resolver(a={"y": 1}), resolver(a={"y": 2}), resolver(a={"y": 3}))
    assert merged.open == [("resolver", "changed", "themes.resolver.json", "sets/a/y")]


# -- components


def test_props_are_merged_one_by_one_in_the_formatting_of_ours() -> None:
    base = b'{"name": "B", "props": {"size": {"type": "string"}, "old": {}}}'
    ours = b'{"name": "B", "props": {"size": {"type": "string", "default": "m"}, "old": {}}}'
    theirs = js({"name": "B", "props": {"size": {"type": "number"}, "new": {}}})
    merged = merge(*({"components/B/component.json": each} for each in (base, ours, theirs)))
    want = b'{"name": "B", "props": {"size": {"type": "number", "default": "m"}, "new": {}}}'
    assert (merged.files["components/B/component.json"], merged.open) == (want, [])


def test_a_prop_that_both_changed_is_a_conflict_of_the_component() -> None:
    def typed(name: str) -> State:
        return {"components/B/component.json": js({"name": "B", "props": {"size": {"type": name}}})}

    merged = merge(typed("string"), typed("number"), typed("boolean"))
    assert merged.open == [("component", "changed", "components/B", "props/size/type")]
    settled = Resolution(path="components/B", field="props/size/type", value="integer")
    assert merge(typed("string"), typed("number"), typed("boolean"), settled).files == typed("integer")


@pytest.mark.parametrize("swapped", [False, True])
def test_one_side_moves_a_component_and_the_other_edits_and_adds_in_it(swapped: bool) -> None:
    base = button()
    moved = button("components/forms-Button")
    edited = button(index_tsx=LINES.replace(b"one", b"1"), styles_css=b"a { color: red }\n")
    sides = (edited, moved) if swapped else (moved, edited)
    merged = merge(base, *sides)
    want = {path.replace("components/Button", "components/forms-Button"): data for path, data in edited.items()}
    assert (merged.files, merged.open) == (want, [])


def test_a_component_without_an_id_is_followed_by_what_is_in_it() -> None:
    base, moved = button(id=None), button("components/Knob", id=None)
    edited = button(id=None, index_tsx=LINES + b"six\n", styles_css=b"a {}\n")
    merged = merge(base, edited, moved)
    want = {path.replace("components/Button", "components/Knob"): data for path, data in edited.items()}
    assert (merged.files, merged.open) == (want, [])


def test_what_looks_alike_goes_with_its_own_component() -> None:
    """Every component has the same code: only component.json tells them apart."""

    def part(folder: str, name: str) -> dict[str, bytes]:
        return {f"{folder}/component.json": js({"name": name}), f"{folder}/index.tsx": LINES}

    base = part("components/A", "A") | part("components/B", "B")
    edited = base | {"components/B/index.tsx": LINES + b"six\n"}
    merged = merge(base, part("components/Z", "B"), edited)
    assert merged.files == {**part("components/Z", "B"), "components/Z/index.tsx": LINES + b"six\n"}
    assert merged.open == []


def test_a_component_that_both_moved_is_asked_about_once() -> None:
    states = (button(), button("components/Knob"), button("components/Press"))
    merged = merge(*states)
    assert merged.open == [("component", "renamed", "components/Button", "path")]
    assert merged.files == states[1]
    for side, want in ((Side.THEIRS, states[2]), (Side.BASE, states[0]), (Side.OURS, states[1])):
        assert merge(*states, Resolution(path="components/Button", take=side)).files == want
    assert merge(*states, Resolution(path="components/Button", value="components/X")).files == button("components/X")


@pytest.mark.parametrize("swapped", [False, True])
def test_a_component_deleted_here_and_changed_there_stays_or_goes_whole(swapped: bool) -> None:
    base, changed = button(), button(index_tsx=LINES + b"six\n", styles_css=b"a {}\n")
    sides: tuple[State, State] = (changed, {}) if swapped else ({}, changed)
    merged = merge(base, *sides)
    assert merged.open == [("component", "deleted", "components/Button", "")]
    assert merged.files == sides[0]
    keep, drop = (Side.OURS, Side.THEIRS) if swapped else (Side.THEIRS, Side.OURS)
    assert merge(base, *sides, Resolution(path="components/Button", take=keep)).files == changed
    assert merge(base, *sides, Resolution(path="components/Button", take=drop)).files == {}
    assert merge(base, *sides, Resolution(path="components/Button", take=Side.BASE)).files == base


@pytest.mark.parametrize("swapped", [False, True])
def test_a_file_deleted_from_a_component_that_the_other_side_moved_is_gone(swapped: bool) -> None:
    base, moved = button(), button("components/Knob")
    less = {path: data for path, data in base.items() if not path.endswith("README.md")}
    merged = merge(base, *((moved, less) if swapped else (less, moved)))
    want = {path: data for path, data in moved.items() if not path.endswith("README.md")}
    assert (merged.files, merged.open) == (want, [])


def test_a_component_deleted_here_and_moved_there_is_a_conflict() -> None:
    merged = merge(button(), {}, button("components/Knob"))
    assert merged.open == [("component", "deleted", "components/Button", "")]
    assert merge(button(), {}, button("components/Knob"), by_default=Side.THEIRS).files == button("components/Knob")


# -- token files


def test_a_token_file_that_one_side_moved_takes_the_edits_of_the_other_along() -> None:
    merged = merge({TOKENS: tokens(x=1, y=1)}, {"tokens/b.tokens.json": tokens(x=1, y=1)}, {TOKENS: tokens(x=2, y=1)})
    assert (merged.files, merged.open) == ({"tokens/b.tokens.json": tokens(x=2, y=1)}, [])


def test_an_alias_that_one_side_wrote_follows_a_rename_of_the_other() -> None:
    other = "tokens/b.tokens.json"
    merged = merge(
        {TOKENS: tokens(x=1, y=2)},
        {TOKENS: tokens(x=1, y=2), other: js({"b": {"z": {"$value": "{a.x}"}}})},
        {TOKENS: tokens(new=1, y=2)},
    )
    assert json.loads(merged.files[other])["b"]["z"]["$value"] == "{a.new}"  # type: ignore[arg-type]
    assert merged.open == []


def test_a_file_that_one_side_alone_touched_keeps_its_formatting() -> None:
    theirs = b'{"a":{"x":{"$type":"number","$value":1},   "y":{"$type":"number","$value":2}}}'
    other = "tokens/b.tokens.json"
    base = {TOKENS: tokens(x=1), other: tokens(z=1)}
    merged = merge(base, {TOKENS: tokens(x=1), other: tokens(z=2)}, {TOKENS: theirs, other: tokens(z=1)})
    assert merged.files == {TOKENS: theirs, other: tokens(z=2)}


def test_a_token_file_deleted_there_and_untouched_here_goes() -> None:
    other = "tokens/b.tokens.json"
    merged = merge(
        {TOKENS: tokens(x=1), other: tokens(z=1)}, {TOKENS: tokens(x=1), other: tokens(z=2)}, {other: tokens(z=1)}
    )
    assert (merged.files, merged.open) == ({other: tokens(z=2)}, [])


def test_a_token_deleted_with_its_file_and_changed_here_is_a_conflict() -> None:
    merged = merge({TOKENS: tokens(x=1, y=1)}, {TOKENS: tokens(x=2, y=1)}, {})
    assert merged.open == [("token", "deleted", "a.x", "")]
    assert merge({TOKENS: tokens(x=1, y=1)}, {TOKENS: tokens(x=2, y=1)}, {}, by_default=Side.THEIRS).files == {}
    assert merge({TOKENS: tokens(x=1, y=1)}, {}, {TOKENS: tokens(x=2, y=1)}, by_default=Side.OURS).files == {}


def test_a_token_file_that_is_no_json_on_one_side_is_merged_as_text() -> None:
    merged = merge({TOKENS: tokens(x=1)}, {TOKENS: b"not json\n"}, {TOKENS: tokens(x=2)})
    assert merged.open == [("file", "changed", TOKENS, "lines/1")]


@pytest.mark.parametrize("swapped", [False, True])
def test_a_file_deleted_here_and_moved_there_is_a_conflict(swapped: bool) -> None:
    sides: tuple[State, State] = ({"b": LINES}, {}) if swapped else ({}, {"b": LINES})
    merged = merge({"a": LINES}, *sides)
    assert (merged.files, merged.open) == (sides[0], [("file", "deleted", "a", "")])
    assert merge({"a": LINES}, *sides, by_default=Side.THEIRS).files == sides[1]


# -- where things meet that cannot both stand


def test_a_file_here_where_a_folder_is_needed_there() -> None:
    states: tuple[State, ...] = ({}, {"a": b"x\n"}, {"a/b": b"y\n", "a/c": b"z\n"})
    assert merge(*states).open == [("file", "added", "a", "")]
    assert merge(*states, by_default=Side.OURS).files == {"a": b"x\n"}
    assert merge(*states, by_default=Side.THEIRS).files == {"a/b": b"y\n", "a/c": b"z\n"}
    assert merge(states[0], states[2], states[1], by_default=Side.THEIRS).files == {"a": b"x\n"}


def test_a_move_to_where_the_other_side_put_something_else_is_a_deletion_and_an_addition() -> None:
    merged = merge({"a": LINES}, {"b": LINES}, {"a": LINES, "b": b"other\n"})
    assert merged.open == [("file", "added", "b", "lines/1")]
    assert "a" not in merged.files


def test_both_moved_a_file() -> None:
    states: tuple[State, ...] = ({"a": LINES}, {"b": LINES}, {"c": LINES + b"six\n"})
    merged = merge(*states)
    assert merged.open == [("file", "renamed", "a", "path")]
    assert merge(*states, Resolution(path="a", take=Side.THEIRS)).files == {"c": LINES + b"six\n"}
    assert merge(*states, Resolution(path="a", value="d/e")).files == {"d/e": LINES + b"six\n"}
