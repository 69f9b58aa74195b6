"""Upkeep is asked for when a push brought many commits, and now and then; an edit does not pay for the question."""

from __future__ import annotations

import os

import pytest
import pytest_asyncio

from gitstore import maintenance
from services import upkeep
from services.context import Context
from services.upkeep import REQUESTED, Upkeep
from tests.gitstore.helpers import git
from tests.services.contents import World, make_world, tokens_file


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    made = await make_world(context)
    await made.put({"tokens/a.tokens.json": tokens_file(x=1)})
    await context.redis.delete(REQUESTED)
    return made


async def asked(world: World) -> bool:
    return bool(await world.context.redis.srem(REQUESTED, str(world.id)))


async def test_a_large_push_is_followed_by_upkeep_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintenance, "LARGE_PACK", 1)
    looked = Upkeep(world.context.redis, world.context.store)
    await looked.consider(world.id)
    assert not await asked(world)
    git("--git-dir", world.context.store.path_of(world.id), "repack", "-d", "-q")  # a pack as a push brings it
    await looked.consider(world.id)
    assert await asked(world)
    maintenance.maintain(world.context.store.path_of(world.id))
    await looked.consider(world.id)
    assert not await asked(world)


async def test_edits_are_looked_at_once_in_a_while(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "LANDINGS_BETWEEN_LOOKS", 3)
    monkeypatch.setattr(maintenance, "MANY_LOOSE_OBJECTS", -1)
    looked = Upkeep(world.context.redis, world.context.store)
    packs = world.context.store.path_of(world.id) / "objects/pack"
    os.utime(packs, ns=(1, 1))
    requests = []
    for _ in range(7):
        await looked.consider(world.id)
        requests.append(await asked(world))
    # the first look is at packs that this process has not seen yet
    assert requests == [True, False, False, True, False, False, True]
