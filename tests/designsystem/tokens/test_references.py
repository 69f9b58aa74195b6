"""Root tokens, ``$ref`` at token and property level, and references inside lists (DTCG Format §6.2, §7, §9.1)."""

from __future__ import annotations

from typing import Any

import pytest

from designsystem import codes
from designsystem.tokens.document import parse_document
from designsystem.tokens.edit import PathTaken, add_token, set_token
from designsystem.tokens.renames import rename_token, rewrite_aliases
from designsystem.tokens.token import Resolved
from tests.designsystem.tokens.files import PX, RED, document, token_set

BLUE = {"colorSpace": "srgb", "components": [0.2, 0.4, 0.9]}


def errors(**files: Any) -> list[tuple[str, str]]:
    return [(found.code, found.subject) for found in token_set(**files).check() if found.severity == "error"]


def test_a_root_token_stands_for_its_group_and_is_named_in_full() -> None:
    tokens = token_set(
        a={"color": {"$type": "color", "accent": {"$root": {"$value": RED}, "dark": {"$value": BLUE}}}},
        b={"x": {"$value": "{color.accent.$root}"}, "y": {"$ref": "#/color/accent/$root/$value"}},
    )
    assert tokens.check() == []
    assert list(tokens.tokens) == ["color.accent.$root", "color.accent.dark", "x", "y"]
    assert tokens.resolve("x") == tokens.resolve("y") == Resolved("color", RED)


def test_an_alias_to_the_group_of_a_root_token_is_an_error() -> None:
    content = {"c": {"$root": {"$type": "number", "$value": 1}}, "x": {"$value": "{c}"}}
    assert errors(a=content) == [(codes.UNKNOWN_ALIAS, "x")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"$root": {"$type": "number", "$value": 1}}, codes.BAD_NAME),
        ({"a": {"$root": {"b": {"$type": "number", "$value": 1}}}}, codes.NOT_A_GROUP),
        ({"a": {"$root": 1}}, codes.NOT_A_GROUP),
        ({"a": {"$type": "number", "$value": 1, "$root": {"$value": 1}}}, codes.TOKEN_IN_TOKEN),
    ],
)
def test_a_root_token_is_a_token_of_a_group(content: object, code: str) -> None:
    assert [problem.code for problem in document(content).problems] == [code]


@pytest.mark.parametrize("ref", ["#/base", "#/base/$value"])
def test_a_token_may_be_one_reference(ref: str) -> None:
    tokens = token_set(a={"base": {"$type": "color", "$value": RED}, "alias": {"$ref": ref, "$description": "x"}})
    assert tokens.check() == []
    assert tokens.resolve("alias") == Resolved("color", RED)
    assert tokens.dependents("base") == {"alias"}


def test_references_reach_into_values_also_through_aliases_and_files() -> None:
    tokens = token_set(
        a={"base": {"$type": "color", "blue": {"$value": BLUE}, "alias": {"$value": "{base.blue}"}}},
        b={
            "hue": {"$type": "number", "$ref": "#/base/alias/$value/components/0"},
            "own": {
                "$type": "color",
                "$value": {"colorSpace": "srgb", "components": [{"$ref": "#/hue"}, {"$ref": "#/hue"}, 0.7]},
            },
            "s": {"$type": "dimension", "$value": {"value": {"$ref": "#/px/$value/value"}, "unit": "rem"}},
            "px": {"$type": "dimension", "$value": PX},
        },
    )
    assert tokens.check() == []
    assert tokens.resolve("hue") == Resolved("number", 0.2)
    assert tokens.resolve("own") == Resolved("color", {"colorSpace": "srgb", "components": [0.2, 0.2, 0.7]})
    assert tokens.resolve("s") == Resolved("dimension", {"value": PX["value"], "unit": "rem"})


def test_a_changed_part_reaches_what_borrows_it() -> None:
    tokens = token_set(
        a={"base": {"$type": "color", "$value": BLUE}},
        b={"hue": {"$type": "number", "$value": {"$ref": "#/base/$value/components/0"}}},
    )
    assert tokens.resolve("hue") == Resolved("number", 0.2)
    changed = tokens.replace({"a.tokens.json": document({"base": {"$type": "color", "$value": RED}}, "a.tokens.json")})
    assert changed.resolve("hue") == Resolved("number", RED["components"][0])
    assert changed.check(since=tokens) == []


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"$ref": "#/base/$value/components/3"}, codes.NO_SUCH_PART),
        ({"$ref": "#/base/$value/nothing"}, codes.NO_SUCH_PART),
        ({"$ref": "#/nothing/$value/x"}, codes.UNKNOWN_ALIAS),
        ({"$ref": "#/base/$value/colorSpace"}, codes.BAD_VALUE),
        ({"$ref": "#/base"}, codes.TYPE_MISMATCH),
        ({"$ref": "base"}, codes.BAD_REFERENCE),
        ({"$ref": "other.json#/base"}, codes.BAD_REFERENCE),
        ({"$ref": "#/base", "unit": "px"}, codes.BAD_REFERENCE),
        ({"$ref": 1}, codes.BAD_REFERENCE),
        ({"$ref": "#/x/$value/y"}, codes.ALIAS_CYCLE),
    ],
)
def test_a_reference_that_leads_nowhere_or_to_the_wrong_kind_is_an_error(value: object, code: str) -> None:
    content = {"base": {"$type": "color", "$value": BLUE}, "x": {"$type": "number", "$value": value}}
    assert code in [found for found, _ in errors(a=content)]


def test_circles_through_references_name_everyone_in_them() -> None:
    content = {
        "$type": "number",
        "a": {"$ref": "#/b"},
        "b": {"$value": "{c}"},
        "c": {"$value": {"$ref": "#/a/$value"}},
    }
    (problem,) = token_set(a=content).check()
    assert problem.code == codes.ALIAS_CYCLE
    assert "{a} → {b} → {c} → {a}" in problem.message


def color(*components: object) -> dict[str, Any]:
    return {"$type": "color", "$value": {"colorSpace": "srgb", "components": list(components)}}


def part(path: str, place: int) -> dict[str, str]:
    return {"$ref": f"#/{path}/$value/components/{place}"}


def test_parts_may_refer_to_other_parts_of_their_own_token_and_crosswise() -> None:
    tokens = token_set(
        a={
            "own": color(part("own", 2), 0, 0.5),
            "left": color(part("right", 0), 0.1, 0.2),
            "right": color(0.9, part("left", 1), part("alias", 2)),
            "alias": {"$value": "{left}"},
            "first": {"$type": "number", "$ref": "#/alias/$value/components/0"},
        }
    )
    assert tokens.check() == []
    resolved = {path: found for path in tokens.tokens if (found := tokens.resolve(path))}
    assert [found.type for found in resolved.values()] == ["color"] * 4 + ["number"]
    values = [found.value if path == "first" else found.value["components"] for path, found in resolved.items()]
    assert values == [[0.5, 0, 0.5], [0.9, 0.1, 0.2], [0.9, 0.1, 0.2], [0.9, 0.1, 0.2], 0.9]


@pytest.mark.parametrize(
    "content",
    [
        {"a": color(part("b", 0), 0, 0), "b": color(part("a", 0), 0, 0)},
        {"a": color({"$ref": "#/a/$value"}, 0, 0)},
        {"a": {"$type": "number", "$ref": "#/a/$value/x"}},
        {"a": color(part("a", 1), part("a", 2), part("a", 0))},
    ],
)
def test_a_chain_of_parts_that_leads_back_to_itself_is_a_circle(content: dict[str, Any]) -> None:
    tokens = token_set(a=content)
    assert codes.ALIAS_CYCLE in [problem.code for problem in tokens.check()]
    assert [tokens.resolve(path) for path in content] == [None] * len(content)


def test_a_long_chain_of_parts_ends() -> None:
    many = {f"t{place}": color(part(f"t{(place + 1) % 300}", 0), 0, 0) for place in range(300)}
    tokens = token_set(a=many)
    assert all(tokens.resolve(path) is None for path in many)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"$type": "number", "$value": 1, "$ref": "#/b"}, "$ref stands alone"),
        ({"$type": "number", "$value": 1, "$extends": "{b}"}, "only groups extend"),
        ({"$ref": "#/b/$value", "$extends": "{b}"}, "$ref stands alone"),
        ({"$extends": 1}, "$extends is a text"),
    ],
)
def test_properties_that_exclude_each_other(content: object, words: str) -> None:
    found = document({"a": content}).problems
    assert any(words in problem.message and problem.severity == "error" for problem in found), found


def test_a_list_in_a_list_is_an_error_and_nothing_is_flattened() -> None:
    tokens = token_set(
        a={
            "stack": {"$type": "fontFamily", "$value": ["Inter", "sans-serif"]},
            "all": {"$type": "fontFamily", "$value": ["Own", "{stack}"]},
        }
    )
    (problem,) = tokens.check()
    assert (problem.code, problem.subject, problem.pointer) == (codes.TYPE_MISMATCH, "all", "/all/$value/1")
    assert tokens.resolve("all") == Resolved("fontFamily", ["Own", ["Inter", "sans-serif"]])


STOP = {"color": RED, "position": 0}


def test_a_gradient_refers_to_the_stop_of_another() -> None:
    own = {"color": BLUE, "position": 1}
    tokens = token_set(
        a={
            "$type": "gradient",
            "start": {"$value": [STOP]},
            "alias": {"$value": "{start}"},
            "all": {"$value": ["{alias}", own, {"$ref": "#/start/$value/0"}]},
        }
    )
    assert tokens.check() == []
    assert tokens.resolve("all") == Resolved("gradient", [STOP, own, STOP])
    assert tokens.resolve("alias") == Resolved("gradient", [STOP])


def test_several_stops_never_take_the_place_of_one() -> None:
    content = {"$type": "gradient", "two": {"$value": [STOP, STOP]}, "all": {"$value": ["{two}"]}}
    assert errors(a=content) == [(codes.TYPE_MISMATCH, "all")]


def test_renames_follow_every_reference_in_its_own_syntax() -> None:
    source = document(
        '{\n  "a": {"$type": "color", "$value": {"colorSpace": "srgb", "components": [0, 0, 1]}},\n'
        '  "b": {"$ref": "#/a"},\n  "c": {"$ref": "#/a/$value"},\n  "d": {"$value": "{a}"},\n'
        '  "e": {"$type": "number", "$value": {"$ref": "#/a/$value/components/2"}}\n}'
    )
    new = rewrite_aliases(source, {"a": "brand.blue/sky"}).decode()
    assert '"b": {"$ref": "#/brand/blue~1sky"}' in new
    assert '"c": {"$ref": "#/brand/blue~1sky/$value"}' in new
    assert '"d": {"$value": "{brand.blue/sky}"}' in new
    assert '{"$ref": "#/brand/blue~1sky/$value/components/2"}' in new
    assert rewrite_aliases(parse_document("a", new.encode()), {"brand.blue/sky": "a"}) == source.source


def test_a_value_of_its_own_takes_the_place_of_a_reference() -> None:
    source = document('{"a": {"$type": "number", "$value": 1}, "b": {"$ref": "#/a", "$description": "x"}}')
    new = document(set_token(source, "b", {"value": 2, "type": "number"}).decode())
    assert new.problems == ()
    assert (new.tokens["b"].value, new.tokens["b"].description) == (2, "x")


def test_root_tokens_are_added_first_renamed_and_kept_from_clashing() -> None:
    source = document('{\n  "a": {\n    "$type": "number",\n    "b": {"$value": 1}\n  }\n}')
    new = document(add_token(source, "a.$root", {"value": 2, "type": "number"}).decode())
    assert list(new.tokens) == ["a.$root", "a.b"]
    moved = document(rename_token(new, "a.b", "c.$root", id=None, keep_alias=False).decode())
    assert list(moved.tokens) == ["a.$root", "c.$root"]
    with pytest.raises(PathTaken):
        add_token(new, "a.$root", {"value": 3})


def test_references_lead_to_data_beside_values_in_the_same_file() -> None:
    data = {"scale": [1, 1.5], "red": RED["components"], "alias": "{other}"}
    source = {
        "g": {"$extensions": {"org.example": data}},
        "ratio": {"$type": "number", "$ref": "#/g/$extensions/org.example/scale/1"},
        "red": {
            "$type": "color",
            "$value": {"colorSpace": "srgb", "components": {"$ref": "#/g/$extensions/org.example/red"}},
        },
        "other": {"$type": "number", "$value": 7},
        "same": {"$type": "number", "$value": {"$ref": "#/g/$extensions/org.example/alias"}},
    }
    tokens = token_set(a=source)
    assert tokens.check() == []
    assert tokens.resolve("ratio") == Resolved("number", 1.5)
    assert tokens.resolve("red") == Resolved("color", {"colorSpace": "srgb", "components": RED["components"]})
    assert tokens.resolve("same") == Resolved("number", 7)
    assert tokens.tokens["ratio"].value == {"$ref": "#/g/$extensions/org.example/scale/1"}
    data["scale"] = [1, 2]
    changed = tokens.replace({"a.tokens.json": document(source, "a.tokens.json")})
    assert changed.changed_paths(tokens) == {"ratio"}
    assert changed.resolve("ratio") == Resolved("number", 2)


@pytest.mark.parametrize(
    "ref",
    ["#/g/$extensions/nothing", "#/nothing/$description", "#/g/$extensions/list/2", "#/g/$extensions", "#/g/$type"],
)
def test_data_that_is_not_there_or_does_not_fit_is_an_error(ref: str) -> None:
    group = {"$type": "number", "$extensions": {"list": [1]}}
    for token in ({"$type": "number", "$ref": ref}, {"$type": "number", "$value": {"$ref": ref}}):
        assert [code for code, _ in errors(a={"g": group, "x": token})] in ([codes.BAD_REFERENCE], [codes.BAD_VALUE])


def test_data_is_found_where_a_token_is_inherited() -> None:
    base = {"$extensions": {"one": 1}, "x": {"$type": "number", "$ref": "#/base/$extensions/one"}}
    tokens = token_set(a={"base": base, "heir": {"$extends": "{base}"}})
    assert tokens.check() == []
    assert tokens.resolve("heir.x") == Resolved("number", 1)
    mine = {"$type": "number", "$ref": "#/other/$extensions/one"}
    heirs = {"heir": {"$extends": "{base}"}, "other": {"$extensions": {"one": 5}, "y": mine}}
    tokens = token_set(a={"base": base}, b=heirs)
    assert tokens.check() == []
    assert (tokens.resolve("heir.x"), tokens.resolve("other.y")) == (Resolved("number", 1), Resolved("number", 5))
