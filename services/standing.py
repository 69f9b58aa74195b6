"""Whether an access token still stands for the account that it was issued to."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from index import users
from index.users import UserRecord
from services.context import Context
from services.errors import ServiceError, Unauthenticated
from services.policy import Actor, missing


def confirm(actor: Actor, user: UserRecord | None) -> Actor:
    """The actor with what the account says now; raises Unauthenticated when the account is gone or its sessions ended.

    ``user`` is the account as the very query read it that reads the actor's role, so that this costs no round trip.
    """
    if actor.user_id is None:
        return actor
    if user is None or actor.token_version not in (None, user.token_version):
        raise Unauthenticated("This sign-in has ended. Sign in again.")
    return replace(actor, is_admin=user.is_admin, name=user.name, email=user.email)


async def living(context: Context, actor: Actor) -> Actor:
    """For what anybody may do: whoever says who they are must still be that. Nobody is asked nothing."""
    if actor.user_id is None:
        return actor
    async with context.reads.connect() as db:
        return confirm(actor, await users.standing(db, actor.caller))


async def absent(db: AsyncConnection, actor: Actor, what: str) -> ServiceError:
    """What to raise for something that is not there. A sign-in that has ended is told so here as where something is, or
    it could find out what there is."""
    if actor.user_id is not None:
        confirm(actor, await users.standing(db, actor.caller))
    return missing(actor, what)


async def account_of(db: AsyncConnection, actor: Actor) -> UserRecord:
    """The actor's own account, for calls that are about it; raises Unauthenticated where there is none."""
    if actor.user_id is None:
        raise Unauthenticated("Sign in, or send an API key.")
    user = await users.standing(db, actor.caller)
    confirm(actor, user)
    if user is None:
        raise Unauthenticated("This sign-in has ended. Sign in again.")
    return user
