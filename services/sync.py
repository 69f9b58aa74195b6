"""Sync: the index brought level with git, which is the truth, wherever a crash or a hand left it behind."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gitstore import refs as git_refs
from gitstore.commits import read_commit
from gitstore.errors import RepositoryMissing
from gitstore.refs import RefUpdate, list_refs, read_ref
from index import mirror, refs, systems, users
from index.systems import SystemRecord
from services.context import Context
from services.errors import NotFound
from services.identity import SERVICE
from services.landing import BRANCHES, Landed, Landing, broadcast, land
from services.mirroring import whole_state

log = logging.getLogger("xds.sync")


@dataclass(frozen=True, slots=True)
class Drift:
    """In what one system's index differs from its repository; empty where it does not."""

    system_id: UUID
    name: str
    lines: tuple[str, ...]


async def catch_up(context: Context, db: AsyncConnection, system: SystemRecord, branch: str | None) -> SystemRecord:
    """With the system's lock held: record what git has and the index has not, for the branch that is to be written."""
    names = {BRANCHES + system.default_branch, BRANCHES + (branch or system.default_branch)}
    actual = await asyncio.to_thread(_read_refs, context, system.id, names)
    indexed = {BRANCHES + system.default_branch: system.head}
    for name in names - indexed.keys():
        found = await refs.indexed_ref(db, system.id, name)
        indexed[name] = found.oid if found is not None else None
    updates = _differences(indexed, actual)
    # not broadcast here: a hub sees the gap in seq with the next event and reads the log
    return (await _record(context, db, system, updates)).system if updates else system


async def level(context: Context, system: SystemRecord) -> SystemRecord:
    """First touch: the system as given where its default branch is as indexed, else as repaired.

    Costs one ref look-up. A landing between its ref and its SQL commit looks like drift for a moment: the lock waits
    for it, and nothing is left to repair.
    """
    name = BRANCHES + system.default_branch
    actual = await asyncio.to_thread(_read_refs, context, system.id, {name})
    if actual[name] == system.head:
        return system
    return await repair(context, system.id)


async def repair(context: Context, system_id: UUID) -> SystemRecord:
    """Compare every ref of a system with the index and record what differs; the system as it is then."""
    async with context.engine.begin() as db:
        system = await systems.lock(db, system_id)
        if system is None:
            raise NotFound("There is no such design system.")
        head, actual = await asyncio.to_thread(_list_refs, context, system.id)
        if head != BRANCHES + system.default_branch:
            await asyncio.to_thread(_set_head, context, system)
        indexed = await _indexed(db, system.id)
        indexed[BRANCHES + system.default_branch] = system.head
        updates = _differences(indexed, {**dict.fromkeys(indexed), **actual})
        if not updates:
            return system
        log.warning("index of %s was behind its repository in %d refs; repairing", system.id, len(updates))
        landed = await _record(context, db, system, updates)
    await broadcast(context, landed)
    return landed.system


async def sweep(context: Context) -> int:
    """Repair every system; to be run at start-up. How many were behind."""
    repaired = 0
    await asyncio.to_thread(context.store.sweep)
    async with context.engine.connect() as db:
        everything = await systems.heads(db)
    for system in everything:
        try:
            before = system.seq
            repaired += (await repair(context, system.id)).seq != before
        except RepositoryMissing:
            log.exception("design system %s has no repository", system.id)
        except NotFound:
            continue
    return repaired


async def drift(context: Context, most: int = 100) -> int:
    """How many of the systems that were changed last differ from git in their default branch; for /ready."""
    async with context.engine.connect() as db:
        recent = await systems.heads(db, most=most)
    return await asyncio.to_thread(_count_drift, context, recent)


async def reindex(context: Context, system_id: UUID) -> Drift:
    """Rebuild one system's mirror from its repository to the same rows with the same ids; says what differed."""
    system = await repair(context, system_id)
    async with context.engine.begin() as db:
        found = await systems.lock(db, system_id)
        if found is None:
            raise NotFound("There is no such design system.")
        state = await whole_state(context, db, system_id, found.head)
        lines = await mirror.compare(db, system_id, state)
        await mirror.replace(db, system_id, state)
    return Drift(system.id, system.name, tuple(lines))


async def check(context: Context, system_id: UUID) -> Drift:
    """Compare one system's index with what its repository says it must be; changes nothing."""
    async with context.engine.begin() as db:
        system = await systems.lock(db, system_id)
        if system is None:
            raise NotFound("There is no such design system.")
        _, actual = await asyncio.to_thread(_list_refs, context, system.id)
        indexed = await _indexed(db, system_id)
        lines = [
            f"ref {update.name}: {update.old or 'absent'} in the index, {update.new or 'absent'} in git"
            for update in _differences({**dict.fromkeys(actual), **indexed}, {**dict.fromkeys(indexed), **actual})
        ]
        state = await whole_state(context, db, system_id, actual.get(BRANCHES + system.default_branch))
        lines += await mirror.compare(db, system_id, state)
    return Drift(system.id, system.name, tuple(lines))


async def _record(
    context: Context, db: AsyncConnection, system: SystemRecord, updates: tuple[RefUpdate, ...]
) -> Landed:
    """Write down moves that git has made already, as far as can be told in the name of who made them."""
    author = await asyncio.to_thread(_author_of, context, system, updates)
    found = await users.ids_by_email(db, {author} if author else set())
    landing = Landing(
        updates=updates, user_id=next(iter(found.values()), None), who=SERVICE, via="repair", message="recovered"
    )
    return await land(context, db, system, landing, move_refs=False)


async def _indexed(db: AsyncConnection, system_id: UUID) -> dict[str, str | None]:
    return {name: target.oid for name, target in (await refs.indexed_refs(db, system_id)).items()}


def _differences(indexed: Mapping[str, str | None], actual: Mapping[str, str | None]) -> tuple[RefUpdate, ...]:
    return tuple(
        RefUpdate(name, indexed.get(name), oid) for name, oid in sorted(actual.items()) if indexed.get(name) != oid
    )


def _read_refs(context: Context, system_id: UUID, names: set[str]) -> dict[str, str | None]:
    with context.store.open(system_id) as repo:
        return {name: read_ref(repo, name) for name in names}


def _list_refs(context: Context, system_id: UUID) -> tuple[str, dict[str, str | None]]:
    with context.store.open(system_id) as repo:
        return git_refs.head_branch(repo), {name: target.oid for name, target in list_refs(repo).items()}


def _set_head(context: Context, system: SystemRecord) -> None:
    with context.store.open(system.id) as repo:
        git_refs.set_head(repo, BRANCHES + system.default_branch)


def _count_drift(context: Context, recent: list[SystemRecord]) -> int:
    behind = 0
    for system in recent:
        try:
            name = BRANCHES + system.default_branch
            behind += _read_refs(context, system.id, {name})[name] != system.head
        except RepositoryMissing:
            behind += 1
    return behind


def _author_of(context: Context, system: SystemRecord, updates: tuple[RefUpdate, ...]) -> str | None:
    """The e-mail of the author of the newest commit among the moves, to name in the log."""
    new = next((update.new for update in updates if update.new and update.name.startswith(BRANCHES)), None)
    if new is None:
        return None
    with context.store.open(system.id) as repo:
        return read_commit(repo, new).author.email.lower() or None
