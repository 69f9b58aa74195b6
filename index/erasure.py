"""Erasing a person: what goes with the account, what stays without saying who it was, what has run out by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from index import users
from index.account_tables import (
    ApiKey,
    ExternalIdentity,
    Grant,
    Invitation,
    OneTimeToken,
    RefreshToken,
    SignIn,
    Team,
    TeamMember,
    User,
)
from index.tables import DesignSystem, Reaction, UserPresence
from index.users import UserRecord

NAME = "Erased account"

STAYS = {
    "invitations.invited_by": "an invitation that somebody accepted is theirs; who invited is an erased account",
    "grants.granted_by": "the grant is somebody else's",
    "audit_log.user_id": "the log keeps what was done, without address and agent",
    "comments.user_id": "what was said stays in its conversation, said by an erased account",
    "activity_log.user_id": "the history of a team's systems stays whole",
    "proposals.created_by": "what was asked for stays with its answers, asked by an erased account",
    "proposals.moved_by": "whose commits a reviewer approves counts for as long as the proposal is open",
    "proposals.ended_by": "a merge stays a merge",
    "proposal_reviews.reviewer_id": "what was said stays in its conversation, said by an erased account",
    "design_systems.created_by": "the system belongs to its team",
    "components.created_by": "mirrors the repository",
    "component_versions.changed_by": "mirrors the repository, whose commits name their authors",
    "releases.published_by": "mirrors the repository, whose tags name who made them",
    "releases.yanked_by": "that a version was withdrawn concerns everybody who uses it",
}
"""Columns that go on naming an erased account's id, and why; tests/services/test_erasure.py holds them to it."""


@dataclass(frozen=True, slots=True)
class Membership:
    """What a team would be without one of its members."""

    team_id: UUID
    name: str
    slug: str
    role: str
    others: int
    other_admins: int
    has_systems: bool


async def lock_teams(db: AsyncConnection, user_id: UUID) -> set[UUID]:
    """Make whoever changes the members of that person's teams wait until the transaction ends; which teams."""
    mine = select(TeamMember.team_id).where(TeamMember.user_id == user_id)
    query = select(Team.id).where(Team.id.in_(mine)).order_by(Team.id).with_for_update(key_share=True)
    return set((await db.execute(query)).scalars())


async def lock_invitations(db: AsyncConnection, user_id: UUID, email: str) -> None:
    """Make whoever accepts one of the person's invitations wait likewise."""
    theirs = or_(Invitation.accepted_by == user_id, Invitation.invited_by == user_id, _addressed_to(email))
    await db.execute(select(Invitation.id).where(theirs).order_by(Invitation.id).with_for_update())


async def lock_account(db: AsyncConnection, user_id: UUID) -> UserRecord | None:
    """The account, which nobody can change or refer to anew until the transaction ends; None where it was erased."""
    query = select(*users.COLUMNS).where(User.id == user_id, User.deleted_at.is_(None)).with_for_update()
    return users.record((await db.execute(query)).one_or_none())


async def memberships(db: AsyncConnection, user_id: UUID) -> list[Membership]:
    """The person's teams by slug. Read it under ``lock_teams``."""
    mine, other = TeamMember.__table__.alias("mine"), TeamMember.__table__.alias("other")
    among = (other.c.team_id == Team.id, other.c.user_id != user_id)
    others = select(func.count()).where(*among).scalar_subquery()
    admins = select(func.count()).where(*among, other.c.role == "admin").scalar_subquery()
    systems = exists().where(DesignSystem.team_id == Team.id)
    query = select(Team.id, Team.name, Team.slug, mine.c.role, others, admins, systems)
    query = query.join(mine, mine.c.team_id == Team.id).where(mine.c.user_id == user_id).order_by(Team.slug)
    return [Membership(*row) for row in await db.execute(query)]


async def anonymise(db: AsyncConnection, user_id: UUID, now: datetime) -> None:
    """Leave of the account no more than an id that was somebody."""
    values = {
        "email": f"erased-{user_id}@erased.invalid",
        "username": f"erased-{user_id.hex}",
        "name": NAME,
        "avatar_url": None,
        "password_hash": None,
        "email_verified_at": None,
        "is_admin": False,
        "token_version": User.token_version + 1,
        "updated_at": now,
        "deleted_at": now,
    }
    await db.execute(update(User).where(User.id == user_id).values(values))


async def remove_belongings(db: AsyncConnection, user_id: UUID) -> None:
    """Delete what the account held and what says more of the person than an id.

    Refresh tokens go before their sign-ins, in the order in which a refresh locks them; grants go with their keys.
    """
    sign_ins = select(SignIn.id).where(SignIn.user_id == user_id)
    await db.execute(delete(RefreshToken).where(RefreshToken.sign_in_id.in_(sign_ins)))
    for model in (SignIn, ApiKey, OneTimeToken, ExternalIdentity, Grant, TeamMember, UserPresence, Reaction):
        await db.execute(delete(model).where(model.user_id == user_id))
    unanswered = (Invitation.invited_by == user_id) & Invitation.accepted_at.is_(None)
    await db.execute(delete(Invitation).where(or_(Invitation.accepted_by == user_id, unanswered)))


SCRUB = text(
    """
    UPDATE audit_log SET address = NULL, agent = NULL, details = (
        SELECT coalesce(jsonb_object_agg(said.key, said.value), '{}'::jsonb) FROM jsonb_each(details) AS said
        WHERE NOT (
            lower(said.value #>> '{}') = :email
            OR said.key IN ('login', 'username') AND lower(said.value #>> '{}') = :username
        )
    )
    WHERE user_id = :user_id
    """
)

SCRUB_ADDRESS = text(
    """
    UPDATE audit_log SET details = (
        SELECT coalesce(jsonb_object_agg(said.key, said.value), '{}'::jsonb) FROM jsonb_each(details) AS said
        WHERE lower(said.value #>> '{}') IS DISTINCT FROM :email
    )
    WHERE EXISTS (SELECT FROM jsonb_each_text(details) AS said WHERE lower(said.value) = :email)
    """
)


async def scrub_audit(db: AsyncConnection, user_id: UUID, email: str, username: str) -> None:
    """Take network address, agent and names out of the person's own rows of the audit log."""
    await db.execute(SCRUB, {"user_id": user_id, "email": email.lower(), "username": username.lower()})


async def forget_address(db: AsyncConnection, email: str) -> None:
    """Take an e-mail address that was the person's own out of invitations and of what others did.

    This reads the audit log once, from its beginning to its end; an account is erased once.
    """
    await db.execute(delete(Invitation).where(_addressed_to(email)))
    await db.execute(SCRUB_ADDRESS, {"email": email.lower()})


def _addressed_to(email: str) -> ColumnElement[bool]:
    return func.lower(Invitation.email) == email.lower()


async def erased_since(db: AsyncConnection, since: datetime) -> list[UUID]:
    """Accounts erased since then."""
    return list((await db.execute(select(User.id).where(User.deleted_at >= since))).scalars())


async def forget_one_time_tokens(db: AsyncConnection, before: datetime) -> int:
    """Delete those that ran out before that; how many."""
    return (await db.execute(delete(OneTimeToken).where(OneTimeToken.expires_at < before))).rowcount


async def forget_invitations(db: AsyncConnection, before: datetime) -> int:
    """Delete those that ran out before that, accepted or not: the audit log knows of them; how many."""
    return (await db.execute(delete(Invitation).where(Invitation.expires_at < before))).rowcount
