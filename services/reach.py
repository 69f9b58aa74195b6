"""Reach: asks Redis for what may be done without it, and stops asking for a while when it does not answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

from redis.exceptions import RedisError

log = logging.getLogger("xds.limits")

LONGEST = 1.0
"""Seconds that a caller waits for Redis."""
PAUSE = 5.0
"""Seconds without asking, once it did not answer."""

T = TypeVar("T")


class Away(Exception):
    """Redis does not answer now."""


class Reach:
    """One process's knowledge of whether Redis answers; says so in the log once when that changes."""

    def __init__(self) -> None:
        self._again = 0.0
        self._away = False

    async def ask(self, question: Callable[[], Awaitable[T]]) -> T:
        """What Redis answers; raises Away where it does not, at once during the pause after it last did not."""
        if self._away and monotonic() < self._again:
            raise Away
        try:
            async with asyncio.timeout(LONGEST):
                answer = await question()
        except (RedisError, OSError) as error:  # TimeoutError is an OSError
            self._lost(error)
            raise Away from error
        if self._away:
            self._away = False
            log.warning("Redis answers again; limits are shared between processes")
        return answer

    def _lost(self, error: Exception) -> None:
        self._again = monotonic() + PAUSE
        if not self._away:
            self._away = True
            log.warning("Redis does not answer (%s); requests pass, sign-ins are counted here", type(error).__name__)
