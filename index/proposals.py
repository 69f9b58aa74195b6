"""Proposals and their reviews: found, listed and written, always beneath the lock of their design system."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from index.account_tables import User
from index.columns import table_of
from index.paging import Page, decode, number, page_of
from index.proposal_tables import Proposal, ProposalReview
from index.tables import Activity
from index.values import clean

LATEST_EVENTS = 5000
"""Events that are looked through for who brought a commit: some milliseconds."""

log = table_of(Activity)
proposals = table_of(Proposal)
reviews = table_of(ProposalReview)


@dataclass(frozen=True, slots=True)
class ProposalRecord:
    """A proposal as it was last written down; while it is open, ``source_commit`` is where its source was last seen."""

    id: UUID
    design_system_id: UUID
    number: int
    title: str
    description: str
    source: str
    target: str
    state: str
    draft: bool
    source_commit: str
    target_commit: str | None
    merge_commit: str | None
    closed_because: str | None
    created_by: UUID | None
    moved_by: UUID | None
    ended_by: UUID | None
    created_at: datetime
    updated_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """What somebody said of a proposal when its source stood at ``commit``."""

    id: UUID
    position: int
    number: int
    reviewer_id: UUID | None
    verdict: str
    commit: str
    body: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Somebody:
    """An account as others see it."""

    id: UUID
    username: str
    name: str


COLUMNS = [proposals.c[name] for name in ProposalRecord.__slots__]
REVIEW_COLUMNS = [reviews.c[name] for name in ReviewRecord.__slots__]


def _of(system_id: UUID) -> Select[Any]:
    return select(*COLUMNS).where(proposals.c.design_system_id == system_id)


async def get(db: AsyncConnection, system_id: UUID, number: int) -> ProposalRecord | None:
    """The proposal with this number."""
    row = (await db.execute(_of(system_id).where(proposals.c.number == number))).first()
    return None if row is None else ProposalRecord(*row)


async def open_between(db: AsyncConnection, system_id: UUID, source: str, target: str) -> ProposalRecord | None:
    """The open proposal from one branch to another; there is one at most."""
    query = _of(system_id).where(
        proposals.c.state == "open", proposals.c.source == clean(source), proposals.c.target == clean(target)
    )
    row = (await db.execute(query)).first()
    return None if row is None else ProposalRecord(*row)


async def count_open(db: AsyncConnection, system_id: UUID) -> int:
    """How many are open."""
    query = select(func.count()).where(proposals.c.design_system_id == system_id, proposals.c.state == "open")
    return int((await db.execute(query)).scalar_one())


async def touching(db: AsyncConnection, system_id: UUID, branches: Collection[str]) -> list[ProposalRecord]:
    """The open proposals that come from some branches or go to them, by number."""
    if not branches:
        return []
    names = [clean(name) for name in branches]
    between = or_(proposals.c.source.in_(names), proposals.c.target.in_(names))
    query = _of(system_id).where(proposals.c.state == "open", between).order_by(proposals.c.number)
    return [ProposalRecord(*row) for row in await db.execute(query)]


async def page(
    db: AsyncConnection,
    system_id: UUID,
    *,
    state: str | None = None,
    author: UUID | None = None,
    source: str | None = None,
    target: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[ProposalRecord]:
    """Proposals, the newest first; raises ``InvalidCursor``."""
    query = _of(system_id).order_by(proposals.c.number.desc()).limit(limit + 1)
    wanted = {"state": state, "created_by": author, "source": source, "target": target}
    for name, value in wanted.items():
        if value is not None:
            query = query.where(proposals.c[name] == (clean(value) if isinstance(value, str) else value))
    if cursor:
        query = query.where(proposals.c.number < decode(cursor, number)[0])
    rows = [ProposalRecord(*row) for row in await db.execute(query)]
    return page_of(rows, limit, lambda row: (row.number,))


async def add(db: AsyncConnection, system_id: UUID, **values: Any) -> ProposalRecord:
    """A new proposal with the next number."""
    last = select(func.max(proposals.c.number)).where(proposals.c.design_system_id == system_id)
    count = (await db.execute(last)).scalar() or 0
    made = insert(proposals).values(design_system_id=system_id, number=count + 1, **values).returning(*COLUMNS)
    return ProposalRecord(*(await db.execute(made)).one())


async def change(db: AsyncConnection, proposal: ProposalRecord, **values: Any) -> ProposalRecord:
    """Set members of a proposal; as it is then."""
    this = (
        proposals.c.design_system_id == proposal.design_system_id,
        proposals.c.number == proposal.number,
    )
    changed = await db.execute(update(proposals).where(*this).values(**values).returning(*COLUMNS))
    return ProposalRecord(*changed.one())


async def rename_branch(db: AsyncConnection, system_id: UUID, old: str, new: str) -> None:
    """Let the open proposals from and to a branch follow it to another name, under which none is open."""
    for column in (proposals.c.source, proposals.c.target):
        mine = (proposals.c.design_system_id == system_id, proposals.c.state == "open", column == clean(old))
        await db.execute(update(proposals).where(*mine).values({column.name: clean(new)}))


async def add_review(db: AsyncConnection, proposal: ProposalRecord, **values: Any) -> ReviewRecord:
    """A new review."""
    key = {"design_system_id": proposal.design_system_id, "number": proposal.number}
    made = await db.execute(insert(reviews).values(**key, **values).returning(*REVIEW_COLUMNS))
    return ReviewRecord(*made.one())


async def count_reviews(db: AsyncConnection, proposal: ProposalRecord) -> int:
    """How many there are."""
    return int((await db.execute(select(func.count()).select_from(reviews).where(*_about(proposal)))).scalar_one())


async def review_page(
    db: AsyncConnection, proposal: ProposalRecord, *, limit: int = 50, cursor: str | None = None
) -> Page[ReviewRecord]:
    """What was said, in its order; raises ``InvalidCursor``."""
    query = select(*REVIEW_COLUMNS).where(*_about(proposal)).order_by(reviews.c.position).limit(limit + 1)
    if cursor:
        query = query.where(reviews.c.position > decode(cursor, number)[0])
    rows = [ReviewRecord(*row) for row in await db.execute(query)]
    return page_of(rows, limit, lambda row: (row.position,))


async def verdicts(db: AsyncConnection, proposal: ProposalRecord) -> list[ReviewRecord]:
    """Each reviewer's last verdict, in the order in which they were given; comments are none."""
    said = (*_about(proposal), reviews.c.verdict != "comment", reviews.c.reviewer_id.is_not(None))
    last = select(func.max(reviews.c.position)).where(*said).group_by(reviews.c.reviewer_id)
    query = select(*REVIEW_COLUMNS).where(*_about(proposal), reviews.c.position.in_(last))
    return [ReviewRecord(*row) for row in await db.execute(query.order_by(reviews.c.position))]


def _about(proposal: ProposalRecord) -> tuple[Any, ...]:
    return reviews.c.design_system_id == proposal.design_system_id, reviews.c.number == proposal.number


async def who_brought(db: AsyncConnection, system_id: UUID, commit: str) -> UUID | None:
    """Who moved a branch to a commit first, as far as the system's newest events tell; None where they do not."""
    mine = select(log.c.seq, log.c.user_id, log.c["metadata"]["commit"].astext.label("commit"))
    recent = mine.where(log.c.design_system_id == system_id).order_by(log.c.seq.desc()).limit(LATEST_EVENTS).subquery()
    query = select(recent.c.user_id).where(recent.c.commit == commit).order_by(recent.c.seq).limit(1)
    return (await db.execute(query)).scalar()


async def people(db: AsyncConnection, ids: Collection[UUID | None]) -> dict[UUID | None, Somebody]:
    """Accounts by their ids, erased ones under the name that they then have."""
    wanted = {each for each in ids if each is not None}
    if not wanted:
        return {}
    found = await db.execute(select(User.id, User.username, User.name).where(User.id.in_(wanted)))
    return {row[0]: Somebody(*row) for row in found}
