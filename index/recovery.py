"""Recovery: what changes of an account, and goes with it, when its password or the proof of its address changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from index import sessions, users
from index.account_tables import ApiKey, ExternalIdentity, User
from index.users import UserRecord


async def set_password(
    db: AsyncConnection, user_id: UUID, password_hash: str, now: datetime, *, verifies: bool = False
) -> UserRecord | None:
    """The account under its new password: every sign-in and access token so far has ended. ``verifies`` where the
    change also proved the address. None where the account was erased."""
    values = {"password_hash": password_hash, "token_version": User.token_version + 1, "updated_at": now}
    if verifies:
        values["email_verified_at"] = func.coalesce(User.email_verified_at, now)
    query = update(User).where(User.id == user_id, User.deleted_at.is_(None)).values(values)
    changed = users.record((await db.execute(query.returning(*users.COLUMNS))).one_or_none())
    await sessions.end_all(db, user_id, now)
    return changed


async def set_verified(db: AsyncConnection, user_id: UUID, now: datetime) -> bool:
    """The address is its owner's; whether that is news."""
    unproven = (User.id == user_id, User.deleted_at.is_(None), User.email_verified_at.is_(None))
    return (await db.execute(update(User).where(*unproven).values(email_verified_at=now))).rowcount > 0


@dataclass(frozen=True, slots=True)
class KeptKey:
    """An API key as its owner recognises it."""

    id: UUID
    name: str
    prefix: str


async def living_keys(db: AsyncConnection, user_id: UUID, now: datetime, *, limit: int) -> list[KeptKey]:
    """The account's keys that still work, newest first."""
    living = (ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None), func.coalesce(ApiKey.expires_at > now, True))
    query = select(ApiKey.id, ApiKey.name, ApiKey.prefix).where(*living)
    rows = await db.execute(query.order_by(ApiKey.created_at.desc(), ApiKey.id).limit(limit))
    return [KeptKey(*row) for row in rows]


async def revoke_keys(db: AsyncConnection, user_id: UUID, now: datetime) -> list[UUID]:
    """Every key of the account stops working; those that did work."""
    query = update(ApiKey).where(ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None))
    return list((await db.execute(query.values(revoked_at=now).returning(ApiKey.id))).scalars())


async def unlink_identities(db: AsyncConnection, user_id: UUID) -> list[str]:
    """No account at an identity provider leads here any more; the providers' names."""
    gone = delete(ExternalIdentity).where(ExternalIdentity.user_id == user_id)
    return list((await db.execute(gone.returning(ExternalIdentity.provider))).scalars())


async def lock_admins(db: AsyncConnection) -> list[UUID]:
    """The instance's administrators, held until the end of the transaction, so that two cannot remove each other."""
    query = select(User.id).where(User.is_admin, User.deleted_at.is_(None)).order_by(User.id)
    return list((await db.execute(query.with_for_update(key_share=True))).scalars())


async def set_admin(db: AsyncConnection, user_id: UUID, now: datetime, *, is_admin: bool) -> bool:
    """Make the account an administrator of the instance, or one no more; whether that is news."""
    other = (User.id == user_id, User.deleted_at.is_(None), User.is_admin.is_not(is_admin))
    return (await db.execute(update(User).where(*other).values(is_admin=is_admin, updated_at=now))).rowcount > 0
