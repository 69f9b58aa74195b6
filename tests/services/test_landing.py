from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from gitstore.commits import write_tag
from gitstore.refs import RefUpdate
from services import bus, sync
from services.bus import channel_of
from services.context import Context
from services.events import MOST_EVENTS_PER_LANDING
from services.landing import Landing, land
from tests.index.histories import ADA, component
from tests.services.contents import TOKENS, World, make_world, tokens_file

MAIN = "refs/heads/main"


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    return await make_world(context)


async def test_an_edit_is_told_in_words_of_tokens_and_components(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1, y="{a.x}"), "components/A/component.json": component("A")})
    await world.put({TOKENS: tokens_file(x=2, y="{a.x}", z=3), "components/A/README.md": b"# A"})
    await world.put({TOKENS: tokens_file(y=3), "components/A/component.json": None, "components/A/README.md": None})
    told = [
        (action, details.get("path") or details.get("name"), details.get("changes"))
        for _, action, details in (await world.events())[1:]
    ]
    first = {"path": "a.x", "type": "number", "value": 1, "extensions": {}}
    assert told[0][:2] == ("token.created", "a.x") and first == {name: told[0][2][name] for name in first}
    assert [each[:2] for each in told[:3]] == [
        ("token.created", "a.x"),
        ("token.created", "a.y"),
        ("component.created", "A"),
    ]
    assert told[3:6] == [
        ("token.updated", "a.x", {"value": 2}),
        ("token.created", "a.z", told[4][2]),
        ("component.updated", "A", {"documentation": True}),
    ]
    assert sorted(each[:2] for each in told[6:]) == [
        ("component.deleted", "A"),
        ("token.deleted", "a.x"),
        ("token.deleted", "a.z"),
        ("token.updated", "a.y"),
    ]
    await world.check()


async def test_a_great_change_is_told_in_one_event(world: World) -> None:
    await world.put({TOKENS: tokens_file(**{f"t{n}": n for n in range(MOST_EVENTS_PER_LANDING + 1)})})
    (_, (seq, action, details)) = await world.events()
    assert (seq, action) == (2, "design-system.changed")
    assert details["counts"] == {"token.created": MOST_EVENTS_PER_LANDING + 1}
    assert details["commit"] == world.git.ref(MAIN) and details["branch"] == "main"


async def test_versions_follow_annotated_tags_alone(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    head = world.git.ref(MAIN) or ""
    tags = {}
    for name in ("v1.9.0", "v1.10.0", "v2.0.0-rc.1", "note", "v2"):
        with world.git.store.open(world.id) as repo:
            tags[name] = write_tag(repo, name=name, target=head, tagger=ADA, message="t")

    async def version(*moves: tuple[str, str | None]) -> tuple[str | None, bool]:
        for name, oid in moves:
            world.git.point(f"refs/tags/{name}", oid)
        row = await sync.repair(world.context, world.id)
        return row.version, row.published

    assert await version(("v3.0.0", head), ("note", tags["note"]), ("v2", tags["v2"])) == (None, False)
    assert await version(("v1.9.0", tags["v1.9.0"])) == ("1.9.0", True)
    assert await version(("v1.10.0", tags["v1.10.0"])) == ("1.10.0", True)
    assert await version(("v2.0.0-rc.1", tags["v2.0.0-rc.1"])) == ("2.0.0-rc.1", True)
    assert await version(("v2.0.0-rc.1", None), ("v1.10.0", None)) == ("1.9.0", True)
    assert await version(("v1.9.0", None)) == (None, False)
    with world.git.store.open(world.id) as repo:
        blob = str(repo.create_blob(b"no commit"))
    world.git.point("refs/tags/blob", blob)
    assert await version() == (None, False)
    await world.check()


async def test_moves_land_together_or_not_at_all(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    before, head = await world.row(), world.git.ref(MAIN)
    new = world.git.commit({TOKENS: tokens_file(x=2)}, [head or ""])
    updates = (RefUpdate(MAIN, head, new), RefUpdate("refs/heads/side", "1" * 40, new))
    landing = Landing(updates=updates, user_id=None, who=ADA, via="push")
    with pytest.raises(Exception, match="side"):
        async with world.context.engine.begin() as db:
            await land(world.context, db, before, landing)
    assert await world.row() == before and world.git.ref(MAIN) == head
    assert [record.value for record in (await world.tokens()).values()] == [1]
    await world.check()


async def received(redis: Redis, world: World, work: Any) -> list[dict[str, Any]]:
    """The messages on the system's channel while something is done."""
    async with redis.pubsub() as pubsub:
        await pubsub.subscribe(channel_of(world.id))
        await pubsub.get_message(timeout=2)
        await work
        found = []
        while (message := await pubsub.get_message(ignore_subscribe_messages=True, timeout=0.3)) is not None:
            found.append(json.loads(message["data"]))
        return found


async def test_hubs_hear_every_event_once_in_order(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    heard = await received(world.context.redis, world, world.add("a.big", 123456789012345678901))
    assert [(each["seq"], each["action"], each["user_id"]) for each in heard] == [
        (3, "token.created", str(world.ada.user_id))
    ]
    world.git.point("refs/heads/side", world.git.ref(MAIN))
    heard = await received(world.context.redis, world, sync.repair(world.context, world.id))
    assert [(each["seq"], each["action"]) for each in heard] == [(4, "branch.created")]


@asynccontextmanager
async def silent_server() -> AsyncIterator[str]:
    """Takes connections and never says a word."""

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    try:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@pytest.mark.parametrize("kind", ["refused", "silent"])
async def test_a_bus_that_fails_fails_no_edit(world: World, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus, "LONGEST", 0.3)
    async with silent_server() as url:
        redis = Redis.from_url(url if kind == "silent" else "redis://127.0.0.1:1")
        deaf = World(replace(world.context, redis=redis), world.ada, world.team_id, world.id, world.git)
        await asyncio.wait_for(deaf.add("a.x"), 10)
        await redis.aclose()
    await world.check()
