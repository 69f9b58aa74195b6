"""A person's identities at providers: see them, and remove all but the last way in."""

from __future__ import annotations

from uuid import UUID

from index import identities, users
from index.identities import IdentityRecord
from index.paging import Page
from services import audit, identity_providers
from services.audit import Act
from services.context import Context
from services.errors import Conflict, Forbidden, NotFound, Unauthenticated
from services.policy import Action, Actor, require
from services.standing import account_of


async def list_own(context: Context, actor: Actor, *, limit: int, cursor: str | None) -> Page[IdentityRecord]:
    """The actor's identities, newest first."""
    require(actor, Action.ACCOUNT_READ)
    async with context.reads.connect() as db:
        user = await account_of(db, actor)
        return await identities.list_page(db, user.id, limit=limit, cursor=cursor)


async def unlink(context: Context, actor: Actor, identity_id: UUID) -> None:
    """The identity opens the account no more. Raises NotFound, and Conflict for the last way in: an account without a
    password keeps an identity at a provider that is still here. Sign-ins made through it go on until they are ended."""
    require(actor, Action.ACCOUNT_UPDATE)
    if actor.key_id is not None:
        raise Forbidden("An API key cannot change how its owner signs in. Sign in yourself.")
    providers = [name for name, _title in await identity_providers.names_and_titles(context)]
    async with context.engine.begin() as db:
        user = await account_of(db, actor)
        # of two that remove the last two at once, the second finds one only; a password may be set or lost meanwhile
        if not await identities.lock_account(db, user.id):
            raise Unauthenticated("This sign-in has ended. Sign in again.")
        locked = await users.get(db, user.id)
        removed = await identities.remove(db, identity_id, user.id)
        if removed is None:
            raise NotFound("You have no such identity.")
        has_password = locked is not None and locked.password_hash is not None
        if not has_password and not await identities.count_by(db, user.id, providers, but=identity_id):
            raise Conflict("This is the account's last way in. Set a password first, or link another identity.")
        subject = ("identity", removed.id)
        await audit.record(
            db, context.clock(), actor, Act.IDENTITY_UNLINKED, subject=subject, provider=removed.provider
        )
