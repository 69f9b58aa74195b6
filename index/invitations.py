"""Invitations: places in teams for whoever holds a token, one open invitation per team and address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from index import paging
from index.account_tables import Invitation, Team, TeamMember, User
from index.instants import instant
from index.paging import Page
from index.values import clean


@dataclass(frozen=True, slots=True)
class InvitationRecord:
    """One invitation; ``living`` says that it can be accepted now: not yet accepted, not expired, and whoever invited
    may still invite."""

    id: UUID
    team_id: UUID
    email: str
    role: str
    mailed: bool
    invited_by: UUID | None
    created_at: datetime
    expires_at: datetime
    accepted_by: UUID | None
    living: bool


@dataclass(frozen=True, slots=True)
class OfferRecord:
    """An invitation as the invited person sees it."""

    id: UUID
    team_id: UUID
    team_name: str
    team_slug: str
    role: str
    inviter: str | None
    created_at: datetime
    expires_at: datetime


_COLUMNS = tuple(getattr(Invitation, name) for name in InvitationRecord.__slots__ if name != "living")
_OFFER = (
    Invitation.id,
    Team.id,
    Team.name,
    Team.slug,
    Invitation.role,
    User.name,
    Invitation.created_at,
    Invitation.expires_at,
)


def _record(row: Sequence[Any]) -> InvitationRecord:
    return InvitationRecord(*row)


def _inviter_may() -> ColumnElement[bool]:
    """That whoever invited is an admin of the team still, or of the instance."""
    admin = select(TeamMember.user_id).where(
        TeamMember.team_id == Invitation.team_id, TeamMember.user_id == User.id, TeamMember.role == "admin"
    )
    standing = and_(User.id == Invitation.invited_by, User.deleted_at.is_(None), or_(User.is_admin, admin.exists()))
    return select(User.id).where(standing).correlate(Invitation).exists()


def _living(now: datetime) -> ColumnElement[bool]:
    return and_(Invitation.accepted_at.is_(None), Invitation.expires_at > now, _inviter_may())


async def put(
    db: AsyncConnection,
    *,
    team_id: UUID,
    email: str,
    role: str,
    token_hash: str,
    mailed: bool,
    invited_by: UUID | None,
    now: datetime,
    expires_at: datetime,
) -> InvitationRecord:
    """The open invitation of that address to that team, from now on with this role and token alone."""
    fresh = {
        "role": role,
        "token_hash": token_hash,
        "mailed": mailed,
        "invited_by": invited_by,
        "created_at": now,
        "expires_at": expires_at,
    }
    query = upsert(Invitation).values(team_id=team_id, email=email, **fresh)
    query = query.on_conflict_do_update(
        index_elements=[Invitation.team_id, func.lower(Invitation.email)],
        index_where=Invitation.accepted_at.is_(None),
        set_=fresh,
    )
    row = (await db.execute(query.returning(*_COLUMNS))).one()
    return _record((*row, True))


async def by_token(db: AsyncConnection, token_hash: str, now: datetime) -> InvitationRecord | None:
    """The invitation of a token, accepted ones too."""
    return await _one(db, now, Invitation.token_hash == token_hash)


async def for_address(db: AsyncConnection, invitation_id: UUID, email: str, now: datetime) -> InvitationRecord | None:
    """An invitation, if it was made out to that address."""
    mine = and_(Invitation.id == invitation_id, func.lower(Invitation.email) == email.lower())
    return await _one(db, now, mine)


async def hold(
    db: AsyncConnection, invitation_id: UUID, token_hash: str | None, now: datetime
) -> InvitationRecord | None:
    """The invitation as it stands, if it can be accepted, with that token where one is given; nobody takes it back,
    renews or accepts it until the transaction ends."""
    wanted = [Invitation.id == invitation_id, _living(now)]
    if token_hash is not None:
        wanted.append(Invitation.token_hash == token_hash)
    row = (await db.execute(select(*_COLUMNS).where(*wanted).with_for_update(of=Invitation))).one_or_none()
    return None if row is None else _record((*row, True))


async def _one(db: AsyncConnection, now: datetime, wanted: ColumnElement[bool]) -> InvitationRecord | None:
    row = (await db.execute(select(*_COLUMNS, _living(now)).where(wanted))).one_or_none()
    return None if row is None else _record(row)


async def page_of_team(
    db: AsyncConnection, team_id: UUID, now: datetime, *, limit: int, cursor: str | None
) -> Page[InvitationRecord]:
    """The invitations to a team that can be accepted, newest first; raises ``InvalidCursor``."""
    query = select(*_COLUMNS, _living(now)).where(Invitation.team_id == team_id)
    rows = await _newest(db, query, now, limit, cursor)
    return paging.page_of([_record(row) for row in rows], limit, _key)


async def page_for(
    db: AsyncConnection, email: str, now: datetime, *, limit: int, cursor: str | None
) -> Page[OfferRecord]:
    """The invitations to an address that can be accepted, newest first; raises ``InvalidCursor``."""
    query = select(*_OFFER).join(Team, Team.id == Invitation.team_id).outerjoin(User, User.id == Invitation.invited_by)
    rows = await _newest(db, query.where(func.lower(Invitation.email) == email.lower()), now, limit, cursor)
    return paging.page_of([OfferRecord(*row) for row in rows], limit, _key)


async def _newest(db: AsyncConnection, query: Any, now: datetime, limit: int, cursor: str | None) -> Sequence[Any]:
    query = query.where(_living(now))
    if cursor is not None:
        before = paging.decode(cursor, instant, UUID)
        query = query.where(tuple_(Invitation.created_at, Invitation.id) < tuple_(*before))
    query = query.order_by(Invitation.created_at.desc(), Invitation.id.desc()).limit(limit + 1)
    return (await db.execute(query)).all()


def _key(record: InvitationRecord | OfferRecord) -> tuple[datetime, str]:
    return record.created_at, str(record.id)


async def accept(db: AsyncConnection, invitation_id: UUID, user_id: UUID, now: datetime) -> None:
    """It has served; call it while holding it."""
    row = update(Invitation).where(Invitation.id == invitation_id)
    await db.execute(row.values(accepted_by=user_id, accepted_at=now))


async def remove(db: AsyncConnection, team_id: UUID, invitation_id: UUID) -> InvitationRecord | None:
    """Take an open invitation back; what it was, or None where there is none."""
    gone = delete(Invitation).where(
        Invitation.id == invitation_id, Invitation.team_id == team_id, Invitation.accepted_at.is_(None)
    )
    row = (await db.execute(gone.returning(*_COLUMNS))).one_or_none()
    return None if row is None else _record((*row, False))


async def withdraw(
    db: AsyncConnection, team_id: UUID, *, email: str | None = None, invited_by: UUID | None = None
) -> list[UUID]:
    """Take back the team's open invitations to that address, and those that this person made; their ids."""
    whose: list[ColumnElement[bool]] = []
    if email is not None:
        whose.append(func.lower(Invitation.email) == clean(email.lower()))
    if invited_by is not None:
        whose.append(Invitation.invited_by == invited_by)
    gone = delete(Invitation).where(Invitation.team_id == team_id, Invitation.accepted_at.is_(None), or_(*whose))
    return list((await db.execute(gone.returning(Invitation.id))).scalars())
