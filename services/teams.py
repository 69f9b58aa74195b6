"""Teams: who works together, and as what. A team keeps at least one admin."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from index import invitations, teams, users
from index.paging import Page
from index.teams import MemberRecord, TeamRecord
from index.users import UserRecord
from services import audit, removals, revocations
from services.audit import Act
from services.context import Context
from services.errors import Conflict, InvalidInput, NotFound
from services.names import check_email, check_name
from services.policy import Action, Actor, Role, require, require_scope
from services.revocations import Revocation
from services.slugs import candidates, check_slug, slug_of
from services.standing import absent, account_of, confirm

SLUG_TAKEN = "This slug is taken by another team."
HOW_TO_INVITE = " Invite them: POST /api/teams/{id}/invitations, or `xds team invite`."


async def list_teams(context: Context, actor: Actor, *, limit: int, cursor: str | None) -> Page[TeamRecord]:
    """The actor's teams; all of them for an instance admin."""
    require_scope(actor, Action.TEAM_READ)
    if actor.key_system_id is not None:
        return Page([], None)
    async with context.engine.connect() as db:
        if actor.user_id is not None:
            actor = confirm(actor, await users.standing(db, actor.caller))
        return await teams.list_for(
            db,
            user_id=actor.user_id,
            everything=actor.is_admin,
            only=actor.key_team_id,
            limit=limit,
            cursor=cursor,
        )


async def create(context: Context, actor: Actor, *, name: str, slug: str | None = None) -> TeamRecord:
    """A new team whose admin the actor is. Without ``slug`` one is derived from the name."""
    require(actor, Action.TEAM_CREATE)
    display = check_name(name)
    slugs = [check_slug(slug)] if slug is not None else candidates(slug_of(display, "team"))
    async with context.engine.begin() as db:
        user = await account_of(db, actor)
        for candidate in slugs:
            team = await teams.insert_team(db, name=display, slug=candidate, now=context.clock())
            if team is not None:
                await teams.add_member(db, team.id, user.id, Role.ADMIN, context.clock())
                await _audit(context, db, actor, Act.TEAM_CREATED, team.id, None, name=team.name, slug=team.slug)
                return TeamRecord(team.id, team.name, team.slug, team.created_at, Role.ADMIN)
    raise Conflict(SLUG_TAKEN)


async def get(context: Context, actor: Actor, team_id: UUID) -> TeamRecord:
    """One team; NotFound where the actor may not know of it."""
    async with context.engine.connect() as db:
        return await allowed(db, actor, team_id, Action.TEAM_READ)


async def update(context: Context, actor: Actor, team_id: UUID, *, name: str, slug: str | None) -> TeamRecord:
    """Rename. A new slug changes the clone URLs of the team's systems."""
    display = check_name(name)
    wanted = None if slug is None else check_slug(slug)
    try:
        async with context.engine.begin() as db:
            team = await alone(db, actor, team_id, Action.TEAM_UPDATE)
            await teams.change(db, team_id, name=display, slug=wanted)
            return TeamRecord(team.id, display, wanted or team.slug, team.created_at, team.role)
    except IntegrityError as error:
        raise Conflict(SLUG_TAKEN) from error


async def delete(context: Context, actor: Actor, team_id: UUID) -> None:
    """Delete a team with its memberships, invitations and the keys that are bound to it. Its systems have to be deleted
    first, since each takes a repository with it."""
    refusal = "The team still has design systems. Delete those first."
    try:
        async with context.engine.begin() as db:
            team = await alone(db, actor, team_id, Action.TEAM_DELETE)
            if await teams.has_systems(db, team_id):
                raise Conflict(refusal)
            await _audit(context, db, actor, Act.TEAM_DELETED, team_id, None, name=team.name, slug=team.slug)
            await teams.remove(db, team_id)
    except IntegrityError as error:
        raise Conflict(refusal) from error
    await revocations.announce(context, Revocation(team_id=team_id))


async def list_members(
    context: Context, actor: Actor, team_id: UUID, *, limit: int, cursor: str | None
) -> Page[MemberRecord]:
    """Who belongs to the team, in the order in which they joined."""
    async with context.engine.connect() as db:
        await allowed(db, actor, team_id, Action.TEAM_READ)
        return await teams.members_page(db, team_id, limit=limit, cursor=cursor)


async def add_member(
    context: Context,
    actor: Actor,
    team_id: UUID,
    *,
    role: Role,
    email: str | None = None,
    user_id: UUID | None = None,
) -> MemberRecord:
    """Take somebody who has an account into the team, by exactly one of e-mail address and id."""
    if (email is None) == (user_id is None):
        raise InvalidInput.of("", "one-of", "Send either email or user_id.")
    async with context.engine.begin() as db:
        await alone(db, actor, team_id, Action.MEMBERS_MANAGE)
        user = await person_named(db, email, user_id, hint=HOW_TO_INVITE if email else "")
        now = context.clock()
        if not await teams.add_member(db, team_id, user.id, role, now):
            raise Conflict("This person is a member already. Change the role instead.")
        await _audit(context, db, actor, Act.MEMBER_ADDED, team_id, user.id, role=role)
        overtaken = await invitations.withdraw(db, team_id, email=user.email)
        await removals.record_invitations(context, db, actor, team_id, overtaken, reason="member-added")
        return MemberRecord(user, role, now)


async def person_named(db: AsyncConnection, email: str | None, user_id: UUID | None, *, hint: str = "") -> UserRecord:
    """The account of an e-mail address or id, which nobody erases until the transaction ends; raises InvalidInput."""
    if email is not None:
        user = await users.by_email(db, check_email(email))
    else:
        user = await users.get(db, user_id) if user_id else None
    if user is None or not await teams.hold_person(db, user.id):
        field, what = ("email", "e-mail address") if email is not None else ("user_id", "id")
        raise InvalidInput.of(field, "no-such-user", f"Nobody here has an account with this {what}.{hint}")
    return user


async def change_role(context: Context, actor: Actor, team_id: UUID, user_id: UUID, role: Role) -> MemberRecord:
    """Make a member something else; the last admin stays one. Who is no admin any more has invited nobody."""
    async with context.engine.begin() as db:
        await alone(db, actor, team_id, Action.MEMBERS_MANAGE)
        found = await _member(db, team_id, user_id)
        changed = MemberRecord(found.user, role, found.joined_at)
        if found.role == role:
            return changed
        await _keep_an_admin(db, team_id, found)
        await teams.set_role(db, team_id, user_id, role)
        await _audit(context, db, actor, Act.ROLE_CHANGED, team_id, user_id, role=role, before=found.role)
        if found.role == Role.ADMIN:
            withdrawn = await invitations.withdraw(db, team_id, invited_by=user_id)
            await removals.record_invitations(context, db, actor, team_id, withdrawn, reason="role-changed")
    await revocations.announce(context, Revocation(user_id=user_id, team_id=team_id))
    return changed


async def remove_member(context: Context, actor: Actor, team_id: UUID, user_id: UUID) -> None:
    """Take somebody out of the team, or leave it, with all that was held by it; the last admin stays. What they have
    running here ends, too."""
    action = Action.TEAM_LEAVE if user_id == actor.user_id else Action.MEMBERS_MANAGE
    async with context.engine.begin() as db:
        await alone(db, actor, team_id, action)
        leaving = await _member(db, team_id, user_id)
        await _keep_an_admin(db, team_id, leaving)
        await removals.end_membership(context, db, actor, team_id, leaving)
    await revocations.announce(context, Revocation(user_id=user_id, team_id=team_id))


async def allowed(db: AsyncConnection, actor: Actor, team_id: UUID, action: Action) -> TeamRecord:
    """The team, if the actor may do that with it: one query reads team, role and whether the sign-in still stands."""
    team, user = await teams.access(db, team_id, actor.caller)
    if team is None:
        raise await absent(db, actor, "team")
    require(confirm(actor, user), action, role=team.role, team_id=team_id, what="team")
    return team


async def alone(db: AsyncConnection, actor: Actor, team_id: UUID, action: Action) -> TeamRecord:
    """The team, whose members, grants, invitations and bound keys nobody else changes until the transaction ends.
    Allowed before, so that a stranger locks nothing, and after, since the actor's own role may be what changed while we
    waited."""
    await allowed(db, actor, team_id, action)
    await teams.lock(db, team_id)
    return await allowed(db, actor, team_id, action)


async def _audit(
    context: Context, db: AsyncConnection, actor: Actor, act: Act, team_id: UUID, user_id: UUID | None, **details: str
) -> None:
    """About a member, or without ``user_id`` about the team itself."""
    subject = ("team", team_id) if user_id is None else ("user", user_id)
    await audit.record(db, context.clock(), actor, act, team_id=team_id, subject=subject, **dict[str, Any](details))


async def _member(db: AsyncConnection, team_id: UUID, user_id: UUID) -> MemberRecord:
    found = await teams.member(db, team_id, user_id)
    if found is None:
        raise NotFound("There is no such member in this team.")
    return found


async def _keep_an_admin(db: AsyncConnection, team_id: UUID, leaving: MemberRecord) -> None:
    """Call when ``alone``: two admins who demote each other at the same moment must not both succeed."""
    if leaving.role == Role.ADMIN and not await teams.has_other_admin(db, team_id, leaving.user.id):
        raise Conflict("A team keeps at least one admin. Make somebody else admin first.")
