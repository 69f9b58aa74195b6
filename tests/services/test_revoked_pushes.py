"""Who may push is asked before a push is judged and again under the lock; from there it lands, whatever is revoked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from gitstore.refs import RefUpdate
from gitstore.wire.pushes import Verdict
from services import api_keys, systems, teams
from services.context import Context
from services.policy import Actor, Role, Scope
from services.pushes import Push
from tests.services.conftest import person
from tests.services.contents import TOKENS, World, make_world, tokens_file
from tests.services.test_pushes import MAIN, busy, judged, opened, tag, update


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    made = await make_world(context)
    await made.put({TOKENS: tokens_file(x=1)})
    return made


async def member(world: World, role: Role = Role.EDITOR) -> Actor:
    bea = await person(world.context, "bea")
    await teams.add_member(world.context, world.ada, world.team_id, user_id=bea.user_id, role=role)
    return bea


async def by_key(world: World, owner: Actor, *scopes: Scope) -> Actor:
    _, key = await api_keys.create(world.context, owner, name="CI", scopes=scopes or (Scope.WRITE,))
    return await api_keys.authenticate(world.context, key)


async def revoke(world: World, actor: Actor) -> None:
    assert actor.key_id is not None
    await api_keys.revoke(world.context, world.ada, actor.key_id)


async def lower(world: World, actor: Actor) -> None:
    assert actor.user_id is not None
    await teams.change_role(world.context, world.ada, world.team_id, actor.user_id, Role.VIEWER)


async def remove(world: World, actor: Actor) -> None:
    assert actor.user_id is not None
    await teams.remove_member(world.context, world.ada, world.team_id, actor.user_id)


@asynccontextmanager
async def waiting(world: World, push: Push, wanted: RefUpdate) -> AsyncIterator[asyncio.Task[Verdict]]:
    """The push while it waits, judged, for the lock that another one holds; at the end it gets it."""
    holder = opened(world)
    ahead = RefUpdate("refs/heads/ahead", None, world.git.ref(MAIN))
    assert (await judged(holder, [ahead])).accepted
    task = asyncio.create_task(judged(push, [wanted]))
    queue = world.context.turns._queues
    while queue[world.id][1] < 2:
        await asyncio.sleep(0)
    yield task
    await holder.closed()


Act = Callable[[World, Actor], Awaitable[None]]


@pytest.mark.parametrize(("act", "words"), [(lower, "may not"), (remove, "no such design system")])
async def test_a_role_that_goes_while_its_push_waits_stops_it(world: World, act: Act, words: str) -> None:
    bea = await member(world)
    wanted, before = update(world, x=2), world.git.ref(MAIN)
    push = opened(world, bea)
    async with waiting(world, push, wanted) as task:
        await act(world, bea)
    verdict = await asyncio.wait_for(task, 10)
    assert not verdict.accepted and words in verdict.lines[0] and push.may_be_cut
    assert busy(world) == 0  # at once, not only when git has gone
    assert world.git.ref(MAIN) == before
    await push.closed()
    await world.check()


async def test_a_key_that_is_revoked_while_its_push_waits_stops_it(world: World) -> None:
    key = await by_key(world, world.ada)
    push = opened(world, key)
    async with waiting(world, push, update(world, x=2)) as task:
        await revoke(world, key)
    verdict = await asyncio.wait_for(task, 10)
    assert not verdict.accepted and busy(world) == 0
    await world.check()


async def test_a_publishers_right_is_asked_for_again_too(world: World) -> None:
    """An admin who waits with a version tag and is an editor when the turn comes."""
    bea = await member(world, Role.ADMIN)
    assert bea.user_id is not None
    push = opened(world, bea)
    async with waiting(world, push, tag(world, "v1.0.0", world.git.ref(MAIN) or "")) as task:
        await teams.change_role(world.context, world.ada, world.team_id, bea.user_id, Role.EDITOR)
    verdict = await asyncio.wait_for(task, 10)
    assert not verdict.accepted and "publish" in verdict.lines[0]
    assert (await world.row()).version is None and busy(world) == 0


async def test_a_system_that_is_deleted_while_a_push_waits_takes_nothing(world: World) -> None:
    push = opened(world)
    holder = opened(world)
    assert (await judged(holder, [update(world, x=3)])).accepted
    deleting = asyncio.create_task(systems.delete_system(world.context, world.ada, world.id))
    while world.context.turns._queues[world.id][1] < 2:
        await asyncio.sleep(0)
    task = asyncio.create_task(judged(push, [update(world, x=2)]))
    while world.context.turns._queues[world.id][1] < 3:
        await asyncio.sleep(0)
    await holder.closed()
    await asyncio.wait_for(deleting, 10)
    verdict = await asyncio.wait_for(task, 10)
    assert not verdict.accepted and busy(world) == 0


@pytest.mark.parametrize("act", [revoke, lower, remove])
async def test_what_is_revoked_between_the_two_hooks_stops_the_next_push_and_not_this(world: World, act: Act) -> None:
    """It was authorised under the lock: that is the moment that counts, and git has its objects already."""
    bea = await member(world)
    actor = await by_key(world, bea) if act is revoke else bea
    push, wanted = opened(world, actor), update(world, x=2)
    assert (await judged(push, [wanted])).accepted
    assert not push.may_be_cut
    await (api_keys.revoke(world.context, bea, actor.key_id) if actor.key_id else act(world, bea))
    (result,) = await push.proc_receive([wanted], [], False)
    await push.closed()
    assert result.ok and world.git.ref(MAIN) == wanted.new
    verdict = await judged(opened(world, actor), [update(world, x=3)])
    assert not verdict.accepted and busy(world) == 0
    await world.check()


async def test_a_refusal_before_the_lock_never_waits_for_it(world: World) -> None:
    """Who may not push makes nobody wait, and is told at once."""
    bea = await member(world, Role.VIEWER)
    holder = opened(world)
    assert (await judged(holder, [update(world, x=3)])).accepted
    verdict = await asyncio.wait_for(judged(opened(world, bea), [update(world, x=2)]), 10)
    assert not verdict.accepted
    await holder.closed()
