"""Rate limits: how often somebody may ask, counted in windows that slide and that all processes share through Redis."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from time import monotonic

from cachebox import LRUCache
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.asyncio import Redis

from services.errors import RateLimited
from services.reach import Away, Reach

PREFIX = "xds:limits"
LEASES_KEPT = 20_000
LEASE_SHARE = 50
"""A lease is at most this part of a window's hits: by so much a limit may strike early or late in each process."""
LEASE_SECONDS = 5.0
REFUSED_SECONDS = 1.0


class Kind(StrEnum):
    """What is counted apart from what else."""

    REQUESTS = "requests"
    ANONYMOUS = "anonymous"
    GIT = "git"
    SIGN_IN = "sign-in"
    MAIL = "mail"
    INVITATIONS = "invitations"


WITHOUT_REDIS = frozenset({Kind.SIGN_IN, Kind.MAIL, Kind.INVITATIONS})
"""Counted in each process for itself while Redis is away; everything else passes then."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of a window: ``limit`` hits in ``window`` seconds, ``remaining`` now, more after ``reset``."""

    limit: int
    remaining: int
    reset: int
    window: int


class Exhausted(RateLimited):
    """Asked too often; carries what clients are told about the limit."""

    def __init__(self, quota: Quota) -> None:
        per = {1: "second", 60: "minute", 3600: "hour"}.get(quota.window, f"{quota.window} seconds")
        super().__init__(f"At most {quota.limit} per {per}. Try again in {quota.reset} s.", retry_after=quota.reset)
        self.quota = quota


@dataclass(slots=True)
class _Lease:
    """Hits that are paid for in Redis and not used yet. The first leases of a caller are single hits, then they double
    up to the share, so that who asks seldom is counted exactly and who asks a lot costs a round trip seldom."""

    left: int = 0
    size: int = 0
    ends: float = 0.0
    shared: int = 0
    reset_at: float = 0.0
    refused_until: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class RateLimits:
    """The limits of one process; ``rates`` None (a setting) limits nothing. ``key`` hides what Redis need not know."""

    def __init__(self, redis: Redis, rates: Mapping[Kind, str] | None, key: bytes, reach: Reach | None = None) -> None:
        storage = RedisStorage(
            "async+redis://",
            implementation="redispy",
            key_prefix=PREFIX,
            connection_pool=redis.connection_pool,  # type: ignore[arg-type]
        )
        self._items = {kind: parse(rate) for kind, rate in (rates or {}).items()}
        self._shared = SlidingWindowCounterRateLimiter(storage)
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._key = key
        self._reach = reach or Reach()
        self._leases: LRUCache[str, _Lease] = LRUCache(LEASES_KEPT)

    async def spend(self, kind: Kind, subject: str) -> Quota | None:
        """Count one hit of a caller; what is left, None where nothing is limited. Raises Exhausted."""
        item = self._items.get(kind)
        if item is None:
            return None
        name = f"{kind}:{subject}"
        if name not in self._leases:
            self._leases[name] = _Lease()
        lease = self._leases[name]
        if not _settled(lease):
            async with lease.lock:
                if not _settled(lease):
                    try:
                        await self._reach.ask(lambda: self._renew(lease, item, name))
                    except Away:
                        return await self._spend_here(kind, item, name)
        if lease.left <= 0:
            raise Exhausted(_quota(item, lease, 0))
        lease.left -= 1
        return _quota(item, lease, lease.shared + lease.left)

    async def spend_mail(self, address: str) -> None:
        """Count one mail that somebody asked for to that address, whether or not anybody has it. Raises Exhausted."""
        await self.spend(Kind.MAIL, hmac.digest(self._key, address.strip().lower().encode(), "sha256").hex()[:32])

    async def _renew(self, lease: _Lease, item: RateLimitItem, name: str) -> None:
        """Pay for the next hits; leaves ``left`` at 0 where none are to be had."""
        used_up = lease.left <= 0 and monotonic() < lease.ends
        wanted = min(lease.size * 2, max(1, item.amount // LEASE_SHARE)) if used_up and lease.size else 1
        taken = wanted if await self._shared.hit(item, name, cost=wanted) else 0
        if not taken and wanted > 1:
            taken = int(await self._shared.hit(item, name))
        left = await self._shared.get_window_stats(item, name)
        lease.left, lease.size, lease.shared = taken, taken, left.remaining
        lease.ends = monotonic() + min(LEASE_SECONDS, item.get_expiry())
        lease.reset_at = monotonic() + max(0.0, left.reset_time - time.time())
        lease.refused_until = 0.0 if taken else monotonic() + REFUSED_SECONDS

    async def _spend_here(self, kind: Kind, item: RateLimitItem, name: str) -> Quota | None:
        if kind not in WITHOUT_REDIS:
            return None
        taken = await self._own.hit(item, name)
        left = await self._own.get_window_stats(item, name)
        reset = max(1, math.ceil(left.reset_time - time.time()))
        quota = Quota(item.amount, left.remaining, reset, item.get_expiry())
        if not taken:
            raise Exhausted(quota)
        return quota


@lru_cache(4096)
def network_of(address: str | None) -> str:
    """Whom an address stands for: itself, or the /64 that one IPv6 customer has 2^64 addresses of."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.IPv6Network((found, 64), strict=False))
    return str(found)


def _settled(lease: _Lease) -> bool:
    """Whether the next hit can be answered without Redis: it is paid for, or was refused just now."""
    now = monotonic()
    return (lease.left > 0 and now < lease.ends) or (lease.left <= 0 and now < lease.refused_until)


def _quota(item: RateLimitItem, lease: _Lease, remaining: int) -> Quota:
    reset = max(1, math.ceil(lease.reset_at - monotonic()))
    return Quota(item.amount, remaining, reset, item.get_expiry())
