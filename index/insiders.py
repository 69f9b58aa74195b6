"""Who belongs to a design system, by its team or by a grant, and the API keys that work on it in their name."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from index.account_tables import ApiKey, Grant, TeamMember, User
from index.systems import SystemRecord


async def users_among(db: AsyncConnection, system: SystemRecord, user_ids: Collection[UUID]) -> set[UUID]:
    """Those of some accounts that have a role on the system."""
    if not user_ids:
        return set()
    query = select(User.id).where(User.id.in_(user_ids), User.deleted_at.is_(None), User.id.in_(_people(system)))
    return set((await db.execute(query)).scalars())


async def writers_among(db: AsyncConnection, system: SystemRecord, user_ids: Collection[UUID]) -> set[UUID]:
    """Those of some accounts that may write to the system now: by their team, by a grant, or as administrators."""
    if not user_ids:
        return set()
    writing = ("editor", "admin")
    members = select(TeamMember.user_id).where(TeamMember.team_id == system.team_id, TeamMember.role.in_(writing))
    granted = select(Grant.user_id).where(
        Grant.design_system_id == system.id, Grant.user_id.is_not(None), Grant.role.in_(writing)
    )
    may = or_(User.is_admin, User.id.in_(members), User.id.in_(granted))
    query = select(User.id).where(User.id.in_(user_ids), User.deleted_at.is_(None), may)
    return set((await db.execute(query)).scalars())


async def keys_among(db: AsyncConnection, system: SystemRecord, key_ids: Collection[UUID]) -> set[UUID]:
    """Those of some keys that are not revoked and have a role on the system, their owner's or one of their own."""
    if not key_ids:
        return set()
    granted = select(Grant.key_id).where(Grant.design_system_id == system.id, Grant.key_id.is_not(None))
    mine = or_(ApiKey.user_id.in_(_people(system)), ApiKey.id.in_(granted))
    query = select(ApiKey.id).where(ApiKey.id.in_(key_ids), ApiKey.revoked_at.is_(None), mine)
    return set((await db.execute(query)).scalars())


def _people(system: SystemRecord) -> Select[tuple[UUID | None]]:
    members = select(TeamMember.user_id).where(TeamMember.team_id == system.team_id)
    granted = select(Grant.user_id).where(Grant.design_system_id == system.id, Grant.user_id.is_not(None))
    return select(members.union_all(granted).subquery().c[0])
