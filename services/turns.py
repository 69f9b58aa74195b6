"""Turns: the writers of one system in one process wait here, so that only one of them holds a database connection.

Without it, twenty writers of one busy system would take the whole pool while waiting for its row's lock, and nobody
else could so much as read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from services.errors import Unavailable


class Turns:
    """One queue for each system that has writers at this moment, first come first served."""

    def __init__(self, longest_wait: float = 30.0) -> None:
        self._longest_wait = longest_wait
        self._queues: dict[UUID, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def of(self, system_id: UUID) -> AsyncIterator[None]:
        """Hold the system's turn; raises Unavailable after ``longest_wait`` seconds in the queue."""
        lock, users = self._queues.get(system_id, (asyncio.Lock(), 0))
        self._queues[system_id] = (lock, users + 1)
        try:
            try:
                async with asyncio.timeout(self._longest_wait):
                    await lock.acquire()
            except TimeoutError as error:
                raise Unavailable("Too many are writing to this design system; try again.", retry_after=2) from error
            try:
                yield
            finally:
                lock.release()
        finally:
            lock, users = self._queues[system_id]
            if users == 1:
                del self._queues[system_id]
            else:
                self._queues[system_id] = (lock, users - 1)
