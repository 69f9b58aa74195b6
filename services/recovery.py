"""Recovery: change a password, get back in without it, and prove that an e-mail address is one's own."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from index import one_time_tokens as tokens_index
from index import recovery as accounts_index
from index import users
from index.recovery import KeptKey
from index.users import UserRecord
from services import audit, mail, one_time_tokens, sign_ins
from services.audit import Act
from services.context import Context
from services.errors import UNREACHABLE, Conflict, InvalidInput, Unavailable
from services.mail import Mail
from services.names import check_email
from services.one_time_tokens import RESET, VERIFICATION
from services.passwords import check_strength
from services.policy import Action, Actor, require
from services.revocations import Revocation, announce
from services.sign_ins import TokenPair, actor_of
from services.standing import account_of

log = logging.getLogger("xds.recovery")

KEYS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class PasswordChanged:
    """The pair of the only sign-in that is left, and the API keys, which a new password does not end."""

    pair: TokenPair
    keys: list[KeptKey]


async def change_password(context: Context, actor: Actor, *, current: str, new: str) -> PasswordChanged:
    """A new password for who knows the present one. Every sign-in ends, the caller's too, and a fresh one begins."""
    require(actor, Action.ACCOUNT_UPDATE)
    async with context.engine.connect() as db:
        user = await account_of(db, actor)
    await _prove(context, actor, user, current)
    hashed = await _hashed(context, user, new)
    now = context.clock()
    async with context.engine.begin() as db:
        await account_of(db, actor)  # a sign-in that ended while argon2 ran changes nothing
        locked = await tokens_index.lock_account(db, user.id)
        if locked is None or locked.password_hash != user.password_hash:
            raise Conflict("The password was changed in the meantime.")
        pair = await _replaced(context, db, actor, user.id, hashed)
        keys = await accounts_index.living_keys(db, user.id, now, limit=KEYS_SHOWN)
    await announce(context, Revocation(user_id=user.id))
    return PasswordChanged(pair, keys)


async def _prove(context: Context, actor: Actor, user: UserRecord, password: str) -> None:
    """That who sits there knows the password, and has not only found the screen unlocked."""
    if user.password_hash is None:
        raise Conflict("This account has no password yet. Ask for a reset to set one.")
    attempt = await context.backoff.attempt(user.email)
    if await context.passwords.verify(user.password_hash, password):
        await attempt.succeed(user.email, user.username)
        return
    async with context.engine.begin() as db:
        await audit.record(db, context.clock(), actor, Act.PASSWORD_CHANGED, outcome="refused")
    raise InvalidInput.of("current_password", "wrong-password", "This is not your password.")


async def _replaced(context: Context, db: AsyncConnection, actor: Actor, user_id: UUID, hashed: str) -> TokenPair:
    now = context.clock()
    changed = await accounts_index.set_password(db, user_id, hashed, now)
    if changed is None:
        raise Conflict("The account was erased in the meantime.")
    await tokens_index.void(db, user_id, RESET)
    await audit.record(db, now, actor, Act.PASSWORD_CHANGED)
    return await sign_ins.begin(context, db, changed, method="password")


async def _hashed(context: Context, user: UserRecord, password: str) -> str:
    """The hash of a password that is good enough for this account; raises InvalidInput."""
    if problems := check_strength(password, [user.email, user.name, user.username]):
        raise InvalidInput([replace(problem, pointer="/new_password") for problem in problems])
    return await context.passwords.hash(password)


async def forgot(context: Context, email: str) -> None:
    """Mail a reset to the account of an address, if there is one; run it after the answer is out, so that its time
    tells nobody which addresses have accounts. A database that is away then is only logged: the asker has left."""
    try:
        wanted = await _reset_mail(context, email)
    except UNREACHABLE as error:
        log.warning("a password reset was not mailed: %s", type(error).__name__)
        return
    if wanted is not None:
        await mail.post(context, wanted)


async def _reset_mail(context: Context, email: str) -> Mail | None:
    async with context.engine.begin() as db:
        found = await users.by_email(db, email)
        user = await tokens_index.lock_account(db, found.id) if found else None
        if user is None or context.mail is None:
            return None
        token = await one_time_tokens.issue(context, db, user, RESET, mailed=True)
        await audit.record(db, context.clock(), None, Act.PASSWORD_RESET_REQUESTED, subject=("user", user.id))
    way = mail.way(context.mail, token, page="reset-password", command="xds account reset-password")
    return Mail(user.email, "Set a new password", _RESET.format(url=context.mail.base_url, way=way))


async def check_forgotten(context: Context, email: str) -> str:
    """The address as accounts have it; raises InvalidInput for what is none, and Exhausted where too much was mailed
    to it, whether or not anybody has it. It asks nothing of the database."""
    address = check_email(email)
    await context.rate_limits.spend_mail(address)
    return address


async def reset(context: Context, token: str, new: str) -> None:
    """Set the password of the account that a token was made for. Every sign-in of it ends. From the address at hand it
    then waits for nobody's guesses: else who goes on guessing could keep somebody out who is on a journey.

    A token that came by mail also proves the address. If nobody had proved it before, whoever made the account may
    have been a stranger: then API keys and linked identities made until now go, too.
    """
    now = context.clock()
    claims = one_time_tokens.read(context.vault, token, RESET, now)
    async with context.reads.connect() as db:
        user = await tokens_index.holder(db, claims.id, RESET, now)
    if user is None:
        raise one_time_tokens.spoilt()
    hashed = await _hashed(context, user, new)
    async with context.engine.begin() as db:
        locked = await tokens_index.lock_account(db, user.id)
        if locked is None or not await tokens_index.use(db, claims.id, RESET, context.clock()):
            raise one_time_tokens.spoilt()
        await accounts_index.set_password(db, user.id, hashed, now, verifies=claims.mailed)
        keys, identities = await _start_over(context, db, locked) if claims.mailed else (0, 0)
        await audit.record(
            db,
            now,
            actor_of(user),
            Act.PASSWORD_RESET,
            by="mail" if claims.mailed else "operator",
            keys_revoked=keys,
            identities_unlinked=identities,
        )
    await context.backoff.welcome(user.email, user.username)
    await announce(context, Revocation(user_id=user.id))


async def _start_over(context: Context, db: AsyncConnection, before: UserRecord) -> tuple[int, int]:
    """Nothing survives that somebody set up before the owner of the address first proved to be one."""
    if before.email_verified_at is not None:
        return 0, 0
    await tokens_index.void(db, before.id, VERIFICATION)
    keys = await accounts_index.revoke_keys(db, before.id, context.clock())
    identities = await accounts_index.unlink_identities(db, before.id)
    return len(keys), len(identities)


async def ask_to_verify(context: Context, db: AsyncConnection, user: UserRecord) -> Mail | None:
    """The mail that asks whether the address is theirs, to be posted after the commit; None where it need not be
    asked or the service sends no mail. The account's row must be locked, or new."""
    if context.mail is None or user.email_verified_at is not None:
        return None
    token = await one_time_tokens.issue(context, db, user, VERIFICATION, mailed=True)
    way = mail.way(context.mail, token, page="verify-email", command="xds account verify-email")
    return Mail(user.email, "Confirm your e-mail address", _VERIFY.format(url=context.mail.base_url, way=way))


async def request_verification(context: Context, actor: Actor) -> bool:
    """Mail a confirmation to the actor's address; False where it is confirmed already."""
    require(actor, Action.ACCOUNT_UPDATE)
    async with context.reads.connect() as db:
        account = await account_of(db, actor)
    if context.mail is None:
        raise Conflict("This service sends no mail. Its operator can confirm the address: xds admin verify-email")
    if account.email_verified_at is None:
        await context.rate_limits.spend_mail(account.email)
    async with context.engine.begin() as db:
        account = await account_of(db, actor)
        user = await tokens_index.lock_account(db, account.id)
        wanted = await ask_to_verify(context, db, user) if user else None
    if wanted is None:
        return False
    if not await mail.post(context, wanted):
        raise Unavailable("No mail can be sent right now.", retry_after=60)
    return True


async def verify(context: Context, token: str) -> None:
    """Confirm the address that a token was mailed to."""
    now = context.clock()
    claims = one_time_tokens.read(context.vault, token, VERIFICATION, now)
    async with context.engine.begin() as db:
        user = await tokens_index.lock_account(db, claims.user_id)
        if user is None or not await tokens_index.use(db, claims.id, VERIFICATION, now):
            raise one_time_tokens.spoilt()
        if await accounts_index.set_verified(db, user.id, now):
            await audit.record(db, now, actor_of(user), Act.EMAIL_VERIFIED)


# no name stands in these: whoever made the account chose it, and may have meant it for a stranger to read
_RESET = """\
Hello,

somebody asked for a new password for your account at {url}.

If it was you: {way}

All your sign-ins end when you set it. If it was not you, do nothing: your password stays as it is.
"""

_VERIFY = """\
Hello,

an account was made at {url} with this e-mail address.

If it was you, please confirm the address. {way}

If it was not you, do nothing.
"""
