"""Whether the parts that every operation needs are there and answer."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from services import sync
from services.context import Context

CHECK_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Check:
    """One part's state; ``detail`` names what is wrong without addresses or credentials."""

    ok: bool
    detail: str = ""


async def _database(context: Context) -> Check:
    # a connection from the pool is tried before it is handed out (pre-ping), a new one proves itself
    async with context.engine.connect():
        return Check(True)


async def _redis(context: Context) -> Check:
    await context.redis.ping()
    return Check(True)


async def _storage(context: Context) -> Check:
    usable = await asyncio.to_thread(os.access, context.store.root, os.R_OK | os.W_OK | os.X_OK)
    return Check(usable, "" if usable else "the repositories' directory cannot be written")


async def _index(context: Context) -> Check:
    """The systems written last are as git has them; one that is not is repaired at its next touch."""
    behind = await sync.drift(context)
    return Check(True, f"{behind} behind their repository" if behind else "")


Checker = Callable[[Context], Awaitable[Check]]
CHECKS: dict[str, Checker] = {"database": _database, "redis": _redis, "storage": _storage, "index": _index}
"""What readiness means; a part that comes later adds its check here."""


async def readiness(context: Context) -> Mapping[str, Check]:
    """Every check at once, each with its own time limit."""
    outcomes = await asyncio.gather(*(_run(check, context) for check in CHECKS.values()))
    return dict(zip(CHECKS, outcomes, strict=True))


async def _run(check: Checker, context: Context) -> Check:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check(context)
    except Exception as error:  # noqa: BLE001 - whatever it is, it means not ready; its text may hold addresses
        return Check(False, type(error).__name__)
