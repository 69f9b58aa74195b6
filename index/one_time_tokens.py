"""One-time tokens: what was mailed to somebody or shown to an operator, each good for one use.

Whoever changes an account's password or address locks the account's row first (``lock_account``), then these rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from index import users
from index.account_tables import OneTimeToken, User
from index.users import UserRecord


@dataclass(frozen=True, slots=True)
class OneTimeRecord:
    """One token that was issued; ``email`` is the account's address at that moment."""

    id: UUID
    user_id: UUID
    purpose: str
    email: str


async def lock_account(db: AsyncConnection, user_id: UUID) -> UserRecord | None:
    """The account, held until the end of the transaction against others that would change it; None where erased."""
    query = select(*users.COLUMNS).where(User.id == user_id, User.deleted_at.is_(None))
    return users.record((await db.execute(query.with_for_update(key_share=True))).one_or_none())


async def replace(
    db: AsyncConnection, *, user_id: UUID, purpose: str, email: str, now: datetime, expires_at: datetime
) -> UUID:
    """The only living token of that account and purpose from now on; its id. The account must be locked."""
    older = (OneTimeToken.user_id == user_id, OneTimeToken.purpose == purpose, OneTimeToken.used_at.is_(None))
    await db.execute(delete(OneTimeToken).where(*older))
    values = {"user_id": user_id, "purpose": purpose, "email": email, "created_at": now, "expires_at": expires_at}
    made: UUID = (await db.execute(insert(OneTimeToken).values(values).returning(OneTimeToken.id))).scalar_one()
    return made


def _living(token_id: UUID, purpose: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """A token that may still be used: not used, not expired, and the account's address has not changed since."""
    return (
        OneTimeToken.id == token_id,
        OneTimeToken.purpose == purpose,
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > now,
        User.id == OneTimeToken.user_id,
        User.deleted_at.is_(None),
        func.lower(User.email) == func.lower(OneTimeToken.email),
    )


async def holder(db: AsyncConnection, token_id: UUID, purpose: str, now: datetime) -> UserRecord | None:
    """The account that a living token is for; it is not used up by this."""
    query = select(*users.COLUMNS).join(OneTimeToken, OneTimeToken.user_id == User.id)
    found = await db.execute(query.where(*_living(token_id, purpose, now)))
    return users.record(found.one_or_none())


async def use(db: AsyncConnection, token_id: UUID, purpose: str, now: datetime) -> bool:
    """Use a living token up; of several at once exactly one gets True."""
    query = update(OneTimeToken).where(*_living(token_id, purpose, now)).values(used_at=now)
    return (await db.execute(query)).rowcount > 0


async def void(db: AsyncConnection, user_id: UUID, *purposes: str) -> int:
    """No living token of those purposes works any more; returns how many did. The account must be locked."""
    living = (OneTimeToken.user_id == user_id, OneTimeToken.purpose.in_(purposes), OneTimeToken.used_at.is_(None))
    return (await db.execute(delete(OneTimeToken).where(*living))).rowcount


async def forget_expired(db: AsyncConnection, before: datetime) -> int:
    """Delete tokens that expired before that, used or not; returns how many."""
    return (await db.execute(delete(OneTimeToken).where(OneTimeToken.expires_at < before))).rowcount
