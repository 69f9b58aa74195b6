"""Components as they stand on the default branch, and every version they had there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, bindparam, collate, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from index.columns import table_of
from index.paging import Page, decode, number, page_of, text
from index.tables import Component, ComponentVersion
from index.values import clean, like_pattern

components = table_of(Component)
component_versions = table_of(ComponentVersion)

INTEGER = range(1, 2**31)
"""The version numbers that the database can hold."""


@dataclass(frozen=True, slots=True)
class ComponentRecord:
    """A mirrored component; with ``removed_commit`` it is gone and this is what it was last."""

    id: UUID
    design_system_id: UUID
    name: str
    category: str
    props: dict[str, Any]
    code: str | None
    documentation: str | None
    version: int
    directory: str
    entry: str | None
    commit: str
    removed_commit: str | None
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """A component as one commit left it; ``removed`` says that the commit took it away."""

    id: UUID
    design_system_id: UUID
    component_id: UUID
    version: int
    name: str
    category: str
    props: dict[str, Any]
    code: str | None
    documentation: str | None
    removed: bool
    commit: str
    author_name: str
    author_email: str
    changed_by: UUID | None
    change_message: str
    created_at: datetime


COLUMNS = [components.c[name] for name in ComponentRecord.__slots__]
VERSION_COLUMNS = [component_versions.c[name] for name in VersionRecord.__slots__]
KEY = (components.c.name, components.c.id)
PRESENT = components.c.removed_commit.is_(None)

# Built once: building a query takes longer than running it.
OURS = components.c.design_system_id == bindparam("system_id")
GET = select(*COLUMNS).where(OURS, components.c.id == bindparam("component_id"))
GET_PRESENT = GET.where(PRESENT)
VERSIONS = (
    select(*VERSION_COLUMNS)
    .where(component_versions.c.design_system_id == bindparam("system_id"))
    .where(component_versions.c.component_id == bindparam("component_id"))
)
# The newest up to it: in that order one index alone leads there, whatever the planner knows of the rows.
VERSION = (
    VERSIONS.where(component_versions.c.version <= bindparam("number"))
    .order_by(component_versions.c.version.desc())
    .limit(1)
)

FILTERS: dict[str, ColumnElement[bool]] = {
    "category": components.c.category == bindparam("category"),
    "q": or_(collate(components.c.name, "default").ilike(bindparam("q")), components.c.directory.ilike(bindparam("q"))),
    "after": tuple_(*KEY) > tuple_(bindparam("after"), bindparam("after_id")),
}


@cache
def _page(filters: frozenset[str]) -> Select[Any]:
    """The query of a page with these filters; a filter that is not asked for is not in it, so that plans stay good."""
    chosen = [condition for name, condition in FILTERS.items() if name in filters]
    return select(*COLUMNS).where(OURS, PRESENT, *chosen).order_by(*KEY).limit(bindparam("most", type_=Integer))


async def get(
    db: AsyncConnection, system_id: UUID, component_id: UUID, *, removed: bool = False
) -> ComponentRecord | None:
    """The component with this id in the system; one that is gone only where ``removed`` asks for it too."""
    found = await db.execute(GET if removed else GET_PRESENT, {"system_id": system_id, "component_id": component_id})
    row = found.first()
    return None if row is None else ComponentRecord(*row)


async def list_page(
    db: AsyncConnection,
    system_id: UUID,
    *,
    category: str | None = None,
    q: str | None = None,
    limit: int = 100,
    cursor: str | None = None,
) -> Page[ComponentRecord]:
    """The system's components by name; ``q`` is part of a name or directory in any case.

    Raises ``InvalidCursor``.
    """
    asked: dict[str, Any] = {}
    if category is not None:
        asked["category"] = clean(category)
    if q:
        asked["q"] = like_pattern(q)
    if cursor:
        asked["after"], asked["after_id"] = decode(cursor, text, UUID)
    query = _page(frozenset(asked.keys() & FILTERS.keys()))
    found = await db.execute(query, {"system_id": system_id, "most": limit + 1, **asked})
    rows = [ComponentRecord(*row) for row in found]
    return page_of(rows, limit, lambda row: (row.name, row.id))


async def count(db: AsyncConnection, system_id: UUID) -> int:
    """How many components the system has."""
    query = select(func.count()).select_from(components).where(components.c.design_system_id == system_id, PRESENT)
    return int((await db.execute(query)).scalar_one())


async def versions(
    db: AsyncConnection, system_id: UUID, component_id: UUID, *, limit: int = 50, cursor: str | None = None
) -> Page[VersionRecord]:
    """The component's versions, newest first, also of one that is gone; raises ``InvalidCursor``."""
    query = VERSIONS.order_by(component_versions.c.version.desc()).limit(limit + 1)
    if cursor:
        query = query.where(component_versions.c.version < decode(cursor, number)[0])
    found = await db.execute(query, {"system_id": system_id, "component_id": component_id})
    rows = [VersionRecord(*row) for row in found]
    return page_of(rows, limit, lambda row: (row.version,))


async def version(
    db: AsyncConnection, system_id: UUID, component_id: UUID, version_number: int
) -> VersionRecord | None:
    """One version by its number, from 1."""
    if version_number not in INTEGER:
        return None
    values = {"system_id": system_id, "component_id": component_id, "number": version_number}
    row = (await db.execute(VERSION, values)).first()
    found = None if row is None else VersionRecord(*row)
    return found if found is not None and found.version == version_number else None
