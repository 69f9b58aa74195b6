"""API keys, by their hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, tuple_, update
from sqlalchemy import insert as insert_into
from sqlalchemy.ext.asyncio import AsyncConnection

from index import paging, users
from index.account_tables import ApiKey, Grant, User
from index.instants import instant
from index.paging import Page
from index.tables import DesignSystem
from index.users import UserRecord


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """One key; the key itself is kept nowhere, ``prefix`` is its recognisable beginning."""

    id: UUID
    user_id: UUID
    team_id: UUID | None
    design_system_id: UUID | None
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


COLUMNS = (
    ApiKey.id,
    ApiKey.user_id,
    ApiKey.team_id,
    ApiKey.design_system_id,
    ApiKey.name,
    ApiKey.prefix,
    ApiKey.scopes,
    ApiKey.created_at,
    ApiKey.expires_at,
    ApiKey.last_used_at,
)


def _key(row: Sequence[Any]) -> KeyRecord:
    return KeyRecord(*row)


def _owner(row: Sequence[Any]) -> UserRecord:
    return UserRecord(*row)


async def insert(
    db: AsyncConnection,
    *,
    user_id: UUID,
    team_id: UUID | None,
    design_system_id: UUID | None,
    name: str,
    prefix: str,
    key_hash: str,
    scopes: list[str],
    now: datetime,
    expires_at: datetime | None,
    parent_id: UUID | None = None,
) -> KeyRecord:
    """A new key; ``parent_id`` is the key that it was made with, and whose end it shares."""
    values = {
        "user_id": user_id,
        "team_id": team_id,
        "design_system_id": design_system_id,
        "name": name,
        "prefix": prefix,
        "key_hash": key_hash,
        "scopes": scopes,
        "created_at": now,
        "expires_at": expires_at,
        "parent_id": parent_id,
    }
    return _key((await db.execute(insert_into(ApiKey).values(values).returning(*COLUMNS))).one())


async def authenticate(db: AsyncConnection, key_hash: str, now: datetime) -> tuple[KeyRecord, UserRecord] | None:
    """The living key of that hash with its owner's account, in one round trip."""
    owner = and_(User.id == ApiKey.user_id, User.deleted_at.is_(None))
    query = select(*COLUMNS, *users.COLUMNS).join(User, owner)
    row = (await db.execute(query.where(ApiKey.key_hash == key_hash, *_alive(now)))).one_or_none()
    return None if row is None else (_key(row[: len(COLUMNS)]), _owner(row[len(COLUMNS) :]))


def _alive(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return ApiKey.revoked_at.is_(None), or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now)


async def touch(db: AsyncConnection, key_id: UUID, now: datetime, unless_since: datetime) -> None:
    """Record a use, unless one since that time is recorded already (processes beside this one do the same)."""
    idle = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < unless_since)
    await db.execute(update(ApiKey).where(ApiKey.id == key_id, idle).values(last_used_at=now))


async def get(db: AsyncConnection, key_id: UUID) -> KeyRecord | None:
    """One key that is not revoked."""
    row = (await db.execute(select(*COLUMNS).where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None)))).one_or_none()
    return None if row is None else _key(row)


async def list_page(
    db: AsyncConnection, *, user_id: UUID | None = None, team_id: UUID | None = None, limit: int, cursor: str | None
) -> Page[KeyRecord]:
    """Keys that are not revoked, newest first: a user's, or those bound to a team."""
    query = select(*COLUMNS).where(ApiKey.revoked_at.is_(None))
    if user_id is not None:
        query = query.where(ApiKey.user_id == user_id)
    if team_id is not None:
        query = query.where(ApiKey.team_id == team_id)
    if cursor is not None:
        before = paging.decode(cursor, instant, UUID)
        query = query.where(tuple_(ApiKey.created_at, ApiKey.id) < tuple_(*before))
    rows = (await db.execute(query.order_by(ApiKey.created_at.desc(), ApiKey.id.desc()).limit(limit + 1))).all()
    return paging.page_of([_key(row) for row in rows], limit, lambda key: (key.created_at, str(key.id)))


async def hold(db: AsyncConnection, key_id: UUID, now: datetime) -> KeyRecord | None:
    """One living key, which nobody revokes until the transaction ends."""
    query = select(*COLUMNS).where(ApiKey.id == key_id, *_alive(now)).with_for_update(read=True)
    row = (await db.execute(query)).one_or_none()
    return None if row is None else _key(row)


async def revoke(db: AsyncConnection, key_id: UUID, now: datetime) -> list[KeyRecord]:
    """The key and those made with it stop working with the next request; all that were alive, the key itself first."""
    return await _revoke(db, ApiKey.id == key_id, now)


async def revoke_in_team(db: AsyncConnection, team_id: UUID, user_id: UUID, now: datetime) -> list[KeyRecord]:
    """End a person's keys that are bound to the team or to one of its systems."""
    of_team = select(DesignSystem.id).where(DesignSystem.team_id == team_id)
    bound = or_(ApiKey.team_id == team_id, ApiKey.design_system_id.in_(of_team))
    return await _revoke(db, and_(ApiKey.user_id == user_id, bound), now)


async def revoke_in_system(db: AsyncConnection, system_id: UUID, user_id: UUID, now: datetime) -> list[KeyRecord]:
    """End a person's keys that are bound to the system, but for those that were granted a role there themselves."""
    granted = select(Grant.id).where(Grant.design_system_id == system_id, Grant.key_id == ApiKey.id)
    bound = and_(ApiKey.user_id == user_id, ApiKey.design_system_id == system_id, ~granted.exists())
    return await _revoke(db, bound, now)


async def _revoke(db: AsyncConnection, which: ColumnElement[bool], now: datetime) -> list[KeyRecord]:
    """Keys end with the key that they were made with: who got hold of one must not keep others.

    One statement a generation: each waits for whoever is making a key with one of these, and the next sees that key.
    """
    ended: list[KeyRecord] = []
    while True:
        query = update(ApiKey).where(which, ApiKey.revoked_at.is_(None)).values(revoked_at=now)
        generation = [_key(row) for row in await db.execute(query.returning(*COLUMNS))]
        if not generation:
            return ended
        ended += generation
        which = ApiKey.parent_id.in_([key.id for key in generation])
