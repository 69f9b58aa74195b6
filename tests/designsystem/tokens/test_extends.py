"""Groups that inherit from groups (DTCG Format §6.4)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designsystem import codes
from designsystem.tokens.diff import diff
from designsystem.tokens.edit import TokenInherited, delete_token, set_token
from designsystem.tokens.renames import rename_token
from designsystem.tokens.set import TokenSet
from designsystem.tokens.token import EXTENSION_KEY, Resolved
from tests.designsystem.tokens.files import PX, RED, document, token_set, told

NUMBER = {"$type": "number", "$value": 1}
BUTTON = {"$type": "color", "background": {"$value": RED}, "text": {"$value": {**RED, "components": [1, 1, 1]}}}


def values(tokens: TokenSet) -> dict[str, Any]:
    return {path: (found.value if (found := tokens.resolve(path)) else None) for path in tokens.tokens}


@pytest.mark.parametrize("how", [{"$extends": "{button}"}, {"$extends": "#/button"}, {"$ref": "#/button"}])
def test_a_group_inherits_what_it_does_not_state(how: dict[str, str]) -> None:
    own = {"$value": {**RED, "components": [0, 0, 1]}}
    tokens = token_set(a={"button": BUTTON, "primary": {**how, "background": own, "focus": own}})
    assert tokens.check() == []
    assert set(tokens.tokens) == {
        "button.background", "button.text", "primary.background", "primary.focus", "primary.text",
    }  # fmt: skip
    assert tokens.resolve("primary.background") == tokens.resolve("primary.focus")
    assert tokens.resolve("primary.text") == tokens.resolve("button.text")
    assert tokens.resolve("primary.focus") == Resolved("color", own["$value"])


def test_groups_merge_in_depth_and_tokens_are_replaced_whole() -> None:
    tokens = token_set(
        a={
            "input": {
                "field": {"width": {"$type": "number", "$description": "old", "$value": 12}, "background": NUMBER}
            },
            "amount": {"$extends": "{input}", "field": {"width": {"$type": "dimension", "$value": PX}}},
        }
    )
    assert tokens.check() == []
    assert values(tokens)["amount.field.width"] == PX
    assert tokens.tokens["amount.field.width"].description is None
    assert values(tokens)["amount.field.background"] == 1


def test_it_works_across_files_and_through_chains_also_forwards() -> None:
    tokens = token_set(
        a={"c": {"$extends": "{b}", "z": NUMBER}},
        b={"b": {"$extends": "{a}", "y": {"$type": "number", "$value": 2}}},
        c={"a": {"x": NUMBER, "y": NUMBER, "$root": NUMBER}},
    )
    assert tokens.check() == []
    assert {path: value for path, value in values(tokens).items() if path.startswith("c")} == {
        "c.z": 1, "c.x": 1, "c.y": 2, "c.$root": 1,
    }  # fmt: skip


def test_what_stands_in_any_file_counts_more_than_what_is_inherited() -> None:
    tokens = token_set(
        a={"a": {"x": {"$type": "number", "$value": 5}}}, b={"a": {"$extends": "{base}"}, "base": {"x": NUMBER}}
    )
    assert tokens.check() == []
    assert values(tokens)["a.x"] == 5


def test_types_come_from_the_merged_group_then_from_around_then_from_the_origin() -> None:
    tokens = token_set(
        a={
            "palette": {"$type": "color", "button": {"text": {"$value": RED}}},
            "near": {"$extends": "{palette.button}"},
            "g": {"$type": "number", "far": {"$extends": "{plain}", "own": {"$value": 2}}},
            "plain": {"one": {"$type": "dimension", "$value": PX}},
            "typed": {"$extends": "{base}", "own": {"$value": 3}},
            "base": {"$type": "number", "one": {"$value": 1}},
        }
    )
    assert tokens.check() == []
    assert {path: found.type for path in tokens.tokens if (found := tokens.resolve(path))} == {
        "palette.button.text": "color", "near.text": "color", "g.far.own": "number", "g.far.one": "dimension",
        "plain.one": "dimension", "typed.own": "number", "typed.one": "number", "base.one": "number",
    }  # fmt: skip


def test_a_type_that_does_not_fit_what_is_inherited_is_an_error() -> None:
    content = {
        "base": {"$type": "color", "primary": {"$value": RED}},
        "extended": {"$extends": "{base}", "$type": "dimension", "spacing": {"$value": PX}},
    }
    (problem,) = token_set(a=content).check()
    assert (problem.code, problem.subject) == (codes.BAD_VALUE, "extended.primary")
    assert "does not fit here" in problem.message


def test_deprecation_is_inherited_and_ids_are_not() -> None:
    marked = {**NUMBER, "$extensions": {EXTENSION_KEY: {"id": "6f0b4a63-8c55-4a63-8c55-d0c3a3a0a9b2"}, "org.x": 1}}
    tokens = token_set(a={"old": {"$deprecated": "gone", "x": marked}, "new": {"$extends": "{old}"}})
    assert tokens.check() == []
    inherited = tokens.tokens["new.x"]
    assert (inherited.deprecated, inherited.explicit_id, dict(inherited.extensions)) == ("gone", None, {"org.x": 1})


@pytest.mark.parametrize(
    ("content", "circular"),
    [
        ({"a": {"$extends": "{b}"}, "b": {"$extends": "{c}"}, "c": {"$extends": "{a}"}}, ["a", "b", "c"]),
        ({"button": {"x": NUMBER, "secondary": {"$extends": "{button}"}}}, ["button.secondary"]),
        ({"a": {"$extends": "{a}"}}, ["a"]),
        ({"a": {"$extends": "{a.b}", "b": {"x": NUMBER}}}, ["a"]),
        ({"a": {"x": {"$extends": "{b}"}}, "b": {"y": {"$extends": "{a}"}}}, ["a.x", "b.y"]),
    ],
)
def test_circles_are_errors_of_every_group_in_them(content: object, circular: list[str]) -> None:
    problems = token_set(a=content).check()
    assert told(problems) == [(codes.EXTENDS_CYCLE, path) for path in circular]
    assert all("in a circle: {" in problem.message for problem in problems)


@pytest.mark.parametrize(
    ("how", "code", "words"),
    [
        ("{nothing}", codes.UNKNOWN_GROUP, "does not exist"),
        ("{token}", codes.UNKNOWN_GROUP, "is a token"),
        ("#/token/$value", codes.BAD_REFERENCE, "leads into a token"),
        ("nothing", codes.BAD_REFERENCE, "begins with"),
        ("{a", codes.BAD_REFERENCE, "names no group"),
        ("other.json#/a", codes.BAD_REFERENCE, "no way within"),
    ],
)
def test_targets_that_are_no_groups_are_errors(how: str, code: str, words: str) -> None:
    (problem,) = token_set(a={"token": NUMBER, "g": {"$extends": how, "x": NUMBER}}).check()
    assert (problem.code, problem.subject) == (code, "g")
    assert words in problem.message


def test_an_inherited_problem_is_told_once_where_it_is_stated() -> None:
    content = {"a": {"x": {"$value": "{nothing}"}}, "b": {"$extends": "{a}"}}
    assert told(token_set(a=content).check()) == [(codes.UNKNOWN_ALIAS, "a.x")]


def test_a_lone_ref_is_a_group_where_another_file_has_one() -> None:
    tokens = token_set(a={"b": {"$ref": "#/g"}, "t": {"$ref": "#/x"}}, z={"g": {"one": NUMBER}, "x": NUMBER})
    assert tokens.check() == []
    assert set(tokens.tokens) == {"b.one", "t", "g.one", "x"}
    assert tokens.resolve("t") == Resolved("number", 1)


def test_an_edit_reaches_those_who_inherit_and_leaves_the_others_as_they_are() -> None:
    tokens = token_set(
        a={"heir": {"$extends": "{base}"}},
        b={"base": {"x": NUMBER}},
        c={"other": {"$extends": "{mine}"}, "mine": BUTTON},
    )
    new = document({"base": {"x": {"$type": "number", "$value": 2}, "y": NUMBER}}, "b.tokens.json")
    changed = tokens.replace({"b.tokens.json": new})
    found = diff(tokens, changed)
    assert (found.added, found.changed) == (("base.y", "heir.y"), ("base.x", "heir.x"))
    assert changed.documents["c.tokens.json"] is tokens.documents["c.tokens.json"]
    assert changed.check(since=tokens) == []
    gone = changed.replace({"b.tokens.json": None})
    assert told(gone.check(since=changed)) == [(codes.UNKNOWN_GROUP, "heir")]
    assert set(diff(changed, gone).removed) == {"base.x", "base.y", "heir.x", "heir.y"}


def test_a_group_that_appears_later_is_found() -> None:
    before = token_set(a={"heir": {"$extends": "{base}"}})
    after = before.replace({"z.tokens.json": document({"base": {"x": NUMBER}}, "z.tokens.json")})
    assert set(after.tokens) == {"base.x", "heir.x"}
    more = after.replace({"y.tokens.json": document({"base": {"y": NUMBER}}, "y.tokens.json")})
    assert set(more.tokens) == {"base.x", "base.y", "heir.x", "heir.y"}


def test_editing_an_inherited_token_states_one_of_the_groups_own() -> None:
    tokens = token_set(
        a={"base": {"$type": "number", "x": {"$description": "d", "$value": 1}}, "heir": {"$extends": "{base}"}}
    )
    held = tokens.documents["a.tokens.json"]
    for forbidden in (
        lambda: delete_token(held, "heir.x"),
        lambda: rename_token(held, "heir.x", "y", id=None, keep_alias=False),
    ):
        with pytest.raises(TokenInherited, match="inherited through"):
            forbidden()
    new = document(set_token(held, "heir.x", {"value": 2}).decode(), "a.tokens.json")
    after = tokens.replace({"a.tokens.json": new})
    assert after.check() == []
    assert (values(after)["heir.x"], values(after)["base.x"]) == (2, 1)
    assert after.tokens["heir.x"].description == "d"


def test_extensions_that_multiply_without_end_are_an_error_and_take_no_time() -> None:
    content: dict[str, Any] = {
        f"g{n}": {"x": {"$extends": f"{{g{n + 1}}}"}, "y": {"$extends": f"{{g{n + 1}}}"}} for n in range(24)
    }
    content["g24"] = {"t": NUMBER}
    problems = token_set(a=content).check()
    assert {problem.code for problem in problems} == {codes.EXPANDS_TOO_FAR}


def test_a_circle_is_ignored_wherever_it_is_inherited_to() -> None:
    deep: dict[str, Any] = {
        f"g{n}": {"x": {"$extends": f"{{g{n}}}"}, "y": {"$extends": f"{{g{n}}}"}, "t": NUMBER} for n in range(8)
    }
    for n in range(7):
        deep[f"g{n}"]["z"] = {"$extends": f"{{g{n + 1}}}"}
    problems = token_set(a=deep).check()
    assert {problem.code for problem in problems} == {codes.EXTENDS_CYCLE}
    twice = token_set(
        a={"a": {"$extends": "{b}", "t": NUMBER}, "b": {"s": NUMBER}},
        b={"a": {"$extends": "{c}"}, "c": {"x": {"$extends": "{a}"}}},
    )
    assert {problem.code for problem in twice.check()} == {codes.EXTENDS_CYCLE}


def test_chains_that_nobody_could_follow_are_an_error() -> None:
    content: dict[str, Any] = {f"g{n}": {"x": {"$extends": f"{{g{n + 1}}}"}} for n in range(2000)}
    problems = token_set(a=content | {"g2000": {"t": NUMBER}}).check()
    assert {problem.code for problem in problems} == {codes.EXPANDS_TOO_FAR}
    assert len(problems) > 1900


NAMES = st.sampled_from(["a", "b", "c", "d"])
LEAF = st.builds(lambda number: {"$type": "number", "$value": number}, st.integers(0, 9))
GROUP = st.recursive(
    st.dictionaries(NAMES, LEAF, max_size=3),
    lambda inner: st.dictionaries(NAMES, LEAF | inner, max_size=3),
    max_leaves=6,
)
FILES = st.dictionaries(NAMES, GROUP, min_size=1, max_size=4)
LINKS = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d", "a.b", "b.c"]), st.sampled_from(["a", "b", "c", "a.b", "d"])
)


def linked(content: dict[str, Any], links: dict[str, str]) -> dict[str, Any]:
    """The content with ``$extends`` put where a group of that path is."""
    for path, target in links.items():
        node: Any = content
        for name in path.split("."):
            node = node.get(name) if isinstance(node, dict) else None
        if isinstance(node, dict) and "$value" not in node:
            node["$extends"] = f"{{{target}}}"
    return content


@given(FILES, FILES, LINKS)
def test_any_set_comes_to_an_end_and_says_the_same_however_it_came_about(
    one: dict[str, Any], other: dict[str, Any], links: dict[str, str]
) -> None:
    first, second = document(linked(one, links), "1.json"), document(linked(other, links), "2.json")
    whole = TokenSet.build([first, second])
    grown = TokenSet.build([first]).replace({"2.json": second})
    shrunk = TokenSet.build([first, second, document(one, "3.json")]).replace({"3.json": None})
    for built in (grown, shrunk):
        assert built.tokens == whole.tokens
        assert built.check() == whole.check()
        assert values(built) == values(whole)
