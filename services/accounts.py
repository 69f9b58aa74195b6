"""Accounts: register, sign in and out, stay signed in, and know who one is."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from index import sessions, teams, users
from index.teams import TeamRecord
from index.users import UserRecord
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidInput, Unauthenticated
from services.names import check_email, check_name
from services.passwords import check_strength
from services.policy import ANONYMOUS, Action, Actor, Decision, decide, require
from services.slugs import candidates, check_slug, slug_of
from services.standing import account_of, confirm

TEAMS_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a sign-in hands out. ``expires_in`` is the access token's lifetime in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int

    def __repr__(self) -> str:
        """Without the tokens: this lands in logs."""
        return f"TokenPair(expires_in={self.expires_in})"


@dataclass(frozen=True, slots=True)
class Profile:
    """An account with the teams that it belongs to."""

    user: UserRecord
    teams: list[TeamRecord]


async def register(
    context: Context,
    *,
    email: str,
    password: str,
    name: str,
    username: str | None = None,
    actor: Actor = ANONYMOUS,
    is_admin: bool = False,
) -> UserRecord:
    """A new account. Only an instance admin (or the service itself) makes admins, or anybody while registration is
    closed. Without ``username`` one is derived from the name. Raises InvalidInput and Conflict."""
    if is_admin or not context.limits.registration_open:
        await _require_administrator(context, actor)
    address, display = check_email(email), check_name(name)
    wanted = None if username is None else check_slug(username, "username")
    if problems := check_strength(password, [address, display, username or ""]):
        raise InvalidInput(problems)
    hashed = await context.passwords.hash(password)
    fallback = slug_of(address.partition("@")[0], "user")
    async with context.engine.begin() as db:
        for candidate in [wanted] if wanted else candidates(slug_of(display, fallback)):
            user = await users.insert(
                db,
                email=address,
                username=candidate,
                name=display,
                password_hash=hashed,
                is_admin=is_admin,
                now=context.clock(),
            )
            if user is not None:
                return user
            if not await users.username_taken(db, candidate):
                raise Conflict("There is an account with this e-mail address already.")
    raise Conflict("This user name is taken.")


async def _require_administrator(context: Context, actor: Actor) -> None:
    """An administrator as the account stands now, and through no key that is bound or whose scopes say less."""
    if actor.user_id is not None:
        async with context.engine.connect() as db:
            actor = confirm(actor, await users.get(db, actor.user_id))
    if not actor.is_admin or decide(actor, Action.ACCOUNT_UPDATE) is not Decision.ALLOWED:
        raise Forbidden("Registration is closed. Ask an administrator for an account.")


async def login(context: Context, *, email: str, password: str) -> TokenPair:
    """Sign in with an e-mail address or user name. An unknown one costs the same work as a wrong password."""
    async with context.engine.begin() as db:
        user = await users.by_login(db, email.strip())
    stored = user.password_hash if user else None
    # outside of any transaction: a connection must not wait for argon2
    if not await context.passwords.verify(stored, password) or user is None or stored is None:
        raise Unauthenticated("The e-mail address or the password is wrong.")
    fresh = await context.passwords.hash(password) if context.passwords.is_outdated(stored) else None
    async with context.engine.begin() as db:
        if fresh:
            await users.replace_hash(db, user.id, stored, fresh)
        return await _issue(context, db, user, family_id=uuid4())


async def refresh(context: Context, refresh_token: str) -> TokenPair:
    """A new pair for a living refresh token, which dies. Reuse of a dead one means that somebody else has a copy:
    the whole family is revoked (RFC 9700 §4.14.2). Of two at once one wins, and both are signed out."""
    now, hashed = context.clock(), digest(refresh_token)
    async with context.engine.begin() as db:
        spent = await sessions.spend(db, hashed, now)
        if spent is not None:
            user = await users.get(db, spent.user_id)
            if user is not None:
                return await _issue(context, db, user, family_id=spent.family_id)
        elif (known := await sessions.find(db, hashed)) and (known.used_at or known.revoked_at):
            await sessions.revoke_family(db, known.family_id, now)
    # raised after the commit, which keeps the revocation
    raise Unauthenticated("This refresh token is not valid any more. Sign in again.")


async def logout(context: Context, refresh_token: str) -> None:
    """End the sign-in that the token belongs to. An unknown token is as good as signed out."""
    async with context.engine.begin() as db:
        known = await sessions.find(db, digest(refresh_token))
        if known is not None:
            await sessions.revoke_family(db, known.family_id, context.clock())


async def forget_dead_sessions(context: Context) -> int:
    """Drop refresh tokens that expired a while ago, for a nightly job; returns how many. Those that expired only now
    stay, so that their reuse is still noticed."""
    async with context.engine.begin() as db:
        return await sessions.forget_expired(db, context.clock() - timedelta(days=7))


async def me(context: Context, actor: Actor) -> Profile:
    """The actor's account and teams."""
    require(actor, Action.ACCOUNT_READ)
    async with context.engine.connect() as db:
        user = await account_of(db, actor)
        return await _profile(db, user)


async def rename(context: Context, actor: Actor, *, name: str | None, username: str | None) -> Profile:
    """Change what is given. Past commits keep the name that they were made under."""
    require(actor, Action.ACCOUNT_UPDATE)
    values: dict[str, str] = {}
    if name is not None:
        values["name"] = check_name(name)
    if username is not None:
        values["username"] = check_slug(username, "username")
    try:
        async with context.engine.begin() as db:
            user = await account_of(db, actor)
            changed = await users.change(db, user.id, values, context.clock()) if values else user
            return await _profile(db, changed or user)
    except IntegrityError as error:
        raise Conflict("This user name is taken.") from error


async def authenticate_password(context: Context, login: str, password: str) -> Actor:
    """The actor for an e-mail address or user name and its password, as git sends with each of its requests.

    argon2 runs for the first of them only; each still looks the account up, so that a changed password or an erased
    account counts at once.
    """
    async with context.engine.connect() as db:
        user = await users.by_login(db, login.strip())
    stored = user.password_hash if user else None
    if not await context.passwords.verify_again(login, stored, password) or user is None:
        raise Unauthenticated("The user name or the password is wrong.")
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


async def _profile(db: AsyncConnection, user: UserRecord) -> Profile:
    found = await teams.list_for(db, user_id=user.id, limit=TEAMS_SHOWN)
    return Profile(user, list(found.items))


async def _issue(context: Context, db: AsyncConnection, user: UserRecord, family_id: UUID) -> TokenPair:
    now: datetime = context.clock()
    refresh_token = secrets.token_urlsafe(32)
    await sessions.add(
        db,
        user_id=user.id,
        family_id=family_id,
        token_hash=digest(refresh_token),
        now=now,
        expires_at=now + timedelta(days=context.limits.refresh_token_days),
    )
    access = context.access_tokens.issue(actor_of(user), now)
    return TokenPair(access, refresh_token, int(context.access_tokens.lifetime.total_seconds()))
