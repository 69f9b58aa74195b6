"""Grants: roles on one design system, for one person or one key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from index import keys, paging, users
from index.account_tables import ApiKey, Grant, TeamMember, User
from index.instants import instant
from index.keys import KeyRecord
from index.paging import Page
from index.systems import ROLES
from index.tables import DesignSystem
from index.users import UserRecord


@dataclass(frozen=True, slots=True)
class GrantRecord:
    """One grant with its holder: ``user`` is the person, or whose key it is; ``key`` is None for a person's own.

    ``effective_role`` is the strongest that the holder has on the system now, by this grant, by another that the key's
    owner has, or by the team.
    """

    id: UUID
    design_system_id: UUID
    role: str
    granted_by: UUID | None
    created_at: datetime
    effective_role: str
    user: UserRecord
    key: KeyRecord | None


@dataclass(frozen=True, slots=True)
class Ended:
    """A grant that was there until now."""

    id: UUID
    team_id: UUID
    design_system_id: UUID
    user_id: UUID | None
    key_id: UUID | None
    role: str


_GRANT = (Grant.id, Grant.design_system_id, Grant.role, Grant.granted_by, Grant.created_at)
_TEAM = select(DesignSystem.team_id).where(DesignSystem.id == Grant.design_system_id).scalar_subquery()
_ENDED = (Grant.id, _TEAM, Grant.design_system_id, Grant.user_id, Grant.key_id, Grant.role)
_OWN = aliased(Grant)


def _query() -> Any:
    person = func.coalesce(Grant.user_id, ApiKey.user_id)
    by_team = and_(TeamMember.team_id == DesignSystem.team_id, TeamMember.user_id == person)
    own = and_(_OWN.design_system_id == Grant.design_system_id, _OWN.user_id == ApiKey.user_id)
    return (
        select(*_GRANT, TeamMember.role, _OWN.role, *users.COLUMNS, *keys.COLUMNS)
        .join(DesignSystem, DesignSystem.id == Grant.design_system_id)
        .outerjoin(ApiKey, ApiKey.id == Grant.key_id)
        .join(User, User.id == person)
        .outerjoin(TeamMember, by_team)
        .outerjoin(_OWN, own)
    )


def _record(row: Sequence[Any]) -> GrantRecord:
    grant, (by_team, own), rest = row[:5], row[5:7], row[7:]
    user, key = rest[: len(users.COLUMNS)], rest[len(users.COLUMNS) :]
    strongest = max((role for role in (grant[2], by_team, own) if role is not None), key=ROLES.index)
    holder = (UserRecord(*user), KeyRecord(*key) if key[0] else None)
    return GrantRecord(*(*grant, strongest, *holder))


async def page(db: AsyncConnection, system_id: UUID, *, limit: int, cursor: str | None) -> Page[GrantRecord]:
    """A system's grants in the order in which they were given; raises ``InvalidCursor``."""
    query = _query().where(Grant.design_system_id == system_id)
    if cursor is not None:
        after = paging.decode(cursor, instant, UUID)
        query = query.where(tuple_(Grant.created_at, Grant.id) > tuple_(*after))
    rows = (await db.execute(query.order_by(Grant.created_at, Grant.id).limit(limit + 1))).all()
    return paging.page_of([_record(row) for row in rows], limit, lambda grant: (grant.created_at, str(grant.id)))


async def get(db: AsyncConnection, system_id: UUID, grant_id: UUID) -> GrantRecord | None:
    """One grant on that system."""
    query = _query().where(Grant.id == grant_id, Grant.design_system_id == system_id)
    row = (await db.execute(query)).one_or_none()
    return None if row is None else _record(row)


async def insert(
    db: AsyncConnection,
    *,
    system_id: UUID,
    user_id: UUID | None,
    key_id: UUID | None,
    role: str,
    granted_by: UUID | None,
    now: datetime,
) -> UUID | None:
    """The new grant's id, or None where its holder has one on this system; raises IntegrityError where the system has
    gone."""
    values = {
        "design_system_id": system_id,
        "user_id": user_id,
        "key_id": key_id,
        "role": role,
        "granted_by": granted_by,
        "created_at": now,
    }
    made: UUID | None = await db.scalar(upsert(Grant).values(values).on_conflict_do_nothing().returning(Grant.id))
    return made


async def set_role(db: AsyncConnection, system_id: UUID, grant_id: UUID, role: str) -> None:
    """Change what a grant gives."""
    row = update(Grant).where(Grant.id == grant_id, Grant.design_system_id == system_id)
    await db.execute(row.values(role=role))


async def remove(db: AsyncConnection, system_id: UUID, grant_id: UUID) -> bool:
    """End a grant; whether it was there."""
    gone = delete(Grant).where(Grant.id == grant_id, Grant.design_system_id == system_id)
    return (await db.execute(gone)).rowcount > 0


async def end_in_team(db: AsyncConnection, team_id: UUID, user_id: UUID) -> list[Ended]:
    """End what a person, and the person's keys, were granted on the team's systems."""
    of_team = select(DesignSystem.id).where(DesignSystem.team_id == team_id)
    theirs = select(ApiKey.id).where(ApiKey.user_id == user_id)
    holder = or_(Grant.user_id == user_id, Grant.key_id.in_(theirs))
    return await _end(db, and_(Grant.design_system_id.in_(of_team), holder))


async def end_of_key(db: AsyncConnection, key_id: UUID) -> list[Ended]:
    """End what a key was granted."""
    return await _end(db, Grant.key_id == key_id)


async def _end(db: AsyncConnection, which: ColumnElement[bool]) -> list[Ended]:
    rows = await db.execute(delete(Grant).where(which).returning(*_ENDED))
    return [Ended(*row) for row in rows]
