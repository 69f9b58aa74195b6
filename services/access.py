"""Access to a design system: found, and allowed, in one round trip."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from index import systems
from index.systems import Access, SystemRecord
from services.context import Context
from services.policy import Action, Actor, require
from services.standing import absent, confirm


@dataclass(frozen=True, slots=True)
class Standing:
    """An actor at one system, all as one query found it: ``role`` is what team and grants give, ``verified_email`` the
    account's address if it is known to be theirs."""

    actor: Actor
    system: SystemRecord
    role: str | None
    username: str = ""
    verified_email: str = ""


async def readable(context: Context, actor: Actor, system_id: UUID) -> SystemRecord:
    """The system, if the actor may read it."""
    async with context.reads.connect() as db:
        return await system_for(db, actor, system_id, Action.SYSTEM_READ)


async def system_for(db: AsyncConnection, actor: Actor, system_id: UUID, action: Action) -> SystemRecord:
    """The system, if the actor may do that to it; raises NotFound, Forbidden or Unauthenticated otherwise."""
    return (await standing_for(db, actor, system_id, action))[1]


async def standing_for(
    db: AsyncConnection, actor: Actor, system_id: UUID, action: Action
) -> tuple[Actor, SystemRecord]:
    """Like :func:`system_for`, with the actor as the account says now: what is written carries that name."""
    return await _allowed(db, actor, action, await systems.access(db, system_id, actor.caller))


async def writer_standing(db: AsyncConnection, actor: Actor, system_id: UUID) -> Standing:
    """Like :func:`standing_for` of CONTENT_WRITE, with everything that protections and owners look at."""
    found = await systems.access(db, system_id, actor.caller)
    actor, system = await _allowed(db, actor, Action.CONTENT_WRITE, found)
    user = found.user if found is not None else None
    verified = user.email if user is not None and user.email_verified_at is not None else ""
    return Standing(actor, system, found.role if found is not None else None, user.username if user else "", verified)


async def system_at(db: AsyncConnection, actor: Actor, team_slug: str, slug: str, action: Action) -> SystemRecord:
    """Like :func:`system_for`, by the names in a clone URL."""
    found = await systems.access_by_slug(db, team_slug, slug, actor.caller)
    return (await _allowed(db, actor, action, found))[1]


async def _allowed(
    db: AsyncConnection, actor: Actor, action: Action, found: Access | None
) -> tuple[Actor, SystemRecord]:
    if found is None:
        raise await absent(db, actor, "design system")
    system, actor = found.system, confirm(actor, found.user)
    require(
        actor,
        action,
        role=found.role,
        visibility=system.visibility,
        team_id=system.team_id,
        system_id=system.id,
        what="design system",
    )
    return actor, system
