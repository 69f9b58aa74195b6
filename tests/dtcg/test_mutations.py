"""Guards: whatever the files hold, reading them ends with an answer, and a changed set answers as one built anew."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from designsystem.resolver.document import parse_resolver
from designsystem.resolver.resolution import resolve
from designsystem.tokens.document import TokenDocument, parse_document
from designsystem.tokens.set import TokenSet
from tests.dtcg.runner.cases import cases

ROUNDS = 250
KEYS = ("a", "b", "g", "$value", "$type", "$extends", "$ref", "$extensions", "$root", "contexts", "sources")
POINTERS = (
    "#/a",
    "#/a/$value",
    "#/a/0/$extensions/x",
    "#/a/$value/components/0",
    "#/g/$extensions/y",
    "#/$type",
    "#/b/x",
    "#",
)
ODD: tuple[Any, ...] = (
    1,
    None,
    True,
    [],
    {},
    "x",
    "{a}",
    "{g.a}",
    "{b}",
    [1, [2]],
    *({"$ref": text} for text in POINTERS),
)


def mutated(value: Any, chance: random.Random) -> Any:
    if chance.random() < 0.08:
        return chance.choice(ODD)
    if isinstance(value, list):
        return [mutated(item, chance) for item in value]
    if not isinstance(value, dict):
        return value
    parts = {key: mutated(part, chance) for key, part in value.items()}
    if chance.random() < 0.1:
        parts[chance.choice(KEYS)] = chance.choice((*ODD, "#/a", parts.copy()))
    return parts


def given(*, resolvers: bool) -> list[dict[str, Any]]:
    found = [content for case in cases() for content in case.given.values() if isinstance(content, dict)]
    return [content for content in found if ("resolutionOrder" in content) is resolvers]


def parsed(name: str, content: Any) -> TokenDocument:
    return parse_document(name, json.dumps(content).encode())


@pytest.mark.parametrize("seed", range(4))
def test_a_changed_set_answers_as_one_built_anew(seed: int) -> None:
    chance = random.Random(seed)
    contents = given(resolvers=False)
    for _ in range(ROUNDS):
        one, other = (mutated(chance.choice(contents), chance) for _ in range(2))
        before = TokenSet.build([parsed("a.json", one), parsed("b.json", other)])
        before.check()
        after = before.replace({"a.json": parsed("a.json", mutated(one, chance))})
        anew = TokenSet.build(after.sources.values())
        assert {path: after.resolve(path) for path in after.tokens} == {
            path: anew.resolve(path) for path in anew.tokens
        }
        assert after.check() == anew.check(), json.dumps([one, other])


@pytest.mark.parametrize("seed", range(4))
def test_every_resolver_ends_with_an_answer(seed: int) -> None:
    chance = random.Random(seed)
    contents = given(resolvers=True)
    for _ in range(ROUNDS):
        content = mutated(chance.choice(contents), chance)
        document = parse_resolver("x.resolver.json", json.dumps(content).encode(), lambda _path: None)
        for inputs in ({}, {"theme": "dark", "m": "x"}):
            resolution = resolve(document, inputs)
            assert all(problem.message for problem in resolution.problems)
