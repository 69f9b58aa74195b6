"""Mirroring: the default branch's new commits folded into the index, within the transaction that lands them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from designsystem.tokens.diff import TokenDiff, diff
from gitstore.errors import ObjectMissing
from gitstore.history import first_parents
from gitstore.trees import list_directory, tree_of
from index import mirror, users
from index.fold import CHUNK, Folded, TouchedComponent, author_emails, fold, touched_components
from index.snapshots import Snapshot, differing, empty_snapshot
from index.systems import SystemRecord
from services.context import Context

log = logging.getLogger("xds.mirroring")


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What the default branch's move comes to: the states before and after, and the components it touched."""

    before: Snapshot
    after: Snapshot
    components: tuple[TouchedComponent, ...]

    @property
    def tokens(self) -> TokenDiff:
        """The tokens in which the two states differ."""
        return diff(self.before.tokens, self.after.tokens)


async def mirror_move(
    context: Context, db: AsyncConnection, system: SystemRecord, new: str | None, *, known: Folded | None = None
) -> Mirrored:
    """Bring the mirror from ``system.head`` to ``new``: step by step, or anew where history was rewritten or is gone.

    ``known`` is the fold of exactly one commit on top of the head, where the caller has it already. Call it while
    holding the system's lock.
    """
    before, chain = await asyncio.to_thread(_survey, context, system, new)
    if known is not None and chain == [new]:
        await mirror.apply(db, system.id, known.delta)
        after = known.snapshot
        if not known.delta.component_versions:
            return Mirrored(before, after, ())
    elif chain is not None:
        after = await _mirror_chain(context, db, system, before, chain)
    else:
        folded = await fold_history(context, db, system.id, new)
        await mirror.replace(db, system.id, folded.state)
        after = folded.snapshot
    return Mirrored(before, after, await asyncio.to_thread(_touched, context, system.id, before, after))


async def fold_history(context: Context, db: AsyncConnection, system_id: UUID, head: str | None) -> Folded:
    """A commit's whole first-parent history, folded from nothing; nothing (None) before the first commit."""
    chain = await asyncio.to_thread(_chain_from_root, context, system_id, head)
    people = await people_of(context, db, system_id, chain)
    folded = await asyncio.to_thread(_fold, context, system_id, empty_snapshot(), chain, people)
    context.snapshots.keep(system_id, folded.snapshot)
    return folded


async def people_of(
    context: Context, db: AsyncConnection, system_id: UUID, commits: Sequence[str]
) -> Mapping[str, UUID]:
    """The accounts of the authors of some commits, by lower-cased e-mail."""
    return await users.ids_by_email(db, await asyncio.to_thread(_emails, context, system_id, commits))


async def _mirror_chain(
    context: Context, db: AsyncConnection, system: SystemRecord, before: Snapshot, chain: Sequence[str]
) -> Snapshot:
    people = await people_of(context, db, system.id, chain)
    snapshot = before
    for start in range(0, len(chain), CHUNK):
        folded = await asyncio.to_thread(_fold, context, system.id, snapshot, chain[start : start + CHUNK], people)
        await mirror.apply(db, system.id, folded.delta)
        snapshot = folded.snapshot
    context.snapshots.keep(system.id, snapshot)
    return snapshot


def _touched(context: Context, system_id: UUID, before: Snapshot, after: Snapshot) -> tuple[TouchedComponent, ...]:
    with context.store.open(system_id) as repo:
        changes = differing(repo, before.tree, after.tree)
        return tuple(touched_components(repo, system_id, before, after, changes))


def _survey(context: Context, system: SystemRecord, new: str | None) -> tuple[Snapshot, list[str] | None]:
    with context.store.open(system.id) as repo:
        try:
            tree = tree_of(repo, system.head) if system.head else None
            before = context.snapshots.at(repo, system.id, tree)
            if tree is not None:
                list_directory(repo, tree)  # a snapshot that is held says nothing of what git still has
        except ObjectMissing:
            log.warning("%s: the indexed head %s is gone from the repository", system.id, system.head)
            return empty_snapshot(), None
        return before, first_parents(repo, system.head, new) if new is not None else None


def _chain_from_root(context: Context, system_id: UUID, head: str | None) -> list[str]:
    if head is None:
        return []
    with context.store.open(system_id) as repo:
        return first_parents(repo, None, head) or []


def _emails(context: Context, system_id: UUID, commits: Sequence[str]) -> set[str]:
    with context.store.open(system_id) as repo:
        return author_emails(repo, commits)


def _fold(
    context: Context, system_id: UUID, before: Snapshot, commits: Sequence[str], people: Mapping[str, UUID]
) -> Folded:
    with context.store.open(system_id) as repo:
        return fold(repo, system_id, before, commits, people)
