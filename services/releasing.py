"""Releasing: the rows of releases kept level with the version tags, from which alone they follow."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import pygit2
from sqlalchemy.ext.asyncio import AsyncConnection

from designsystem.release import TagMessage, read_message
from designsystem.versions import precedence, version_of_tag
from gitstore.refs import list_refs
from gitstore.tags import TagInfo, read_tag
from index import releases, users
from index.releases import ReleaseRecord
from index.rows import ReleaseRow
from index.systems import SystemRecord
from services.context import Context
from services.events import Event

TAGS = "refs/tags/"
PUBLISHED = "design-system.published"

MAX_NOTE = 10_000
"""Characters of a release's note; what a tag made by hand says beyond is read in git."""


@dataclass(frozen=True, slots=True)
class VersionTag:
    """An annotated tag that publishes a version, as it stands in git."""

    version: str
    tag: TagInfo
    commit: str
    stated: TagMessage

    def row(self, people: Mapping[str, UUID]) -> ReleaseRow:
        """The row that follows from it; ``people`` are accounts by their lower-cased addresses."""
        return ReleaseRow(
            version=self.version,
            tag=self.tag.oid,
            commit=self.commit,
            message=self.stated.note[:MAX_NOTE],
            source="service" if self.stated.with_service else "git",
            allowed_as=self.stated.allowed_as,
            tagger_name=self.tag.tagger.name,
            tagger_email=self.tag.tagger.email,
            published_by=people.get(self.tag.tagger.email.lower()),
            published_at=self.tag.tagged_at,
        )


def version_tag(repo: pygit2.Repository, name: str, oid: str) -> VersionTag | None:
    """The release that a ref stands for; None where its name is no version, or it is no annotated tag of a commit."""
    version = version_of_tag(name.removeprefix(TAGS)) if name.startswith(TAGS) else None
    tag = read_tag(repo, oid) if version is not None else None
    if version is None or tag is None or tag.commit is None:
        return None
    return VersionTag(str(version), tag, tag.commit, read_message(tag.message, str(version)))


async def level(context: Context, db: AsyncConnection, system: SystemRecord) -> list[ReleaseRow]:
    """Write the rows that indexed tags lack and remove those whose tag is gone; what was written, the lowest first.

    Call it while holding the system's lock.
    """
    missing, orphans = await releases.behind(db, system.id)
    versions = {name: oid for name, oid in missing.items() if version_of_tag(name.removeprefix(TAGS)) is not None}
    rows = await _rows(context, db, system.id, versions)
    await releases.remove(db, system.id, orphans)
    await releases.put(db, system.id, rows)
    return rows


async def differences(context: Context, db: AsyncConnection, system_id: UUID) -> list[str]:
    """In what the rows differ from what the repository's tags say; changes nothing."""
    actual = {row.version: row for row in await _all_rows(context, db, system_id)}
    kept = {record.version: record for record in await releases.everything(db, system_id)}
    lines = [f"release {version}: no row" for version in actual.keys() - kept.keys()]
    lines += [f"release {version}: no tag" for version in kept.keys() - actual.keys()]
    lines += [f"release {row.version}: another row" for row in actual.values() if not _agree(row, kept)]
    return sorted(lines)


async def rebuild(context: Context, db: AsyncConnection, system_id: UUID) -> None:
    """Write every row anew from its tag; which versions were yanked stays."""
    rows = await _all_rows(context, db, system_id)
    standing = {row.version for row in rows}
    gone = [record.version for record in await releases.everything(db, system_id) if record.version not in standing]
    await releases.remove(db, system_id, gone)
    await releases.put(db, system_id, rows)


def published_event(system: SystemRecord, row: ReleaseRow, *, via: str) -> Event:
    """That a version is out."""
    details = {
        "version": row.version,
        "ref": f"{TAGS}v{row.version}",
        "tag": row.tag,
        "commit": row.commit,
        "message": row.message[:500],
        "via": via,
    }
    return Event(PUBLISHED, "design_system", system.id, details)


async def _all_rows(context: Context, db: AsyncConnection, system_id: UUID) -> list[ReleaseRow]:
    def read() -> dict[str, str]:
        with context.store.open(system_id) as repo:
            return {name: target.oid for name, target in list_refs(repo, releases.TAGS).items()}

    return await _rows(context, db, system_id, await asyncio.to_thread(read))


async def _rows(context: Context, db: AsyncConnection, system_id: UUID, tags: Mapping[str, str]) -> list[ReleaseRow]:
    found = await asyncio.to_thread(_read, context, system_id, tags.items()) if tags else []
    people = await users.ids_by_email(db, {each.tag.tagger.email.lower() for each in found}) if found else {}
    return [each.row(people) for each in found]


def _read(context: Context, system_id: UUID, tags: Iterable[tuple[str, str]]) -> list[VersionTag]:
    with context.store.open(system_id) as repo:
        found = [each for name, oid in tags if (each := version_tag(repo, name, oid)) is not None]
    return sorted(found, key=_order)


def _order(each: VersionTag) -> tuple[str, str]:
    return precedence(each.version), each.version


def _agree(row: ReleaseRow, kept: Mapping[str, ReleaseRecord]) -> bool:
    """Whether a row, if it is kept, is as its tag has it. Accounts come and go: which it names is no difference."""
    told = ("tag", "commit", "source", "allowed_as", "published_at")
    record = kept.get(row.version)
    return record is None or all(getattr(row, name) == getattr(record, name) for name in told)
