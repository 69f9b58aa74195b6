"""Releases: the published versions of a design system as its tags say, and which of them were yanked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, delete, select, tuple_
from sqlalchemy import update as sql_update
from sqlalchemy.ext.asyncio import AsyncConnection

from designsystem.versions import precedence
from index.columns import table_of
from index.paging import Page, decode, page_of, text
from index.rows import ReleaseRow
from index.tables import Ref, Release
from index.values import clean

releases = table_of(Release)
refs = table_of(Ref)

TAGS = "refs/tags/v"

# A row that a tag still stands for keeps its yank, whatever else is written anew.
PUT = """
INSERT INTO releases AS r
    (design_system_id, version, precedence, tag, commit, message, source, allowed_as, tagger_name, tagger_email,
     published_by, published_at)
SELECT $1, g.* FROM unnest(
    $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
    $11::uuid[], $12::timestamptz[]
) AS g
ON CONFLICT (design_system_id, version) DO UPDATE SET
    tag = excluded.tag, commit = excluded.commit, message = excluded.message, source = excluded.source,
    allowed_as = excluded.allowed_as, tagger_name = excluded.tagger_name, tagger_email = excluded.tagger_email,
    published_by = excluded.published_by, published_at = excluded.published_at,
    yanked_at = CASE WHEN r.tag = excluded.tag THEN r.yanked_at END,
    yanked_by = CASE WHEN r.tag = excluded.tag THEN r.yanked_by END,
    yank_reason = CASE WHEN r.tag = excluded.tag THEN r.yank_reason END
"""


@dataclass(frozen=True, slots=True)
class ReleaseRecord:
    """A published version; ``tag`` is the tag object's id. ``yanked_at`` is None while it stands."""

    version: str
    precedence: str
    tag: str
    commit: str
    message: str
    source: str
    allowed_as: str | None
    tagger_name: str
    tagger_email: str
    published_by: UUID | None
    published_at: datetime
    yanked_at: datetime | None
    yanked_by: UUID | None
    yank_reason: str | None


COLUMNS = [releases.c[name] for name in ReleaseRecord.__slots__]


def _of(system_id: UUID) -> Select[Any]:
    return select(*COLUMNS).where(releases.c.design_system_id == system_id)


async def put(db: AsyncConnection, system_id: UUID, rows: Sequence[ReleaseRow]) -> None:
    """Write down what some tags say, in one statement; the same again changes nothing."""
    if not rows:
        return
    columns = zip(*map(_values, rows), strict=True)
    await db.exec_driver_sql(PUT, (system_id, *map(list, columns)))


async def remove(db: AsyncConnection, system_id: UUID, versions: Collection[str]) -> None:
    """Forget versions whose tags are gone from the repository (a hand's work: no request can do it)."""
    if versions:
        gone = releases.c.version.in_([clean(version) for version in versions])
        await db.execute(delete(releases).where(releases.c.design_system_id == system_id, gone))


async def get(db: AsyncConnection, system_id: UUID, version: str) -> ReleaseRecord | None:
    """One published version."""
    row = (await db.execute(_of(system_id).where(releases.c.version == clean(version)))).first()
    return None if row is None else ReleaseRecord(*row)


async def newest(db: AsyncConnection, system_id: UUID, *, standing: bool = False) -> ReleaseRecord | None:
    """The highest version, of all or of those that are not yanked."""
    query = _of(system_id).order_by(releases.c.precedence.desc(), releases.c.version.desc()).limit(1)
    if standing:
        query = query.where(releases.c.yanked_at.is_(None))
    row = (await db.execute(query)).first()
    return None if row is None else ReleaseRecord(*row)


async def everything(db: AsyncConnection, system_id: UUID) -> list[ReleaseRecord]:
    """All versions, the lowest first."""
    found = await db.execute(_of(system_id).order_by(releases.c.precedence, releases.c.version))
    return [ReleaseRecord(*row) for row in found]


async def before(db: AsyncConnection, system_id: UUID, version: str, *, limit: int = 200) -> list[ReleaseRecord]:
    """The versions below one, the highest first."""
    lower = releases.c.precedence < precedence(version)
    query = _of(system_id).where(lower).order_by(releases.c.precedence.desc(), releases.c.version.desc())
    return [ReleaseRecord(*row) for row in await db.execute(query.limit(limit))]


async def page(
    db: AsyncConnection, system_id: UUID, *, limit: int = 50, cursor: str | None = None, yanked: bool | None = None
) -> Page[ReleaseRecord]:
    """The versions, the highest first; raises ``InvalidCursor``."""
    query = _of(system_id).order_by(releases.c.precedence.desc(), releases.c.version.desc()).limit(limit + 1)
    if yanked is not None:
        query = query.where(releases.c.yanked_at.is_not(None) if yanked else releases.c.yanked_at.is_(None))
    if cursor:
        after = tuple_(*decode(cursor, text, text))
        query = query.where(tuple_(releases.c.precedence, releases.c.version) < after)
    rows = [ReleaseRecord(*row) for row in await db.execute(query)]
    return page_of(rows, limit, lambda row: (row.precedence, row.version))


async def yank(db: AsyncConnection, system_id: UUID, version: str, *, by: UUID | None, now: datetime, why: str) -> bool:
    """Mark a version as withdrawn; False where it is so already, or is not there."""
    standing = and_(releases.c.version == clean(version), releases.c.yanked_at.is_(None))
    query = sql_update(releases).where(releases.c.design_system_id == system_id, standing)
    done = await db.execute(query.values(yanked_at=now, yanked_by=by, yank_reason=why).returning(releases.c.version))
    return done.first() is not None


async def unyank(db: AsyncConnection, system_id: UUID, version: str) -> bool:
    """Let a version stand again; False where it does already, or is not there."""
    withdrawn = and_(releases.c.version == clean(version), releases.c.yanked_at.is_not(None))
    query = sql_update(releases).where(releases.c.design_system_id == system_id, withdrawn)
    done = await db.execute(
        query.values(yanked_at=None, yanked_by=None, yank_reason=None).returning(releases.c.version)
    )
    return done.first() is not None


async def behind(db: AsyncConnection, system_id: UUID) -> tuple[dict[str, str], list[str]]:
    """In what the rows differ from the indexed tags: tag objects without their row by tag name, and rows without their
    tag. Names that merely begin like a version's are among the first; they cost the caller a look."""
    name = refs.c.name
    same = and_(
        releases.c.design_system_id == refs.c.design_system_id,
        name == TAGS + releases.c.version,
        releases.c.tag == refs.c.oid,
    )
    annotated = and_(name.startswith(TAGS, autoescape=True), refs.c.peeled != refs.c.oid)
    missing = (
        select(name, refs.c.oid)
        .join_from(refs, releases, same, isouter=True)
        .where(refs.c.design_system_id == system_id, annotated, releases.c.version.is_(None))
    )
    orphans = (
        select(releases.c.version)
        .join_from(releases, refs, and_(same, annotated), isouter=True)
        .where(releases.c.design_system_id == system_id, refs.c.name.is_(None))
    )
    found = {ref: str(oid) for ref, oid in await db.execute(missing.order_by(name))}
    return found, list((await db.execute(orphans.order_by(releases.c.version))).scalars())


def _values(row: ReleaseRow) -> tuple[object, ...]:
    return (
        clean(row.version),
        precedence(row.version),
        row.tag,
        row.commit,
        clean(row.message),
        row.source,
        row.allowed_as,
        clean(row.tagger_name),
        clean(row.tagger_email),
        row.published_by,
        row.published_at,
    )
