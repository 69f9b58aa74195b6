"""Accounts: register, and know and change who one is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from index import teams, users
from index.teams import TeamRecord
from index.users import UserRecord
from services import audit, invitations, mail, recovery
from services.audit import Act
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidInput
from services.names import check_email, check_name
from services.passwords import check_strength
from services.policy import ANONYMOUS, Action, Actor, Decision, decide, require
from services.sign_ins import actor_of
from services.slugs import candidates, check_slug, slug_of
from services.standing import account_of, living

TEAMS_SHOWN = 1000


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
    invitation: str | None = None,
) -> UserRecord:
    """A new account. Only an instance admin (or the service itself) makes admins, or anybody while registration is
    closed, but for those who hold an ``invitation`` to a team, which they join in the same transaction. Without
    ``username`` one is derived from the name. Raises InvalidInput and Conflict."""
    actor = await living(context, actor)
    offer = await invitations.offered(context, invitation) if invitation is not None else None
    if is_admin or not (context.limits.registration_open or offer):
        _require_administrator(actor)
    address, display = check_email(email), check_name(name)
    wanted = None if username is None else check_slug(username, "username")
    if problems := check_strength(password, [address, display, username or ""]):
        raise InvalidInput(problems)
    confirmed = is_admin or (offer is not None and offer.mailed and offer.email == address)
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
                # an operator named the address, or the token came out of its mailbox
                email_verified_at=context.clock() if confirmed else None,
            )
            if user is not None:
                by = actor_of(user) if actor.is_anonymous else actor
                await audit.record(db, context.clock(), by, Act.REGISTERED, subject=("user", user.id))
                if offer is not None and invitation is not None:
                    await invitations.join_new(context, db, user, offer, invitation)
                question = await recovery.ask_to_verify(context, db, user)
                break
            if not await users.username_taken(db, candidate):
                raise Conflict("There is an account with this e-mail address already.")
        else:
            raise Conflict("This user name is taken.")
    if question is not None:
        await mail.post(context, question)
    return user


def _require_administrator(actor: Actor) -> None:
    """Through no key that is bound or whose scopes say less."""
    if not actor.is_admin or decide(actor, Action.ACCOUNT_UPDATE) is not Decision.ALLOWED:
        raise Forbidden("Registration is closed. Ask an administrator for an account.")


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


async def _profile(db: AsyncConnection, user: UserRecord) -> Profile:
    found = await teams.list_for(db, user_id=user.id, limit=TEAMS_SHOWN)
    return Profile(user, list(found.items))
