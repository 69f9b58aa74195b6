"""The activity log: a team's feed, and each system's events in their gap-free order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from index import users
from index.account_tables import User
from index.columns import table_of
from index.paging import Page, decode, encode, number, page_of
from index.rows import ActivityRow
from index.tables import Activity
from index.users import UserRecord
from index.values import clean, dump_json

log = table_of(Activity)

MOST_LOOKED_AT = 10_000
"""Events that one page of a filtered feed looks at, of which there may be millions and none that is wanted."""

APPEND = """
INSERT INTO activity_log
    (team_id, design_system_id, seq, action, resource_type, resource_id, user_id, metadata, created_at)
SELECT $1::uuid, $2::uuid, g.seq, g.action, g.resource_type, g.resource_id, g.user_id, g.metadata::jsonb, g.created_at
FROM unnest($3::bigint[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::text[], $9::timestamptz[])
    WITH ORDINALITY AS g(seq, action, resource_type, resource_id, user_id, metadata, created_at, ord)
ORDER BY g.ord
"""


@dataclass(frozen=True, slots=True)
class ActivityRecord:
    """One event that happened; ``position`` orders the feed, ``seq`` the events of its system."""

    id: UUID
    position: int
    team_id: UUID
    design_system_id: UUID | None
    seq: int | None
    user_id: UUID | None
    action: str
    resource_type: str
    resource_id: UUID | None
    metadata: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events a feed is to show; None is all."""

    action: str | None = None
    resource_type: str | None = None
    resource_id: UUID | None = None
    user_id: UUID | None = None

    def conditions(self) -> dict[str, Any]:
        """The columns that are asked about, with their values."""
        asked = {name: getattr(self, name) for name in self.__slots__}
        return {name: clean(v) if isinstance(v, str) else v for name, v in asked.items() if v is not None}


EVERYTHING = Wanted()

COLUMNS = [log.c[name] for name in ActivityRecord.__slots__]


async def append(db: AsyncConnection, system_id: UUID | None, team_id: UUID, rows: Sequence[ActivityRow]) -> None:
    """Add events in one statement; a system's rows carry the next consecutive ``seq``, a team's own carry None."""
    if not rows:
        return
    columns = zip(*map(_values, rows), strict=True)
    await db.exec_driver_sql(APPEND, (team_id, system_id, *map(list, columns)))


async def since(db: AsyncConnection, system_id: UUID, seq: int, limit: int) -> list[ActivityRecord]:
    """The system's events after ``seq``, oldest first."""
    query = select(*COLUMNS).where(log.c.design_system_id == system_id, log.c.seq > seq)
    found = await db.execute(query.order_by(log.c.seq).limit(limit))
    return [ActivityRecord(*row) for row in found]


async def team_page(
    db: AsyncConnection, team_id: UUID, *, wanted: Wanted = EVERYTHING, limit: int = 50, cursor: str | None = None
) -> Page[ActivityRecord]:
    """The team's feed, newest first; raises ``InvalidCursor``."""
    return await _page(db, log.c.team_id == team_id, log.c.position, wanted, limit, cursor)


async def system_page(
    db: AsyncConnection, system_id: UUID, *, wanted: Wanted = EVERYTHING, limit: int = 50, cursor: str | None = None
) -> Page[ActivityRecord]:
    """The system's events, newest first; raises ``InvalidCursor``."""
    return await _page(db, log.c.design_system_id == system_id, log.c.seq, wanted, limit, cursor)


async def _page(
    db: AsyncConnection, scope: ColumnElement[bool], order: Column[int], wanted: Wanted, limit: int, cursor: str | None
) -> Page[ActivityRecord]:
    """Events in one index's order. With a filter, at most MOST_LOOKED_AT events are looked at: the page may then hold
    fewer than there are, and the next one goes on where it stopped."""
    window = select(*COLUMNS).where(scope, order.is_not(None)).order_by(order.desc())
    if cursor:
        window = window.where(order < decode(cursor, number)[0])
    conditions = wanted.conditions()
    looked_at = window.limit(MOST_LOOKED_AT if conditions else limit + 1).subquery()
    place = looked_at.c[order.name]
    query = select(*looked_at.c).where(*(looked_at.c[name] == value for name, value in conditions.items()))
    found = [ActivityRecord(*row) for row in await db.execute(query.order_by(place.desc()).limit(limit + 1))]
    page = page_of(found, limit, lambda row: (getattr(row, order.name),))
    if page.next_cursor is not None or not conditions:
        return page
    seen, last = (await db.execute(select(func.count(), func.min(place)))).one()
    return Page(page.items, encode((last,)) if seen == MOST_LOOKED_AT else None)


async def people(db: AsyncConnection, events: Iterable[ActivityRecord]) -> dict[UUID, UserRecord]:
    """Who did these, as their accounts are now, by id; erased accounts are left out."""
    wanted = {event.user_id for event in events if event.user_id is not None}
    if not wanted:
        return {}
    rows = await db.execute(select(*users.COLUMNS).where(User.id.in_(wanted), User.deleted_at.is_(None)))
    return {found.id: found for row in rows if (found := users.record(row)) is not None}


def _values(row: ActivityRow) -> tuple[object, ...]:
    return (
        row.seq,
        row.action,
        row.resource_type,
        row.resource_id,
        row.user_id,
        dump_json(row.metadata),
        row.created_at,
    )
