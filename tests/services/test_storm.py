"""Writers of every kind at once, while connections break at the worst moment."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError

from gitstore.refs import RefUpdate
from gitstore.wire.pushes import PushRequest, RefResult
from services import components, design_tokens, sync, systems
from services.components import Seen
from services.context import Context
from services.design_tokens import Where
from services.errors import Conflict, InvalidInput, NotFound
from services.pushes import Push
from services.systems import SystemChanges
from tests.services.contents import World, make_world, tokens_file

MAIN = "refs/heads/main"


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    made = await make_world(context)
    await made.put({"tokens/a.tokens.json": tokens_file(x=1, y="{a.x}"), "tokens/p.tokens.json": tokens_file("p", n=0)})
    return made


async def act(world: World, random: Random, number: int, kept: dict[str, Any]) -> None:
    """One write of some kind; ``kept`` notes what was acknowledged and nobody else touches."""
    context, ada, identity = world.context, world.ada, world.id
    kind = random.choice(("add", "add", "update", "rename", "component", "push", "push", "system", "branch"))
    if kind == "add":
        await world.add(f"own.t{number}", number)
        kept[f"own.t{number}"] = number
    elif kind == "update":
        token = (await world.tokens())["a.x"]
        await design_tokens.update_token(context, ada, identity, token.id, {"value": number}, seen=None, where=Where())
    elif kind == "rename":
        made = (await world.add(f"old.t{number}", number)).token
        assert made is not None
        await design_tokens.rename_token(
            context, ada, identity, made.id, f"new.t{number}", keep_alias=False, seen=None, where=Where()
        )
        kept[f"new.t{number}"] = number
    elif kind == "component":
        fields = {"name": f"C{number % 5}", "code": str(number)}
        made_one = await components.create_component(context, ada, identity, fields, where=Where())
        if made_one.component is not None and random.random() < 0.5:
            await components.delete_component(context, ada, identity, made_one.component.id, seen=Seen(), where=Where())
    elif kind == "system":
        await systems.update_system(context, ada, identity, SystemChanges(description=str(number)))
    else:
        await push(world, f"refs/heads/b{number % 2}" if kind == "branch" else MAIN, number)


async def push(world: World, name: str, number: int) -> list[RefResult] | None:
    old = world.git.ref(name)
    base = old or world.git.ref(MAIN) or ""
    wanted = RefUpdate(name, old, world.git.commit({"tokens/p.tokens.json": tokens_file("p", n=number)}, [base]))
    handler = Push(world.context, world.ada, world.id)
    try:
        verdict = await handler.pre_receive(PushRequest([wanted]))
        return await handler.proc_receive([wanted], [], False) if verdict.accepted else None
    finally:
        await handler.closed()


@pytest.mark.parametrize("seed", range(3))
async def test_nothing_acknowledged_is_lost_and_nothing_is_left_crooked(world: World, seed: int) -> None:
    random, kept = Random(seed), dict[str, Any]()
    unexpected: list[BaseException] = []
    cuts: list[int] = []

    def cut(connection: Connection) -> None:
        if random.random() < 0.08:
            driver: Any = connection.connection.driver_connection
            driver.terminate()
            cuts.append(1)

    async def writer(lane: int) -> None:
        for number in range(lane * 100, lane * 100 + 12):
            try:
                await act(world, random, number, kept)
            except (Conflict, NotFound, InvalidInput, DBAPIError, ConnectionError):
                continue
            except Exception as error:
                unexpected.append(error)

    event.listen(world.context.engine.sync_engine, "commit", cut)
    try:
        await asyncio.gather(*(writer(lane) for lane in range(6)))
    finally:
        event.remove(world.context.engine.sync_engine, "commit", cut)
    assert unexpected == [] and cuts
    await sync.sweep(world.context)
    await world.check()
    tokens = await world.tokens()
    assert {path: tokens[path].value for path in kept} == kept
    assert world.context.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert (await sync.reindex(world.context, world.id)).lines == ()
