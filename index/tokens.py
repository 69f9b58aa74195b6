"""Design tokens as they stand on the default branch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from index.columns import table_of
from index.paging import Page, decode, page_of, text
from index.tables import DesignToken
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

# Built once: building a query takes longer than running it.
OURS = tokens.c.design_system_id == bindparam("system_id")
GET = select(*COLUMNS).where(OURS, tokens.c.id == bindparam("token_id"))
BY_PATH = select(*COLUMNS).where(OURS, tokens.c.path == bindparam("token_path"))

FILTERS: dict[str, ColumnElement[bool]] = {
    "category": tokens.c.category == bindparam("category"),
    # What a client means by a token's type: an alias has its target's.
    "type": func.coalesce(tokens.c.resolved_type, tokens.c.type) == bindparam("type"),
    "q": or_(tokens.c.path.ilike(bindparam("q")), tokens.c.description.ilike(bindparam("q"))),
    "after": tuple_(*KEY) > tuple_(bindparam("after"), bindparam("after_name")),
}


@cache
def _page(filters: frozenset[str]) -> Select[Any]:
    """The query of a page with these filters; a filter that is not asked for is not in it, so that plans stay good."""
    chosen = [condition for name, condition in FILTERS.items() if name in filters]
    return select(*COLUMNS).where(OURS, *chosen).order_by(*KEY).limit(bindparam("most", type_=Integer))


async def get(db: AsyncConnection, system_id: UUID, token_id: UUID) -> TokenRecord | None:
    """The token with this id in the system."""
    row = (await db.execute(GET, {"system_id": system_id, "token_id": token_id})).first()
    return None if row is None else TokenRecord(*row)


async def by_path(db: AsyncConnection, system_id: UUID, path: str) -> TokenRecord | None:
    """The token at this path in the system."""
    row = (await db.execute(BY_PATH, {"system_id": system_id, "token_path": path_key(path)})).first()
    return None if row is None else TokenRecord(*row)


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
    asked: dict[str, Any] = {}
    if category is not None:
        asked["category"] = clean(category)
    if type is not None:
        asked["type"] = clean(type)
    if q:
        asked["q"] = like_pattern(q)
    if cursor:
        asked["after"], asked["after_name"] = decode(cursor, text, text)
    query = _page(frozenset(asked.keys() & FILTERS.keys()))
    found = await db.execute(query, {"system_id": system_id, "most": limit + 1, **asked})
    rows = [TokenRecord(*row) for row in found]
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
