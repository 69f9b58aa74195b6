"""The activity log: a team's feed, and each system's events in their gap-free order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from index.columns import table_of
from index.paging import Page, decode, number, page_of
from index.rows import ActivityRow
from index.tables import Activity
from index.values import dump_json

log = table_of(Activity)

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
    db: AsyncConnection, team_id: UUID, *, limit: int = 50, cursor: str | None = None
) -> Page[ActivityRecord]:
    """The team's feed, newest first; raises ``InvalidCursor``."""
    query = select(*COLUMNS).where(log.c.team_id == team_id).order_by(log.c.position.desc()).limit(limit + 1)
    if cursor:
        query = query.where(log.c.position < decode(cursor, number)[0])
    rows = [ActivityRecord(*row) for row in await db.execute(query)]
    return page_of(rows, limit, lambda row: (row.position,))


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
