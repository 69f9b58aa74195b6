"""Reverts of a whole system: one commit undone, or the state of an earlier revision, always as a new commit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import pygit2

from designsystem.merging.answers import Resolution
from designsystem.merging.conflict import Side
from gitstore import trees
from gitstore.commits import CommitInfo, read_commit
from gitstore.treewriter import BlobRef
from services import changes
from services.access import system_for
from services.boundary import git_errors
from services.changes import Change, Edit
from services.context import Context
from services.design_tokens import Where
from services.drafts import Draft
from services.errors import Conflict, InvalidInput, NotFound, Stale
from services.policy import Action, Actor
from services.revisions import revision_at
from services.tree_merges import clashes_of, merge_trees, put_into

LONGEST_SUBJECT = 200
"""Characters of a commit's subject that the message of its revert quotes."""


@dataclass(frozen=True, slots=True)
class Reverted:
    """Where the branch stands after a revert (None: still nothing), and whether that made a commit."""

    commit: str | None
    branch: str
    changed: bool


async def revert_commit(
    context: Context,
    actor: Actor,
    system_id: UUID,
    *,
    commit: str,
    mainline: int | None = None,
    resolutions: Sequence[Resolution] = (),
    take: Side | None = None,
    seen: str | None = None,
    where: Where,
) -> Reverted:
    """Undo what one commit did, as git revert does but on meaning; what others did since stays.

    ``commit`` is any revision; of a merge, ``mainline`` says which parent (from 1) it shall be undone to. ``take``
    settles every clash that no resolution does: theirs undoes, ours keeps what stands. Raises Conflict with those that
    are left, InvalidInput where the outcome would break something else.
    """
    info = await named_commit(context, actor, system_id, commit)

    def edit(draft: Draft) -> None:
        _check_known(draft, seen)
        undone = _undone_to(draft.repo, info, mainline)
        merged = merge_trees(
            draft.repo,
            base=info.tree,
            ours=draft.snapshot.tree,
            theirs=undone,
            resolutions=resolutions,
            by_default=take,
        )
        if merged.conflicts:
            count = len(merged.conflicts)
            what = f"{count:,} conflicts are" if count > 1 else "A conflict is"
            detail = f"{what} to be settled before {info.oid[:10]} can be undone."
            raise Conflict(detail, clashes_of(merged.conflicts), commit=draft.head)
        put_into(draft, merged)

    message = f'Revert "{info.subject[:LONGEST_SUBJECT]}"\n\nThis reverts commit {info.oid}.'
    return await _apply(context, actor, system_id, edit, where, message)


async def revert_to(
    context: Context, actor: Actor, system_id: UUID, *, ref: str, seen: str | None = None, where: Where
) -> Reverted:
    """Give every file the content that it had at a revision; what came since stays in the history.

    With ``seen``, Stale where the branch does not stand at that commit any more: what others did since would go too.
    """
    info = await named_commit(context, actor, system_id, ref)

    def edit(draft: Draft) -> None:
        if seen not in (None, draft.head):
            raise Stale("The branch has moved since you looked.", current=draft.head)
        for change in trees.changed(draft.repo, draft.snapshot.tree, info.tree):
            draft.place(change.path, BlobRef(change.new_oid, change.new_mode) if change.new_oid is not None else None)

    name = ref if ref != info.oid else info.oid[:10]
    return await _apply(context, actor, system_id, edit, where, f"Revert to {name}\n\nAs at commit {info.oid}.")


async def named_commit(context: Context, actor: Actor, system_id: UUID, ref: str) -> CommitInfo:
    """The commit that a writer names; asks first whether they may write at all. Raises NotFound where there is none."""
    async with context.reads.connect() as db:
        system = await system_for(db, actor, system_id, Action.CONTENT_WRITE)
    revision = await revision_at(context, system, ref)
    if revision.commit is None:
        raise NotFound("Nothing was committed to this design system yet.")
    with git_errors():
        return await asyncio.to_thread(_read, context, system_id, revision.commit)


def _read(context: Context, system_id: UUID, commit: str) -> CommitInfo:
    with context.store.open(system_id) as repo:
        return read_commit(repo, commit)


def _undone_to(repo: pygit2.Repository, info: CommitInfo, mainline: int | None) -> str | None:
    """The tree from which the commit was made; None for the first commit."""
    if mainline is None and len(info.parents) > 1:
        message = f"{info.oid[:10]} is a merge: say by mainline which of its {len(info.parents)} parents to go back to."
        raise InvalidInput.of("mainline", "missing", message)
    if mainline is not None and not 1 <= mainline <= len(info.parents):
        message = f"{info.oid[:10]} has no parent {mainline}; it has {len(info.parents)}."
        raise InvalidInput.of("mainline", "no-such-parent", message)
    parents = info.parents[(mainline or 1) - 1 :]
    return trees.tree_of(repo, parents[0]) if parents else None


def _check_known(draft: Draft, seen: str | None) -> None:
    """Whatever the writer saw, what came since is kept; but it must be a state of this system."""
    if seen not in (None, draft.head) and draft.snapshot_at(str(seen)) is None:
        raise Stale("If-Match names no commit of this design system.", current=draft.head)


async def _apply(
    context: Context, actor: Actor, system_id: UUID, edit: Edit[None], where: Where, message: str
) -> Reverted:
    change = Change(system_id=system_id, edit=edit, message=where.says(message), branch=where.branch)
    done = await changes.apply(context, actor, change)
    return Reverted(done.commit, done.branch, done.changed)
