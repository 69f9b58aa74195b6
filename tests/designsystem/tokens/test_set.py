"""Sets of token files: which token counts, what it resolves to, who depends on it."""

from __future__ import annotations

import random
import threading
from typing import Any

import pytest

from designsystem import codes
from designsystem.tokens.set import TokenSet
from designsystem.tokens.token import Resolved
from tests.designsystem.tokens.files import PX, RED, document, token_set


def test_aliases_resolve_through_chains_to_type_and_value() -> None:
    tokens = token_set(
        a={"red": {"$type": "color", "$value": RED}, "$type": "number"},
        b={"one": {"$value": "{red}"}, "two": {"$value": "{one}"}},
    )
    assert tokens.resolve("two") == Resolved("color", RED)
    assert tokens.resolve("nothing") is None


def test_aliases_resolve_inside_composites() -> None:
    tokens = token_set(
        a={
            "c": {"$type": "color", "$value": RED},
            "w": {"$type": "dimension", "$value": PX},
            "b": {"$type": "border", "$value": {"color": "{c}", "width": "{w}", "style": "solid"}},
            "face": {"$type": "fontFamily", "$value": "Inter"},
            "all": {"$type": "fontFamily", "$value": ["Own", "{face}"]},
        }
    )
    assert tokens.resolve("b") == Resolved("border", {"color": RED, "width": PX, "style": "solid"})
    assert tokens.resolve("all") == Resolved("fontFamily", ["Own", "Inter"])


def test_a_group_type_serves_an_alias_only_where_its_target_has_none() -> None:
    tokens = token_set(a={"g": {"$type": "color", "x": {"$value": "{plain}"}}, "plain": {"$value": "red"}})
    assert tokens.resolve("g.x") == Resolved("color", "red")
    assert tokens.resolve("plain") == Resolved(None, "red")


def test_what_leads_nowhere_or_round_is_broken() -> None:
    tokens = token_set(
        a={
            "$type": "number", "a": {"$value": "{b}"}, "b": {"$value": "{c}"}, "c": {"$value": "{a}"},
            "in": {"$value": "{a}"}, "self": {"$value": "{self}"}, "lost": {"$value": "{nowhere}"}, "ok": {"$value": 1},
        }
    )  # fmt: skip
    assert [path for path in tokens.tokens if tokens.resolve(path)] == ["ok"]


def test_the_last_file_in_path_order_wins() -> None:
    tokens = token_set(b={"x": {"$type": "number", "$value": 2}}, a={"x": {"$type": "number", "$value": 1}})
    assert tokens.tokens["x"].value == 2
    assert [token.file for token in tokens.declarations("x")] == ["a.tokens.json", "b.tokens.json"]
    without = tokens.replace({"b.tokens.json": None})
    assert without.tokens["x"].value == 1
    assert len(without.declarations("x")) == 1
    assert without.declarations("y") == ()


def test_dependents_and_reach() -> None:
    tokens = token_set(
        a={
            "$type": "number",
            "a": {"$value": 1},
            "b": {"$value": "{a}"},
            "c": {"$value": "{b}"},
            "d": {"$value": "{z}"},
        }
    )
    assert tokens.dependents("a") == {"b"}
    assert tokens.dependents("z") == {"d"}
    assert tokens.reach(["a"]) == {"a", "b", "c"}
    assert tokens.reach(["z", "c"]) == {"z", "d", "c"}


def test_a_chain_of_ten_thousand_aliases_resolves() -> None:
    content: dict[str, Any] = {f"t{index}": {"$value": f"{{t{index + 1}}}"} for index in range(10_000)}
    content["t10000"] = {"$type": "number", "$value": 7}
    tokens = token_set(a=content)
    assert tokens.resolve("t0") == Resolved("number", 7)
    assert len(tokens.reach(["t10000"])) == 10_001
    assert tokens.check() == []


def test_aliases_that_multiply_without_end_are_broken_not_expanded() -> None:
    content: dict[str, Any] = {f"t{index}": {"$value": [f"{{t{index - 1}}}"] * 9} for index in range(1, 40)}
    tokens = token_set(a={"$type": "fontFamily", "t0": {"$value": "Inter"}, **content})
    assert tokens.resolve("t39") is None
    (problem,) = [problem for problem in tokens.check() if problem.code == codes.EXPANDS_TOO_FAR]
    assert (problem.subject, problem.code) == ("t5", "XDS025")


def world(rnd: random.Random) -> dict[str, Any]:
    """A small file of numbers and aliases, some of them broken, going round, or standing in other files too."""
    content: dict[str, Any] = {}
    for name in rnd.sample("abcdefgh", rnd.randint(0, 5)):
        if rnd.random() < 0.1:
            content[name] = {rnd.choice("ij"): {"$type": "number", "$value": 1}}
        elif rnd.random() < 0.6:
            content[name] = {"$value": f"{{{rnd.choice('abcdefghij')}}}"}
        else:
            content[name] = {"$type": rnd.choice(["number", "fontWeight"]), "$value": rnd.randint(1, 3)}
            if rnd.random() < 0.2:
                content[name]["$value"] = f"{{{rnd.choice('abcdefghij')}}}"
    return content


@pytest.mark.parametrize("seed", range(150))
def test_a_replaced_set_is_as_good_as_one_built_anew(seed: int) -> None:
    rnd = random.Random(seed)
    files = {f"{name}.tokens.json": document(world(rnd), f"{name}.tokens.json") for name in "pqr"}
    tokens = TokenSet.build(files.values())
    for _ in range(4):
        if rnd.random() < 0.8:
            tokens.check()
        name = f"{rnd.choice('pqrs')}.tokens.json"
        new = None if rnd.random() < 0.15 else document(world(rnd), name)
        before, tokens = tokens, tokens.replace({name: new})
        files[name] = new  # type: ignore[assignment]
        fresh = TokenSet.build(doc for doc in files.values() if doc is not None)
        assert dict(tokens.tokens) == dict(fresh.tokens)
        assert {path: tokens.resolve(path) for path in "abcdefgh"} == {path: fresh.resolve(path) for path in "abcdefgh"}
        for path in "abcdefghij":
            assert tokens.dependents(path) == fresh.dependents(path)
        assert tokens.check() == fresh.check()
        late = {problem for problem in fresh.check() if problem not in before.check()}
        assert late <= set(tokens.check(before)) | {problem for problem in late if moved_only(problem, before)}


def moved_only(problem: Any, before: TokenSet) -> bool:
    """Whether the set before had the same fault in other words: a circle begins, or a winner stands, elsewhere."""
    return any((old.code, old.subject) == (problem.code, problem.subject) for old in before.check())


def test_many_threads_may_ask_at_once() -> None:
    content = {f"t{index}": {"$value": f"{{t{index + 1}}}"} for index in range(300)}
    tokens = token_set(a={"$type": "number", **content, "t300": {"$value": 3}})
    answers: list[object] = []

    def ask(seed: int) -> None:
        answers.extend(map(tokens.resolve, random.Random(seed).sample(sorted(tokens.tokens), 301)))
        answers.append(tuple(sorted(tokens.reach(["t300"]))))

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8 * 302
    assert all(answer == Resolved("number", 3) for answer in answers if isinstance(answer, Resolved))
    assert None not in answers


def test_aliases_that_nest_without_end_are_broken_too() -> None:
    content: dict[str, Any] = {
        f"t{index}": {"$type": "x", "$value": {"in": f"{{t{index - 1}}}"}} for index in range(1, 99)
    }
    tokens = token_set(a={"t0": {"$type": "x", "$value": {}}, **content})
    assert tokens.resolve("t60") is not None
    assert tokens.resolve("t64") is None
    assert [problem.subject for problem in tokens.check() if problem.severity == "error"] == ["t64"]
