"""Sign-ins: begin one with a password, keep it going with refresh tokens, see and end one's own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from index import sessions, users
from index.paging import Page
from index.sessions import SignInRecord
from index.users import UserRecord
from services import audit, origin
from services.audit import Act
from services.context import Context
from services.errors import Forbidden, NotFound, Unauthenticated
from services.policy import Action, Actor, require
from services.rate_limits import Kind, network_of
from services.revocations import Revocation, announce
from services.standing import account_of


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a sign-in hands out. ``expires_in`` is the access token's lifetime in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int

    def __repr__(self) -> str:
        """Without the tokens: this lands in logs."""
        return f"TokenPair(expires_in={self.expires_in})"


async def login(context: Context, *, email: str, password: str) -> TokenPair:
    """Sign in with an e-mail address or user name. An unknown one costs the same work as a wrong password."""
    user = await _proven(context, email, password)
    stored = user.password_hash or ""
    fresh = await context.passwords.hash(password) if context.passwords.is_outdated(stored) else None
    async with context.engine.begin() as db:
        if fresh:
            await users.replace_hash(db, user.id, stored, fresh)
        return await begin(context, db, user, method="password")


async def _proven(context: Context, login: str, password: str) -> UserRecord:
    """The account whose password this is. Failures back off: raises RateLimited while the caller has to wait."""
    attempt = await context.backoff.attempt(login)
    async with context.reads.connect() as db:
        user = await users.by_login(db, login.strip())
    stored = user.password_hash if user else None
    # outside of any transaction: a connection must not wait for argon2
    if await context.passwords.verify(stored, password) and user is not None:
        await attempt.succeed(user.email, user.username)
        return user
    async with context.engine.begin() as db:
        # without what was typed as a name: now and then that is a password
        await audit.record(db, context.clock(), actor_of(user) if user else None, Act.SIGN_IN, outcome="refused")
    raise Unauthenticated("The e-mail address or the password is wrong.")


async def begin(context: Context, db: AsyncConnection, user: UserRecord, *, method: str) -> TokenPair:
    """The first pair of a new sign-in, however the person proved who they are; commits nothing itself."""
    _require_verified(context, user)
    now, where = context.clock(), origin.current()
    # the password was proved before this transaction: it may have been changed since, which ended every sign-in
    if not await users.hold(db, user.id, user.token_version):
        raise Unauthenticated("The password was changed just now. Sign in again.")
    sign_in_id = await sessions.open_sign_in(
        db, user_id=user.id, method=method, address=where.address, agent=where.agent, now=now
    )
    await audit.record(db, now, actor_of(user), Act.SIGN_IN, method=method)
    return await _issue(context, db, user, sign_in_id)


def _require_verified(context: Context, user: UserRecord) -> None:
    if context.limits.require_verified_email and user.email_verified_at is None:
        raise Forbidden("Confirm your e-mail address first: follow the link that was sent to it.")


async def refresh(context: Context, refresh_token: str) -> TokenPair:
    """A new pair for a living refresh token, which dies. Reuse of a dead one means that somebody else has a copy:
    the whole sign-in ends (RFC 9700 §4.14.2). Of two at once one wins, and both are signed out."""
    now, hashed = context.clock(), digest(refresh_token)
    ended: Revocation | None = None
    async with context.engine.begin() as db:
        spent = await sessions.spend(db, hashed, now)
        if spent is not None:
            user = await users.get(db, spent.user_id)
            if user is not None:
                return await _issue(context, db, user, spent.sign_in_id)
        elif (known := await sessions.find(db, hashed)) and known.used_at and known.ended_at is None:
            await sessions.end(db, known.sign_in_id, known.user_id, now)
            await audit.record(db, now, Actor(user_id=known.user_id), Act.REFRESH_REUSED, outcome="refused")
            ended = Revocation(user_id=known.user_id, sign_in_id=known.sign_in_id)
    if ended is not None:
        await announce(context, ended)
    # raised after the commit, which keeps the end
    raise Unauthenticated("This refresh token is not valid any more. Sign in again.")


async def logout(context: Context, refresh_token: str) -> None:
    """End the sign-in that the token belongs to, its access tokens included. An unknown token is as good as out."""
    now = context.clock()
    async with context.engine.begin() as db:
        known = await sessions.find(db, digest(refresh_token))
        if known is not None and await sessions.end(db, known.sign_in_id, known.user_id, now):
            await audit.record(db, now, Actor(user_id=known.user_id), Act.SIGN_OUT)
    if known is not None:
        await announce(context, Revocation(user_id=known.user_id, sign_in_id=known.sign_in_id))


async def list_own(context: Context, actor: Actor, *, limit: int, cursor: str | None) -> Page[SignInRecord]:
    """The actor's living sign-ins, newest first."""
    require(actor, Action.ACCOUNT_READ)
    async with context.reads.connect() as db:
        user = await account_of(db, actor)
        return await sessions.living_page(db, user.id, limit=limit, cursor=cursor)


async def end_own(context: Context, actor: Actor, sign_in_id: UUID) -> None:
    """End one of the actor's sign-ins, for a device that was lost; NotFound where it is nobody's or somebody else's."""
    require(actor, Action.ACCOUNT_UPDATE)
    now = context.clock()
    async with context.engine.begin() as db:
        user = await account_of(db, actor)
        if not await sessions.end(db, sign_in_id, user.id, now):
            raise NotFound("There is no such sign-in, or it is over.")
        await audit.record(db, now, actor, Act.SIGN_OUT, subject=("sign-in", sign_in_id))
    await announce(context, Revocation(user_id=user.id, sign_in_id=sign_in_id))


async def forget_dead(context: Context) -> int:
    """Drop refresh tokens that expired a while ago, for a nightly job; returns how many. Those that expired only now
    stay, so that their reuse is still noticed."""
    async with context.engine.begin() as db:
        return await sessions.forget_expired(db, context.clock() - timedelta(days=7))


async def authenticate_password(context: Context, login: str, password: str) -> Actor:
    """The actor for an e-mail address or user name and its password, as git sends with each of its requests.

    argon2 runs for the first of them only; each still looks the account up, so that a changed password or an erased
    account counts at once. That first one counts against the sign-in limit of its address before any work is done, and
    failures back off as those of ``login`` do: raises RateLimited.
    """
    async with context.reads.connect() as db:
        user = await users.by_login(db, login.strip())
    stored = user.password_hash if user else None
    if user is None or not context.passwords.remembers(login, stored, password):
        await context.rate_limits.spend(Kind.SIGN_IN, network_of(origin.current().address))
        attempt = await context.backoff.attempt(login)
        if not await context.passwords.verify_again(login, stored, password) or user is None:
            raise Unauthenticated("The user name or the password is wrong.")
        await attempt.succeed(user.email, user.username)
    _require_verified(context, user)
    return actor_of(user)


def actor_of(user: UserRecord) -> Actor:
    """The account as an actor in a session of its own."""
    return Actor(
        user_id=user.id,
        is_admin=user.is_admin,
        name=user.name,
        email=user.email,
        token_version=user.token_version,
    )


def digest(secret: str) -> str:
    """How refresh tokens and API keys are stored; they are random, so a fast hash is enough."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


async def _issue(context: Context, db: AsyncConnection, user: UserRecord, sign_in_id: UUID) -> TokenPair:
    now = context.clock()
    refresh_token = secrets.token_urlsafe(32)
    await sessions.add(
        db,
        sign_in_id=sign_in_id,
        token_hash=digest(refresh_token),
        now=now,
        expires_at=now + timedelta(days=context.limits.refresh_token_days),
    )
    access = context.access_tokens.issue(replace(actor_of(user), sign_in_id=sign_in_id), now)
    return TokenPair(access, refresh_token, int(context.access_tokens.lifetime.total_seconds()))
