"""Identity providers that administrators added while the service ran."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from index.account_tables import IdentityProvider
from index.values import clean


@dataclass(frozen=True, slots=True)
class ProviderRecord:
    """One provider; its client secret is sealed by ``services.vault``."""

    id: UUID
    name: str
    kind: str
    title: str
    issuer: str
    client_id: str
    sealed_secret: str = field(repr=False)
    created_at: datetime


_COLUMNS = tuple(getattr(IdentityProvider, name) for name in ProviderRecord.__slots__)


async def all_of_them(db: AsyncConnection) -> list[ProviderRecord]:
    """Every provider, by name; an instance has a handful."""
    return [ProviderRecord(*row) for row in await db.execute(select(*_COLUMNS).order_by(IdentityProvider.name))]


async def by_name(db: AsyncConnection, name: str) -> ProviderRecord | None:
    """The provider of that name."""
    query = select(*_COLUMNS).where(IdentityProvider.name == clean(name))
    return _record((await db.execute(query)).one_or_none())


async def insert(
    db: AsyncConnection,
    *,
    name: str,
    kind: str,
    title: str,
    issuer: str,
    client_id: str,
    sealed_secret: str,
    now: datetime,
) -> ProviderRecord | None:
    """The new provider, or None where its name is taken, be it since a moment ago."""
    values = {
        "name": name,
        "kind": kind,
        "title": title,
        "issuer": issuer,
        "client_id": client_id,
        "sealed_secret": sealed_secret,
        "created_at": now,
    }
    query = upsert(IdentityProvider).values(values).on_conflict_do_nothing().returning(*_COLUMNS)
    return _record((await db.execute(query)).one_or_none())


async def remove(db: AsyncConnection, name: str) -> ProviderRecord | None:
    """What was removed; None where there was no such provider."""
    query = delete(IdentityProvider).where(IdentityProvider.name == clean(name)).returning(*_COLUMNS)
    return _record((await db.execute(query)).one_or_none())


async def reseal(db: AsyncConnection, provider_id: UUID, old: str, new: str) -> bool:
    """Keep the same secret sealed anew; False where the provider was removed or resealed meanwhile."""
    known = (IdentityProvider.id == provider_id, IdentityProvider.sealed_secret == old)
    return (await db.execute(update(IdentityProvider).where(*known).values(sealed_secret=new))).rowcount > 0


def _record(row: Any) -> ProviderRecord | None:
    return None if row is None else ProviderRecord(*row)
