"""Sync: the index brought level with git, which is the truth, wherever a crash or a hand left it behind."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

import pygit2
from sqlalchemy.ext.asyncio import AsyncConnection

from gitstore import refs as git_refs
from gitstore.commits import read_commit
from gitstore.errors import RepositoryMissing
from gitstore.refs import RefUpdate, list_refs, read_ref
from index import mirror, refs, systems, users
from index.systems import SystemRecord
from services import releasing
from services.context import Context
from services.errors import NotFound
from services.identity import SERVICE
from services.landing import BRANCHES, Landed, Landing, broadcast, land
from services.mirroring import fold_history

log = logging.getLogger("xds.sync")


@dataclass(frozen=True, slots=True)
class Drift:
    """In what one system's index differs from its repository; empty where it does not."""

    system_id: UUID
    name: str
    lines: tuple[str, ...]


async def catch_up(context: Context, db: AsyncConnection, system: SystemRecord, names: Collection[str]) -> SystemRecord:
    """With the system's lock held: record what git has and the index has not, if any ref to be written is among it."""
    default, actual = await asyncio.to_thread(_read_refs, context, system, names)
    others = actual.keys() - {BRANCHES + default}
    indexed = await _indexed(db, system.id, others) if others else {}
    indexed[BRANCHES + default] = system.head
    updates = _differences(indexed, actual)
    if updates:  # what moved together, such as the two names of a branch, is to be told together
        default, actual = await asyncio.to_thread(_list_refs, context, system)
        indexed = {**await _indexed(db, system.id), BRANCHES + default: system.head}
        updates = _differences(indexed, {**dict.fromkeys(indexed), **actual})
    # not broadcast here: a hub sees the gap in seq with the next event and reads the log
    landed = await _record(context, db, system, updates, default)
    return landed.system if landed is not None else system


async def level(context: Context, system: SystemRecord) -> SystemRecord:
    """First touch: the system as given where its default branch is as indexed, else as repaired.

    Costs one ref look-up. A landing between its ref and its SQL commit looks like drift for a moment; it holds the
    lock, and who reads meanwhile gets the state before it, without waiting.
    """
    default, actual = await asyncio.to_thread(_read_refs, context, system, ())
    if default == system.default_branch and actual[BRANCHES + default] == system.head:
        return system
    return await _repair(context, system.id, wait=False) or system


async def level_below(context: Context, system: SystemRecord, prefix: str) -> SystemRecord:
    """The same for every ref whose name begins so; costs reading them, in git and in the index."""
    actual = await asyncio.to_thread(_list_below, context, system.id, prefix)
    async with context.reads.connect() as db:
        indexed = await _indexed(db, system.id, actual)
    if indexed == actual:
        return system
    return await _repair(context, system.id, wait=False) or system


async def repair(context: Context, system_id: UUID) -> SystemRecord:
    """Compare every ref of a system with the index and record what differs; the system as it is then."""
    system = await _repair(context, system_id, wait=True)
    if system is None:
        raise NotFound("There is no such design system.")
    return system


async def _repair(context: Context, system_id: UUID, *, wait: bool) -> SystemRecord | None:
    """None where there is no such system, or where somebody else holds its lock and we shall not wait."""
    async with context.engine.begin() as db:
        system = await systems.lock(db, system_id, wait=wait)
        if system is None:
            return None
        default, actual = await asyncio.to_thread(_list_refs, context, system)
        await asyncio.to_thread(_set_head, context, system.id, default)
        indexed = await _indexed(db, system.id)
        indexed[BRANCHES + default] = system.head
        updates = _differences(indexed, {**dict.fromkeys(indexed), **actual})
        landed = await _record(context, db, system, updates, default)
        if landed is None:
            await releasing.level(context, db, system)  # the tags of a time when there were no rows of them
            return system
        log.warning("index of %s was behind its repository in %d refs; repaired", system.id, len(updates))
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
        except NotFound:
            continue
        except Exception:  # one broken repository must not keep the others from being repaired
            log.exception("design system %s could not be repaired", system.id)
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
        state = (await fold_history(context, db, system_id, found.head)).state
        lines = await mirror.compare(db, system_id, state)
        await mirror.replace(db, system_id, state)
        lines += await releasing.differences(context, db, system_id)
        await releasing.rebuild(context, db, system_id)
    return Drift(system.id, system.name, tuple(lines))


async def check(context: Context, system_id: UUID) -> Drift:
    """Compare one system's index with what its repository says it must be; changes nothing."""
    async with context.engine.begin() as db:
        system = await systems.lock(db, system_id)
        if system is None:
            raise NotFound("There is no such design system.")
        default, actual = await asyncio.to_thread(_list_refs, context, system)
        indexed = await _indexed(db, system_id)
        indexed[BRANCHES + default] = system.head
        lines = [
            f"ref {update.name}: {update.old or 'absent'} in the index, {update.new or 'absent'} in git"
            for update in _differences({**dict.fromkeys(actual), **indexed}, {**dict.fromkeys(indexed), **actual})
        ]
        state = (await fold_history(context, db, system_id, actual.get(BRANCHES + default))).state
        lines += await mirror.compare(db, system_id, state)
        lines += await releasing.differences(context, db, system_id)
    return Drift(system.id, system.name, tuple(lines))


async def _record(
    context: Context, db: AsyncConnection, system: SystemRecord, updates: tuple[RefUpdate, ...], default: str
) -> Landed | None:
    """Write down moves that git has made already, as far as can be told in the name of who made them."""
    new_default = default if default != system.default_branch else None
    if not updates and new_default is None:
        return None
    author = await asyncio.to_thread(_author_of, context, system, updates)
    found = await users.ids_by_email(db, {author} if author else set())
    landing = Landing(
        updates=updates,
        user_id=next(iter(found.values()), None),
        who=SERVICE,
        via="repair",
        message="recovered",
        default_branch=new_default,
    )
    return await land(context, db, system, landing, move_refs=False)


async def _indexed(db: AsyncConnection, system_id: UUID, names: Collection[str] | None = None) -> dict[str, str | None]:
    return {name: target.oid for name, target in (await refs.indexed_refs(db, system_id, names)).items()}


def _differences(indexed: Mapping[str, str | None], actual: Mapping[str, str | None]) -> tuple[RefUpdate, ...]:
    return tuple(
        RefUpdate(name, indexed.get(name), oid) for name, oid in sorted(actual.items()) if indexed.get(name) != oid
    )


def _read_refs(context: Context, system: SystemRecord, names: Collection[str]) -> tuple[str, dict[str, str | None]]:
    """The default branch as git has it, and where that one and the refs named stand."""
    with context.store.open(system.id) as repo:
        default = _default_in(repo, system)
        return default, {name: read_ref(repo, name) for name in {BRANCHES + default, *names}}


def _list_refs(context: Context, system: SystemRecord) -> tuple[str, dict[str, str | None]]:
    """The default branch as git has it, and where every ref stands."""
    with context.store.open(system.id) as repo:
        return _default_in(repo, system), {name: target.oid for name, target in list_refs(repo).items()}


def _list_below(context: Context, system_id: UUID, prefix: str) -> dict[str, str | None]:
    with context.store.open(system_id) as repo:
        return {name: target.oid for name, target in list_refs(repo, prefix).items()}


def _set_head(context: Context, system_id: UUID, default: str) -> None:
    """Let HEAD name the default branch, so that a clone checks it out."""
    with context.store.open(system_id) as repo:
        if git_refs.head_branch(repo) != BRANCHES + default:
            git_refs.set_head(repo, BRANCHES + default)


def _default_in(repo: pygit2.Repository, system: SystemRecord) -> str:
    """Our default branch; where git has none by that name, the one that HEAD stands for, if that exists.

    The first push into an empty repository may choose another one, and a crash keep the index from hearing of it.
    """
    if read_ref(repo, BRANCHES + system.default_branch) is None:
        head = git_refs.head_branch(repo)
        if head.startswith(BRANCHES) and read_ref(repo, head) is not None:
            return head.removeprefix(BRANCHES)
    return system.default_branch


def _count_drift(context: Context, recent: list[SystemRecord]) -> int:
    behind = 0
    for system in recent:
        try:
            default, actual = _read_refs(context, system, ())
            behind += actual[BRANCHES + default] != system.head
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
