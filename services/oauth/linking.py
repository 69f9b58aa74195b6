"""Which account a person proven by a provider signs in to: the one linked, the one with their address, or a new one."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from index import identities, users
from index.identities import IdentityRecord
from index.users import UserRecord
from services import audit
from services.audit import Act
from services.context import Context
from services.errors import Conflict, InvalidInput
from services.names import check_email, check_name
from services.oauth.errors import AccountUnconfirmed, EmailUnverified, RegistrationClosed
from services.oauth.notices import tell_linked
from services.oauth.profiles import Profile
from services.sign_ins import actor_of
from services.slugs import candidates, slug_of

_ATTEMPTS = 3


class _Raced(Exception):
    """Another transaction came first; what it committed is to be read anew."""


async def account_of(context: Context, profile: Profile) -> UserRecord:
    """The account, made or linked where need be, in a transaction of its own.

    By address alone only where both sides proved it: else whoever registers somebody's address first would share the
    account that its owner signs in to later. Raises EmailUnverified, AccountUnconfirmed and RegistrationClosed.
    """
    for _ in range(_ATTEMPTS):
        try:
            async with context.engine.begin() as db:
                user, is_linked_now = await _settled(context, db, profile)
        except _Raced:
            continue
        if is_linked_now:
            await tell_linked(context, user, profile.provider)
        return user
    raise Conflict("Somebody signs in with the same identity at this very moment. Try again.")


async def _settled(context: Context, db: AsyncConnection, profile: Profile) -> tuple[UserRecord, bool]:
    """The account, and whether it is one that had no such way in before."""
    key = {"provider": profile.provider, "subject": profile.subject}
    known = await identities.owner(db, **key, now=context.clock())
    if known is not None:
        return known, False
    await identities.forget_erased(db, **key)
    email = _address(profile)
    user = await users.by_email(db, email)
    if user is None:
        return await _registered(context, db, profile, email), False
    if user.email_verified_at is None:
        raise AccountUnconfirmed(
            "There is an account with this e-mail address that nobody has confirmed yet. Sign in to it as before, "
            "confirm the address, then sign in here again."
        )
    if await link(context, db, profile, user, by_address=True) is None:
        raise _Raced
    return user, True


async def link(
    context: Context, db: AsyncConnection, profile: Profile, user: UserRecord, *, by_address: bool = False
) -> IdentityRecord | None:
    """Let the identity open the account; None where it opens one already, or the account was erased just now."""
    if not await identities.lock_account(db, user.id):
        return None
    record = await identities.insert(
        db,
        user_id=user.id,
        provider=profile.provider,
        subject=profile.subject,
        email=profile.email,
        now=context.clock(),
    )
    if record is not None:
        await audit.record(
            db,
            context.clock(),
            actor_of(user),
            Act.IDENTITY_LINKED,
            subject=("identity", record.id),
            provider=profile.provider,
            by_address=by_address,
        )
    return record


def _address(profile: Profile) -> str:
    if profile.email is None:
        raise EmailUnverified("The identity provider names no e-mail address that it has verified. Verify one there.")
    try:
        return check_email(profile.email)
    except InvalidInput as error:
        raise EmailUnverified("The identity provider names an e-mail address that is none.") from error


async def _registered(context: Context, db: AsyncConnection, profile: Profile, email: str) -> UserRecord:
    """A new account without a password, with the identity as its only way in."""
    if not context.limits.registration_open:
        raise RegistrationClosed("Registration is closed. Ask an administrator for an account with this address.")
    local = email.partition("@")[0]
    name = _display(profile, local)
    for candidate in candidates(slug_of(profile.username or name, slug_of(local, "user"))):
        user = await users.insert(
            db,
            email=email,
            username=candidate,
            name=name,
            password_hash=None,
            is_admin=False,
            now=context.clock(),
            email_verified_at=context.clock(),
        )
        if user is not None:
            by, subject = actor_of(user), ("user", user.id)
            await audit.record(db, context.clock(), by, Act.REGISTERED, subject=subject, provider=profile.provider)
            if await link(context, db, profile, user) is None:
                raise _Raced
            return user
        if not await users.username_taken(db, candidate):
            raise _Raced  # the address is another's since a moment ago
    raise Conflict("No user name could be found for you. Register with one of your choice.")


def _display(profile: Profile, fallback: str) -> str:
    """The name that the provider knows, where it is one that we take."""
    for name in (profile.name, profile.username, fallback):
        try:
            return check_name(name)
        except InvalidInput:
            continue
    return "New member"
