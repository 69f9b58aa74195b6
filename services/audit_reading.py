"""Reading the audit log: a team's acts for its admins, everything for administrators of the service."""

from __future__ import annotations

from uuid import UUID

from index import audit as audit_log
from index import users
from index.audit import AuditRecord
from index.paging import Page
from services.audit import Act
from services.context import Context
from services.errors import Forbidden
from services.policy import Action, Actor, Decision, decide, require_scope
from services.standing import confirm
from services.teams import allowed


async def team_acts(
    context: Context, actor: Actor, team_id: UUID, *, action: Act | None, limit: int, cursor: str | None
) -> Page[AuditRecord]:
    """What was done with access to a team and its systems, newest first."""
    async with context.reads.connect() as db:
        await allowed(db, actor, team_id, Action.AUDIT_READ)
        return await audit_log.page(db, team_id=team_id, action=action, limit=limit, cursor=cursor)


async def all_acts(
    context: Context, actor: Actor, *, action: Act | None, limit: int, cursor: str | None
) -> Page[AuditRecord]:
    """Every act, newest first. Nobody's team stands behind the whole log, so it takes an administrator.

    That there is such a log is no secret: whoever may not read it gets Forbidden, not NotFound.
    """
    require_scope(actor, Action.AUDIT_READ)
    async with context.reads.connect() as db:
        if actor.user_id is not None:
            actor = confirm(actor, await users.standing(db, actor.caller))
        if decide(actor, Action.AUDIT_READ) is not Decision.ALLOWED:
            raise Forbidden("Only administrators of the service read the whole audit log; a team's is at the team.")
        return await audit_log.page(db, action=action, limit=limit, cursor=cursor)
