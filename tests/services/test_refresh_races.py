"""One refresh token in two hands at the same moment: exactly one gets a pair, and then nobody is signed in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from index import sessions
from services import accounts, sign_ins
from services.context import Context, opened
from services.errors import Unauthenticated
from services.policy import Actor
from services.sign_ins import TokenPair, digest
from tests.services.conftest import PASSWORD, Clock
from tests.services.test_accounts import register


@pytest_asyncio.fixture
async def beside(context: Context, redis_url: str, clock: Clock) -> AsyncIterator[Context]:
    """Another process on the same database."""
    url = context.engine.url.render_as_string(hide_password=False)
    opening = opened(
        database_url=url,
        redis_url=redis_url,
        repositories=context.store.root,
        access_tokens=context.access_tokens,
        vault=context.vault,
        passwords=context.passwords,
        clock=clock,
    )
    async with opening as made:
        yield made


@pytest_asyncio.fixture
async def pair(context: Context) -> TokenPair:
    await register(context, "ada@example.org")
    return await sign_ins.login(context, email="ada@example.org", password=PASSWORD)


def actor(context: Context, pair: TokenPair) -> Actor:
    return context.access_tokens.verify(pair.access_token, context.clock())


async def is_over(context: Context, *pairs: TokenPair) -> None:
    """Neither the refresh tokens nor the access tokens of these open anything."""
    for pair in pairs:
        with pytest.raises(Unauthenticated):
            await accounts.me(context, actor(context, pair))
        with pytest.raises(Unauthenticated):
            await sign_ins.refresh(context, pair.refresh_token)


async def waits_for_a_lock(context: Context, task: asyncio.Task[TokenPair]) -> None:
    """Until PostgreSQL says that somebody waits for a row."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(10), context.reads.connect() as db:
        while not (await db.execute(waiting)).scalar_one():
            assert not task.done()


async def spent(db: AsyncConnection, context: Context, pair: TokenPair) -> None:
    assert await sessions.spend(db, digest(pair.refresh_token), context.clock()) is not None


async def test_two_processes_at_once_give_one_pair_and_end_the_sign_in(
    context: Context, beside: Context, pair: TokenPair
) -> None:
    for _ in range(10):
        fresh = await sign_ins.login(context, email="ada@example.org", password=PASSWORD)
        outcomes = await asyncio.gather(
            *(sign_ins.refresh(where, fresh.refresh_token) for where in (context, beside)), return_exceptions=True
        )
        won = [outcome for outcome in outcomes if isinstance(outcome, TokenPair)]
        refused = [outcome for outcome in outcomes if isinstance(outcome, Unauthenticated)]
        assert (len(won), len(refused)) == (1, 1)
        await is_over(context, fresh, *won)
    await accounts.me(context, actor(context, pair))  # another sign-in of the same person is none of it


async def test_who_comes_while_the_winner_is_at_it_waits_and_ends_it(
    context: Context, beside: Context, pair: TokenPair
) -> None:
    async with context.engine.begin() as db:
        await spent(db, context, pair)
        second = asyncio.create_task(sign_ins.refresh(beside, pair.refresh_token))
        await waits_for_a_lock(context, second)
    with pytest.raises(Unauthenticated):
        await second
    await is_over(context, pair)


async def test_a_process_that_dies_with_the_token_in_hand_costs_nobody_the_sign_in(
    context: Context, beside: Context, pair: TokenPair
) -> None:
    """What it had not committed never happened: the next one refreshes as if it were the first."""
    async with context.engine.connect() as db:
        await spent(db, context, pair)
        second = asyncio.create_task(sign_ins.refresh(beside, pair.refresh_token))
        await waits_for_a_lock(context, second)
        await db.rollback()
    won = await second
    await accounts.me(context, actor(context, won))
    await sign_ins.refresh(context, won.refresh_token)


async def test_a_sign_out_in_the_middle_of_a_refresh_wins(context: Context, beside: Context, pair: TokenPair) -> None:
    signed_in = actor(context, pair)
    assert signed_in.sign_in_id is not None and signed_in.user_id is not None
    async with context.engine.begin() as db:
        assert await sessions.end(db, signed_in.sign_in_id, signed_in.user_id, context.clock())
        refreshing = asyncio.create_task(sign_ins.refresh(beside, pair.refresh_token))
        await waits_for_a_lock(context, refreshing)
    with pytest.raises(Unauthenticated):
        await refreshing
    await is_over(context, pair)
