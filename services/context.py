"""What every operation needs at hand, built once by a composition root and passed down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cachebox import LRUCache
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from designsystem.exporters import Exported
from designsystem.rules import FileLimits
from gitstore.store import RepositoryStore
from index.catalogs import Catalogs
from index.engine import create_engine, reading
from index.kept import Kept
from index.permutations import Permutations
from index.snapshots import Snapshots
from services.access_tokens import AccessTokens
from services.backoff import Backoff
from services.oauth.discovery import Issuers
from services.oauth.fetching import Fetcher
from services.oauth.providers import OAuthSettings
from services.passwords import Passwords
from services.rate_limits import Kind, RateLimits
from services.reach import Reach
from services.smtp import MailSettings
from services.turns import Turns
from services.upkeep import Upkeep
from services.vault import Vault


def utc_now() -> datetime:
    """The time as every table keeps it."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Limits:
    """What callers may use up, and whether strangers may become callers; units are in the names, sizes in bytes."""

    registration_open: bool = True
    require_verified_email: bool = False
    refresh_token_days: int = 30
    password_reset_minutes: int = 30
    email_verification_hours: int = 48
    invitation_days: int = 7
    audit_days: int = 365
    key_touch_seconds: int = 60
    refs_per_push: int = 20_000
    archive_bytes: int = 1024 * 1024 * 1024
    shelf_bytes: int = 2 * 1024 * 1024 * 1024
    files: FileLimits = field(default_factory=FileLimits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Engines and clocks, no state of any request."""

    engine: AsyncEngine
    reads: AsyncEngine
    """The same pool for single queries: no BEGIN before them and no ROLLBACK after."""
    store: RepositoryStore
    redis: Redis
    access_tokens: AccessTokens
    vault: Vault
    passwords: Passwords = field(default_factory=Passwords)
    clock: Callable[[], datetime] = utc_now
    limits: Limits = field(default_factory=Limits)
    mail: MailSettings | None = None
    """None where the service sends no mail."""
    oauth: OAuthSettings = field(default_factory=OAuthSettings)
    fetcher: Fetcher
    issuers: Issuers
    rate_limits: RateLimits
    backoff: Backoff
    snapshots: Snapshots
    catalogs: Catalogs
    permutations: Permutations = field(default_factory=Permutations)
    exported: Kept[object, Exported] = field(default_factory=lambda: Kept(32 * 1024 * 1024))
    """Exports by all that they follow from."""
    divergences: LRUCache[tuple[str, str], tuple[int, int] | None] = field(default_factory=lambda: LRUCache(20_000))
    """How far commits have gone from one another, by their ids."""
    foreseen: LRUCache[tuple[UUID, str, str], Any] = field(default_factory=lambda: LRUCache(256))
    """What would come of merging one commit of a system into another."""
    foreseeing: Turns = field(default_factory=lambda: Turns(60.0))
    """Who works that out: one after the other for each system, so that many who look keep one thread busy."""
    turns: Turns = field(default_factory=Turns)
    building: Turns = field(default_factory=lambda: Turns(120.0))
    """Who works out what a release ships: one after the other for each system, nothing twice at once."""
    upkeep: Upkeep


@asynccontextmanager
async def opened(
    *,
    database_url: str,
    redis_url: str,
    repositories: Path,
    access_tokens: AccessTokens,
    vault: Vault,
    limits: Limits | None = None,
    mail: MailSettings | None = None,
    oauth: OAuthSettings | None = None,
    pool_size: int = 10,
    max_overflow: int = 10,
    passwords: Passwords | None = None,
    clock: Callable[[], datetime] = utc_now,
    rates: Mapping[Kind, str] | None = None,
    limits_key: bytes = b"",
) -> AsyncIterator[Context]:
    """A context whose connections are closed at the end; nothing connects before its first use.

    Without ``rates`` nobody is limited; ``limits_key`` hides logins and addresses from Redis.
    """
    await asyncio.to_thread(repositories.mkdir, parents=True, exist_ok=True)
    engine = create_engine(database_url, pool_size=pool_size, max_overflow=max_overflow)
    redis = Redis.from_url(redis_url)
    store = RepositoryStore(repositories)
    snapshots, reach = Snapshots(), Reach()
    fetcher = Fetcher()
    try:
        yield Context(
            engine=engine,
            reads=reading(engine),
            store=store,
            redis=redis,
            access_tokens=access_tokens,
            vault=vault,
            passwords=passwords or Passwords(),
            clock=clock,
            limits=limits or Limits(),
            rate_limits=RateLimits(redis, rates, limits_key, reach),
            backoff=Backoff(redis, key=limits_key, clock=clock, enabled=rates is not None, reach=reach),
            mail=mail,
            oauth=oauth or OAuthSettings(),
            fetcher=fetcher,
            issuers=Issuers(fetcher),
            snapshots=snapshots,
            catalogs=Catalogs(snapshots),
            upkeep=Upkeep(redis, store),
        )
    finally:
        await fetcher.aclose()
        await redis.aclose()
        await engine.dispose()
