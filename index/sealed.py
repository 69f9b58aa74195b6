"""Sealed columns: every place in the database where a vault's work is kept, to be sealed anew when secrets rotate."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from index.account_tables import IdentityProvider

COLUMNS: Mapping[str, tuple[InstrumentedAttribute[UUID], InstrumentedAttribute[str]]] = {
    "identity-provider": (IdentityProvider.id, IdentityProvider.sealed_secret),
}
"""Purpose → key and sealed column of its table."""


async def every(db: AsyncConnection, purpose: str) -> list[tuple[UUID, str]]:
    """What is sealed for that purpose, by row."""
    key, column = COLUMNS[purpose]
    return [(row[0], row[1]) for row in await db.execute(select(key, column).order_by(key))]


async def swap(db: AsyncConnection, purpose: str, row_id: UUID, old: str, new: str) -> bool:
    """Put ``new`` where ``old`` still stands; False where it was changed or removed in the meantime."""
    key, column = COLUMNS[purpose]
    query = update(key.class_).where(key == row_id, column == old).values({column.key: new})
    return (await db.execute(query)).rowcount > 0
