"""Personal data: every row that speaks of one person, table by table, to be handed over to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, false, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from index.account_tables import (
    ApiKey,
    AuditRow,
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
from index.columns import Base, table_of
from index.proposal_tables import Proposal, ProposalReview
from index.tables import Activity, Comment, Component, ComponentVersion, DesignSystem, Reaction, Release, UserPresence

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Whose data is wanted. ``email`` is None where nobody has confirmed it: what other rows say of that address may be
    about somebody else."""

    id: UUID
    email: str | None


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one table that are about a person; ``columns`` are what is handed over of each.

    ``key`` orders them, so that pages can follow one another: the primary key, or another unique one with an index
    that finds the person's rows.
    """

    name: str
    table: Table
    columns: tuple[ColumnElement[Any], ...]
    whose: Callable[[Person], ColumnElement[bool]]
    key: tuple[ColumnElement[Any], ...]


def section(
    name: str,
    model: type[Base],
    columns: str,
    whose: Callable[[Person], ColumnElement[bool]],
    *,
    more: Sequence[ColumnElement[Any]] = (),
    key: str = "",
) -> Section:
    """A section with columns by their names, and perhaps ``more`` of them from elsewhere."""
    table = table_of(model)
    ordered = [table.c[part] for part in key.split()] or list(table.primary_key.columns)
    return Section(name, table, (*(table.c[part] for part in columns.split()), *more), whose, tuple(ordered))


def _has_address(address: Any) -> Callable[[Person], ColumnElement[bool]]:
    return lambda person: false() if person.email is None else func.lower(address) == person.email.lower()


_TEAM_NAME = select(Team.name).where(Team.id == TeamMember.team_id).scalar_subquery().label("team_name")

SECTIONS = (
    section(
        "account",
        User,
        "id email username name avatar_url email_verified_at is_admin created_at updated_at",
        lambda person: User.id == person.id,
        more=[User.password_hash.is_not(None).label("has_password")],
    ),
    section(
        "memberships",
        TeamMember,
        "team_id role joined_at",
        lambda person: TeamMember.user_id == person.id,
        more=[_TEAM_NAME],
    ),
    section(
        "grants",
        Grant,
        "id design_system_id user_id key_id role granted_by created_at",
        lambda person: or_(
            Grant.user_id == person.id,
            Grant.granted_by == person.id,
            Grant.key_id.in_(select(ApiKey.id).where(ApiKey.user_id == person.id)),
        ),
    ),
    section(
        "api_keys",
        ApiKey,
        "id team_id design_system_id name prefix scopes created_at expires_at last_used_at revoked_at",
        lambda person: ApiKey.user_id == person.id,
    ),
    section(
        "sign_ins",
        SignIn,
        "id method address agent created_at last_used_at ended_at",
        lambda person: SignIn.user_id == person.id,
    ),
    section(
        "refresh_tokens",
        RefreshToken,
        "id sign_in_id created_at expires_at used_at",
        lambda person: RefreshToken.sign_in_id.in_(select(SignIn.id).where(SignIn.user_id == person.id)),
    ),
    section(
        "one_time_tokens",
        OneTimeToken,
        "id purpose email created_at expires_at used_at",
        lambda person: OneTimeToken.user_id == person.id,
    ),
    section(
        "identities",
        ExternalIdentity,
        "id provider subject email created_at last_used_at",
        lambda person: ExternalIdentity.user_id == person.id,
    ),
    section(
        "invitations",
        Invitation,
        "id team_id email role mailed invited_by created_at expires_at accepted_by accepted_at",
        lambda person: or_(
            Invitation.invited_by == person.id,
            Invitation.accepted_by == person.id,
            _has_address(Invitation.email)(person),
        ),
    ),
    section(
        "audit",
        AuditRow,
        "id action outcome key_id team_id design_system_id subject_type subject_id address agent request_id details "
        "created_at",
        lambda person: AuditRow.user_id == person.id,
        key="position",
    ),
    section(  # by others: where those sat is theirs
        "audit_about",
        AuditRow,
        "id action outcome team_id design_system_id created_at",
        lambda person: and_(
            AuditRow.subject_type == "user",
            AuditRow.subject_id == person.id,
            AuditRow.user_id.is_distinct_from(person.id),
        ),
        key="position",
    ),
    section(
        "activity",
        Activity,
        "id team_id design_system_id seq action resource_type resource_id metadata created_at",
        lambda person: Activity.user_id == person.id,
    ),
    section(
        "comments",
        Comment,
        "id design_system_id resource_type resource_id parent_id content resolved created_at updated_at",
        lambda person: Comment.user_id == person.id,
    ),
    section(
        "reactions",
        Reaction,
        "id comment_id emoji created_at",
        lambda person: Reaction.user_id == person.id,
    ),
    section(
        "proposals",
        Proposal,
        "id design_system_id number title description created_at",
        lambda person: Proposal.created_by == person.id,
    ),
    section(  # of others: what they wrote is theirs
        "proposals_taken_part_in",
        Proposal,
        "id design_system_id number state ended_at",
        lambda person: or_(Proposal.moved_by == person.id, Proposal.ended_by == person.id),
    ),
    section(
        "proposal_reviews",
        ProposalReview,
        "id design_system_id number verdict commit body created_at",
        lambda person: ProposalReview.reviewer_id == person.id,
    ),
    section(
        "presence",
        UserPresence,
        "design_system_id status last_seen cursor_position",
        lambda person: UserPresence.user_id == person.id,
    ),
    section(
        "design_systems",
        DesignSystem,
        "id team_id created_at",  # what it is called now may be none of their business any more
        lambda person: DesignSystem.created_by == person.id,
    ),
    section(
        "components",
        Component,
        "design_system_id id created_at",
        lambda person: Component.created_by == person.id,
    ),
    section(
        "component_versions",
        ComponentVersion,
        "design_system_id component_id version commit author_name author_email change_message created_at",
        lambda person: or_(
            ComponentVersion.changed_by == person.id, _has_address(ComponentVersion.author_email)(person)
        ),
    ),
    section(
        "releases",
        Release,
        "design_system_id version commit tagger_name tagger_email published_at yanked_at",
        lambda person: or_(
            Release.published_by == person.id,
            Release.yanked_by == person.id,
            _has_address(Release.tagger_email)(person),
        ),
    ),
)
"""Every table that says something of a person; tests/index/test_personal_data.py fails where one is missing."""


async def read(
    db: AsyncConnection, part: Section, person: Person, *, after: Key | None, limit: int
) -> tuple[list[dict[str, Any]], Key | None]:
    """The next rows of a section, and the key to go on ``after``; None at the end."""
    query = select(*part.columns, *part.key).where(part.whose(person)).order_by(*part.key).limit(limit)
    if after is not None:
        query = query.where(tuple_(*part.key) > tuple_(*after))
    names = [column.key or "" for column in part.columns]
    rows = (await db.execute(query)).all()
    found = [dict(zip(names, row, strict=False)) for row in rows]
    return found, tuple(rows[-1][len(names) :]) if len(rows) == limit else None
