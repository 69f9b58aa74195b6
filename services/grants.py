"""Grants: a role on one design system for somebody outside its team, or for one key."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from index import grants, keys, teams
from index.grants import GrantRecord
from index.paging import Page
from index.systems import SystemRecord
from services import audit, removals, revocations
from services.access import system_for
from services.audit import Act
from services.context import Context
from services.errors import Conflict, InvalidInput, NotFound
from services.policy import Action, Actor, Role, missing
from services.revocations import Revocation
from services.teams import person_named

TWICE = "There is a grant for that on this design system already. Change its role instead."


async def list_grants(
    context: Context, actor: Actor, system_id: UUID, *, limit: int, cursor: str | None
) -> Page[GrantRecord]:
    """Who was given a role on the system beside the team's, in the order in which it was given."""
    async with context.engine.connect() as db:
        await system_for(db, actor, system_id, Action.GRANTS_MANAGE)
        return await grants.page(db, system_id, limit=limit, cursor=cursor)


async def give(
    context: Context,
    actor: Actor,
    system_id: UUID,
    *,
    role: Role,
    email: str | None = None,
    user_id: UUID | None = None,
    key_id: UUID | None = None,
) -> GrantRecord:
    """Give a role to exactly one of a person (by e-mail address or id) and a key. It counts where it is stronger than
    what the team gives; Conflict where there is a grant already."""
    if sum(given is not None for given in (email, user_id, key_id)) != 1:
        raise InvalidInput.of("", "one-of", "Send one of email, user_id and key_id.")
    try:
        async with context.engine.begin() as db:
            system = await _alone(db, actor, system_id)
            if key_id is None:
                holder = (await person_named(db, email, user_id)).id
            else:
                holder = await _key(context, db, system, key_id)
            made = await grants.insert(
                db,
                system_id=system_id,
                user_id=holder if key_id is None else None,
                key_id=key_id,
                role=role,
                granted_by=actor.user_id,
                now=context.clock(),
            )
            if made is None:
                raise Conflict(TWICE)
            grant = await _grant(db, system_id, made)
            await _audit(context, db, actor, Act.GRANTED, system, grant)
            return grant
    except IntegrityError as error:
        raise missing(actor, "design system") from error


async def change(context: Context, actor: Actor, system_id: UUID, grant_id: UUID, role: Role) -> GrantRecord:
    """Give another role by the same grant."""
    async with context.engine.begin() as db:
        system = await _alone(db, actor, system_id)
        before = await _grant(db, system_id, grant_id)
        await grants.set_role(db, system_id, grant_id, role)
        changed = await _grant(db, system_id, grant_id)
        if before.role != role:
            await _audit(context, db, actor, Act.GRANTED, system, changed, before=before.role)
    await revocations.announce(context, _holder(changed))
    return changed


async def revoke(context: Context, actor: Actor, system_id: UUID, grant_id: UUID) -> None:
    """End a grant. With a person's last role on the system their keys that are bound to it
    end, too."""
    async with context.engine.begin() as db:
        system = await _alone(db, actor, system_id)
        ended = await _grant(db, system_id, grant_id)
        await grants.remove(db, system_id, grant_id)
        await _audit(context, db, actor, Act.GRANT_REVOKED, system, ended)
        if ended.key is None and not ended.user.is_admin:
            await removals.end_bound_keys(context, db, actor, system.team_id, system_id, ended.user.id)
    await revocations.announce(context, _holder(ended))


async def _alone(db: AsyncConnection, actor: Actor, system_id: UUID) -> SystemRecord:
    """The system, whose grants nobody else changes until the transaction ends. Allowed before, so that a stranger locks
    nothing, and after, since the actor's own role may be what changed while we waited."""
    system = await system_for(db, actor, system_id, Action.GRANTS_MANAGE)
    await teams.lock(db, system.team_id)
    return await system_for(db, actor, system_id, Action.GRANTS_MANAGE)


async def _key(context: Context, db: AsyncConnection, system: SystemRecord, key_id: UUID) -> UUID:
    """A key that lives, and works in this place at all; nobody revokes it until the transaction ends."""
    key = await keys.hold(db, key_id, context.clock())
    if key is None or not await teams.hold_person(db, key.user_id):
        raise InvalidInput.of("key_id", "no-such-key", "There is no such API key, or it has ended.")
    elsewhere = key.design_system_id not in (None, system.id) or key.team_id not in (None, system.team_id)
    if elsewhere:
        raise InvalidInput.of("key_id", "bound-elsewhere", "This key is bound to another team or design system.")
    return key.id


async def _grant(db: AsyncConnection, system_id: UUID, grant_id: UUID) -> GrantRecord:
    found = await grants.get(db, system_id, grant_id)
    if found is None:
        raise NotFound("There is no such grant on this design system.")
    return found


def _holder(grant: GrantRecord) -> Revocation:
    """Everything that runs on the strength of the grant: a person's keys work as the person does."""
    if grant.key is not None:
        return Revocation(key_id=grant.key.id, system_id=grant.design_system_id)
    return Revocation(user_id=grant.user.id, system_id=grant.design_system_id)


async def _audit(
    context: Context,
    db: AsyncConnection,
    actor: Actor,
    act: Act,
    system: SystemRecord,
    grant: GrantRecord,
    *,
    before: str | None = None,
) -> None:
    key = grant.key
    holder = removals.holder_of(None if key else grant.user.id, key.id if key else None)
    details: dict[str, Any] = {"holder": holder, "role": grant.role} | ({"before": before} if before else {})
    await audit.record(
        db,
        context.clock(),
        actor,
        act,
        team_id=system.team_id,
        system_id=system.id,
        subject=("grant", grant.id),
        **details,
    )
