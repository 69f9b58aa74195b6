"""Removals: what ends with a membership or a grant, in the transaction that ends it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from index import grants, invitations, keys, teams
from index.grants import Ended
from index.keys import KeyRecord
from index.teams import MemberRecord
from services import audit
from services.audit import Act
from services.context import Context
from services.policy import Actor


async def end_membership(
    context: Context, db: AsyncConnection, actor: Actor, team_id: UUID, leaving: MemberRecord
) -> None:
    """End a membership with everything that was held by it: grants on the team's systems (to the person and to the
    person's keys), keys that are bound to the team or its systems, and open invitations to and by the person, through
    which they could come back. Call it while holding the team's lock."""
    now, user = context.clock(), leaving.user
    await teams.remove_member(db, team_id, user.id)
    await audit.record(
        db, now, actor, Act.MEMBER_REMOVED, team_id=team_id, subject=("user", user.id), role=leaving.role
    )
    # keys before grants, as where one key is revoked: two that take the same rows in another order block each other
    revoked = await keys.revoke_in_team(db, team_id, user.id, now)
    ended = await grants.end_in_team(db, team_id, user.id)
    withdrawn = await invitations.withdraw(db, team_id, email=user.email, invited_by=user.id)
    await record_grants(context, db, actor, ended, reason="member-removed")
    await record_keys(context, db, actor, team_id, revoked, reason="member-removed")
    await record_invitations(context, db, actor, team_id, withdrawn, reason="member-removed")


async def end_bound_keys(
    context: Context, db: AsyncConnection, actor: Actor, team_id: UUID, system_id: UUID, user_id: UUID
) -> None:
    """After a person's grant on a system has ended: end their keys that are bound to it, unless the team still gives
    them a role there. Call it while holding the team's lock."""
    if await teams.member(db, team_id, user_id) is None:
        revoked = await keys.revoke_in_system(db, system_id, user_id, context.clock())
        await record_keys(context, db, actor, team_id, revoked, reason="grant-revoked")


async def record_grants(
    context: Context, db: AsyncConnection, actor: Actor, ended: list[Ended], *, reason: str
) -> None:
    """One row in the audit log for each grant that ended with something else."""
    for grant in ended:
        await audit.record(
            db,
            context.clock(),
            actor,
            Act.GRANT_REVOKED,
            team_id=grant.team_id,
            system_id=grant.design_system_id,
            subject=("grant", grant.id),
            holder=holder_of(grant.user_id, grant.key_id),
            role=grant.role,
            reason=reason,
        )


async def record_keys(
    context: Context, db: AsyncConnection, actor: Actor, team_id: UUID | None, revoked: list[KeyRecord], *, reason: str
) -> None:
    """One row in the audit log for each key that ended with something else."""
    for key in revoked:
        await audit.record(
            db,
            context.clock(),
            actor,
            Act.KEY_REVOKED,
            team_id=team_id,
            system_id=key.design_system_id,
            subject=("api-key", key.id),
            owner=str(key.user_id),
            prefix=key.prefix,
            reason=reason,
        )


async def record_invitations(
    context: Context, db: AsyncConnection, actor: Actor, team_id: UUID, withdrawn: list[UUID], *, reason: str
) -> None:
    """One row in the audit log for each invitation that ended with something else."""
    for invitation_id in withdrawn:
        subject = ("invitation", invitation_id)
        await audit.record(
            db, context.clock(), actor, Act.INVITATION_REVOKED, team_id=team_id, subject=subject, reason=reason
        )


def holder_of(user_id: UUID | None, key_id: UUID | None) -> dict[str, str]:
    """Who holds a grant, for the audit log."""
    return {"user_id": str(user_id)} if user_id is not None else {"key_id": str(key_id)}
