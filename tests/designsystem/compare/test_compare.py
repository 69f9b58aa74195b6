"""What changed, told as tokens and components, and what it asks of the next version."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designsystem.compare.change import DEFAULT_POLICY, Change, Kind, Severity, strongest
from designsystem.compare.components import compare_components
from designsystem.compare.report import markdown, summary
from designsystem.compare.tokens import compare_tokens
from designsystem.compare.words import shown, swatch_of
from designsystem.components.component import Component
from designsystem.migration import migration
from designsystem.tokens.token import EXTENSION_KEY
from tests.designsystem.tokens.files import PX, RED, token_set

BLUE = {**RED, "components": [0, 0, 1]}


def told(changes: list[Change]) -> list[tuple[str, str]]:
    return [(change.kind.value, change.subject) for change in changes]


def tokens(old: Any, new: Any, **more: Any) -> list[Change]:
    return compare_tokens(token_set(a=old), token_set(a=new), **more)


def number(value: Any, **more: Any) -> dict[str, Any]:
    return {"$type": "number", "$value": value, **more}


@pytest.mark.parametrize(
    ("old", "new", "wanted", "severity"),
    [
        ({"a": number(1)}, {"a": number(1)}, [], None),
        ({}, {"a": number(1)}, [("token-added", "a")], Severity.MINOR),
        ({"a": number(1)}, {}, [("token-removed", "a")], Severity.MAJOR),
        ({"a": number(1)}, {"a": number(2)}, [("token-value", "a")], Severity.PATCH),
        ({"a": number(1)}, {"a": {"$type": "fontWeight", "$value": 1}}, [("token-retyped", "a")], Severity.MAJOR),
        ({"a": number(1)}, {"a": number(1, **{"$deprecated": True})}, [("token-deprecated", "a")], Severity.MINOR),
        ({"a": number(1, **{"$deprecated": "x"})}, {"a": number(1)}, [("token-restored", "a")], Severity.MINOR),
        ({"a": number(1)}, {"a": number(1, **{"$description": "x"})}, [("token-text", "a")], Severity.PATCH),
        (
            {"a": number(1), "b": number(2), "x": {"$value": "{a}"}},
            {"a": number(1), "b": number(2), "x": {"$value": "{b}"}},
            [("token-alias", "x")],
            Severity.PATCH,
        ),
        (
            {"a": number(1), "x": {"$value": "{a}"}},
            {"a": number(2), "x": {"$value": "{a}"}},
            [("token-value", "a"), ("token-resolved", "x")],
            Severity.PATCH,
        ),
    ],
)
def test_each_change_of_a_token_has_its_kind_and_severity(
    old: Any, new: Any, wanted: list[tuple[str, str]], severity: Severity | None
) -> None:
    changes = tokens(old, new)
    assert told(changes) == wanted
    assert strongest(changes) is severity


def test_an_id_makes_a_rename_certain_whatever_else_changed() -> None:
    marked = {"$extensions": {EXTENSION_KEY: {"id": str(uuid4())}}}
    changes = tokens({"old": {"x": number(1, **marked)}}, {"new": {"y": number(2, **marked)}})
    assert told(changes) == [("token-renamed", "new.y"), ("token-value", "new.y")]
    assert (changes[0].old_subject, changes[0].confidence, changes[0].severity) == ("old.x", 1.0, Severity.MAJOR)


def test_a_system_that_knows_its_ids_makes_a_rename_certain() -> None:
    (change,) = tokens({"a": number(1)}, {"b": number(1)}, ids={"a": "b"})
    assert (change.kind, change.old_subject, change.confidence) == (Kind.TOKEN_RENAMED, "a", 1.0)


def identified(value: Any, number_: int) -> dict[str, Any]:
    return number(value, **{"$extensions": {EXTENSION_KEY: {"id": str(UUID(int=number_))}}})


def test_ids_tell_tokens_that_swapped_their_names_and_those_that_moved_up() -> None:
    old = {"a": identified(1, 1), "b": identified(2, 2), "c": identified(3, 3)}
    changes = tokens(old, {"a": identified(2, 2), "b": identified(1, 1), "c": identified(3, 3)})
    assert {(c.kind, c.old_subject, c.subject) for c in changes} == {
        (Kind.TOKEN_RENAMED, "a", "b"),
        (Kind.TOKEN_RENAMED, "b", "a"),
    }
    changes = tokens(old, {"b": identified(1, 1), "c": identified(2, 2)})
    assert [(c.kind, c.old_subject, c.subject) for c in changes] == [
        (Kind.TOKEN_RENAMED, "a", "b"),
        (Kind.TOKEN_REMOVED, None, "c"),
        (Kind.TOKEN_RENAMED, "b", "c"),
    ]
    left = tokens(old, {**old, "a": {"$value": "{n}"}, "n": identified(1, 1)})
    assert strongest(left) is Severity.MINOR, "what stands there leads to where the token went"
    anew = tokens(old, {**old, "a": number(7), "n": identified(1, 1)})
    assert told(anew) == [("token-added", "a"), ("token-renamed", "n")]


def test_value_and_place_tell_a_rename_with_how_sure_that_is() -> None:
    old = {"color": {"$type": "color", "brand": {"red": {"$value": RED}, "blue": {"$value": BLUE}}}}
    new = {"color": {"$type": "color", "accent": {"red": {"$value": RED}, "blue": {"$value": BLUE}}}}
    changes = tokens(old, new)
    assert told(changes) == [("token-renamed", "color.accent.blue"), ("token-renamed", "color.accent.red")]
    assert [change.old_subject for change in changes] == ["color.brand.blue", "color.brand.red"]
    assert all(0.5 < change.confidence < 1 for change in changes)


def test_equal_values_go_to_those_whose_names_agree_and_strangers_are_no_renames() -> None:
    old = {"space": {"s": number(1), "m": number(1)}, "z": {"one": number(7)}}
    new = {"size": {"m": number(1), "s": number(1)}, "z": {"one": number(8)}}
    renamed = {change.old_subject: change.subject for change in tokens(old, new) if change.kind is Kind.TOKEN_RENAMED}
    assert renamed == {"space.s": "size.s", "space.m": "size.m"}
    old = {"a": {"b": {"c": number(0), "d": number(0)}}}
    new = {"w": {"x": {"y": number(0), "z": number(0)}}}
    assert {change.kind for change in tokens(old, new)} == {Kind.TOKEN_ADDED, Kind.TOKEN_REMOVED}


def test_references_that_only_follow_a_rename_are_no_change() -> None:
    old = {"red": number(7), "b": number(9), "x": {"$value": "{red}"}, "y": {"$value": {"$ref": "#/red/$value"}}}
    new = {"warm": {"red": old["red"]}, "b": number(9), "x": {"$value": "{warm.red}"}}
    new["y"] = {"$value": {"$ref": "#/warm/red/$value"}}
    assert told(tokens(old, new)) == [("token-renamed", "warm.red")]
    kept = {**new, "red": {"$value": "{warm.red}", "$deprecated": True}}
    assert ("token-alias", "x") not in told(tokens(old, kept)) and ("token-moved", "warm.red") in told(
        tokens(old, kept)
    )
    assert ("token-alias", "x") in told(tokens(old, {**new, "x": {"$value": "{b}"}}))
    shows = {**new, "warm": {"red": {**number(8), **ID}}}
    assert ("token-resolved", "x") in told(tokens({**old, "red": {**number(7), **ID}}, shows))


ID = {"$extensions": {EXTENSION_KEY: {"id": "7f1c1c0e-6f0b-4a63-8c55-d0c3a3a0a9b2"}}}


def test_a_rename_that_leaves_an_alias_breaks_nobody() -> None:
    alias = {"$value": "{new}", "$deprecated": "Renamed to new"}
    changes = tokens({"old": number(1)}, {"old": alias, "new": number(1)})
    assert told(changes) == [("token-moved", "new"), ("token-deprecated", "old")]
    assert strongest(changes) is Severity.MINOR


def test_what_went_says_what_to_use() -> None:
    def old(deprecated: Any, said: str | None = None) -> dict[str, Any]:
        more = {"$extensions": {EXTENSION_KEY: {"replacedBy": said}}} if said else {}
        return {"new": number(1), "old": {"$value": "{new}", "$deprecated": deprecated, **more}}

    for stated, wanted in (
        (old(True), ("new", 0.8)),
        (old("Renamed to new"), ("new", 1.0)),
        (old(True, "{new}"), ("new", 1.0)),
        (old(True, "nothing"), (None, 1.0)),
        (old(False), (None, 1.0)),
    ):
        (change,) = tokens(stated, {"new": number(1)})
        assert (change.kind, change.replaced_by, change.confidence) == (Kind.TOKEN_REMOVED, *wanted)
    value, change = tokens({"new": number(1), "old": number(2)}, old(True, "new"))
    assert (value.kind, change.kind, change.replaced_by) == (Kind.TOKEN_VALUE, Kind.TOKEN_DEPRECATED, "new")


def test_a_successor_that_is_named_later_is_told_and_migrated() -> None:
    def files(*said: str) -> dict[str, Any]:
        more = {"$extensions": {EXTENSION_KEY: {"replacedBy": said[0]}}} if said else {}
        return {"new": number(1), "old": number(2, **{"$deprecated": True}, **more)}

    (change,) = tokens(files(), files("new"))
    assert (change.kind, change.replaced_by) == (Kind.TOKEN_TEXT, "new")
    assert [(step["old"], step["new"], step["kind"]) for step in migration([change])["tokens"]] == [
        ("old", "new", "deprecated")
    ]


def test_what_said_its_successor_is_renamed_for_certain() -> None:
    said = {"$deprecated": True, "$extensions": {EXTENSION_KEY: {"replacedBy": "b.y"}}}
    changes = tokens({"a": {"x": number(1, **said)}}, {"b": {"y": number(2)}})
    assert (changes[0].kind, changes[0].old_subject, changes[0].confidence) == (Kind.TOKEN_RENAMED, "a.x", 1.0)


def test_what_stood_among_those_that_moved_is_recognised_with_another_value() -> None:
    def group(last: int) -> dict[str, Any]:
        return {"xs": number(11), "s": number(12), "m": number(13), "l": number(last)}

    changes = tokens({"space": group(14)}, {"layout": {"gap": group(99)}})
    renamed = {c.old_subject: (c.subject, c.confidence) for c in changes if c.kind is Kind.TOKEN_RENAMED}
    assert renamed["space.l"] == ("layout.gap.l", 0.65) and len(renamed) == 4
    assert [c.subject for c in changes if c.kind is Kind.TOKEN_VALUE] == ["layout.gap.l"]
    assert Kind.TOKEN_RENAMED not in {
        c.kind for c in tokens({"a": {"x": number(1), "y": number(2)}}, {"b": {"x": number(3), "y": number(4)}})
    }


def test_a_policy_decides_what_a_change_asks() -> None:
    (change,) = tokens({"a": number(1)}, {"a": number(2)}, policy={**DEFAULT_POLICY, Kind.TOKEN_VALUE: Severity.MAJOR})
    assert change.severity is Severity.MAJOR


CARD = Component(
    UUID(int=1), "components/Card", "Card", props={"size": {"type": "string", "enum": ["s", "m"]}}, code="1"
)


@pytest.mark.parametrize(
    ("new", "wanted"),
    [
        (CARD, []),
        (replace(CARD, directory="ui/Card"), ["component-moved"]),
        (replace(CARD, name="Tile"), ["component-renamed"]),
        (replace(CARD, code="2"), ["code"]),
        (replace(CARD, documentation="x"), ["documentation"]),
        (replace(CARD, props={}), ["prop-removed"]),
        (replace(CARD, props={**CARD.props, "x": {"type": "string"}}), ["prop-added"]),
        (replace(CARD, props={**CARD.props, "x": {"type": "string", "required": True}}), ["prop-required"]),
        (replace(CARD, props={"size": {"type": "number"}}), ["prop-retyped"]),
        (replace(CARD, props={"size": {"type": "string", "enum": ["s", "m", "l"]}}), ["prop-widened"]),
        (replace(CARD, props={"size": {"type": "string", "enum": ["s", "l", "xl"]}}), ["prop-retyped"]),
        (replace(CARD, props={"size": {**CARD.props["size"], "required": True}}), ["prop-required"]),
        (replace(CARD, props={"size": {**CARD.props["size"], "description": "x"}}), ["prop-text"]),
    ],
)
def test_each_change_of_a_component_has_its_kind(new: Component, wanted: list[str]) -> None:
    assert [change.kind.value for change in compare_components([CARD], [new])] == wanted


def test_components_come_and_go() -> None:
    other = replace(CARD, id_in_file=None, directory="components/Tile", name="Tile")
    assert told(compare_components([CARD], [other])) == [
        ("component-removed", "components/Card"),
        ("component-added", "components/Tile"),
    ]


PLAIN = replace(CARD, id_in_file=None)


def test_a_folder_that_moved_with_what_is_in_it_is_recognised() -> None:
    (moved,) = compare_components([PLAIN], [replace(PLAIN, directory="ui/Card")])
    assert (moved.kind, moved.severity, moved.confidence) == (Kind.COMPONENT_MOVED, Severity.PATCH, 0.9)
    (renamed,) = compare_components([PLAIN], [replace(PLAIN, directory="ui/Tile", name="Tile")])
    assert (renamed.kind, renamed.before, renamed.after, renamed.confidence) == (
        Kind.COMPONENT_RENAMED, "Card", "Tile", 0.7,
    )  # fmt: skip
    twins = [replace(PLAIN, directory=f"ui/{name}", name=name) for name in ("A", "B")]
    assert {change.kind for change in compare_components([PLAIN], twins)} == {
        Kind.COMPONENT_REMOVED,
        Kind.COMPONENT_ADDED,
    }


def test_reports_show_values_as_people_write_them() -> None:
    changes = tokens(
        {"c": {"$type": "color", "$value": RED}, "s": {"$type": "dimension", "$value": PX}, "x": {"$value": "{s}"}},
        {
            "c": {"$type": "color", "$value": BLUE},
            "s": {"$type": "dimension", "$value": {**PX, "value": 1}},
            "x": {"$value": "{s}"},
        },
    )
    page = markdown(changes)
    assert "The next version is a **patch** one." in page
    assert "| `c` | has another value | #ff0000 | #0000ff |" in page
    assert "| `s` | has another value | 16px | 1px |" in page
    assert "| `x` | stands for something else through what it refers to | {s} = 16px | {s} = 1px |" in page
    assert swatch_of(changes[0].after) == "#0000ff"
    assert summary([]) == "No changes." and "Nothing changed." in markdown([])
    assert shown({"value": "a|b"}) == "a|b" and "a\\|b" in markdown(tokens({}, {"a": {"$type": "x", "$value": "a|b"}}))


def test_reports_say_what_to_use_and_in_which_theme() -> None:
    gone = Change(
        Kind.TOKEN_REMOVED, "a", Severity.MAJOR, before={"value": 1}, replaced_by="b", contexts=("theme=dark",)
    )
    assert "| `a` | removed; use `b` (in theme=dark) | 1 |  |" in markdown([gone])


def test_every_kind_has_a_severity_and_words() -> None:
    assert set(DEFAULT_POLICY) == set(Kind)
    assert all(markdown([Change(kind, "x", Severity.PATCH)]) for kind in Kind)


NAMES = st.sampled_from(["a", "b", "c"])
FILES = st.dictionaries(NAMES, st.dictionaries(NAMES, st.integers(0, 3).map(number), max_size=3), max_size=3)


@given(FILES, FILES)
def test_every_path_that_came_or_went_is_accounted_for(old: dict[str, Any], new: dict[str, Any]) -> None:
    before, after = token_set(a=old), token_set(a=new)
    changes = compare_tokens(before, after)
    gone = {c.subject for c in changes if c.kind is Kind.TOKEN_REMOVED} | {
        c.old_subject for c in changes if c.old_subject
    }
    come = {c.subject for c in changes if c.kind in (Kind.TOKEN_ADDED, Kind.TOKEN_RENAMED)}
    assert gone == before.tokens.keys() - after.tokens.keys()
    assert come == after.tokens.keys() - before.tokens.keys()
    assert compare_tokens(before, before) == []


def test_the_same_words_joined_otherwise_are_one_token_with_another_value() -> None:
    old = {"diff": {"addition": {"bgColor": {"num": number(1), "word": number(2)}}}}
    new = {"diff": {"additionNum": {"bgColor": number(11)}, "additionWord": {"bgColor": number(2)}}}
    renamed = {c.old_subject: (c.subject, c.confidence) for c in tokens(old, new) if c.kind is Kind.TOKEN_RENAMED}
    assert renamed == {
        "diff.addition.bgColor.num": ("diff.additionNum.bgColor", 0.65),
        "diff.addition.bgColor.word": ("diff.additionWord.bgColor", 0.95),
    }


def test_a_value_that_became_an_alias_still_tells_a_rename() -> None:
    old = {"base": number(5), "button": {"gap": number(5)}}
    new = {"base": number(5), "control": {"gap": {"$value": "{base}"}}}
    (renamed, _) = tokens(old, new)
    assert (renamed.kind, renamed.old_subject, renamed.confidence) == (Kind.TOKEN_RENAMED, "button.gap", 0.65)
