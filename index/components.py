"""Components as they stand on the default branch, and every version they had there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, collate, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from index.paging import Page, decode, number, page_of, text
from index.tables import Component, ComponentVersion, table_of
from index.values import clean, like_pattern

components = table_of(Component)
component_versions = table_of(ComponentVersion)


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


async def get(
    db: AsyncConnection, system_id: UUID, component_id: UUID, *, removed: bool = False
) -> ComponentRecord | None:
    """The component with this id in the system; one that is gone only where ``removed`` asks for it too."""
    query = select(*COLUMNS).where(components.c.design_system_id == system_id, components.c.id == component_id)
    if not removed:
        query = query.where(_present())
    row = (await db.execute(query)).first()
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
    query = select(*COLUMNS).where(components.c.design_system_id == system_id, _present())
    if category is not None:
        query = query.where(components.c.category == clean(category))
    if q:
        pattern = like_pattern(q)
        folded = collate(components.c.name, "default")
        query = query.where(or_(folded.ilike(pattern), components.c.directory.ilike(pattern)))
    if cursor:
        query = query.where(tuple_(*KEY) > tuple_(*decode(cursor, text, UUID)))
    rows = [ComponentRecord(*row) for row in await db.execute(query.order_by(*KEY).limit(limit + 1))]
    return page_of(rows, limit, lambda row: (row.name, row.id))


async def count(db: AsyncConnection, system_id: UUID) -> int:
    """How many components the system has."""
    query = select(func.count()).select_from(components).where(components.c.design_system_id == system_id, _present())
    return int((await db.execute(query)).scalar_one())


async def versions(
    db: AsyncConnection, system_id: UUID, component_id: UUID, *, limit: int = 50, cursor: str | None = None
) -> Page[VersionRecord]:
    """The component's versions, newest first, also of one that is gone; raises ``InvalidCursor``."""
    query = select(*VERSION_COLUMNS).where(*_versions_of(system_id, component_id))
    if cursor:
        query = query.where(component_versions.c.version < decode(cursor, number)[0])
    query = query.order_by(component_versions.c.version.desc()).limit(limit + 1)
    rows = [VersionRecord(*row) for row in await db.execute(query)]
    return page_of(rows, limit, lambda row: (row.version,))


async def version(
    db: AsyncConnection, system_id: UUID, component_id: UUID, version_number: int
) -> VersionRecord | None:
    """One version by its number, from 1."""
    numbered = component_versions.c.version == version_number
    query = select(*VERSION_COLUMNS).where(*_versions_of(system_id, component_id), numbered)
    row = (await db.execute(query)).first()
    return None if row is None else VersionRecord(*row)


def _present() -> ColumnElement[bool]:
    return components.c.removed_commit.is_(None)


def _versions_of(system_id: UUID, component_id: UUID) -> tuple[ColumnElement[bool], ...]:
    ours = component_versions.c.design_system_id == system_id
    return ours, component_versions.c.component_id == component_id
