"""Branches and tags as they were last indexed: what tells whether the index is behind its repository."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, cast, collate, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gitstore.refs import RefTarget
from index.columns import table_of
from index.paging import Page, decode, page_of, text
from index.tables import Ref
from index.values import like_pattern

refs = table_of(Ref)

BRANCHES = "refs/heads/"

UPSERT = """
INSERT INTO refs (design_system_id, name, oid, peeled)
SELECT $1, g.name, g.oid, g.peeled FROM unnest($2::text[], $3::text[], $4::text[]) AS g(name, oid, peeled)
ON CONFLICT (design_system_id, name) DO UPDATE SET oid = excluded.oid, peeled = excluded.peeled
WHERE (refs.oid, refs.peeled) IS DISTINCT FROM (excluded.oid, excluded.peeled)
"""

REMOVE = "DELETE FROM refs WHERE design_system_id = $1 AND name = ANY($2::text[])"

KEEP = "DELETE FROM refs WHERE design_system_id = $1 AND name <> ALL($2::text[])"


async def indexed_refs(
    db: AsyncConnection, system_id: UUID, names: Collection[str] | None = None
) -> dict[str, RefTarget]:
    """The system's refs by their full names, in their order: all of them, or of the ones named those that exist."""
    query = select(refs.c.name, refs.c.oid, refs.c.peeled).where(refs.c.design_system_id == system_id)
    if names is not None:
        query = query.where(refs.c.name == any_(cast(list(names), ARRAY(Text))))
    found = await db.execute(query.order_by(refs.c.name))
    return {name: RefTarget(oid, peeled) for name, oid, peeled in found}


async def branch_page(
    db: AsyncConnection, system_id: UUID, *, q: str | None = None, limit: int = 50, cursor: str | None = None
) -> Page[str]:
    """The names of branches, without ``refs/heads/``, in their order; ``q`` is part of one, in any case.

    Raises ``InvalidCursor``.
    """
    name = refs.c.name
    query = select(name).where(refs.c.design_system_id == system_id, name.startswith(BRANCHES, autoescape=True))
    if q:
        query = query.where(func.substr(collate(name, "default"), len(BRANCHES) + 1).ilike(like_pattern(q)))
    if cursor:
        query = query.where(name > BRANCHES + decode(cursor, text)[0])
    found = await db.execute(query.order_by(name).limit(limit + 1))
    rows = [each.removeprefix(BRANCHES) for each in found.scalars()]
    return page_of(rows, limit, lambda row: (row,))


async def annotated_tags(db: AsyncConnection, system_id: UUID, *, commit: str | None = None) -> list[str]:
    """The full names of the annotated tags, of all or of one commit: those that publish a version."""
    # An annotated tag is the one kind of ref that has something to peel.
    tag = refs.c.name.startswith("refs/tags/", autoescape=True)
    query = select(refs.c.name).where(refs.c.design_system_id == system_id, tag, refs.c.peeled != refs.c.oid)
    if commit is not None:
        query = query.where(refs.c.peeled == commit)
    return list((await db.execute(query.order_by(refs.c.name))).scalars())


async def apply(
    db: AsyncConnection, system_id: UUID, present: Mapping[str, RefTarget], removed: Collection[str] = ()
) -> None:
    """Write down where some refs stand now and which are gone; a statement each, whatever their number."""
    if removed:
        await db.exec_driver_sql(REMOVE, (system_id, list(removed)))
    if present:
        await db.exec_driver_sql(UPSERT, _columns(system_id, present))


async def replace(db: AsyncConnection, system_id: UUID, present: Mapping[str, RefTarget]) -> None:
    """Make the indexed refs exactly these."""
    await db.exec_driver_sql(KEEP, (system_id, list(present)))
    await apply(db, system_id, present)


def _columns(system_id: UUID, present: Mapping[str, RefTarget]) -> tuple[object, ...]:
    targets = present.values()
    return system_id, list(present), [target.oid for target in targets], [target.peeled for target in targets]
