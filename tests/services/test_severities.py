"""Severities by manifest hold on every way in: writes, pushes, merges, branches, publishing, asking, exporting."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
import pytest_asyncio

from designsystem.problem import Problem
from gitstore.refs import RefUpdate
from gitstore.wire.pushes import Verdict
from services import branches, design_tokens, exports, merges, publishing
from services.context import Context
from services.errors import InvalidInput
from services.permutations import NOTHING, Asked, chosen
from services.publishing import Publication
from tests.services.contents import World, make_world
from tests.services.test_pushes import pushed
from tests.services.themed import DARK, manifest, numbers, themed_files

MAIN = "refs/heads/main"
MANIFEST = "designsystem.json"
DRAFT = "tokens/draft.tokens.json"
GOOD = "tokens/good.tokens.json"
WIDTH = b'{"w": {"$type": "dimension", "$value": "16px"}}\n'
FIRM = manifest(severities={"XDS104": "error"})


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    made = await make_world(context)
    await made.put({MANIFEST: manifest(), GOOD: b'{"g": {"$type": "number", "$value": 1}}\n'})
    return made


async def by_write(world: World, files: Mapping[str, bytes | None]) -> list[str]:
    try:
        await world.put(files)
    except InvalidInput as error:
        return [f"{problem.path} {problem.code}" for problem in error.problems]
    return []


async def by_push(world: World, files: Mapping[str, bytes | None]) -> list[str]:
    old = world.git.ref(MAIN)
    result = await pushed(world, RefUpdate(MAIN, old, world.git.commit(files, [old] if old else [])))
    if isinstance(result, Verdict):
        assert not result.accepted
        return [line.strip() for line in result.lines[1:] if not line.strip().startswith("`xds validate")]
    return []


WAYS = [by_write, by_push]
Way = Callable[[World, Mapping[str, bytes | None]], Awaitable[list[str]]]


@pytest.mark.parametrize("way", WAYS)
async def test_a_raised_code_refuses(world: World, way: Way) -> None:
    assert await way(world, {MANIFEST: FIRM}) == []
    (told,) = await way(world, {DRAFT: WIDTH})
    assert told.startswith(DRAFT)
    assert await way(world, {DRAFT: WIDTH.replace(b'"16px"', b'{"value": 16, "unit": "px"}')}) == []
    await world.check()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("level", ["off", "warning"])
async def test_the_single_code_wins_over_strict(world: World, way: Way, level: str) -> None:
    assert await way(world, {MANIFEST: manifest(strict=True)}) == []
    assert len(await way(world, {DRAFT: WIDTH})) == 1
    assert await way(world, {MANIFEST: manifest(strict=True, severities={"XDS104": level}), DRAFT: WIDTH}) == []
    assert len(await way(world, {"tokens/c.tokens.json": b'{"c": {"$type": "color", "$value": "#ffffff"}}'})) == 1
    await world.check()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("firmer", [FIRM, manifest(strict=True)])
async def test_a_firmer_manifest_is_held_against_what_stands(world: World, way: Way, firmer: bytes) -> None:
    assert await way(world, {DRAFT: WIDTH}) == []
    (told,) = await way(world, {MANIFEST: firmer})
    assert told.startswith(DRAFT)
    assert world.blob(MANIFEST) == manifest()
    assert await way(world, {MANIFEST: firmer, DRAFT: None}) == []
    await world.check()


@pytest.mark.parametrize("way", WAYS)
async def test_a_firmer_manifest_is_held_against_components_too(world: World, way: Way) -> None:
    place = "components/Button/component.json"
    assert await way(world, {place: b'\xef\xbb\xbf{"name": "Button"}\n'}) == []
    (told,) = await way(world, {MANIFEST: manifest(strict=True)})
    assert told.startswith(place)
    assert await way(world, {MANIFEST: manifest(strict=True, severities={"XDS117": "off"})}) == []


@pytest.mark.parametrize("way", WAYS)
async def test_what_cannot_be_set_is_refused(world: World, way: Way) -> None:
    (told,) = await way(world, {MANIFEST: manifest(severities={"XDS020": "off"})})
    assert told.startswith(MANIFEST)
    assert world.blob(MANIFEST) == manifest()


@pytest.mark.parametrize("way", WAYS)
async def test_a_firmer_manifest_reaches_the_files_of_other_themes(context: Context, way: Way) -> None:
    world = await make_world(context)
    files = themed_files()
    files[DARK] = numbers(ink=90).replace(b"90", b'"90"')  # a number written as text
    assert await way(world, files) == []
    firm = json.loads(files[MANIFEST]) | {"severities": {"XDS107": "error"}}
    (told,) = await way(world, {MANIFEST: json.dumps(firm).encode()})
    assert told.startswith(DARK)
    assert await way(world, {MANIFEST: json.dumps(firm).encode(), DARK: numbers(ink=90)}) == []
    assert len(await way(world, {DARK: files[DARK]})) == 1
    await world.check()


@pytest.mark.parametrize("way", WAYS)
async def test_a_lowered_code_lets_in_what_strict_kept_out_of_other_themes(context: Context, way: Way) -> None:
    world = await make_world(context)
    draft = numbers(ink=90).replace(b"90", b'"90"')
    assert await way(world, themed_files(strict=True)) == []
    assert len(await way(world, {DARK: draft})) == 1
    soft = themed_files(strict=True, severities={"XDS107": "warning"})[MANIFEST]
    assert await way(world, {MANIFEST: soft, DARK: draft}) == []
    await world.check()


async def test_a_merge_that_brings_both_together_is_refused(world: World) -> None:
    world.git.point("refs/heads/side", world.git.ref(MAIN))
    await world.put({DRAFT: WIDTH})
    await world.put({MANIFEST: FIRM}, branch="side")
    asked: dict[str, Any] = {"source": "side", "into": "main"}
    tried = await merges.trial(world.context, world.ada, world.id, **asked)
    assert [problem.code for problem in tried.problems] == ["XDS104"]
    with pytest.raises(InvalidInput) as refused:
        await merges.merge(world.context, world.ada, world.id, **asked)
    assert [problem.path for problem in refused.value.problems] == [DRAFT]
    with pytest.raises(InvalidInput):
        await merges.merge(world.context, world.ada, world.id, source="main", into="side")
    await world.check()


async def test_a_branch_is_judged_by_its_own_manifest(world: World) -> None:
    await world.put({DRAFT: WIDTH})
    head = world.git.ref(MAIN)
    assert head is not None
    world.git.point("refs/tags/firm", world.git.commit({MANIFEST: FIRM}, [head]))
    with pytest.raises(InvalidInput) as refused:
        await branches.create_branch(world.context, world.ada, world.id, name="firm", start="firm")
    assert [problem.code for problem in refused.value.problems] == ["XDS104"]


async def test_publishing_judges_the_whole(world: World) -> None:
    twins = b'{"a b": {"$type": "number", "$value": 1}, "a-b": {"$type": "number", "$value": 2}}\n'
    await world.put({MANIFEST: manifest(severities={"XDS303": "error"}), "tokens/t.tokens.json": twins})
    with pytest.raises(InvalidInput) as refused:
        await publish(world)
    assert {problem.code for problem in refused.value.problems} == {"XDS303"}
    assert {problem.path for problem in refused.value.problems} == {"tokens/t.tokens.json"}
    await world.put({MANIFEST: manifest()})
    await publish(world)
    await world.check()


async def publish(world: World) -> None:
    await publishing.publish(world.context, world.ada, Publication(system_id=world.id, version="1.0.0"))


async def test_asking_says_what_a_push_would_be_told(world: World) -> None:
    async def asked() -> list[tuple[str, str]]:
        found = await design_tokens.validate_document(world.context, world.ada, world.id, path=DRAFT, source=WIDTH)
        return [(problem.code, problem.severity) for problem in found]

    for fields, wanted in (
        ({}, [("XDS104", "warning")]),
        ({"strict": True}, [("XDS104", "error")]),
        ({"strict": True, "severities": {"XDS104": "warning"}}, [("XDS104", "warning")]),
        ({"severities": {"XDS104": "error"}}, [("XDS104", "error")]),
        ({"severities": {"XDS104": "off"}}, []),
    ):
        await world.put({MANIFEST: manifest(**fields)})
        assert await asked() == wanted, fields


@pytest.mark.parametrize("asked", [NOTHING, Asked((("theme", "dark"),))])
async def test_an_export_obeys(context: Context, asked: Asked) -> None:
    world = await make_world(context)
    files = themed_files()
    files[DARK] = b'{"a": {"in k": {"$type": "number", "$value": 1}, "in-k": {"$type": "number", "$value": 1}}}'
    if not asked:
        files["tokens/base.tokens.json"], files[DARK] = files[DARK], numbers(ink=1)
    await world.put(files)

    async def problems() -> list[Problem]:
        revision = await exports.revision_for(context, world.ada, world.id, None)
        header = await exports.header_of(context, revision)
        choice = await chosen(context, revision, asked)
        return (await exports.export_tokens(context, revision, header, "css", choice=choice)).problems

    assert [(problem.code, problem.severity) for problem in await problems()] == [("XDS303", "warning")]
    fields = json.loads(files[MANIFEST])
    await world.put({MANIFEST: json.dumps(fields | {"severities": {"XDS303": "off"}}).encode()})
    assert await problems() == []
    await world.put({MANIFEST: json.dumps(fields | {"severities": {"XDS303": "error"}}).encode()})
    with pytest.raises(InvalidInput) as refused:
        await problems()
    wanted = DARK if asked else "tokens/base.tokens.json"
    assert [problem.path for problem in refused.value.problems] == [wanted]
