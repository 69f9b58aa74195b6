"""What runs on the strength of a right ends with it, and nothing else does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
import pytest_asyncio

from services import api_keys, revocations, sign_ins, systems, teams
from services.context import Context, opened
from services.errors import Forbidden, NotFound, ServiceError, Unauthenticated
from services.git_sessions import GitSession, GitSessions
from services.policy import ANONYMOUS, Action, Actor, Role, Scope
from services.revocations import EVERYBODY, Revocation
from services.systems import SystemChanges
from tests.services.conftest import PASSWORD, person
from tests.services.contents import World, make_world
from tests.services.test_systems import statements

NEVER = 3600.0


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    return await make_world(context)


class Running:
    """One session whose exchange goes on until it is told to end, or cut off."""

    def __init__(self, sessions: GitSessions, session: GitSession) -> None:
        self.sessions = sessions
        self.finish = asyncio.Event()
        self.begun = asyncio.Event()
        self.was_cut = False
        self.task = asyncio.create_task(sessions.run(session, self._exchange(), since=sessions.heard))

    async def _exchange(self) -> None:
        self.begun.set()
        try:
            await self.finish.wait()
        except asyncio.CancelledError:
            self.was_cut = True
            raise

    async def ends_with(self, refusal: type[ServiceError]) -> None:
        with pytest.raises(refusal):
            await asyncio.wait_for(self.task, 10)
        assert self.was_cut and len(self.sessions) == 0

    async def goes_on(self) -> None:
        """It was asked about, and may."""
        assert not self.task.done()
        self.finish.set()
        await asyncio.wait_for(self.task, 10)
        assert not self.was_cut and len(self.sessions) == 0


async def running(
    world: World, actor: Actor, action: Action = Action.SYSTEM_READ, *, ask_every: float = NEVER, whole: bool = False
) -> Running:
    sessions = GitSessions(world.context, ask_every=ask_every)
    made = Running(sessions, GitSession(actor, await world.row(), action, lambda: not whole))
    await made.begun.wait()
    return made


async def editor(world: World) -> Actor:
    bea = await person(world.context, "bea")
    await teams.add_member(world.context, world.ada, world.team_id, user_id=bea.user_id, role=Role.EDITOR)
    return bea


async def by_key(world: World, owner: Actor) -> Actor:
    _, key = await api_keys.create(world.context, owner, name="CI", scopes=[Scope.WRITE])
    return await api_keys.authenticate(world.context, key)


async def key_revoked(world: World, actor: Actor) -> Revocation:
    assert actor.key_id is not None
    await api_keys.revoke(world.context, world.ada, actor.key_id)
    return Revocation(key_id=actor.key_id)


async def signed_out(world: World, actor: Actor) -> Revocation:
    assert actor.sign_in_id is not None
    await sign_ins.end_own(world.context, actor, actor.sign_in_id)
    return Revocation(user_id=actor.user_id, sign_in_id=actor.sign_in_id)


async def removed(world: World, actor: Actor) -> Revocation:
    assert actor.user_id is not None
    await teams.remove_member(world.context, world.ada, world.team_id, actor.user_id)
    return Revocation(user_id=actor.user_id, team_id=world.team_id)


async def lowered(world: World, actor: Actor) -> Revocation:
    assert actor.user_id is not None
    await teams.change_role(world.context, world.ada, world.team_id, actor.user_id, Role.VIEWER)
    return Revocation(user_id=actor.user_id, team_id=world.team_id)


async def deleted(world: World, actor: Actor) -> Revocation:
    await systems.delete_system(world.context, world.ada, world.id)
    return Revocation(system_id=world.id)


Act = Callable[[World, Actor], Awaitable[Revocation]]
ENDS: dict[str, tuple[Act, Action, type[ServiceError]]] = {
    "signed out": (signed_out, Action.SYSTEM_READ, Unauthenticated),
    "removed from the team": (removed, Action.SYSTEM_READ, NotFound),
    "removed while pushing": (removed, Action.CONTENT_WRITE, NotFound),
    "lowered while pushing": (lowered, Action.CONTENT_WRITE, Forbidden),
    "the system deleted": (deleted, Action.SYSTEM_READ, NotFound),
}


@pytest.mark.parametrize("name", list(ENDS))
async def test_it_is_cut_off_when_the_right_goes(world: World, name: str) -> None:
    act, action, refusal = ENDS[name]
    bea = await editor(world)
    session = await running(world, bea, action)
    session.sessions.doubt(await act(world, bea))
    await session.ends_with(refusal)


async def test_it_is_cut_off_when_its_key_is_revoked_and_another_key_goes_on(world: World) -> None:
    one, other = [await by_key(world, world.ada) for _ in range(2)]
    session, beside = await running(world, one), await running(world, other)
    revocation = await key_revoked(world, one)
    for doubting in (session, beside):
        doubting.sessions.doubt(revocation)
        doubting.sessions.doubt(EVERYBODY)
    await session.ends_with(Unauthenticated)
    await beside.goes_on()


async def test_a_stranger_is_cut_off_when_a_public_system_is_made_private(context: Context) -> None:
    world = await make_world(context, visibility="public")
    session, member = await running(world, ANONYMOUS), await running(world, world.ada)
    await systems.update_system(context, world.ada, world.id, SystemChanges(visibility="private"))
    for doubting in (session, member):
        doubting.sessions.doubt(Revocation(system_id=world.id))
    await session.ends_with(Unauthenticated)
    await member.goes_on()


async def test_a_viewer_again_may_fetch_on(world: World) -> None:
    bea = await editor(world)
    session = await running(world, bea, Action.SYSTEM_READ)
    session.sessions.doubt(await lowered(world, bea))
    await session.goes_on()


async def test_without_any_announcement_it_asks_by_itself(world: World) -> None:
    """The process that revoked died before it could tell, or Redis is away."""
    key = await by_key(world, world.ada)
    session = await running(world, key, ask_every=0.02)
    await key_revoked(world, key)
    await session.ends_with(Unauthenticated)


async def test_what_was_heard_while_it_was_being_allowed_is_asked_about(world: World) -> None:
    """Between the question at its start and its entry in the list nothing may be missed."""
    key = await by_key(world, world.ada)
    sessions = GitSessions(world.context, ask_every=NEVER)
    before = sessions.heard
    sessions.doubt(await key_revoked(world, key))
    session = GitSession(key, await world.row(), Action.SYSTEM_READ)
    with pytest.raises(Unauthenticated):
        await asyncio.wait_for(sessions.run(session, asyncio.Event().wait(), since=before), 10)  # type: ignore[arg-type]


async def test_what_must_be_done_whole_is_done_whole(world: World) -> None:
    key = await by_key(world, world.ada)
    session = await running(world, key, Action.CONTENT_WRITE, ask_every=0.01, whole=True)
    session.sessions.doubt(await key_revoked(world, key))
    asked = await statements(world.context, asyncio.sleep(0.1))
    assert len(asked) > 1
    await session.goes_on()


async def test_revocations_of_others_ask_nothing(world: World) -> None:
    bea = await editor(world)
    session = await running(world, bea)

    async def others() -> None:
        for revocation in (
            Revocation(user_id=world.ada.user_id),
            Revocation(sign_in_id=world.ada.sign_in_id),
            Revocation(user_id=bea.user_id, team_id=world.id),
            Revocation(user_id=bea.user_id, key_id=world.id),
        ):
            session.sessions.doubt(revocation)
        await session.goes_on()

    assert await statements(world.context, others()) == []


async def test_a_session_that_nobody_doubts_asks_nothing(world: World) -> None:
    sessions = GitSessions(world.context)
    session = GitSession(world.ada, await world.row(), Action.SYSTEM_READ)

    async def exchange() -> None:
        await asyncio.sleep(0)

    assert await statements(world.context, sessions.run(session, exchange(), since=sessions.heard)) == []


async def test_faults_of_the_exchange_come_out(world: World) -> None:
    sessions = GitSessions(world.context)
    session = GitSession(world.ada, await world.row(), Action.SYSTEM_READ)

    async def broken() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await sessions.run(session, broken(), since=sessions.heard)
    assert len(sessions) == 0


async def test_a_caller_that_leaves_takes_the_exchange_along(world: World) -> None:
    session = await running(world, world.ada)
    session.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await session.task
    assert session.was_cut and len(session.sessions) == 0


async def test_a_database_that_does_not_answer_revokes_nothing(world: World, redis_url: str) -> None:
    away = opened(
        database_url="postgresql://nobody@127.0.0.1:1/none",
        redis_url=redis_url,
        repositories=world.context.store.root,
        access_tokens=world.context.access_tokens,
        vault=world.context.vault,
    )
    async with away as broken:
        blind = replace(world, context=replace(world.context, reads=broken.reads))
        sessions = GitSessions(blind.context, ask_every=0.01)
        made = Running(sessions, GitSession(world.ada, await world.row(), Action.SYSTEM_READ))
        sessions.doubt(EVERYBODY)
        await asyncio.wait([made.task], timeout=0.2)
        await made.goes_on()


async def test_the_listener_leads_to_the_session(world: World) -> None:
    """All of it together: one process revokes and announces, the other cuts off."""
    await person(world.context, "cay")
    pair = await sign_ins.login(world.context, email="cay@example.org", password=PASSWORD)
    cay = world.context.access_tokens.verify(pair.access_token, world.context.clock())
    await teams.add_member(world.context, world.ada, world.team_id, user_id=cay.user_id, role=Role.VIEWER)
    session = await running(world, cay)
    async with revocations.listening(world.context) as listener:
        with listener.subscribed(session.sessions.doubt):
            await listener.connected.wait()
            await sign_ins.logout(world.context, pair.refresh_token)
            await session.ends_with(Unauthenticated)
