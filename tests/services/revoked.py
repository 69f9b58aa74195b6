"""What the service announces to its processes when somebody loses something."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from services.context import Context
from services.revocations import EVERYBODY, Revocation, listening


@asynccontextmanager
async def announced(context: Context) -> AsyncIterator[Callable[[], Awaitable[Revocation]]]:
    """Within the block, a function that waits for the next revocation."""
    heard: asyncio.Queue[Revocation] = asyncio.Queue()

    async def following() -> Revocation:
        while (revocation := await asyncio.wait_for(heard.get(), 5)) == EVERYBODY:
            pass
        return revocation

    async with listening(context) as listener:
        with listener.subscribed(heard.put_nowait):
            await asyncio.wait_for(listener.connected.wait(), 5)
            yield following
