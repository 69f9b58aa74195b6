"""API keys: credentials for programs, shown once, narrowed by scope and perhaps to one team or system."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from index import grants, keys, systems, teams, users
from index.keys import KeyRecord
from index.paging import Page
from index.users import Caller
from services import audit, removals, revocations
from services.access import system_for
from services.audit import Act
from services.context import Context
from services.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from services.names import check_name
from services.policy import Action, Actor, Decision, Scope, decide, missing, require
from services.revocations import Revocation
from services.sign_ins import digest
from services.standing import account_of, confirm
from services.teams import allowed, alone

PREFIX = "xds_"
SHOWN = 12
"""How much of a key is kept to recognise it by: enough to tell keys apart, nowhere near enough to guess one."""


async def create(
    context: Context,
    actor: Actor,
    *,
    name: str,
    scopes: Iterable[Scope],
    team_id: UUID | None = None,
    design_system_id: UUID | None = None,
    expires_at: datetime | None = None,
) -> tuple[KeyRecord, str]:
    """A new key and its secret, which exists nowhere else from then on. It can do what its owner can, no more."""
    require(actor, Action.OWN_KEYS)
    granted, display, now = _check_scopes(scopes), check_name(name), context.clock()
    if expires_at is not None and (expires_at.utcoffset() is None or expires_at <= now):
        raise InvalidInput.of("expires_at", "bad-time", "Use a time to come, with its offset from UTC.")
    secret = PREFIX + secrets.token_urlsafe(32)
    async with context.engine.begin() as db:
        user = await account_of(db, actor)
        team_id = await _bounds(db, actor, team_id, design_system_id)
        await _outlives_no_parent(db, actor, expires_at, now)
        record = await keys.insert(
            db,
            user_id=user.id,
            team_id=team_id,
            design_system_id=design_system_id,
            name=display,
            prefix=secret[:SHOWN],
            key_hash=digest(secret),
            scopes=granted,
            now=now,
            expires_at=expires_at,
            parent_id=actor.key_id,
        )
        await audit.record(
            db,
            now,
            actor,
            Act.KEY_CREATED,
            team_id=record.team_id,
            system_id=record.design_system_id,
            subject=("api-key", record.id),
            prefix=record.prefix,
            scopes=record.scopes,
        )
    return record, secret


def _check_scopes(scopes: Iterable[Scope]) -> list[str]:
    asked = set(scopes)
    if not asked:
        raise InvalidInput.of("scopes", "no-scopes", "Name at least one scope.")
    return [scope.value for scope in Scope if scope in asked]


async def _bounds(db: AsyncConnection, actor: Actor, team_id: UUID | None, system_id: UUID | None) -> UUID | None:
    """The team whose admins see the key, and may end it. A key is bound only where its owner has a role, by the team or
    by a grant, and while nobody takes that away: a removal that does not see the key yet would leave it behind."""
    if system_id is not None:
        system = await system_for(db, actor, system_id, Action.KEYS_BIND)
        if team_id not in (None, system.team_id):
            raise InvalidInput.of("design_system_id", "other-team", "The design system belongs to another team.")
        await teams.lock(db, system.team_id)
        system = await system_for(db, actor, system_id, Action.KEYS_BIND)
        if actor.key_id is not None:
            await _require_role_of_owner(db, actor, system_id)
        return system.team_id
    if team_id is not None:
        await alone(db, actor, team_id, Action.KEYS_BIND)
    return team_id


async def _require_role_of_owner(db: AsyncConnection, actor: Actor, system_id: UUID) -> None:
    """The new key works as its owner does: what was granted to the key that makes it is no reason to bind one."""
    found = await systems.access(db, system_id, Caller(actor.user_id))
    if found is None or found.user is None or not (found.role or found.user.is_admin):
        raise Forbidden(
            "Only this key has a role on the design system, not its owner: a key is bound where that has one."
        )


async def _outlives_no_parent(db: AsyncConnection, actor: Actor, expires_at: datetime | None, now: datetime) -> None:
    """A key that expires must not make one that stays; and none that is being revoked, whose end would miss it."""
    if actor.key_id is None:
        return
    parent = await keys.hold(db, actor.key_id, now)
    if parent is None:
        raise Unauthenticated("This API key is unknown, expired or revoked.")
    if parent.expires_at and (expires_at is None or expires_at > parent.expires_at):
        message = "A key made with a key expires no later than that one."
        raise InvalidInput.of("expires_at", "outlives-parent", message)


async def list_keys(
    context: Context, actor: Actor, *, team_id: UUID | None = None, limit: int, cursor: str | None
) -> Page[KeyRecord]:
    """The actor's own keys; with ``team_id`` everybody's that are bound to that team or to one of its systems, for its
    admins: those of people who have a grant on one system only, too."""
    async with context.engine.connect() as db:
        if team_id is not None:
            await allowed(db, actor, team_id, Action.KEYS_MANAGE)
            return await keys.list_page(db, team_id=team_id, limit=limit, cursor=cursor)
        require(actor, Action.OWN_KEYS)
        user = await account_of(db, actor)
        return await keys.list_page(db, user_id=user.id, limit=limit, cursor=cursor)


async def revoke(context: Context, actor: Actor, key_id: UUID) -> None:
    """End a key: one's own, or one bound to a team that one is admin of. It stops working with the next request, and
    what it was granted, and the keys that were made with it, end with it."""
    async with context.engine.begin() as db:
        if actor.user_id is not None:
            actor = confirm(actor, await users.standing(db, actor.caller))
        found = await keys.get(db, key_id)
        if found is None or not await _may_revoke(db, actor, found):
            raise missing(actor, "API key")
        revoked = await keys.revoke(db, key_id, context.clock())
        if not revoked:
            raise missing(actor, "API key")
        for key in revoked:
            ended = await grants.end_of_key(db, key.id)
            await removals.record_keys(context, db, actor, key.team_id, [key], reason="revoked")
            await removals.record_grants(context, db, actor, ended, reason="api-key-revoked")
    for key in revoked:
        await revocations.announce(context, Revocation(key_id=key.id))


async def _may_revoke(db: AsyncConnection, actor: Actor, key: KeyRecord) -> bool:
    if key.id == actor.key_id:
        return True  # a key may always end itself: nobody should have to hesitate when one leaks
    if key.user_id == actor.user_id and decide(actor, Action.OWN_KEYS) is Decision.ALLOWED:
        return True
    if key.team_id is None:
        return False
    try:
        await allowed(db, actor, key.team_id, Action.KEYS_MANAGE)
    except (Forbidden, NotFound):
        return False
    return True


async def authenticate(context: Context, key: str) -> Actor:
    """The actor behind a key; raises Unauthenticated where it is unknown, expired or revoked, or its owner erased.

    The use is recorded at most once in ``limits.key_touch_seconds``, so that a busy key does not write on each call.
    """
    now, hashed = context.clock(), digest(key)
    context.backoff.admit_key(hashed)
    async with context.reads.connect() as db:
        found = await keys.authenticate(db, hashed, now)
    if found is None:
        await context.backoff.key_unknown()
        raise Unauthenticated("This API key is unknown, expired or revoked.")
    context.backoff.key_worked(hashed)
    record, owner = found
    before = now - timedelta(seconds=context.limits.key_touch_seconds)
    if record.last_used_at is None or record.last_used_at < before:
        async with context.engine.begin() as db:
            await keys.touch(db, record.id, now, before)
    return Actor(
        user_id=owner.id,
        is_admin=owner.is_admin,
        scopes=frozenset(Scope(scope) for scope in record.scopes),
        key_team_id=record.team_id,
        key_system_id=record.design_system_id,
        name=owner.name,
        email=owner.email,
        key_id=record.id,
    )
