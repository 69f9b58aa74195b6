"""Answers over ASGI: a cancelled one ends, however fast its client reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gitstore.wire.asgi import Message, RequestBody, respond
from gitstore.wire.http import Answer


class Exchange:
    """An answer without end, to a client that takes every part at once and never leaves."""

    def __init__(self) -> None:
        self.ended = False

    @asynccontextmanager
    async def opening(self) -> AsyncIterator[Answer]:
        try:
            yield Answer({"content-type": "text/plain"}, self._body())
        finally:
            self.ended = True

    async def _body(self) -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0)
            yield b"more"

    async def receive(self) -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(self, _: Message) -> None:
        await asyncio.sleep(0)


@pytest.mark.parametrize("turns", range(40))
async def test_a_cancellation_between_two_parts_is_never_lost(turns: int) -> None:
    """asyncio.wait_for drops one that arrives while what it waits for has just been done (bpo-42130)."""
    exchange = Exchange()
    task = asyncio.create_task(respond(exchange.opening(), RequestBody(exchange.receive), exchange.send))
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task], timeout=2)
    assert task.cancelled()
    assert exchange.ended or turns < 3
