"""What every operation needs at hand, built once by a composition root and passed down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from services.access_tokens import AccessTokens
from services.passwords import Passwords

if TYPE_CHECKING:
    from redis.asyncio import Redis
    from sqlalchemy.ext.asyncio import AsyncEngine

    from gitstore.store import RepositoryStore


def utc_now() -> datetime:
    """The time as every table keeps it."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Limits:
    """What callers may use up, and whether strangers may become callers; seconds, days and bytes."""

    registration_open: bool = True
    refresh_token_days: int = 30
    key_touch_seconds: int = 60
    request_bytes: int = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Engines and clocks, no state of any request."""

    engine: AsyncEngine
    store: RepositoryStore
    redis: Redis
    access_tokens: AccessTokens
    passwords: Passwords = field(default_factory=Passwords)
    clock: Callable[[], datetime] = utc_now
    limits: Limits = field(default_factory=Limits)
