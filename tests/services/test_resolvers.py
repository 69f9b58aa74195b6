from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
import pytest_asyncio

from designsystem import codes
from designsystem.resolver.judging import judge_resolver
from gitstore.refs import RefUpdate
from gitstore.wire.pushes import Verdict
from services import design_tokens
from services.context import Context
from services.design_tokens import Where
from services.errors import InvalidInput
from tests.services.contents import World, make_world
from tests.services.test_pushes import pushed
from tests.services.themed import BASE, DARK, LIGHT, RESOLVER, manifest, number, numbers, resolver, themed_files

MAIN = "refs/heads/main"


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    world = await make_world(context)
    await push(world, themed_files())
    return world


async def push(world: World, files: Mapping[str, bytes | None]) -> Verdict | None:
    """Push these files upon what stands; the verdict where it is refused."""
    old = world.git.ref(MAIN)
    result = await pushed(world, RefUpdate(MAIN, old, world.git.commit(files, [old] if old else [])))
    assert isinstance(result, Verdict) or all(each.ok for each in result)
    return result if isinstance(result, Verdict) else None


async def values(world: World) -> dict[str, Any]:
    return {path: record.resolved_value for path, record in (await world.tokens()).items()}


async def test_the_mirror_shows_the_default_permutation(world: World) -> None:
    assert await values(world) == {"a.gap": 8, "a.ink": 10, "a.text": 10}
    assert (await world.tokens())["a.ink"].file == LIGHT
    await world.check()


async def test_without_the_field_every_token_file_counts_in_the_order_of_paths(context: Context) -> None:
    world = await make_world(context, name="bob")
    files = themed_files()
    del files["designsystem.json"]
    assert await push(world, files) is None
    assert await values(world) == {"a.gap": 8, "a.ink": 10, "a.text": 10}
    assert await push(world, {"tokens/zz.tokens.json": numbers(ink=3)}) is None
    assert (await values(world))["a.ink"] == 3
    assert await push(world, {"designsystem.json": manifest(resolver=RESOLVER)}) is None
    assert (await values(world))["a.ink"] == 10
    await world.check()


async def test_a_push_of_another_context_leaves_the_mirror_alone(world: World) -> None:
    assert await push(world, {DARK: numbers(ink=80, gap=1)}) is None
    assert await values(world) == {"a.gap": 8, "a.ink": 10, "a.text": 10}
    await world.check()


async def test_another_default_is_another_mirror(world: World) -> None:
    modifiers = json.loads(resolver())["modifiers"]
    modifiers["theme"]["default"] = "dark"
    assert await push(world, {RESOLVER: resolver(modifiers=modifiers)}) is None
    assert (await values(world))["a.text"] == 90
    await world.check()


async def test_edits_land_in_the_files_that_count(world: World) -> None:
    ink = (await world.tokens())["a.ink"]
    await design_tokens.update_token(
        world.context, world.ada, world.id, ink.id, {"value": 11}, seen=None, where=Where()
    )
    made = await world.add("a.fresh", 5)
    assert made.token is not None and made.token.file == BASE
    assert json.loads(world.blob(LIGHT) or b"")["a"]["ink"]["$value"] == 11
    await world.check()
    with pytest.raises(InvalidInput) as refused:
        await world.add("b.new", 1, file=DARK)
    assert refused.value.problems[0].code == "not-a-default-file"
    other = await world.add("b.new", 1)
    assert other.token is not None and other.token.file == BASE


@pytest.mark.parametrize(
    ("files", "code", "path"),
    [
        ({RESOLVER: b"{"}, codes.NOT_JSON, RESOLVER),
        ({RESOLVER: b"{}"}, codes.RESOLVER_SHAPE, RESOLVER),
        ({RESOLVER: None}, codes.RESOLVER_DEFAULT, "designsystem.json"),
        ({"designsystem.json": manifest(resolver="x.json")}, codes.RESOLVER_DEFAULT, "designsystem.json"),
        ({"designsystem.json": manifest(resolver="../x.json")}, codes.MANIFEST_SHAPE, "designsystem.json"),
        ({DARK: None}, codes.RESOLVER_REFERENCE, RESOLVER),
        ({LIGHT: None}, codes.RESOLVER_REFERENCE, RESOLVER),
        ({DARK: b"["}, codes.NOT_JSON, DARK),
        ({DARK: numbers(ink="{a.nothing}")}, codes.UNKNOWN_ALIAS, DARK),
        ({LIGHT: numbers(ink="{a.nothing}")}, codes.UNKNOWN_ALIAS, LIGHT),
        ({"x.resolver.json": b"{}"}, codes.RESOLVER_SHAPE, "x.resolver.json"),
        (
            {RESOLVER: resolver(sets={"base": {"sources": [{"a": {"gap": number(1)}}]}})},
            codes.RESOLVER_DEFAULT,
            RESOLVER,
        ),
        (
            {"designsystem.json": manifest(resolver=RESOLVER, tokens=["tokens/b*.json"])},
            codes.RESOLVER_DEFAULT,
            RESOLVER,
        ),
    ],
)
async def test_a_push_that_breaks_a_resolver_is_refused(
    world: World, files: dict[str, bytes | None], code: str, path: str
) -> None:
    head = world.git.ref(MAIN)
    verdict = await push(world, files)
    assert verdict is not None and world.git.ref(MAIN) == head
    assert any(path in line for line in verdict.lines), verdict.lines
    with pytest.raises(InvalidInput) as refused:  # and so is an edit by the service
        await world.put(files)
    assert (code, path) in {(problem.code, problem.path) for problem in refused.value.problems}
    await world.check()


async def test_a_resolver_that_the_manifest_does_not_name_is_judged_too(context: Context) -> None:
    world = await make_world(context, name="bob")
    other = numbers(ink="{a.ghost}")
    files = {**themed_files(resolver=""), "designsystem.json": manifest()}
    assert await push(world, files) is None
    # the token set would bear it: another file has that token
    assert await push(world, {LIGHT: other, "tokens/zz.tokens.json": numbers(ghost=1)}) is not None
    token = (await world.tokens())["a.gap"]
    with pytest.raises(InvalidInput):
        await world.put({BASE: None})
    await design_tokens.update_token(
        world.context, world.ada, world.id, token.id, {"value": 9}, seen=None, where=Where()
    )
    await world.check()


async def test_what_was_wrong_before_refuses_nothing(world: World) -> None:
    broken = numbers(ink="{a.nothing}")
    head = world.git.ref(MAIN)
    assert head is not None
    with world.git.store.open(world.id) as repo:
        commit = world.git.commit({DARK: broken}, [head])
        repo.references.create(MAIN, commit, force=True)  # as if it had come before the rule
    assert await push(world, {DARK: numbers(ink="{a.nothing}", gap=3)}) is None


async def test_an_edit_of_a_default_file_judges_no_whole_permutation(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []

    def counted(path: str, *given: Any) -> Any:
        judged.append(path)
        return judge_resolver(path, *given)

    monkeypatch.setattr("services.resolvers.judge_resolver", counted)
    await world.put({LIGHT: numbers(ink=12)})
    assert await push(world, {BASE: numbers(gap=9, ink=0, text="{a.ink}")}) is None
    assert judged == []
    assert await push(world, {DARK: numbers(ink=91)}) is None
    assert judged == [RESOLVER]


async def test_other_contexts_are_judged_as_far_as_their_size_allows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("designsystem.resolver.judging.MOST_JUDGED", 0)
    assert await push(world, {DARK: numbers(ink="{a.nothing}")}) is None
