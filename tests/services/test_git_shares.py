"""Nobody takes every place for git, however slowly they send or read."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from uuid import uuid4

import pytest

from services import origin
from services.errors import Unavailable
from services.git_shares import Shares
from services.origin import Origin
from services.policy import ANONYMOUS, Actor

ADA, BEA = Actor(user_id=uuid4()), Actor(user_id=uuid4())


@contextmanager
def coming_from(address: str) -> Iterator[None]:
    token = origin.enter(Origin(address))
    try:
        yield
    finally:
        origin.leave(token)


async def taken(shares: Shares, held: AsyncExitStack, actor: Actor, *addresses: str) -> int:
    """How many places these get, one after the other, while all of them are kept."""
    got = 0
    for address in addresses:
        with coming_from(address):
            try:
                await held.enter_async_context(shares.place(actor))
            except Unavailable:
                break
        got += 1
    return got


async def test_strangers_leave_half_of_the_places_and_one_of_them_three_quarters() -> None:
    shares = Shares(16, 0.05)
    async with AsyncExitStack() as held:
        assert await taken(shares, held, ANONYMOUS, *["192.0.2.1"] * 20) == 4
        assert await taken(shares, held, ANONYMOUS, *[f"2001:db8::{number}" for number in range(20)]) == 4
        assert await taken(shares, held, ANONYMOUS, "198.51.100.9") == 0
        assert await taken(shares, held, ADA, *["192.0.2.1"] * 8) == 8
    async with AsyncExitStack() as held:
        assert await taken(shares, held, ANONYMOUS, *[f"192.0.2.{number}" for number in range(20)]) == 8


async def test_an_account_leaves_a_quarter_by_whatever_keys_it_comes() -> None:
    shares = Shares(16, 0.05)
    keys = [Actor(user_id=ADA.user_id, key_id=uuid4()) for _ in range(20)]
    async with AsyncExitStack() as held:
        assert sum([await taken(shares, held, key, "192.0.2.1") for key in keys]) == 12
        assert await taken(shares, held, BEA, *["192.0.2.1"] * 4) == 4


async def test_a_place_that_is_given_back_goes_to_who_waits() -> None:
    shares = Shares(1, 30)
    with coming_from("192.0.2.1"):
        async with shares.place(ANONYMOUS):
            entered = asyncio.Event()

            async def wait() -> None:
                async with shares.place(ANONYMOUS):
                    entered.set()

            waiting = asyncio.create_task(wait())
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(entered.wait(), 0.1)
        await asyncio.wait_for(waiting, 10)


async def test_who_has_gone_is_not_remembered() -> None:
    shares = Shares(16, 1)
    async with shares.place(ADA):
        assert len(shares._callers) == 1
    gc.collect()
    assert len(shares._callers) == 0
