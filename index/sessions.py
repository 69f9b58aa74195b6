"""Refresh tokens, by their hashes: each is used once, and all that descend from one sign-in share a family."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from index.tables import RefreshToken


@dataclass(frozen=True, slots=True)
class RefreshRecord:
    """One refresh token; dead once used, revoked or expired."""

    id: UUID
    user_id: UUID
    family_id: UUID
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


_COLUMNS = (
    RefreshToken.id,
    RefreshToken.user_id,
    RefreshToken.family_id,
    RefreshToken.expires_at,
    RefreshToken.used_at,
    RefreshToken.revoked_at,
)


async def add(
    db: AsyncConnection, *, user_id: UUID, family_id: UUID, token_hash: str, now: datetime, expires_at: datetime
) -> None:
    """A token just issued."""
    values = {"user_id": user_id, "family_id": family_id, "token_hash": token_hash}
    await db.execute(insert(RefreshToken).values(**values, created_at=now, expires_at=expires_at))


async def spend(db: AsyncConnection, token_hash: str, now: datetime) -> RefreshRecord | None:
    """Use a living token up; of several at once exactly one gets it, the others (and dead tokens) get None."""
    alive = (
        RefreshToken.token_hash == token_hash,
        RefreshToken.used_at.is_(None),
        RefreshToken.revoked_at.is_(None),
        RefreshToken.expires_at > now,
    )
    spent = (
        await db.execute(update(RefreshToken).where(*alive).values(used_at=now).returning(*_COLUMNS))
    ).one_or_none()
    return None if spent is None else RefreshRecord(*spent)


async def find(db: AsyncConnection, token_hash: str) -> RefreshRecord | None:
    """The token, dead or alive."""
    found = (await db.execute(select(*_COLUMNS).where(RefreshToken.token_hash == token_hash))).one_or_none()
    return None if found is None else RefreshRecord(*found)


async def revoke_family(db: AsyncConnection, family_id: UUID, now: datetime) -> None:
    """End one sign-in with everything that descends from it."""
    living = (RefreshToken.family_id == family_id, RefreshToken.revoked_at.is_(None))
    await db.execute(update(RefreshToken).where(*living).values(revoked_at=now))


async def revoke_user(db: AsyncConnection, user_id: UUID, now: datetime) -> None:
    """End every sign-in of an account."""
    living = (RefreshToken.user_id == user_id, RefreshToken.revoked_at.is_(None))
    await db.execute(update(RefreshToken).where(*living).values(revoked_at=now))


async def forget_expired(db: AsyncConnection, before: datetime) -> int:
    """Delete tokens that expired before that; returns how many. Until then they are kept, to notice their reuse."""
    return (await db.execute(delete(RefreshToken).where(RefreshToken.expires_at < before))).rowcount
