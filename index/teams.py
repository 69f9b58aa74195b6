"""Teams and who belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, delete, exists, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from index import paging, users
from index.account_tables import Team, TeamMember, User
from index.instants import instant
from index.paging import Page
from index.tables import DesignSystem
from index.users import Caller, UserRecord, is_caller


@dataclass(frozen=True, slots=True)
class TeamRecord:
    """One team, with the role that whoever asked has in it (None: not a member)."""

    id: UUID
    name: str
    slug: str
    created_at: datetime
    role: str | None


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """One person in a team."""

    user: UserRecord
    role: str
    joined_at: datetime


_TEAM = (Team.id, Team.name, Team.slug, Team.created_at)
_MEMBER = (*users.COLUMNS, TeamMember.role, TeamMember.joined_at)


ACCESS = (
    select(*_TEAM, TeamMember.role, *users.COLUMNS)
    .outerjoin(TeamMember, and_(TeamMember.team_id == Team.id, TeamMember.user_id == bindparam("user_id", type_=Uuid)))
    .outerjoin(User, is_caller())
    .where(Team.id == bindparam("team_id"))
)


def _member(row: Sequence[Any]) -> MemberRecord:
    return MemberRecord(UserRecord(*row[:-2]), row[-2], row[-1])


async def access(db: AsyncConnection, team_id: UUID, caller: Caller) -> tuple[TeamRecord | None, UserRecord | None]:
    """The team with the caller's role in it, and the account's present standing, in one round trip."""
    row = (await db.execute(ACCESS, {"team_id": team_id, **caller.values()})).one_or_none()
    return (None, None) if row is None else (TeamRecord(*row[:5]), users.record(row[5:]))


async def by_slug(db: AsyncConnection, slug: str, user_id: UUID | None) -> TeamRecord | None:
    """The team of that slug, with that user's role in it."""
    joined = and_(TeamMember.team_id == Team.id, TeamMember.user_id == user_id)
    query = select(*_TEAM, TeamMember.role).outerjoin(TeamMember, joined).where(Team.slug == slug)
    row = (await db.execute(query)).one_or_none()
    return None if row is None else TeamRecord(*row)


async def list_for(
    db: AsyncConnection,
    *,
    user_id: UUID | None,
    everything: bool = False,
    only: UUID | None = None,
    limit: int,
    cursor: str | None = None,
) -> Page[TeamRecord]:
    """The user's teams by slug; ``everything`` adds those of others, ``only`` narrows to one."""
    joined = and_(TeamMember.team_id == Team.id, TeamMember.user_id == user_id)
    query = select(*_TEAM, TeamMember.role).join(TeamMember, joined, isouter=everything)
    if only is not None:
        query = query.where(Team.id == only)
    if cursor is not None:
        (after,) = paging.decode(cursor, paging.text)
        query = query.where(Team.slug > after)
    rows = (await db.execute(query.order_by(Team.slug).limit(limit + 1))).all()
    return paging.page_of([TeamRecord(*row) for row in rows], limit, lambda team: (team.slug,))


async def insert_team(db: AsyncConnection, *, name: str, slug: str, now: datetime) -> TeamRecord | None:
    """The new team, still without members, or None where the slug is taken."""
    query = upsert(Team).values(name=name, slug=slug, created_at=now).on_conflict_do_nothing().returning(*_TEAM)
    row = (await db.execute(query)).one_or_none()
    return None if row is None else TeamRecord(*row, role=None)


async def change(db: AsyncConnection, team_id: UUID, *, name: str, slug: str | None) -> None:
    """Rename; raises IntegrityError where the slug is taken."""
    values = {"name": name} if slug is None else {"name": name, "slug": slug}
    await db.execute(update(Team).where(Team.id == team_id).values(values))


async def remove(db: AsyncConnection, team_id: UUID) -> None:
    """Delete the team with its memberships and keys; raises IntegrityError where it still has design systems."""
    await db.execute(delete(Team).where(Team.id == team_id))


async def has_systems(db: AsyncConnection, team_id: UUID) -> bool:
    """Whether any design system belongs to it."""
    return bool(await db.scalar(select(exists().where(DesignSystem.team_id == team_id))))


async def lock(db: AsyncConnection, team_id: UUID) -> None:
    """Make others who lock it wait until the transaction ends; rows that refer to the team can be written meanwhile."""
    await db.execute(select(Team.id).where(Team.id == team_id).with_for_update(key_share=True))


async def members_page(db: AsyncConnection, team_id: UUID, *, limit: int, cursor: str | None) -> Page[MemberRecord]:
    """Members in the order in which they joined."""
    query = select(*_MEMBER).join(User, User.id == TeamMember.user_id).where(TeamMember.team_id == team_id)
    if cursor is not None:
        after = paging.decode(cursor, instant, UUID)
        query = query.where(tuple_(TeamMember.joined_at, TeamMember.user_id) > tuple_(*after))
    query = query.order_by(TeamMember.joined_at, TeamMember.user_id).limit(limit + 1)
    rows = (await db.execute(query)).all()
    return paging.page_of([_member(row) for row in rows], limit, lambda member: (member.joined_at, str(member.user.id)))


async def member(db: AsyncConnection, team_id: UUID, user_id: UUID) -> MemberRecord | None:
    """One member."""
    query = select(*_MEMBER).join(User, User.id == TeamMember.user_id)
    query = query.where(TeamMember.team_id == team_id, TeamMember.user_id == user_id)
    row = (await db.execute(query)).one_or_none()
    return None if row is None else _member(row)


async def hold_person(db: AsyncConnection, user_id: UUID) -> bool:
    """Whether the account stands; nobody erases it until the transaction ends."""
    query = select(User.id).where(User.id == user_id, User.deleted_at.is_(None)).with_for_update(read=True)
    return (await db.execute(query)).first() is not None


async def add_member(db: AsyncConnection, team_id: UUID, user_id: UUID, role: str, now: datetime) -> bool:
    """False where the user is a member already."""
    values = {"team_id": team_id, "user_id": user_id, "role": role, "joined_at": now}
    query = upsert(TeamMember).values(values).on_conflict_do_nothing().returning(TeamMember.user_id)
    return (await db.execute(query)).first() is not None


async def set_role(db: AsyncConnection, team_id: UUID, user_id: UUID, role: str) -> None:
    """Change a member's role."""
    row = (TeamMember.team_id == team_id, TeamMember.user_id == user_id)
    await db.execute(update(TeamMember).where(*row).values(role=role))


async def remove_member(db: AsyncConnection, team_id: UUID, user_id: UUID) -> None:
    """End a membership."""
    await db.execute(delete(TeamMember).where(TeamMember.team_id == team_id, TeamMember.user_id == user_id))


async def has_other_admin(db: AsyncConnection, team_id: UUID, user_id: UUID) -> bool:
    """Whether the team would keep an admin without that user. Read it under ``lock``."""
    others = and_(TeamMember.team_id == team_id, TeamMember.user_id != user_id, TeamMember.role == "admin")
    return bool(await db.scalar(select(func.count()).select_from(TeamMember).where(others)))
