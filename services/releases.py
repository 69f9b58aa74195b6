"""Releases: what was published, what each version tells and ships, and which were withdrawn."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from index import releases
from index.paging import Page
from index.releases import ReleaseRecord
from index.systems import SystemRecord
from index.values import clean
from services import audit, sync
from services.access import readable, standing_for, system_for
from services.audit import Act
from services.boundary import git_errors
from services.changes import announce, locked
from services.context import Context
from services.errors import InvalidInput, NotFound
from services.events import Event
from services.identity import person_of
from services.landing import Landed, Landing, land
from services.policy import Action, Actor
from services.release_contents import Artifact, Contents, contents_of

MAX_REASON = 1000
PATIENCE_SECONDS = 20.0
"""How long a publisher waits for what the release ships; it is out before."""

log = logging.getLogger("xds.releases")


@dataclass(frozen=True, slots=True)
class Release:
    """One release with what it tells and ships (None: that is still being worked out)."""

    system: SystemRecord
    record: ReleaseRecord
    contents: Contents | None


@dataclass(frozen=True, slots=True)
class File:
    """A file of a release, to be read where it lies."""

    system: SystemRecord
    record: ReleaseRecord
    artifact: Artifact
    path: Path


async def list_releases(
    context: Context, actor: Actor, system_id: UUID, *, yanked: bool | None, limit: int, cursor: str | None
) -> Page[ReleaseRecord]:
    """The versions, the highest first; ``yanked`` narrows to those that are, or are not."""
    await _levelled(context, actor, system_id)
    async with context.reads.connect() as db:
        return await releases.page(db, system_id, limit=limit, cursor=cursor, yanked=yanked)


async def find_release(
    context: Context, actor: Actor, system_id: UUID, version: str
) -> tuple[SystemRecord, ReleaseRecord]:
    """One release; NotFound where that version was not published."""
    system = await _levelled(context, actor, system_id)
    async with context.reads.connect() as db:
        record = await releases.get(db, system_id, _plain(version))
    return system, _found(record, version)


async def get_release(context: Context, actor: Actor, system_id: UUID, version: str) -> Release:
    """One release with what it tells and ships."""
    system, record = await find_release(context, actor, system_id, version)
    contents, _ = await _contents(context, system, record)
    return Release(system, record, contents)


async def just_published(context: Context, system: SystemRecord, record: ReleaseRecord) -> Release:
    """A release for its publisher, who is not to hear of anything that fails or lasts after it is out."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            contents, _ = await _contents(context, system, record)
    except Exception:
        log.exception("%s of %s is out, what it ships is not there yet", record.version, system.id)
        return Release(system, record, None)
    return Release(system, record, contents)


async def _contents(context: Context, system: SystemRecord, record: ReleaseRecord) -> tuple[Contents, Path]:
    async with context.reads.connect() as db:
        line = await releases.everything(db, system.id)
    with git_errors():
        return await contents_of(context, system, record, line)


async def get_artifact(context: Context, actor: Actor, system_id: UUID, version: str, name: str) -> File:
    """One file of a release; NotFound where there is none of that name."""
    system, record = await find_release(context, actor, system_id, version)
    contents, folder = await _contents(context, system, record)
    artifact = contents.artifact(name)
    if artifact is None:
        known = ", ".join(each.name for each in contents.artifacts)
        raise NotFound(f"The release {record.version} has no artifact of that name; there are {known}.")
    return File(system, record, artifact, folder / artifact.name)


async def yank(context: Context, actor: Actor, system_id: UUID, version: str, reason: str) -> ReleaseRecord:
    """Withdraw a version: its tag and files stay, nobody is to take it any more. Yanked once, it stays as it is."""
    reason = reason.strip()
    if not 0 < len(reason) <= MAX_REASON or clean(reason) != reason:
        raise InvalidInput.of("reason", "bad-reason", f"Say why, in up to {MAX_REASON:,} characters.")

    async def mark(db: AsyncConnection, by: Actor, version: str) -> bool:
        return await releases.yank(db, system_id, version, by=by.user_id, now=context.clock(), why=reason)

    return await _change(context, actor, system_id, version, mark, Act.RELEASE_YANKED, {"reason": reason})


async def unyank(context: Context, actor: Actor, system_id: UUID, version: str) -> ReleaseRecord:
    """Let a version stand again."""

    async def mark(db: AsyncConnection, by: Actor, version: str) -> bool:
        return await releases.unyank(db, system_id, version)

    return await _change(context, actor, system_id, version, mark, Act.RELEASE_RESTORED, {})


async def _change(
    context: Context, actor: Actor, system_id: UUID, version: str, mark: Any, act: Act, more: dict[str, Any]
) -> ReleaseRecord:
    """Mark a version and say so in the logs, all in one transaction; nothing where it is marked so already."""
    async with context.reads.connect() as db:
        await system_for(db, actor, system_id, Action.YANK)
    landed: Landed | None = None
    with git_errors():
        async with context.turns.of(system_id), context.engine.begin() as db:
            system = await locked(context, db, system_id, [])
            actor, _ = await standing_for(db, actor, system_id, Action.YANK)
            record = _found(await releases.get(db, system_id, _plain(version)), version)
            if await mark(db, actor, record.version):
                details = {"version": record.version, **more}
                event = Event(act.value, "design_system", system_id, {**details, "commit": record.commit})
                landing = Landing(updates=(), user_id=actor.user_id, who=person_of(actor), via="rest", told=(event,))
                landed = await land(context, db, system, landing, move_refs=False)
                await audit.record(
                    db, context.clock(), actor, act, team_id=system.team_id, system_id=system_id, **details
                )
            record = _found(await releases.get(db, system_id, record.version), version)
    if landed is not None:
        await announce(context, landed)
    return record


async def _levelled(context: Context, actor: Actor, system_id: UUID) -> SystemRecord:
    system = await readable(context, actor, system_id)
    with git_errors():
        system = await sync.level(context, system)
        return await sync.level_below(context, system, releases.TAGS)


def _plain(version: str) -> str:
    """A version as people also write it."""
    return version.removeprefix("v")


def _found(record: ReleaseRecord | None, version: str) -> ReleaseRecord:
    if record is None:
        raise NotFound(f"Version {version[:100]!r} was not published.")
    return record
