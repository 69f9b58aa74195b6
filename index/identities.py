"""Accounts at identity providers, and the accounts here that they open."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from index import paging, users
from index.account_tables import ExternalIdentity, User
from index.instants import instant
from index.paging import Page
from index.users import UserRecord
from index.values import clean, clip

SUBJECT_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class IdentityRecord:
    """One account at a provider; ``subject`` is what the provider calls it."""

    id: UUID
    user_id: UUID
    provider: str
    subject: str
    email: str | None
    created_at: datetime
    last_used_at: datetime


_COLUMNS = tuple(getattr(ExternalIdentity, name) for name in IdentityRecord.__slots__)


async def owner(db: AsyncConnection, *, provider: str, subject: str, now: datetime) -> UserRecord | None:
    """The account that this identity opens; its use is recorded. None where there is none, or it was erased."""
    known = (ExternalIdentity.provider == clean(provider), ExternalIdentity.subject == clip(subject, SUBJECT_LIMIT))
    query = update(ExternalIdentity).where(*known).values(last_used_at=now).returning(ExternalIdentity.user_id)
    user_id = (await db.execute(query)).scalar_one_or_none()
    return None if user_id is None else await users.get(db, user_id)


async def lock_account(db: AsyncConnection, user_id: UUID) -> bool:
    """Keep others from changing or erasing the account until this transaction ends; False where it is erased."""
    query = select(User.id).where(User.id == user_id, User.deleted_at.is_(None)).with_for_update(key_share=True)
    return (await db.execute(query)).first() is not None


async def insert(
    db: AsyncConnection, *, user_id: UUID, provider: str, subject: str, email: str | None, now: datetime
) -> IdentityRecord | None:
    """The identity, now the account's; None where it opens an account already, be it since a moment ago."""
    values = {
        "user_id": user_id,
        "provider": clean(provider),
        "subject": clip(subject, SUBJECT_LIMIT),
        "email": None if email is None else clean(email)[:320],
        "created_at": now,
        "last_used_at": now,
    }
    query = upsert(ExternalIdentity).values(values).on_conflict_do_nothing().returning(*_COLUMNS)
    return _record((await db.execute(query)).one_or_none())


async def forget_erased(db: AsyncConnection, *, provider: str, subject: str) -> None:
    """Drop the identity where its account was erased."""
    erased = select(User.id).where(User.id == ExternalIdentity.user_id, User.deleted_at.is_not(None))
    known = (ExternalIdentity.provider == clean(provider), ExternalIdentity.subject == clip(subject, SUBJECT_LIMIT))
    await db.execute(delete(ExternalIdentity).where(*known, erased.exists()))


async def list_page(db: AsyncConnection, user_id: UUID, *, limit: int, cursor: str | None) -> Page[IdentityRecord]:
    """The account's identities, newest first; raises ``InvalidCursor``."""
    query = select(*_COLUMNS).where(ExternalIdentity.user_id == user_id)
    if cursor is not None:
        before = paging.decode(cursor, instant, UUID)
        query = query.where(tuple_(ExternalIdentity.created_at, ExternalIdentity.id) < tuple_(*before))
    query = query.order_by(ExternalIdentity.created_at.desc(), ExternalIdentity.id.desc()).limit(limit + 1)
    rows = [IdentityRecord(*row) for row in await db.execute(query)]
    return paging.page_of(rows, limit, lambda found: (found.created_at, str(found.id)))


async def count_by(db: AsyncConnection, user_id: UUID, providers: Collection[str], *, but: UUID) -> int:
    """How many identities at any of these providers the account has beside one."""
    query = select(func.count()).where(
        ExternalIdentity.user_id == user_id, ExternalIdentity.id != but, ExternalIdentity.provider.in_(providers)
    )
    return int((await db.execute(query)).scalar_one())


async def remove(db: AsyncConnection, identity_id: UUID, user_id: UUID) -> IdentityRecord | None:
    """What was removed; None where that account has no such identity."""
    known = (ExternalIdentity.id == identity_id, ExternalIdentity.user_id == user_id)
    return _record((await db.execute(delete(ExternalIdentity).where(*known).returning(*_COLUMNS))).one_or_none())


def _record(row: Any) -> IdentityRecord | None:
    return None if row is None else IdentityRecord(*row)
