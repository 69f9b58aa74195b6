"""The bus between processes: what was just committed, told to every hub that listens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from index.values import dump_json

log = logging.getLogger("xds.bus")

LONGEST = 2.0
"""Seconds that a bus may take; the edit is durable, and whoever made it waits for the answer."""


def channel_of(system_id: UUID) -> str:
    """The channel that carries one system's durable events."""
    return f"xds:events:{system_id}"


async def publish(redis: Redis, system_id: UUID, events: Sequence[dict[str, Any]]) -> None:
    """Send events that are already durable in ``activity_log``.

    A bus that does not answer costs nobody an edit: a hub that sees a gap in ``seq`` reads the log.
    """
    if not events:
        return
    try:
        async with asyncio.timeout(LONGEST), redis.pipeline(transaction=False) as pipe:
            for event in events:
                pipe.publish(channel_of(system_id), dump_json(event))
            await pipe.execute()
    except (RedisError, OSError) as error:
        log.warning("events of %s were not broadcast: %s", system_id, error)
