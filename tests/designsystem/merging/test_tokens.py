"""Token files merged on meaning: what one side did is kept, what both did differently is said."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designsystem.merge import ABSENT
from designsystem.merging.conflict import ConflictKind, Side
from designsystem.merging.tokens import NotMergeable, merge_token_files
from designsystem.tokens.document import parse_document
from designsystem.tokens.set import TokenSet
from designsystem.tokens.token import EXTENSION_KEY
from tests.designsystem.merging.token_files import FILE, content, data, merge, number


def meaning(source: bytes) -> dict[str, Any]:
    """Every token with what it says and its type, whichever way that is written."""
    document = parse_document(FILE, source)
    tokens = TokenSet.build([document])
    assert [problem for problem in document.problems if problem.severity == "error"] == []
    return {
        path: (
            token.value,
            (found := tokens.resolve(path)) and found.type,
            token.description,
            token.deprecated or False,
        )
        for path, token in document.tokens.items()
    }


BASE = {"color": {"$type": "number", "red": {"$value": 1}, "blue": {"$value": 2}}, "x": {"$value": "{color.red}"}}


def changed(*steps: Any, **more: Any) -> dict[str, Any]:
    """BASE with a value set at a path; a value of None removes it."""
    found = deepcopy(BASE)
    for path, value in steps:
        *groups, name = path.split(".")
        node = found
        for group in groups:
            node = node.setdefault(group, {})
        if value is None:
            del node[name]
        else:
            node[name] = value
    return found | more


@pytest.mark.parametrize(
    ("ours", "theirs", "wanted"),
    [
        (BASE, BASE, BASE),
        (changed(("color.red.$value", 9)), BASE, changed(("color.red.$value", 9))),
        (BASE, changed(("color.red.$value", 9)), changed(("color.red.$value", 9))),
        (
            changed(("color.red.$value", 9)),
            changed(("color.blue.$value", 8)),
            changed(("color.red.$value", 9), ("color.blue.$value", 8)),
        ),
        (
            changed(("color.red.$value", 9)),
            changed(("color.red.$description", "x")),
            changed(("color.red.$value", 9), ("color.red.$description", "x")),
        ),
        (changed(("color.red.$value", 9)), changed(("color.red.$value", 9)), changed(("color.red.$value", 9))),
        (
            changed(("color.green", {"$value": 3})),
            changed(("color.blue", None)),
            changed(("color.green", {"$value": 3}), ("color.blue", None)),
        ),
        (BASE, changed(("new.deep.one", number(1))), changed(("new.deep.one", number(1)))),
        (
            changed(("color.$description", "ours")),
            changed(("color.$deprecated", True)),
            changed(("color.$description", "ours"), ("color.$deprecated", True)),
        ),
        (BASE, changed(("x.$value", "{color.blue}")), changed(("x.$value", "{color.blue}"))),
    ],
)  # fmt: skip
def test_what_only_one_side_changed_is_kept(ours: Any, theirs: Any, wanted: Any) -> None:
    merged = merge(BASE, ours, theirs)
    assert merged.conflicts == ()
    assert content(merged) == wanted


def test_our_formatting_stays_and_nothing_changes_where_they_did_nothing() -> None:
    ours = (
        '{"color": {"$type": "number",   "red": {"$value": 1}, "blue":{"$value":2}},\n\n'
        '  "x": {"$value": "{color.red}"}, "mine": 1}\r\n'
    )
    assert merge(BASE, ours, BASE).files[FILE] == data(ours)
    merged = merge(BASE, ours, changed(("color.blue.$value", 7)))
    assert merged.files[FILE].decode() == ours.replace('"blue":{"$value":2}', '"blue":{"$value":7}')


def test_a_group_renamed_by_one_side_keeps_what_the_other_edits_inside() -> None:
    renamed = {"accent": deepcopy(BASE["color"]), "x": {"$value": "{accent.red}"}}
    edited = changed(("color.red.$value", 9), ("color.green", {"$value": 3}), ("y", {"$value": "{color.blue}"}))
    for ours, theirs in ((renamed, edited), (edited, renamed)):
        merged = merge(BASE, ours, theirs)
        assert merged.conflicts == ()
        found = {path: value for path, (value, *_) in meaning(merged.files[FILE]).items()}
        assert found == {
            "accent.red": 9, "accent.blue": 2, "x": "{accent.red}", "y": "{accent.blue}", "color.green": 3,
        }  # fmt: skip


def test_an_id_tells_a_rename_whatever_else_changed() -> None:
    marked = {"$extensions": {EXTENSION_KEY: {"id": "6f0b4a63-8c55-4a63-8c55-d0c3a3a0a9b2"}}}
    base = {"old": {"a": {**number(1), **marked}}}
    ours = {"new": {"b": {**number(5), **marked}}}
    theirs = {"old": {"a": {**number(1, description="x"), **marked}}}
    for one, other in ((ours, theirs), (theirs, ours)):
        merged = merge(base, one, other)
        assert merged.conflicts == ()
        assert {path: (value, text) for path, (value, _, text, _) in meaning(merged.files[FILE]).items()} == {
            "new.b": (5, "x")
        }


def test_composite_values_are_merged_part_by_part_and_others_are_one_thing() -> None:
    text = {"fontSize": {"value": 16, "unit": "px"}, "fontWeight": 400, "lineHeight": 1.5}
    base = {"t": {"$type": "typography", "$value": text}}
    ours = {"t": {"$type": "typography", "$value": {**text, "fontWeight": 700}}}
    theirs = {"t": {"$type": "typography", "$value": {**text, "fontSize": {"value": 18, "unit": "px"}}}}
    merged = merge(base, ours, theirs)
    assert merged.conflicts == ()
    assert content(merged)["t"]["$value"] == {**text, "fontWeight": 700, "fontSize": {"value": 18, "unit": "px"}}
    size = {"$type": "dimension", "$value": {"value": 16, "unit": "px"}}
    (conflict,) = merge(
        {"s": size},
        {"s": {**size, "$value": {"value": 1, "unit": "px"}}},
        {"s": {**size, "$value": {"value": 16, "unit": "rem"}}},
    ).conflicts
    assert (conflict.kind, conflict.path, conflict.field) == (ConflictKind.CHANGED, "s", "$value")


@pytest.mark.parametrize(
    ("ours", "theirs", "kind", "path", "field"),
    [
        (changed(("color.red.$value", 8)), changed(("color.red.$value", 9)), "changed", "color.red", "$value"),
        (changed(("color.red", None)), changed(("color.red.$value", 9)), "deleted", "color.red", ""),
        (changed(("color.red.$value", 9)), changed(("color.red", None)), "deleted", "color.red", ""),
        (changed(("n", number(1))), changed(("n", number(2))), "added", "n", ""),
        (changed(("n", number(1))), changed(("n.inner", number(2))), "added", "n.inner", ""),
        (changed(("color.$type", "fontWeight")), changed(("color.$type", "color")), "changed", "color", "$type"),
    ],
)
def test_what_both_changed_differently_is_a_conflict_and_ours_stands(
    ours: Any, theirs: Any, kind: str, path: str, field: str
) -> None:
    merged = merge(BASE, ours, theirs)
    (conflict,) = merged.conflicts
    assert (conflict.kind.value, conflict.path, conflict.field, conflict.file) == (kind, path, field, FILE)
    assert content(merged) == ours
    assert str(conflict) and conflict.as_dict()["kind"] == kind


def test_a_decision_settles_a_conflict_either_way() -> None:
    ours, theirs = changed(("color.red.$value", 8)), changed(("color.red.$value", 9), ("color.blue.$value", 7))
    merged = merge(BASE, ours, theirs, decide=lambda conflict: Side.THEIRS)
    assert merged.conflicts == () and content(merged) == theirs
    merged = merge(BASE, ours, theirs, decide=lambda conflict: Side.OURS)
    assert merged.conflicts == ()
    assert content(merged) == changed(("color.red.$value", 8), ("color.blue.$value", 7))
    gone = merge(
        BASE, changed(("color.red.$value", 8)), changed(("color.red", None)), decide=lambda conflict: Side.THEIRS
    )
    assert "red" not in content(gone)["color"]
    back = merge(
        BASE, changed(("color.red", None)), changed(("color.red.$value", 8)), decide=lambda conflict: Side.THEIRS
    )
    assert content(back)["color"]["red"] == {"$value": 8}


def test_conflicts_say_what_each_side_has() -> None:
    (conflict,) = merge(BASE, changed(("color.red", None)), changed(("color.red.$value", 9))).conflicts
    assert (conflict.base, conflict.ours, conflict.theirs) == ({"$value": 1}, ABSENT, {"$value": 9})
    assert "ours" not in conflict.as_dict()


def test_a_token_moved_to_another_file_keeps_what_the_other_side_did() -> None:
    base = {"a.json": data({"x": number(1), "y": number(2)})}
    moved = {"a.json": data({"y": number(2)}), "b.json": data({"x": number(1)})}
    edited = {"a.json": data({"x": number(7), "y": number(2)})}
    for ours, theirs in ((moved, edited), (edited, moved)):
        merged = merge_token_files(base, ours, theirs)
        assert merged.conflicts == ()
        assert {path: json.loads(source) for path, source in merged.files.items()} == {
            "a.json": {"y": number(2)}, "b.json": {"x": number(7)},
        }  # fmt: skip


def test_themes_that_declare_the_same_path_are_kept_apart() -> None:
    base = {"light.json": data({"x": number(1)}), "dark.json": data({"x": number(2)})}
    ours = {"light.json": data({"x": number(3)}), "dark.json": data({"x": number(2)})}
    theirs = {"light.json": data({"x": number(1)}), "dark.json": data({"x": number(4)})}
    merged = merge_token_files(base, ours, theirs)
    assert merged.conflicts == ()
    assert [json.loads(merged.files[path])["x"]["$value"] for path in ("light.json", "dark.json")] == [3, 4]


def test_a_token_that_both_have_where_one_seems_to_have_renamed_another_to_is_no_conflict() -> None:
    base = {"a": {"x": number(1)}}
    with_y = {"a": {"x": number(1), "y": number(1)}}
    only_y = {"a": {"y": number(1)}}
    for ours, theirs in ((with_y, only_y), (only_y, with_y)):
        merged = merge(base, ours, theirs)
        assert merged.conflicts == () and content(merged) == only_y


def test_files_that_are_no_objects_are_not_merged_on_meaning() -> None:
    for sides in (("[]", "{}", "{}"), ("{}", "{,", "{}"), ("{}", "{}", "")):
        with pytest.raises(NotMergeable):
            merge(*sides)


def test_many_renames_cost_no_more_than_a_few_readings() -> None:
    base = {"old": {f"t{n}": number(n) for n in range(600)}}
    theirs = {"new": {f"t{n}": number(n) for n in range(600)}}
    ours = deepcopy(base)
    ours["old"]["t7"]["$description"] = "mine"
    merged = merge(base, ours, theirs)
    assert merged.conflicts == ()
    assert set(content(merged)) == {"new"} and content(merged)["new"]["t7"]["$description"] == "mine"


NAMES = st.sampled_from(["a", "b", "c"])
LEAF = st.builds(
    lambda value, text: number(value) | ({"$description": text} if text else {}),
    st.integers(0, 99),
    st.sampled_from(["", "x", "y"]),
)
TREE = st.dictionaries(NAMES, st.dictionaries(NAMES, LEAF, max_size=3), max_size=3)
EDITS = st.lists(st.tuples(NAMES, NAMES, st.none() | LEAF), max_size=3)


def edited(tree: dict[str, Any], edits: list[tuple[str, str, Any]]) -> dict[str, Any]:
    found = deepcopy(tree)
    for group, name, leaf in edits:
        if leaf is None:
            found.get(group, {}).pop(name, None)
        else:
            found.setdefault(group, {})[name] = leaf
    return {group: tokens for group, tokens in found.items() if tokens}


@given(TREE, EDITS)
def test_merging_with_one_who_did_nothing_is_the_other(tree: dict[str, Any], edits: list[tuple[str, str, Any]]) -> None:
    base, side = data(edited(tree, [])), data(edited(tree, edits))
    assert merge_token_files({FILE: base}, {FILE: side}, {FILE: base}).files == {FILE: side}
    merged = merge_token_files({FILE: base}, {FILE: base}, {FILE: side})
    assert merged.conflicts == ()
    assert meaning(merged.files[FILE]) == meaning(side)
    assert merge_token_files({FILE: base}, {FILE: side}, {FILE: side}).files == {FILE: side}


@given(TREE, EDITS, EDITS)
def test_it_is_symmetric_and_drops_nothing_that_one_side_alone_did(
    tree: dict[str, Any], mine: list[tuple[str, str, Any]], others: list[tuple[str, str, Any]]
) -> None:
    base, ours, theirs = (data(edited(tree, edits)) for edits in ([], mine, others))
    one = merge_token_files({FILE: base}, {FILE: ours}, {FILE: theirs})
    other = merge_token_files({FILE: base}, {FILE: theirs}, {FILE: ours})
    assert {(c.path, c.field, c.kind) for c in one.conflicts} == {(c.path, c.field, c.kind) for c in other.conflicts}
    first, second = meaning(one.files[FILE]), meaning(other.files[FILE])
    if not one.conflicts:
        assert first == second
    was, here, there, torn = meaning(base), meaning(ours), meaning(theirs), {c.path for c in one.conflicts}
    for path in was.keys() & here.keys() & there.keys() - torn:
        if here[path] == was[path]:
            assert first[path] == there[path]
        elif there[path] == was[path]:
            assert first[path] == here[path]


@given(TREE, EDITS, EDITS)
def test_edits_of_different_tokens_are_both_applied(
    tree: dict[str, Any], mine: list[tuple[str, str, Any]], others: list[tuple[str, str, Any]]
) -> None:
    touched = {(group, name) for group, name, _ in mine}
    others = [edit for edit in others if edit[:2] not in touched and edit[2] is not None]
    mine = [edit for edit in mine if edit[2] is not None]
    base, ours, theirs, both = (data(edited(tree, edits)) for edits in ([], mine, others, [*mine, *others]))
    merged = merge_token_files({FILE: base}, {FILE: ours}, {FILE: theirs})
    assert merged.conflicts == ()
    assert meaning(merged.files[FILE]) == meaning(both)
