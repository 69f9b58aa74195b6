"""Erasure: an account and what it held go for good; what the person made for others stays, and no longer says who."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from index import erasure, sessions, teams
from index.erasure import Membership
from index.recovery import lock_admins
from index.users import UserRecord
from services import audit, removals, revocations
from services.audit import Act
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidInput, Unavailable
from services.policy import Action, Actor, Role, require
from services.revocations import Revocation
from services.standing import account_of

FRESH = timedelta(minutes=5)
"""How old a sign-in may be that proves who an account without a password belongs to."""

ATTEMPTS = 5


async def erase(context: Context, actor: Actor, *, password: str | None) -> None:
    """Erase the actor's own account, at once and for good. Of two at the same moment both find it done.

    Raises InvalidInput for a wrong password, Forbidden for a stale sign-in; Conflict where a team with other members
    or with design systems would be left without an admin, or the service without an administrator.
    """
    require(actor, Action.ACCOUNT_ERASE)
    async with context.engine.connect() as db:
        user = await account_of(db, actor)
        if user.password_hash is None:
            await _require_fresh(context, db, actor)
    if user.password_hash is not None:
        await _require_password(context, actor, user, password)
    await _erase_for_good(context, actor, user)
    await revocations.announce(context, Revocation(user_id=user.id))


async def _require_fresh(context: Context, db: AsyncConnection, actor: Actor) -> None:
    """Without a password it takes that the person signed in a moment ago, through no key."""
    begun = await sessions.begun_at(db, actor.sign_in_id) if actor.sign_in_id else None
    if begun is None or begun < context.clock() - FRESH:
        raise Forbidden("Sign in anew, then erase the account within five minutes: it has no password to prove it by.")


async def _require_password(context: Context, actor: Actor, user: UserRecord, password: str | None) -> None:
    """Outside of any transaction: a connection must not wait for argon2. Guessing backs off as it does at sign-in."""
    if password is None:
        raise InvalidInput.of("password", "missing", "Send your password.")
    attempt = await context.backoff.attempt(user.email)
    if await context.passwords.verify(user.password_hash, password):
        await attempt.succeed(user.email, user.username)
        return
    async with context.engine.begin() as db:
        await audit.record(db, context.clock(), actor, Act.ERASED, outcome="refused")
    raise InvalidInput.of("password", "wrong-password", "This is not your password.")


async def _erase_for_good(context: Context, actor: Actor, user: UserRecord) -> None:
    for _attempt in range(ATTEMPTS):
        try:
            async with context.engine.begin() as db:
                if await _erase(context, db, actor, user):
                    return
        except IntegrityError as error:  # a design system was made in a team that was to go
            raise Conflict("Something was added to one of your teams just now. Look, and try again.") from error
    raise Unavailable("You are being taken into one team after another; try again.")


async def _erase(context: Context, db: AsyncConnection, actor: Actor, proven: UserRecord) -> bool:
    """Locks teams, invitations, administrators and the account, in the order in which every change of members does.

    False, with nothing written, where a team came meanwhile that is not among those locked.
    """
    locked = await erasure.lock_teams(db, proven.id)
    await erasure.lock_invitations(db, proven.id, proven.email)
    admins = await lock_admins(db)
    user = await erasure.lock_account(db, proven.id)
    if user is None:
        return True  # done by somebody who came a moment earlier with the same proof
    await account_of(db, actor)
    if user.password_hash != proven.password_hash:
        raise Conflict("The password was changed in the meantime.")
    memberships = await erasure.memberships(db, user.id)
    if not {membership.team_id for membership in memberships} <= locked:
        return False
    _require_dispensable(user, memberships, others_administer=bool(set(admins) - {user.id}))
    now = context.clock()
    for membership in memberships:
        await _leave(context, db, actor, user, membership)
    await audit.record(db, now, actor, Act.ERASED, subject=("user", user.id))
    await erasure.remove_belongings(db, user.id)
    await erasure.scrub_audit(db, user.id, user.email, user.username)
    if user.email_verified_at is not None:  # else what others wrote down of that address may be about somebody else
        await erasure.forget_address(db, user.email)
    await erasure.anonymise(db, user.id, now)
    return True


def _require_dispensable(user: UserRecord, memberships: list[Membership], *, others_administer: bool) -> None:
    if user.is_admin and not others_administer:
        raise Conflict("You are the last administrator of this service. Make somebody else one first.")
    bereft = [found for found in memberships if _needs(found)]
    if bereft:
        named = ", ".join(f"{found.name} ({found.slug})" for found in bereft)
        remedy = "Make somebody else admin there, or delete the design systems and the team, first."
        raise Conflict(f"You are the last admin of: {named}. {remedy}")


def _needs(membership: Membership) -> bool:
    """Whether the team would stand there with people or systems, and no admin."""
    remains = membership.others > 0 or membership.has_systems
    return membership.role == Role.ADMIN and membership.other_admins == 0 and remains


async def _leave(context: Context, db: AsyncConnection, actor: Actor, user: UserRecord, membership: Membership) -> None:
    """End the membership as a removal does, so that those who stay read what went with it; a team of the person's
    alone goes whole."""
    team_id = membership.team_id
    if membership.others == 0 and not membership.has_systems:
        await audit.record(
            db, context.clock(), actor, Act.TEAM_DELETED, team_id=team_id, name=membership.name, slug=membership.slug
        )
        await teams.remove(db, team_id)
    elif (leaving := await teams.member(db, team_id, user.id)) is not None:
        await removals.end_membership(context, db, actor, team_id, leaving)
