"""Sign-ins and the refresh tokens that keep them going: each token is used once, and dies with its sign-in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from index import paging
from index.account_tables import RefreshToken, SignIn
from index.instants import instant
from index.paging import Page
from index.values import clean


@dataclass(frozen=True, slots=True)
class SignInRecord:
    """One sign-in; over once ``ended_at`` is set."""

    id: UUID
    user_id: UUID
    method: str
    address: str | None
    agent: str | None
    created_at: datetime
    last_used_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefreshRecord:
    """One refresh token with the sign-in that it belongs to; dead once used, expired, or its sign-in over."""

    sign_in_id: UUID
    user_id: UUID
    used_at: datetime | None
    ended_at: datetime | None


_COLUMNS = tuple(getattr(SignIn, name) for name in SignInRecord.__slots__)


async def open_sign_in(
    db: AsyncConnection, *, user_id: UUID, method: str, address: str | None, agent: str | None, now: datetime
) -> UUID:
    """A sign-in that begins now; its id."""
    values = {
        "user_id": user_id,
        "method": method,
        "address": clean(address or "")[:64] or None,
        "agent": clean(agent or "")[:300] or None,
        "created_at": now,
        "last_used_at": now,
    }
    made: UUID = (await db.execute(insert(SignIn).values(values).returning(SignIn.id))).scalar_one()
    return made


async def add(db: AsyncConnection, *, sign_in_id: UUID, token_hash: str, now: datetime, expires_at: datetime) -> None:
    """A refresh token just issued."""
    values = {"sign_in_id": sign_in_id, "token_hash": token_hash, "created_at": now, "expires_at": expires_at}
    await db.execute(insert(RefreshToken).values(values))


async def spend(db: AsyncConnection, token_hash: str, now: datetime) -> RefreshRecord | None:
    """Use a living token up; of several at once exactly one gets it, the others (and dead tokens) get None."""
    alive = (
        RefreshToken.token_hash == token_hash,
        RefreshToken.used_at.is_(None),
        RefreshToken.expires_at > now,
        SignIn.id == RefreshToken.sign_in_id,
        SignIn.ended_at.is_(None),
    )
    query = update(RefreshToken).where(*alive).values(used_at=now).returning(SignIn.id, SignIn.user_id)
    spent = (await db.execute(query)).one_or_none()
    if spent is None:
        return None
    # a sign-out that committed while we waited here is not seen above
    living = (SignIn.id == spent[0], SignIn.ended_at.is_(None))
    if not (await db.execute(update(SignIn).where(*living).values(last_used_at=now))).rowcount:
        return None
    return RefreshRecord(spent[0], spent[1], now, None)


async def find(db: AsyncConnection, token_hash: str) -> RefreshRecord | None:
    """The token, dead or alive."""
    query = select(SignIn.id, SignIn.user_id, RefreshToken.used_at, SignIn.ended_at)
    query = query.join(SignIn, SignIn.id == RefreshToken.sign_in_id).where(RefreshToken.token_hash == token_hash)
    found = (await db.execute(query)).one_or_none()
    return None if found is None else RefreshRecord(*found)


async def begun_at(db: AsyncConnection, sign_in_id: UUID) -> datetime | None:
    """When the sign-in began; None where it is over."""
    query = select(SignIn.created_at).where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None))
    found: datetime | None = await db.scalar(query)
    return found


async def end(db: AsyncConnection, sign_in_id: UUID, user_id: UUID, now: datetime) -> bool:
    """End one sign-in of that person with every token that it handed out; whether it was alive."""
    living = (SignIn.id == sign_in_id, SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    return (await db.execute(update(SignIn).where(*living).values(ended_at=now))).rowcount > 0


async def end_all(db: AsyncConnection, user_id: UUID, now: datetime, *, but: UUID | None = None) -> int:
    """End every sign-in of an account, perhaps ``but`` one; how many were alive."""
    query = update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    if but is not None:
        query = query.where(SignIn.id != but)
    return (await db.execute(query.values(ended_at=now))).rowcount


async def living_page(db: AsyncConnection, user_id: UUID, *, limit: int, cursor: str | None) -> Page[SignInRecord]:
    """The account's living sign-ins, newest first; raises ``InvalidCursor``."""
    query = select(*_COLUMNS).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    if cursor is not None:
        before = paging.decode(cursor, instant, UUID)
        query = query.where(tuple_(SignIn.created_at, SignIn.id) < tuple_(*before))
    rows = (await db.execute(query.order_by(SignIn.created_at.desc(), SignIn.id.desc()).limit(limit + 1))).all()
    return paging.page_of([_record(row) for row in rows], limit, lambda found: (found.created_at, str(found.id)))


def _record(row: Sequence[Any]) -> SignInRecord:
    return SignInRecord(*row)


async def forget_expired(db: AsyncConnection, before: datetime) -> int:
    """Delete tokens that expired before that, and sign-ins that have none left and are over or as old; returns how
    many tokens. Until then they are kept, to notice their reuse."""
    gone = (await db.execute(delete(RefreshToken).where(RefreshToken.expires_at < before))).rowcount
    empty = ~select(RefreshToken.id).where(RefreshToken.sign_in_id == SignIn.id).exists()
    await db.execute(delete(SignIn).where(SignIn.last_used_at < before, empty))
    return gone
