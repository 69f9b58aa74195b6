"""Upkeep: notices repositories that have gathered many loose objects, and asks the workers to repack them."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from gitstore.errors import GitStoreError
from gitstore.maintenance import needs_maintenance, packs_changed
from gitstore.store import RepositoryStore

log = logging.getLogger("xds.upkeep")

REQUESTED = "xds:maintenance"
"""The Redis set of system ids whose repositories want repacking; a set, so that asking twice is asking once."""

LANDINGS_BETWEEN_LOOKS = 64


class Upkeep:
    """Looks at a repository once every so many landings and when a push brought a pack; an edit does not pay for it."""

    def __init__(self, redis: Redis, store: RepositoryStore) -> None:
        self._redis = redis
        self._store = store
        self._landings: Counter[UUID] = Counter()
        self._packs: dict[UUID, int] = {}

    async def consider(self, system_id: UUID) -> None:
        """Count one landing and, now and then, ask for maintenance. Never fails a landing that has succeeded."""
        self._landings[system_id] += 1
        try:
            if not self._is_due(system_id):
                return
            del self._landings[system_id]
            if await asyncio.to_thread(needs_maintenance, self._store.path_of(system_id)):
                await self._redis.sadd(REQUESTED, str(system_id))
        except (RedisError, OSError, GitStoreError) as error:
            log.warning("maintenance of %s was not requested: %s", system_id, error)

    def _is_due(self, system_id: UUID) -> bool:
        packs = packs_changed(self._store.path_of(system_id))
        pushed = self._packs.get(system_id, 0) != packs
        self._packs[system_id] = packs
        return pushed or self._landings[system_id] >= LANDINGS_BETWEEN_LOOKS
