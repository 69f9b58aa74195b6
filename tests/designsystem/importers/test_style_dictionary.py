"""Guards: what Style Dictionary 3 and 4 has arrives with its meaning, by stated types, by values and by categories."""

from __future__ import annotations

from typing import Any

import pytest

from designsystem.importers import UnknownFormat
from tests.designsystem.importers.sources import RESOLVER, converted, imported, px, rem, token_set, told, types, values

BLACK = {"colorSpace": "srgb", "components": [0, 0, 0], "hex": "#000000"}


@pytest.mark.parametrize(
    ("path", "token", "want_type", "want"),
    [
        ("color.black", {"value": "#000"}, "color", BLACK),
        ("brand.main", {"value": "rgb(0, 0, 0)"}, "color", BLACK),
        ("color.picked", {"value": {"r": 0, "g": 0, "b": 0, "a": 1}}, "color", BLACK),
        ("size.font.small", {"value": "0.75"}, "dimension", rem(0.75)),
        ("size.font.big", {"value": 2}, "dimension", rem(2)),
        ("size.exact", {"value": "12px"}, "dimension", px(12)),
        ("space.exact", {"value": "1cm"}, "dimension", px(37.795276)),
        ("time.short", {"value": "200"}, "duration", {"value": 200, "unit": "ms"}),
        ("motion.short", {"value": "0.2s"}, "duration", {"value": 0.2, "unit": "s"}),
        ("motion.curve", {"value": "cubic-bezier(0.4, 0, 0.2, 1)"}, "cubicBezier", [0.4, 0, 0.2, 1]),
        ("motion.easy", {"value": "ease-in-out"}, "cubicBezier", [0.42, 0, 0.58, 1]),
        ("opacity.half", {"value": "50%"}, "number", 0.5),
        ("font.family.text", {"value": "Inter, sans-serif"}, "fontFamily", ["Inter", "sans-serif"]),
        ("font.weight.bold", {"value": "bold"}, "fontWeight", "bold"),
        ("z.top", {"value": 100}, "number", 100),
        ("text.height", {"$type": "lineHeight", "value": 1.5}, "number", 1.5),
        ("x.stated", {"$type": "dimension", "$value": "4px"}, "dimension", px(4)),
        ("x.v4", {"type": "fontWeight", "value": 600}, "fontWeight", 600),
        (
            "elevation.low",
            {"value": "inset 0 1px 2px #000"},
            "shadow",
            {"color": BLACK, "offsetX": rem(0), "offsetY": px(1), "blur": px(2), "spread": rem(0), "inset": True},
        ),
        ("line.thin", {"value": "1px solid #000"}, "border", {"color": BLACK, "width": px(1), "style": "solid"}),
        ("x.fade", {"value": "linear-gradient(#000, #000)"}, "gradient", None),
        (
            "x.move",
            {"value": {"duration": "100ms", "timingFunction": "linear"}},
            "transition",
            {
                "duration": {"value": 100, "unit": "ms"},
                "delay": {"value": 0, "unit": "ms"},
                "timingFunction": [0, 0, 1, 1],
            },
        ),
    ],
)
def test_a_value_gets_the_type_that_is_stated_shown_or_usual(
    path: str, token: dict[str, Any], want_type: str, want: Any
) -> None:
    first, *names = path.split(".")
    tree: dict[str, Any] = token
    for name in reversed(names):
        tree = {name: tree}
    found = imported(tokens__json={first: tree})
    assert types(found) == {path: want_type}
    if want is not None:
        assert values(found) == {path: want}


def test_a_unit_that_was_not_there_is_told() -> None:
    found = imported(tokens__json={"size": {"a": {"value": "1.5"}, "zero": {"value": 0}}})
    assert told(found) == {"size.a": ['XDS353 "1.5" has no unit and is read as rem']}


@pytest.mark.parametrize(
    ("path", "value"), [("asset.icon", "icon.svg"), ("content.dash", "-"), ("x.y", "anything"), ("x.y", True)]
)
def test_what_the_format_has_no_place_for_is_listed(path: str, value: Any) -> None:
    group, name = path.split(".")
    found = converted({"a/b.json": {group: {name: {"value": value}}, "z": {"one": {"value": 1}}}})
    (problem,) = found.left_out
    assert (problem.path, problem.pointer, problem.subject) == ("a/b.json", f"/{group}/{name}", path)
    assert list(values(found)) == ["z.one"]


def test_references_lose_their_value() -> None:
    tree = {
        "color": {
            "base": {"red": {"value": "#f00", "comment": "Blood"}},
            "danger": {"value": "{color.base.red.value}"},
            "alarm": {"value": "{ color.danger }"},
        },
        "line": {"value": "1px solid {color.danger.value}"},
    }
    found = imported(tokens__json=tree)
    tokens = token_set(found).tokens
    assert tokens["color.danger"].value == "{color.base.red}"
    assert tokens["color.alarm"].value == "{color.danger}"
    assert tokens["line"].value["color"] == "{color.danger}"
    assert tokens["color.base.red"].description == "Blood"


def test_what_stands_beside_a_value_is_kept() -> None:
    token = {
        "value": 1,
        "themeable": True,
        "attributes": {"category": "z"},
        "deprecated": True,
        "deprecated_comment": "Use b",
    }
    found = imported(tokens__json={"z": {"a": token, "b": {"value": 2, "deprecated": True}}})
    tokens = token_set(found).tokens
    assert tokens["z.a"].extensions == {"com.styledictionary": {"themeable": True, "attributes": {"category": "z"}}}
    assert (tokens["z.a"].deprecated, tokens["z.b"].deprecated) == ("Use b", True)


def test_the_category_may_stand_in_the_attributes() -> None:
    token = {"value": "2", "attributes": {"category": "size"}}
    assert types(imported(tokens__json={"button": {"padding": token}})) == {"button.padding": "dimension"}


def test_files_count_as_one_and_stay_apart() -> None:
    files = {
        "color/base.json": {"color": {"a": {"value": "#000"}}},
        "color/more.json": {"color": {"b": {"value": "{color.a}"}}},
    }
    found = converted(files)
    assert set(found.files) == {"color/base.tokens.json", "color/more.tokens.json"}
    assert values(found) == {"color.a": BLACK, "color.b": BLACK}


def test_files_whose_names_differ_by_their_ending_alone_stay_apart() -> None:
    files = {"a.json": {"x": {"value": 1}}, "a.tokens.json": {"y": {"value": 2}}, "a.tokens": {"z": {"value": 3}}}
    assert values(converted(files)) == {"x": 1, "y": 2, "z": 3}


def test_a_token_that_two_files_state_counts_as_in_the_later() -> None:
    found = converted({"a.json": {"x": {"value": 1}}, "b.json": {"x": {"value": 2}}})
    assert RESOLVER in found.files
    assert values(found) == {"x": 2}
    assert told(found) == {"x": ["XDS353 b.json states this token again, and counts"]}


def test_a_token_inside_a_token_is_listed() -> None:
    found = imported(tokens__json={"x": {"value": 1, "inner": {"value": 2}}})
    assert told(found)["x.inner"][0].startswith("XDS352 a token holds no other tokens")
    assert values(found) == {"x": 1}


def test_what_was_built_is_read_as_it_was_written() -> None:
    built = {
        "value": "#ff0000",
        "original": {"value": "{red}", "comment": "Why"},
        "name": "a",
        "path": ["a"],
        "isSource": True,
    }
    found = imported(tokens__json={"red": {"value": "#f00"}, "a": built})
    token = token_set(found).tokens["a"]
    assert (token.value, token.description, token.extensions) == ("{red}", "Why", {})
    assert found.problems == []


def test_what_stands_on_a_group_is_carried_or_listed() -> None:
    group = {"$type": "number", "comment": "All of them", "$deprecated": True, "note": "x", "a": {"$value": 1}}
    found = imported(tokens__json={"$schema": "https://example.org/x.json", "g": group})
    assert b'"$description": "All of them"' in found.files["tokens.tokens.json"]
    assert sorted(problem.pointer for problem in found.left_out) == ["/g/$deprecated", "/g/note"]


def test_drafts_of_the_format_become_the_format() -> None:
    colors = {"$type": "color", "a": {"$value": "#000"}, "b": {"$value": "{color.a}"}}
    tree = {"color": colors, "c": {"$type": "dimension", "$value": "1rem"}}
    found = imported(tokens__json=tree)
    assert values(found) == {"color.a": BLACK, "color.b": BLACK, "c": rem(1)}
    assert found.problems == []


def test_a_group_may_be_called_value() -> None:
    found = imported(tokens__json={"value": {"low": {"value": 1}}, "x": {"value": "{value.low.value}"}})
    assert values(found) == {"value.low": 1, "x": 1}


def test_files_that_are_no_json_or_hold_no_tokens_are_listed() -> None:
    found = converted(
        {"a.json": {"x": {"value": 1}}, "b.json": b"{oops", "c.json": {"source": ["tokens/**"]}, "d.json": b"\xff"}
    )
    assert {(problem.code, problem.path) for problem in found.left_out} >= {
        ("XDS351", "b.json"),
        ("XDS351", "c.json"),
        ("XDS351", "d.json"),
    }
    assert values(found) == {"x": 1}


def test_a_type_that_an_alias_may_not_have_is_left_out() -> None:
    """What is written is judged by the format's own rules, also what only the whole set shows."""
    tree = {"n": {"value": 1}, "line": {"type": "border", "value": {"color": "{n}", "width": "1px", "style": "solid"}}}
    found = imported(tokens__json=tree)
    assert list(values(found)) == ["n"]
    assert "a color belongs here" in told(found)["line"][0]


def test_nothing_is_guessed_of_files_of_no_tool() -> None:
    with pytest.raises(UnknownFormat):
        imported(package__json={"name": "x"})
    with pytest.raises(UnknownFormat):
        imported("figma", tokens__json={"x": {"value": 1}})


def test_equal_sources_give_equal_bytes() -> None:
    tree = {"b": {"value": 1}, "a": {"x": {"value": "{b}"}}}
    assert imported(tokens__json=tree).files == imported(tokens__json=tree).files
