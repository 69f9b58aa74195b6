"""Shares: how many of the places for git one caller takes at once, so that who is slow, or means to be, leaves some."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from weakref import WeakValueDictionary

from services import origin
from services.errors import Unavailable
from services.policy import Actor
from services.rate_limits import network_of


class Shares:
    """The shares of one web process: an account, its keys included, takes three quarters of the places at most, who is
    not signed in half of them together and a quarter from one address. Others wait ``seconds`` for their turn."""

    def __init__(self, places: int, seconds: float) -> None:
        self._seconds = seconds
        self._account, self._address = max(1, places * 3 // 4), max(1, places // 4)
        self._strangers = asyncio.Semaphore(max(1, places // 2))
        self._callers: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def place(self, actor: Actor) -> AsyncIterator[None]:
        """Be one of what this caller has running; raises Unavailable where its share stays taken."""
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(self._seconds):
                    # its own first: who waits for that must not keep other strangers waiting
                    for share in self._shares(actor):
                        await held.enter_async_context(share)
            except TimeoutError as error:
                message = "Too many clones, fetches and pushes of yours run at once; try again."
                raise Unavailable(message, retry_after=5) from error
            yield

    def _shares(self, actor: Actor) -> list[asyncio.Semaphore]:
        if actor.user_id is not None:
            return [self._of(f"user:{actor.user_id}", self._account)]
        return [self._of(network_of(origin.current().address), self._address), self._strangers]

    def _of(self, caller: str, most: int) -> asyncio.Semaphore:
        """What a caller shares with itself, for as long as any of it runs or waits."""
        share = self._callers.get(caller)
        if share is None:
            share = self._callers[caller] = asyncio.Semaphore(most)
        return share
