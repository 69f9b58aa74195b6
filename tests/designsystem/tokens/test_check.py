"""Rules of the whole set."""

from __future__ import annotations

import pytest

from designsystem import codes
from tests.designsystem.tokens.files import PX, RED, document, token_set, told


def test_an_alias_to_nothing_is_reported_where_it_stands_with_the_nearest_name() -> None:
    text = '{\n  "color": {\n    "$type": "color",\n    "brand": {"500": {"$value": "#f00"}},\n'
    text += '    "button": {\n      "bg": { "$value": "{color.brand.50}" }\n    }\n  }\n}'
    problem = token_set(color=text).check()[-1]
    assert str(problem) == (
        "color.tokens.json:6:25 color.button.bg: alias {color.brand.50} does not exist; did you mean {color.brand.500}?"
    )
    assert problem.pointer == "/color/button/bg/$value"


@pytest.mark.parametrize(
    ("alias", "words"),
    [
        ("{color.brand}", "is a group"),
        ("{color.brand.red.value}", "{color.brand.red}"),
        ("{ color.brand.red }", "{color.brand.red}"),
        ("{zzz}", "add the token or refer to another"),
        ("{theme.brand.red}", "{color.brand.red}"),
    ],
)
def test_hints(alias: str, words: str) -> None:
    content = {"color": {"brand": {"red": {"$type": "color", "$value": RED}}}, "x": {"$value": alias}}
    (problem,) = token_set(a=content).check()
    assert problem.code == codes.UNKNOWN_ALIAS
    assert words in problem.message


def test_a_circle_is_reported_once_with_everyone_in_it() -> None:
    tokens = token_set(
        a={"$type": "number", "b": {"$value": "{c}"}, "in": {"$value": "{b}"}},
        z={"$type": "number", "a": {"$value": "{b}"}, "c": {"$value": "{a}"}},
    )
    (problem,) = tokens.check()
    assert (problem.code, problem.subject, problem.path) == (codes.ALIAS_CYCLE, "a", "z.tokens.json")
    assert "{a} → {b} → {c} → {a}" in problem.message


def test_two_circles_are_two_problems_and_a_token_may_circle_alone() -> None:
    content = {name: {"$value": f"{{{target}}}"} for name, target in ["ab", "ba", "cd", "dc", "ee"]}
    assert told(token_set(a={"$type": "number", **content}).check()) == [
        (codes.ALIAS_CYCLE, "a"), (codes.ALIAS_CYCLE, "c"), (codes.ALIAS_CYCLE, "e"),
    ]  # fmt: skip


def test_a_circle_through_composites_is_found() -> None:
    border = {"color": "{c}", "width": PX, "style": "solid"}
    tokens = token_set(a={"b": {"$type": "border", "$value": border}, "c": {"$type": "color", "$value": "{b}"}})
    assert (codes.ALIAS_CYCLE, "b") in told(tokens.check())


def test_types_must_agree_through_aliases() -> None:
    tokens = token_set(
        a={
            "c": {"$type": "color", "$value": RED},
            "d": {"$type": "dimension", "$value": PX},
            "wrong": {"$type": "dimension", "$value": "{c}"},
            "b": {"$type": "border", "$value": {"color": "{d}", "width": "{d}", "style": "solid"}},
            "far": {"$type": "dimension", "$value": "{link}"},
            "link": {"$value": "{c}"},
        }
    )
    problems = tokens.check()
    assert told(problems) == [
        (codes.TYPE_MISMATCH, "wrong"), (codes.TYPE_MISMATCH, "b"), (codes.TYPE_MISMATCH, "far"),
    ]  # fmt: skip
    assert problems[1].pointer == "/b/$value/color"
    assert "alias {d} is a dimension, but a color belongs here" in problems[1].message


def test_close_and_unknown_types_only_warn() -> None:
    tokens = token_set(
        a={
            "n": {"$type": "number", "$value": 4},
            "d": {"$type": "dimension", "$value": "{n}"},
            "s": {"$type": "spacing", "$value": "4"},
            "e": {"$type": "dimension", "$value": "{s}"},
        }
    )
    problems = [problem for problem in tokens.check() if problem.code != codes.UNKNOWN_TYPE]
    assert told(problems) == [(codes.DRAFT_TYPE_MISMATCH, "d"), (codes.DRAFT_TYPE_MISMATCH, "e")]
    assert {problem.severity for problem in problems} == {"warning"}


def test_a_path_is_a_token_or_a_group_across_files() -> None:
    tokens = token_set(
        a={"x": {"$type": "number", "$value": 1}},
        b={"x": {"y": {"$type": "number", "$value": 1}}},
    )
    (problem,) = tokens.check()
    assert (problem.code, problem.path) == (codes.GROUP_TOKEN_CLASH, "a.tokens.json")
    assert "a group in b.tokens.json" in problem.message


def test_a_path_in_two_files_is_a_warning_at_the_one_that_does_not_count() -> None:
    tokens = token_set(a={"x": {"$type": "number", "$value": 1}}, b={"x": {"$type": "number", "$value": 2}})
    (problem,) = tokens.check()
    assert (problem.code, problem.severity, problem.path) == (codes.DECLARED_AGAIN, "warning", "a.tokens.json")
    assert "b.tokens.json:2" in problem.message


def test_two_tokens_with_one_id_are_reported() -> None:
    mine = {"org.xtext.design-system": {"id": "9c0b2f0e-6f0a-4b8e-9d55-0c7f3e9d1a11"}}
    token = {"$type": "number", "$value": 1, "$extensions": mine}
    assert told(token_set(a={"x": token}, b={"y": token}).check()) == [(codes.DUPLICATE_ID, "y")]


def test_since_tells_only_what_the_change_reaches() -> None:
    old = token_set(
        a={"$type": "number", "x": {"$value": 1}},
        b={"$type": "number", "y": {"$value": "{x}"}},
        c={"$type": "number", "other": {"$value": "{nowhere}"}},
    )
    assert old.check(old) == []
    new = old.replace({"a.tokens.json": None})
    assert told(new.check(old)) == [(codes.UNKNOWN_ALIAS, "y")]
    assert new.check(old)[0].path == "b.tokens.json"
    assert told(new.check()) == [(codes.UNKNOWN_ALIAS, "y"), (codes.UNKNOWN_ALIAS, "other")]


def test_since_finds_a_circle_that_a_change_closes_and_a_type_that_no_longer_fits() -> None:
    old = token_set(
        a={"x": {"$type": "number", "$value": 1}},
        b={"y": {"$value": "{x}"}, "z": {"$type": "number", "$value": "{y}"}},
    )
    circle = old.replace({"a.tokens.json": document({"x": {"$value": "{y}"}}, "a.tokens.json")})
    assert told(circle.check(old)) == [(codes.ALIAS_CYCLE, "x")]
    color = old.replace({"a.tokens.json": document({"x": {"$type": "color", "$value": RED}}, "a.tokens.json")})
    assert told(color.check(old)) == [(codes.TYPE_MISMATCH, "z")]


def test_since_finds_a_clash_that_a_change_makes_in_an_untouched_file() -> None:
    old = token_set(a={"x": {"$type": "number", "$value": 1}})
    new = old.replace({"b.tokens.json": document({"x": {"y": {"$type": "number", "$value": 1}}}, "b.tokens.json")})
    assert told(new.check(old)) == [(codes.GROUP_TOKEN_CLASH, "x")]


def test_a_new_alias_to_something_already_broken_names_the_root_of_it() -> None:
    old = token_set(a={"bad": {"$value": "{nowhere}"}})
    new = old.replace({"b.tokens.json": document({"y": {"$value": "{bad}"}}, "b.tokens.json")})
    assert told(new.check(old)) == [(codes.UNKNOWN_ALIAS, "bad")]


def test_a_thousand_broken_aliases_among_many_tokens_are_told_in_good_time() -> None:
    content = {f"t{index}": {"$value": f"{{gone{index}}}"} for index in range(1000)}
    many = {f"token{index}": {"$type": "number", "$value": 1} for index in range(10_000)}
    assert len(token_set(a=content, b=many).check()) == 1000
