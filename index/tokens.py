"""Design tokens as they stand on the default branch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from index.paging import Page, decode, page_of, text
from index.tables import DesignToken, table_of
from index.values import clean, like_pattern, path_key

tokens = table_of(DesignToken)


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """A mirrored token. ``resolved_type`` is None where the token is broken; ``type`` where only an alias can tell."""

    id: UUID
    design_system_id: UUID
    category: str
    name: str
    path: str
    type: str | None
    value: Any
    resolved_type: str | None
    resolved_value: Any
    description: str | None
    deprecated: bool | str | None
    extensions: dict[str, Any]
    alias_paths: list[str]
    file: str
    line: int
    commit: str
    created_at: datetime
    updated_at: datetime


COLUMNS = [tokens.c[name] for name in TokenRecord.__slots__]

KEY = (tokens.c.category, tokens.c.name)


async def get(db: AsyncConnection, system_id: UUID, token_id: UUID) -> TokenRecord | None:
    """The token with this id in the system."""
    return await _one(db, system_id, tokens.c.id == token_id)


async def by_path(db: AsyncConnection, system_id: UUID, path: str) -> TokenRecord | None:
    """The token at this path in the system."""
    return await _one(db, system_id, tokens.c.path == path_key(path))


async def list_page(
    db: AsyncConnection,
    system_id: UUID,
    *,
    category: str | None = None,
    type: str | None = None,  # noqa: A002 the format's own word for it
    q: str | None = None,
    limit: int = 100,
    cursor: str | None = None,
) -> Page[TokenRecord]:
    """The system's tokens by category and name; ``q`` is part of a path or description in any case.

    ``type`` compares with what an alias resolves to. Raises ``InvalidCursor``.
    """
    query = select(*COLUMNS).where(tokens.c.design_system_id == system_id).order_by(*KEY).limit(limit + 1)
    if category is not None:
        query = query.where(tokens.c.category == clean(category))
    if type is not None:
        # What a client means by a token's type: an alias has its target's.
        query = query.where(func.coalesce(tokens.c.resolved_type, tokens.c.type) == clean(type))
    if q:
        pattern = like_pattern(q)
        query = query.where(or_(tokens.c.path.ilike(pattern), tokens.c.description.ilike(pattern)))
    if cursor:
        query = query.where(tuple_(*KEY) > tuple_(*decode(cursor, text, text)))
    rows = [TokenRecord(*row) for row in await db.execute(query)]
    return page_of(rows, limit, lambda row: (row.category, row.name))


async def usages(db: AsyncConnection, system_id: UUID, path: str, *, limit: int | None = None) -> list[TokenRecord]:
    """The tokens whose values refer to ``path`` directly, by category and name."""
    refers = tokens.c.alias_paths.contains([path_key(path)])
    query = select(*COLUMNS).where(tokens.c.design_system_id == system_id, refers).order_by(*KEY).limit(limit)
    return [TokenRecord(*row) for row in await db.execute(query)]


async def count(db: AsyncConnection, system_id: UUID) -> int:
    """How many tokens the system has."""
    query = select(func.count()).select_from(tokens).where(tokens.c.design_system_id == system_id)
    return int((await db.execute(query)).scalar_one())


async def _one(db: AsyncConnection, system_id: UUID, condition: ColumnElement[bool]) -> TokenRecord | None:
    query = select(*COLUMNS).where(tokens.c.design_system_id == system_id, condition)
    row = (await db.execute(query)).first()
    return None if row is None else TokenRecord(*row)
