"""Revocations reach every process, and never fail the act that they follow."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from services import revocations, sign_ins, systems
from services.context import Context
from services.errors import Unauthenticated
from services.revocations import EVERYBODY, Listener, Revocation, announce
from services.systems import SystemChanges
from tests.services.conftest import PASSWORD, person
from tests.services.contents import make_world

ONE, OTHER = UUID(int=1), UUID(int=2)


class Ear:
    """Remembers what it heard."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[Revocation] = asyncio.Queue()

    def __call__(self, revocation: Revocation) -> None:
        self.heard.put_nowait(revocation)

    async def next(self) -> Revocation:
        return await asyncio.wait_for(self.heard.get(), 10)


@pytest_asyncio.fixture
async def listener(context: Context, redis_url: str) -> AsyncIterator[Listener]:
    """Another process's: it has a connection of its own."""
    redis = Redis.from_url(redis_url)
    async with redis, revocations.listening(replace(context, redis=redis)) as made:
        await asyncio.wait_for(made.connected.wait(), 10)
        yield made


@pytest_asyncio.fixture
async def ear(listener: Listener) -> AsyncIterator[Ear]:
    made = Ear()
    with listener.subscribed(made):
        yield made


@pytest.mark.parametrize(
    ("said", "running", "meant"),
    [
        (Revocation(user_id=ONE), Revocation(user_id=ONE, team_id=OTHER), True),
        (Revocation(user_id=ONE), Revocation(user_id=OTHER), False),
        (Revocation(user_id=ONE), Revocation(), False),
        (Revocation(user_id=ONE, team_id=OTHER), Revocation(user_id=ONE, team_id=OTHER, key_id=ONE), True),
        (Revocation(user_id=ONE, team_id=OTHER), Revocation(user_id=ONE, team_id=ONE), False),
        (Revocation(key_id=ONE), Revocation(user_id=ONE), False),
        (Revocation(system_id=ONE), Revocation(system_id=ONE), True),
        (EVERYBODY, Revocation(), True),
    ],
)
def test_each_field_narrows_who_is_meant(said: Revocation, running: Revocation, meant: bool) -> None:
    assert said.concerns(running) is meant


def test_what_goes_over_the_channel_comes_back() -> None:
    full = Revocation(user_id=uuid4(), key_id=uuid4(), sign_in_id=uuid4(), team_id=uuid4(), system_id=uuid4())
    for revocation in (full, Revocation(key_id=ONE), EVERYBODY):
        assert Revocation.load(revocation.dump()) == revocation


@pytest.mark.parametrize("data", [b"", b"[]", b"3", b"\xff", b'{"user_id": "me"}', b'{"user_id": 3}', b"null"])
def test_what_cannot_be_read_means_everybody(data: bytes) -> None:
    assert Revocation.load(data) == EVERYBODY


def test_fields_of_a_newer_version_only_widen_it() -> None:
    assert Revocation.load(b'{"planet_id": "x", "key_id": "%s"}' % str(ONE).encode()) == Revocation(key_id=ONE)


async def test_other_processes_hear_it(context: Context, ear: Ear) -> None:
    await announce(context, Revocation(key_id=ONE))
    assert await ear.next() == Revocation(key_id=ONE)


async def test_a_connection_that_was_lost_comes_back_and_everything_is_doubted(
    context: Context, ear: Ear, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revocations, "RETRY", 0.01)
    await context.redis.client_kill_filter(_type="pubsub")
    assert await ear.next() == EVERYBODY
    await announce(context, Revocation(key_id=ONE))
    assert await ear.next() == Revocation(key_id=ONE)


async def test_a_quiet_connection_is_asked_whether_it_stands(
    context: Context, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revocations, "IDLE", 0.01)
    ear = Ear()
    async with revocations.listening(context) as listener:
        with listener.subscribed(ear):
            assert await ear.next() == EVERYBODY
            before = (await context.redis.info("commandstats"))["cmdstat_ping"]["calls"]
            while (await context.redis.info("commandstats"))["cmdstat_ping"]["calls"] < before + 3:
                assert listener.connected.is_set()
            await announce(context, Revocation(key_id=ONE))
            assert await ear.next() == Revocation(key_id=ONE)


async def test_one_subscriber_that_fails_takes_it_from_no_other(
    context: Context, ear: Ear, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: Revocation) -> None:
        raise RuntimeError("broken")

    with listener.subscribed(broken), caplog.at_level(logging.ERROR):
        for key_id in (ONE, OTHER):
            await announce(context, Revocation(key_id=key_id))
            assert await ear.next() == Revocation(key_id=key_id)
    await announce(context, Revocation(key_id=ONE))
    await ear.next()
    assert caplog.text.count("broken") >= 2


async def test_who_left_hears_no_more(context: Context, ear: Ear, listener: Listener) -> None:
    gone = Ear()
    with listener.subscribed(gone):
        pass
    await announce(context, EVERYBODY)
    await ear.next()
    assert gone.heard.empty()


async def test_an_act_stands_though_nobody_can_be_told(context: Context) -> None:
    """Redis is away: the sign-in ends all the same, and its access token with the next query."""
    ada = await person(context, "Ada")
    pair = await sign_ins.login(context, email="ada@example.org", password=PASSWORD)
    deaf = replace(context, redis=Redis.from_url("redis://127.0.0.1:1"))
    await sign_ins.logout(deaf, pair.refresh_token)
    with pytest.raises(Unauthenticated):
        await sign_ins.refresh(context, pair.refresh_token)
    assert ada.sign_in_id is not None
    await sign_ins.end_own(deaf, ada, ada.sign_in_id)


async def test_a_redis_that_hangs_keeps_nobody_waiting_for_long(
    context: Context, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(revocations, "LONGEST", 0.05)

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        writer.close()

    held = asyncio.Event()
    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with Redis(port=port) as redis:
            await asyncio.wait_for(announce(replace(context, redis=redis), EVERYBODY), 5)
        held.set()
    assert "was not announced" in caplog.text


async def test_sign_ins_that_end_are_announced(context: Context, ear: Ear) -> None:
    ada = await person(context, "Ada")
    first, second, reused = [
        await sign_ins.login(context, email="ada@example.org", password=PASSWORD) for _ in range(3)
    ]
    ids = [context.access_tokens.verify(pair.access_token, context.clock()).sign_in_id for pair in (first, second)]
    await sign_ins.logout(context, first.refresh_token)
    assert await ear.next() == Revocation(user_id=ada.user_id, sign_in_id=ids[0])
    assert ids[1] is not None
    await sign_ins.end_own(context, ada, ids[1])
    assert await ear.next() == Revocation(user_id=ada.user_id, sign_in_id=ids[1])
    await sign_ins.refresh(context, reused.refresh_token)
    with pytest.raises(Unauthenticated):
        await sign_ins.refresh(context, reused.refresh_token)
    assert (await ear.next()).user_id == ada.user_id
    await sign_ins.logout(context, "unknown")
    assert ear.heard.empty()


async def test_systems_that_are_made_private_or_deleted_are_announced(context: Context, ear: Ear) -> None:
    world = await make_world(context, visibility="public")
    for changes in (SystemChanges(name="New"), SystemChanges(visibility="public"), SystemChanges(visibility="private")):
        await systems.update_system(context, world.ada, world.id, changes)
    assert await ear.next() == Revocation(system_id=world.id)
    await systems.delete_system(context, world.ada, world.id)
    assert await ear.next() == Revocation(system_id=world.id)
    assert ear.heard.empty()
