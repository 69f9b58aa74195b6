from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest_asyncio

from gitstore.shelf import shelved
from index import releases as release_rows
from index.releases import ReleaseRecord
from services import publishing, releases
from services.context import Context
from services.publishing import Publication
from services.release_contents import KIND, Contents, contents_of
from services.turns import Turns
from tests.services.contents import TOKENS, World, make_world, tokens_file


@pytest_asyncio.fixture
async def world(context: Context) -> AsyncIterator[World]:
    made = await make_world(context, init=True)
    for number, version in enumerate(("1.0.0", "1.1.0-rc.1", "1.1.0", "2.0.0")):
        values: dict[str, Any] = {f"t{number}": number, "last": 1}
        await made.put({TOKENS: tokens_file("a", **values)})
        wanted = Publication(system_id=made.id, version=version, allow_breaking_as="patch")
        await publishing.publish(context, made.ada, wanted)
    yield made
    await made.check()


async def contents(world: World, version: str) -> Contents:
    found = await releases.get_release(world.context, world.ada, world.id, version)
    assert found.contents is not None
    return found.contents


async def record(world: World, version: str) -> ReleaseRecord:
    async with world.context.engine.connect() as db:
        found = await release_rows.get(db, world.id, version)
    assert found is not None
    return found


async def file(world: World, version: str, name: str) -> bytes:
    found = await releases.get_artifact(world.context, world.ada, world.id, version, name)
    return found.path.read_bytes()


async def test_each_version_tells_what_changed_since_the_one_before(world: World) -> None:
    previous = {version: (await contents(world, version)).previous for version in ("1.1.0-rc.1", "1.1.0", "2.0.0")}
    assert previous == {"1.1.0-rc.1": "1.0.0", "1.1.0": "1.0.0", "2.0.0": "1.1.0"}
    page = (await file(world, "2.0.0", "CHANGELOG.md")).decode()
    heads = [line.split()[1] for line in page.splitlines() if line.startswith("## ")]
    assert heads == ["2.0.0", "1.1.0", "1.0.0"]
    first = await contents(world, "1.0.0")
    assert (first.previous, first.bump, first.reasons, first.breaking) == (None, None, (), ())


async def test_what_is_yanked_is_told_no_more_and_changes_nothing_before(world: World) -> None:
    before = await contents(world, "2.0.0")
    await releases.yank(world.context, world.ada, world.id, "2.0.0", "Wrong")
    await world.put({TOKENS: tokens_file(t2=2, last=1, more=1)})
    made = await publishing.publish(world.context, world.ada, Publication(system_id=world.id))
    assert made[1].version == "2.1.0"  # as against 1.1.0, but above the number that was used
    assert (await contents(world, "2.1.0")).previous == "1.1.0"
    path = world.context.store.path_of(world.id)
    for each in ("2.0.0", "2.1.0"):
        folder = shelved(path, KIND, (await record(world, each)).tag)
        assert folder is not None
        for kept in folder.iterdir():
            kept.unlink()
    assert await contents(world, "2.0.0") == before
    assert (await contents(world, "2.1.0")).previous == "1.1.0"


async def test_twenty_who_ask_at_once_work_it_out_once(world: World) -> None:
    found = await asyncio.gather(*(contents(world, "2.0.0") for _ in range(20)))
    assert all(each == found[0] for each in found)
    path = world.context.store.path_of(world.id)
    assert [each.name for each in (path / "shelf" / KIND).iterdir()] == [(await record(world, "2.0.0")).tag]


async def test_who_gives_up_leaves_the_work_to_be_found(world: World) -> None:
    asking = asyncio.create_task(contents(world, "1.1.0"))
    await asyncio.sleep(0)
    while not world.context.building._queues:
        await asyncio.sleep(0.01)
    asking.cancel()
    await asyncio.wait([asking])
    tag = (await record(world, "1.1.0")).tag
    async with world.context.building.of(world.id):  # behind the one that goes on
        assert shelved(world.context.store.path_of(world.id), KIND, tag) is not None


async def test_a_publisher_hears_of_success_whatever_comes_after(world: World) -> None:
    stuck = replace(world.context, building=Turns(0.01))
    await world.put({TOKENS: tokens_file(t3=3, last=2)})
    system, made = await publishing.publish(stuck, world.ada, Publication(system_id=world.id))
    async with stuck.building.of(world.id):
        found = await releases.just_published(stuck, system, made)
    assert (found.record.version, found.contents) == ("2.0.1", None)
    assert (await contents(world, "2.0.1")).artifacts


async def test_rows_may_go_and_come_without_the_files_changing(world: World) -> None:
    async with world.context.engine.connect() as db:
        line = await release_rows.everything(db, world.id)
    one, folder = await contents_of(world.context, await world.row(), line[-1], line)
    other, again = await contents_of(world.context, await world.row(), line[-1], list(reversed(line)))
    assert (one, folder) == (other, again) and isinstance(folder, Path)
