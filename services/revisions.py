"""Revisions: which commit a read is about, and whether the index can answer it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from gitstore import trees
from gitstore.refs import read_ref
from index import systems
from index.snapshots import Snapshot, empty_snapshot
from index.systems import SystemRecord
from services import sync
from services.boundary import git_errors
from services.context import Context
from services.landing import BRANCHES, TAGS


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit to read at (None: nothing was committed yet).

    ``indexed`` says that it was asked for as the default branch, which the index mirrors: only there are times and
    versions known. ``fixed`` says that the name it was asked by, a tag or a full commit id, will always mean the same.
    """

    system: SystemRecord
    commit: str | None
    indexed: bool
    fixed: bool


async def revision_at(context: Context, system: SystemRecord, ref: str | None) -> Revision:
    """The commit that ``?ref=`` names; without one the default branch, its index levelled with git first.

    Raises NotFound for a name that is no branch, tag or commit.
    """
    with git_errors():
        system = await sync.level(context, system)
        if not ref:
            return Revision(system, system.head, True, False)
        commit, fixed = await asyncio.to_thread(_resolve, context, system, ref)
    # what another name for the same commit answers must stay the same when the head moves on
    names = (system.default_branch, BRANCHES + system.default_branch, "HEAD")
    return Revision(system, commit, commit == system.head and ref in names, fixed)


async def still_indexed(context: Context, revision: Revision) -> bool:
    """Whether what was read from the index just now was this revision: no other has landed since it was looked up."""
    async with context.reads.connect() as db:
        system = await systems.get(db, revision.system.id)
    return system is not None and system.head == revision.commit


async def snapshot_at(context: Context, revision: Revision) -> Snapshot:
    """What the files mean at a revision."""
    if revision.commit is None:
        return empty_snapshot()
    with git_errors():
        return await asyncio.to_thread(_snapshot, context, revision.system, revision.commit)


def _resolve(context: Context, system: SystemRecord, ref: str) -> tuple[str, bool]:
    with context.store.open(system.id) as repo:
        commit = trees.resolve(repo, ref)
        is_branch = read_ref(repo, f"refs/heads/{ref}") is not None or ref.startswith("refs/heads/")
        is_tag = ref.startswith(TAGS) or read_ref(repo, TAGS + ref) is not None
        return commit, ref == commit or (is_tag and not is_branch)


def _snapshot(context: Context, system: SystemRecord, commit: str) -> Snapshot:
    with context.store.open(system.id) as repo:
        return context.snapshots.at(repo, system.id, trees.tree_of(repo, commit))
