"""Landing: the only code that moves a ref. Mirror and log are written first, git's ref moves last before SQL commits.

Git's ref is the commit point. Where a crash falls between the ref and the SQL commit, ``services.sync`` finds the ref
ahead of the index and records the same landing again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import pygit2
from sqlalchemy.ext.asyncio import AsyncConnection

from gitstore import refs as git_refs
from gitstore import trees
from gitstore.commits import Person
from gitstore.errors import UnknownRevision
from gitstore.refs import RefTarget, RefUpdate
from index import activity, refs, releases, systems
from index.fold import Folded
from index.rows import ActivityRow
from index.systems import SystemRecord
from services import bus, releasing
from services.context import Context
from services.events import Event, LoggedEvent, bounded
from services.following import follow
from services.mirroring import mirror_move
from services.stories import branch_event, resource_events

BRANCHES = "refs/heads/"
TAGS = "refs/tags/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """Refs to move, for whom and how they came in.

    ``via`` is rest, push, import or repair; ``folded`` the fold of the one new commit on the default branch, where
    known; ``message`` goes into the reflog and the log's rows.
    """

    updates: tuple[RefUpdate, ...]
    user_id: UUID | None
    who: Person
    via: str
    message: str = ""
    folded: Folded | None = None
    default_branch: str | None = None
    """The new default branch, where the first push into an empty system chose one."""
    told: tuple[Event, ...] = ()
    """What else became true with these moves: a publication, a merged proposal. Numbered and logged after them."""


@dataclass(frozen=True, slots=True)
class Landed:
    """What landed: the system as it now is and the events to broadcast once SQL has committed."""

    system: SystemRecord
    events: tuple[LoggedEvent, ...]


async def land(
    context: Context, db: AsyncConnection, system: SystemRecord, landing: Landing, *, move_refs: bool = True
) -> Landed:
    """Record and move; the caller holds the system's lock in ``db`` and commits right after, then broadcasts.

    Raises gitstore's RefMoved where a ref is not where the writer saw it. ``move_refs=False`` records moves that git
    has made already (repair).
    """
    now = context.clock()
    if landing.default_branch is not None:
        await systems.update(db, system.id, {"default_branch": landing.default_branch})
        system = replace(system, default_branch=landing.default_branch)
    events, head = await _mirror(context, db, system, landing)
    await _index_refs(context, db, system, landing.updates)
    published = await _published(context, db, system, landing)
    followed = await follow(context, db, system.id, landing.updates, user_id=landing.user_id, now=now)
    events.extend((*published, *landing.told, *followed))
    version = await _version(db, system, landing.updates)
    system = replace(
        system, head=head, version=version, published=version is not None, seq=system.seq + len(events), updated_at=now
    )
    logged = _numbered(events, system, landing, now)
    await activity.append(db, system.id, system.team_id, [_row(event) for event in logged])
    await systems.advance(
        db, system.id, head=head, version=version, published=version is not None, seq=system.seq, updated_at=now
    )
    if move_refs:
        await asyncio.to_thread(_move, context, system, landing)
    return Landed(system, logged)


async def broadcast(context: Context, landed: Landed) -> None:
    """Tell the hubs; to be called after the SQL commit. Never fails."""
    await bus.publish(context.redis, landed.system.id, [event.wire() for event in landed.events])


async def _mirror(
    context: Context, db: AsyncConnection, system: SystemRecord, landing: Landing
) -> tuple[list[Event], str | None]:
    """Fold the default branch's move into the mirror; the events of all moves and the default branch's new head."""
    default = BRANCHES + system.default_branch
    head = system.head
    events: list[Event] = []
    for update in landing.updates:
        told: list[Event] = []
        if update.name == default:
            mirrored = await mirror_move(context, db, system, update.new, known=landing.folded)
            told = resource_events(system, mirrored, commit=update.new, via=landing.via)
            head = update.new
        if not told or landing.via != "rest":
            events.append(branch_event(update, via=landing.via, message=landing.message))
        events.extend(told)
    return bounded(events, system_id=system.id), head


async def _index_refs(
    context: Context, db: AsyncConnection, system: SystemRecord, updates: Sequence[RefUpdate]
) -> None:
    present = [update for update in updates if update.new is not None]
    targets = {update.name: RefTarget(update.new or "", None) for update in present}
    tags = [update.new for update in present if update.new is not None and update.name.startswith(TAGS)]
    if tags:
        peeled = await asyncio.to_thread(_peel, context, system.id, tags)
        targets = {name: RefTarget(target.oid, peeled.get(target.oid)) for name, target in targets.items()}
    await refs.apply(db, system.id, targets, [update.name for update in updates if update.new is None])


async def _published(context: Context, db: AsyncConnection, system: SystemRecord, landing: Landing) -> Sequence[Event]:
    """The rows of the versions that these moves publish, written; what is to be told of them."""
    if not _moves_tags(landing.updates):
        return ()
    rows = await releasing.level(context, db, system)
    events = [releasing.published_event(system, row, via=landing.via) for row in rows]
    return bounded(events, system_id=system.id)


async def _version(db: AsyncConnection, system: SystemRecord, updates: Sequence[RefUpdate]) -> str | None:
    """The newest version that was not yanked; read anew when a tag moved, or something else than a ref changed."""
    if updates and not _moves_tags(updates):
        return system.version
    newest = await releases.newest(db, system.id, standing=True)
    return newest.version if newest is not None else None


def _moves_tags(updates: Sequence[RefUpdate]) -> bool:
    return any(update.name.startswith(TAGS) for update in updates)


def _numbered(
    events: Sequence[Event], system: SystemRecord, landing: Landing, now: datetime
) -> tuple[LoggedEvent, ...]:
    first = system.seq - len(events) + 1
    return tuple(
        LoggedEvent(seq, event, system.id, landing.user_id, now) for seq, event in enumerate(events, start=first)
    )


def _row(logged: LoggedEvent) -> ActivityRow:
    event = logged.event
    return ActivityRow(
        action=event.action,
        resource_type=event.resource_type,
        resource_id=event.resource_id,
        user_id=logged.user_id,
        created_at=logged.created_at,
        seq=logged.seq,
        metadata=event.metadata,
    )


def _peel(context: Context, system_id: UUID, tags: Sequence[str]) -> dict[str, str | None]:
    with context.store.open(system_id) as repo:
        return {oid: _commit_behind(repo, oid) for oid in tags}


def _commit_behind(repo: pygit2.Repository, oid: str) -> str | None:
    """The commit that an annotated tag leads to; None for a commit itself, and for a tag of something else."""
    try:
        commit = trees.resolve(repo, oid)
    except UnknownRevision:
        return None
    return commit if commit != oid else None


def _move(context: Context, system: SystemRecord, landing: Landing) -> None:
    with context.store.open(system.id) as repo:
        if landing.default_branch is not None:
            git_refs.set_head(repo, BRANCHES + landing.default_branch)
        git_refs.move(repo, landing.updates, who=landing.who, reason=f"{landing.via}: {landing.message}")
