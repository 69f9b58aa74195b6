"""Administration: what the operator of the service does about accounts and secrets, on the service's own machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from index import one_time_tokens as tokens_index
from index import recovery, sealed, users
from index.users import UserRecord
from services import audit, one_time_tokens
from services.audit import Act
from services.context import Context
from services.errors import Conflict, NotFound
from services.one_time_tokens import RESET
from services.revocations import Revocation, announce
from services.vault import SealBroken


@dataclass(frozen=True, slots=True)
class ResetOffered:
    """A token with which the account's owner sets a new password, and how many API keys were ended."""

    email: str
    token: str
    expires_at: datetime
    keys_revoked: int

    def __repr__(self) -> str:
        """Without the token: this lands in logs."""
        return f"ResetOffered(email={self.email!r})"


@dataclass(frozen=True, slots=True)
class Rotated:
    """How many sealed values were sealed anew, how many were so already, and which nobody can open any more."""

    resealed: int
    current: int
    unreadable: tuple[tuple[str, UUID], ...]


async def offer_reset(context: Context, email: str, *, revoke_keys: bool = False) -> ResetOffered:
    """A reset token to be handed over by the operator. It proves nothing about the address: no mail carried it."""
    now = context.clock()
    async with context.engine.begin() as db:
        user = await _locked(db, email)
        token = await one_time_tokens.issue(context, db, user, RESET, mailed=False)
        ended = await recovery.revoke_keys(db, user.id, now) if revoke_keys else []
        about = ("user", user.id)
        await audit.record(db, now, None, Act.PASSWORD_RESET_REQUESTED, subject=about, by="operator")
        for key_id in ended:
            await audit.record(db, now, None, Act.KEY_REVOKED, subject=("api-key", key_id), by="operator")
    if ended:
        await announce(context, Revocation(user_id=user.id))
    return ResetOffered(user.email, token, now + one_time_tokens.lifetime_of(context, RESET), len(ended))


async def verify_email(context: Context, email: str) -> bool:
    """Take an address for confirmed, because the operator knows whose it is; whether that is news."""
    now = context.clock()
    async with context.engine.begin() as db:
        user = await _locked(db, email)
        news = await recovery.set_verified(db, user.id, now)
        if news:
            await audit.record(db, now, None, Act.EMAIL_VERIFIED, subject=("user", user.id), by="operator")
    return news


async def set_admin(context: Context, email: str, *, is_admin: bool) -> bool:
    """Make somebody an administrator of the instance, or one no more; whether that is news. One always stays."""
    now = context.clock()
    async with context.engine.begin() as db:
        admins = await recovery.lock_admins(db)
        user = await _locked(db, email)
        if not is_admin and admins == [user.id]:
            raise Conflict("This is the last administrator; make somebody else one first.")
        news = await recovery.set_admin(db, user.id, now, is_admin=is_admin)
        if news:
            act = Act.ADMIN_MADE if is_admin else Act.ADMIN_REMOVED
            await audit.record(db, now, None, act, subject=("user", user.id), by="operator")
    if news and not is_admin:
        await announce(context, Revocation(user_id=user.id))
    return news


async def rotate_secrets(context: Context) -> Rotated:
    """Seal with the newest secret whatever an earlier one sealed. It may be run again, and beside a running service:
    a value that somebody changed meanwhile is theirs, and sealed with a secret that they know."""
    now, resealed, current, unreadable = context.clock(), 0, 0, list[tuple[str, UUID]]()
    for purpose in sealed.COLUMNS:
        async with context.engine.begin() as db:
            for row_id, old in await sealed.every(db, purpose):
                if context.vault.is_current(purpose, old):
                    current += 1
                    continue
                try:
                    new = context.vault.seal(purpose, context.vault.open(purpose, old))
                except SealBroken:
                    unreadable.append((purpose, row_id))
                    continue
                resealed += await sealed.swap(db, purpose, row_id, old, new)
    async with context.engine.begin() as db:
        counts = {"resealed": resealed, "current": current, "unreadable": len(unreadable)}
        await audit.record(db, now, None, Act.SECRETS_ROTATED, counts=counts)
    return Rotated(resealed, current, tuple(unreadable))


async def _locked(db: AsyncConnection, email: str) -> UserRecord:
    found = await users.by_email(db, email.strip())
    user = await tokens_index.lock_account(db, found.id) if found else None
    if user is None:
        raise NotFound(f"There is no account with the e-mail address {email}.")
    return user
