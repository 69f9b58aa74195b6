from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import text

from index import systems as index_systems
from services import api_keys, components, design_tokens, exports, protections, systems, teams
from services.context import Context
from services.design_tokens import Filter, Where
from services.errors import Forbidden, NotFound, Unauthenticated
from services.policy import Action, Actor, Role
from services.protection import Protection
from services.systems import SystemChanges
from services.token_batches import Operation
from tests.services.conftest import person
from tests.services.contents import TOKENS, World, make_world, tokens_file

Call = Callable[[Actor], Awaitable[Any]]


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    made = await make_world(context)
    await made.put({TOKENS: tokens_file(x=1), "components/A/component.json": b'{"name": "A"}'})
    return made


async def reads(world: World) -> list[Call]:
    context, identity, token = world.context, world.id, (await world.tokens())["a.x"].id
    return [
        lambda who: systems.get_system(context, who, identity),
        lambda who: design_tokens.get_token(context, who, identity, token),
        lambda who: design_tokens.list_tokens(context, who, identity, ref=None, wanted=Filter(), limit=1, cursor=None),
        lambda who: exports.revision_for(context, who, identity, None),
        lambda who: systems.find_system(context, who, "team-of-ada", "ui", Action.SYSTEM_READ),
    ]


async def writes(world: World) -> list[Call]:
    context, identity, token = world.context, world.id, (await world.tokens())["a.x"].id
    where, step = Where(), Operation(op="create", path="a.new", fields={"value": 1})
    return [
        lambda who: design_tokens.create_token(context, who, identity, "a.z", {"value": 1}, where=where),
        lambda who: design_tokens.update_token(context, who, identity, token, {"value": 2}, seen=None, where=where),
        lambda who: design_tokens.rename_token(
            context, who, identity, token, "a.r", keep_alias=False, seen=None, where=where
        ),
        lambda who: design_tokens.delete_token(context, who, identity, token, seen=None, where=where),
        lambda who: design_tokens.batch(context, who, identity, [step], where=where),
        lambda who: components.create_component(context, who, identity, {"name": "Z"}, where=where),
        lambda who: systems.update_system(context, who, identity, SystemChanges(name="New")),
        lambda who: systems.find_system(context, who, "team-of-ada", "ui", Action.CONTENT_WRITE),
    ]


async def refused(calls: list[Call], who: Actor, error: type[Exception]) -> None:
    for number, call in enumerate(calls):
        with pytest.raises(error):
            await call(who)
            pytest.fail(f"call {number} was allowed")


async def key(world: World, **more: Any) -> Actor:
    _, secret = await api_keys.create(world.context, world.ada, name="k", **more)
    return await api_keys.authenticate(world.context, secret)


async def test_a_key_works_only_where_it_is_bound(world: World) -> None:
    elsewhere = await systems.create_system(
        world.context, world.ada, systems.NewSystem(team_id=world.team_id, name="Other")
    )
    team = await teams.create(world.context, world.ada, name="Another")
    for bounds in ({"design_system_id": elsewhere.id}, {"team_id": team.id}):
        who = await key(world, scopes=["admin"], **bounds)
        await refused([*await reads(world), *await writes(world)], who, NotFound)
        found = await systems.list_systems(world.context, who, team_id=None, q=None, limit=9, cursor=None)
        assert world.id not in {system.id for system in found.items}
    who = await key(world, scopes=["write"], design_system_id=world.id)
    for call in await reads(world):
        await call(who)
    await (await writes(world))[0](who)


async def test_a_key_does_no_more_than_its_scopes(world: World) -> None:
    reader = await key(world, scopes=["read"])
    for call in await reads(world):
        await call(reader)
    await refused(await writes(world), reader, Forbidden)
    writer = await key(world, scopes=["write"])
    with pytest.raises(Forbidden):
        await systems.delete_system(world.context, writer, world.id)
    with pytest.raises(Forbidden):
        await systems.update_system(world.context, writer, world.id, SystemChanges(visibility="public"))


async def test_what_a_person_may_is_asked_anew_each_time(world: World) -> None:
    context = world.context
    eve = await person(context, "eve")
    await refused([*await reads(world), *await writes(world)], eve, NotFound)
    member = await teams.add_member(context, world.ada, world.team_id, email="eve@example.org", role="editor")  # type: ignore[arg-type]
    await (await writes(world))[0](eve)
    await teams.change_role(context, world.ada, world.team_id, member.user.id, role="viewer")  # type: ignore[arg-type]
    for call in await reads(world):
        await call(eve)
    await refused(await writes(world), eve, Forbidden)
    await teams.remove_member(context, world.ada, world.team_id, member.user.id)
    await refused([*await reads(world), *await writes(world)], eve, NotFound)


async def test_a_public_system_is_read_by_all_and_written_by_none(world: World) -> None:
    context = world.context
    await systems.update_system(context, world.ada, world.id, SystemChanges(visibility="public"))
    eve, nobody = await person(context, "eve"), Actor()
    for who in (eve, nobody):
        for call in await reads(world):
            await call(who)
    await refused(await writes(world), eve, Forbidden)
    await refused(await writes(world), nobody, Unauthenticated)


def alterations(world: World) -> list[Call]:
    """What stands in line with a system's writers and is no change of its content."""
    context, identity, rule = world.context, world.id, Protection(pattern="release/*")
    return [
        lambda who: systems.update_system(context, who, identity, SystemChanges(visibility="public")),
        lambda who: protections.set_protection(context, who, identity, rule),
        lambda who: protections.remove_protection(context, who, identity, rule.pattern),
        lambda who: systems.delete_system(context, who, identity),
    ]


async def test_who_may_not_is_refused_without_standing_in_line(world: World) -> None:
    """A stranger would make writers wait, and learn from the wait that there is something."""
    eve, calls = await person(world.context, "eve"), [*await writes(world), *alterations(world)]
    async with world.context.turns.of(world.id), asyncio.timeout(10):
        await refused(calls, eve, NotFound)
        await refused(calls, Actor(), Unauthenticated)


async def somebody_waits(context: Context) -> None:
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    async with asyncio.timeout(10), context.reads.connect() as db:
        while not await db.scalar(text(query)):
            await asyncio.sleep(0)


@pytest.mark.parametrize("number", range(4), ids=["update", "protect", "unprotect", "delete"])
async def test_who_loses_the_role_while_in_line_changes_nothing(world: World, number: int) -> None:
    context = world.context
    eve = await person(context, "eve")
    await teams.add_member(context, world.ada, world.team_id, email="eve@example.org", role=Role.ADMIN)
    await protections.set_protection(context, world.ada, world.id, Protection(pattern="release/*"))
    before = await world.row()
    async with context.engine.begin() as db:
        await index_systems.lock(db, world.id)
        waiting = asyncio.ensure_future(alterations(world)[number](eve))
        await somebody_waits(context)
        await teams.change_role(context, world.ada, world.team_id, eve.user_id or uuid4(), Role.VIEWER)
    with pytest.raises(Forbidden):
        await waiting
    assert await world.row() == before
