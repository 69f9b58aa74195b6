"""Operators: the instance's administrators, for what concerns the whole service and no team."""

from __future__ import annotations

from index import users
from services.context import Context
from services.errors import Forbidden, Unauthenticated
from services.policy import Action, Actor, Decision, decide
from services.standing import confirm


async def require_operator(context: Context, actor: Actor) -> Actor:
    """The actor as the account says now, where it is an administrator with a session or an unbound key; raises
    Unauthenticated or Forbidden."""
    if actor.user_id is None:
        raise Unauthenticated("Sign in as an administrator, or send an administrator's API key.")
    async with context.reads.connect() as db:
        actor = confirm(actor, await users.standing(db, actor.caller))
    if not actor.is_admin or decide(actor, Action.ACCOUNT_READ) is not Decision.ALLOWED:
        raise Forbidden("This is for administrators of the whole service.")
    return actor
