"""The audit log: who did what with access, when and from where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from index import users
from index.account_tables import AuditRow, User
from index.columns import table_of
from index.paging import Page, decode, number, page_of
from index.users import UserRecord
from index.values import clean

log = table_of(AuditRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One act to be written down."""

    action: str
    outcome: str
    user_id: UUID | None
    key_id: UUID | None
    team_id: UUID | None
    design_system_id: UUID | None
    subject_type: str | None
    subject_id: UUID | None
    address: str | None
    agent: str | None
    request_id: str | None
    details: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord(AuditEntry):
    """One act as it was written down; ``position`` orders the log, ``user`` is who did it, as the account is now."""

    id: UUID
    position: int
    user: UserRecord | None


_NAMES = (*AuditEntry.__dataclass_fields__, "id", "position")
COLUMNS = [log.c[name] for name in _NAMES]


async def append(db: AsyncConnection, entry: AuditEntry) -> None:
    """Add one row."""
    values = asdict(entry)
    values["address"] = clean(entry.address or "")[:64] or None
    values["agent"] = clean(entry.agent or "")[:300] or None
    await db.execute(insert(log).values(values))


async def page(
    db: AsyncConnection,
    *,
    team_id: UUID | None = None,
    user_id: UUID | None = None,
    action: str | None = None,
    limit: int,
    cursor: str | None,
) -> Page[AuditRecord]:
    """Rows newest first: a team's, a person's, or (with neither) all; raises ``InvalidCursor``."""
    wanted: list[ColumnElement[bool]] = []
    if team_id is not None:
        wanted.append(log.c.team_id == team_id)
    if user_id is not None:
        wanted.append(log.c.user_id == user_id)
    if action is not None:
        wanted.append(log.c.action == clean(action))
    if cursor is not None:
        wanted.append(log.c.position < decode(cursor, number)[0])
    query = select(*COLUMNS, *users.COLUMNS).outerjoin(User, User.id == log.c.user_id)
    rows = await db.execute(query.where(*wanted).order_by(log.c.position.desc()).limit(limit + 1))
    return page_of([_record(row) for row in rows], limit, lambda row: (row.position,))


def _record(row: Sequence[Any]) -> AuditRecord:
    act, person = row[: len(COLUMNS)], row[len(COLUMNS) :]
    return AuditRecord(**dict(zip(_NAMES, act, strict=True)), user=users.record(person))


async def forget_before(db: AsyncConnection, before: datetime, most: int) -> int:
    """Delete the oldest rows, at most so many, of those older than that; returns how many."""
    old = select(log.c.id).where(log.c.created_at < before).order_by(log.c.created_at).limit(most)
    return (await db.execute(delete(log).where(log.c.id.in_(old)))).rowcount
