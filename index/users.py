"""Accounts: who there is, and what a credential is checked against."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from index.account_tables import ApiKey, SignIn, User
from index.values import clean


@dataclass(frozen=True, slots=True)
class UserRecord:
    """One account. The password hash stays out of every repr, so that it reaches no log."""

    id: UUID
    email: str
    username: str
    name: str
    avatar_url: str | None
    password_hash: str | None = field(repr=False)
    email_verified_at: datetime | None
    is_admin: bool
    token_version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, by what: the account, and the sign-in or the key through which it asks."""

    user_id: UUID | None = None
    sign_in_id: UUID | None = None
    key_id: UUID | None = None

    def values(self) -> dict[str, UUID | None]:
        """For the parameters of ``is_caller``."""
        return {"user_id": self.user_id, "sign_in_id": self.sign_in_id, "key_id": self.key_id}


NOBODY = Caller()


def is_caller() -> ColumnElement[bool]:
    """That a row of users is the caller's account as long as it stands: not erased, and neither the sign-in nor the
    key that it asks through has ended. In the one query that finds what is asked for, this costs no round trip."""
    user_id, sign_in_id, key_id = (bindparam(name, type_=Uuid) for name in ("user_id", "sign_in_id", "key_id"))
    signed_in = select(SignIn.id).where(SignIn.id == sign_in_id, SignIn.user_id == User.id, SignIn.ended_at.is_(None))
    living = select(ApiKey.id).where(ApiKey.id == key_id, ApiKey.user_id == User.id, ApiKey.revoked_at.is_(None))
    return and_(
        User.id == user_id,
        User.deleted_at.is_(None),
        or_(sign_in_id.is_(None), signed_in.exists()),
        or_(key_id.is_(None), living.exists()),
    )


COLUMNS = (
    User.id,
    User.email,
    User.username,
    User.name,
    User.avatar_url,
    User.password_hash,
    User.email_verified_at,
    User.is_admin,
    User.token_version,
    User.created_at,
    User.updated_at,
)


def record(row: Sequence[Any] | None) -> UserRecord | None:
    """The record of a row that begins with ``COLUMNS``; None where an outer join found nobody."""
    return None if row is None or row[0] is None else UserRecord(*row[: len(COLUMNS)])


STANDING = select(*COLUMNS).where(is_caller())


async def get(db: AsyncConnection, user_id: UUID) -> UserRecord | None:
    """The account, unless it was erased."""
    found = await db.execute(select(*COLUMNS).where(User.id == user_id, User.deleted_at.is_(None)))
    return record(found.one_or_none())


async def hold(db: AsyncConnection, user_id: UUID, token_version: int) -> bool:
    """Whether the account still stands at that version, which until the end of the transaction nobody changes."""
    query = select(User.id).where(User.id == user_id, User.token_version == token_version, User.deleted_at.is_(None))
    return (await db.execute(query.with_for_update(read=True))).first() is not None


async def standing(db: AsyncConnection, caller: Caller) -> UserRecord | None:
    """The caller's account; None where it was erased, or the sign-in or key has ended."""
    return record((await db.execute(STANDING, caller.values())).one_or_none())


async def by_email(db: AsyncConnection, email: str) -> UserRecord | None:
    """The account of an e-mail address, whatever its case."""
    query = select(*COLUMNS).where(func.lower(User.email) == email.lower(), User.deleted_at.is_(None))
    return record((await db.execute(query)).one_or_none())


async def by_login(db: AsyncConnection, login: str) -> UserRecord | None:
    """The account whose e-mail address or user name this is (a user name holds no ``@``, so it is never both)."""
    wanted = clean(login.lower())
    names = or_(func.lower(User.email) == wanted, func.lower(User.username) == wanted)
    return record((await db.execute(select(*COLUMNS).where(names, User.deleted_at.is_(None)))).one_or_none())


async def first_admin(db: AsyncConnection) -> UserRecord | None:
    """The instance's oldest administrator; None before the first start has made one."""
    query = select(*COLUMNS).where(User.is_admin, User.deleted_at.is_(None)).order_by(User.created_at, User.id)
    return record((await db.execute(query.limit(1))).one_or_none())


async def ids_by_email(db: AsyncConnection, emails: Collection[str]) -> dict[str, UUID]:
    """The accounts of some lower-cased e-mail addresses, by address."""
    if not emails:
        return {}
    wanted = sorted({clean(email) for email in emails})
    query = select(func.lower(User.email), User.id).where(func.lower(User.email).in_(wanted), User.deleted_at.is_(None))
    return {row[0]: row[1] for row in await db.execute(query)}


async def insert(
    db: AsyncConnection,
    *,
    email: str,
    username: str,
    name: str,
    password_hash: str | None,
    is_admin: bool,
    now: datetime,
    email_verified_at: datetime | None = None,
) -> UserRecord | None:
    """The new account, or None where its e-mail or user name is taken, be it by a transaction beside this one."""
    values = {
        "email": email,
        "username": username,
        "name": name,
        "password_hash": password_hash,
        "is_admin": is_admin,
        "email_verified_at": email_verified_at,
        "created_at": now,
        "updated_at": now,
    }
    added = await db.execute(upsert(User).values(values).on_conflict_do_nothing().returning(*COLUMNS))
    return record(added.one_or_none())


async def change(db: AsyncConnection, user_id: UUID, values: Mapping[str, Any], now: datetime) -> UserRecord | None:
    """The account with those columns set; raises IntegrityError where a new user name is taken."""
    query = update(User).where(User.id == user_id, User.deleted_at.is_(None))
    changed = await db.execute(query.values(**values, updated_at=now).returning(*COLUMNS))
    return record(changed.one_or_none())


async def replace_hash(db: AsyncConnection, user_id: UUID, old: str, new: str) -> None:
    """The same password hashed anew, unless the password was changed in the meantime."""
    await db.execute(update(User).where(User.id == user_id, User.password_hash == old).values(password_hash=new))


async def username_taken(db: AsyncConnection, username: str) -> bool:
    """Whether anybody, erased or not, has it."""
    found = await db.execute(select(User.id).where(func.lower(User.username) == username.lower()))
    return found.first() is not None


async def end_sessions(db: AsyncConnection, user_id: UUID) -> None:
    """Every access token issued so far stops working with the next call that reads the account's standing."""
    await db.execute(update(User).where(User.id == user_id).values(token_version=User.token_version + 1))
