"""The one way in for edits: authorise, validate, commit, compare-and-swap, mirror and log, broadcast (DESIGN §6)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar
from uuid import UUID

import pygit2
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from designsystem.problem import Problem, errors_of
from designsystem.rules import FileLimits
from gitstore import trees
from gitstore.commits import write_commit
from gitstore.refs import RefUpdate, check_ref_name, read_ref
from gitstore.treewriter import EMPTY_TREE, write_tree
from index import snapshots, systems
from index.fold import Folded, fold
from index.snapshots import Snapshot
from index.systems import SystemRecord
from services import ownership, protection, sync
from services.access import Standing, writer_standing
from services.boundary import git_errors
from services.context import Context
from services.drafts import Draft
from services.errors import InvalidInput, NotFound, Unavailable
from services.identity import SERVICE, person_of
from services.landing import BRANCHES, Landed, Landing, broadcast, land
from services.ownership import Step
from services.policy import Actor
from services.protection import Move, pusher_of
from services.validation import judge_content, judge_draft, judge_files

WAITED_TOO_LONG = ("57014", "55P03")
"""PostgreSQL's query_canceled (statement_timeout) and lock_not_available."""

R = TypeVar("R")
Edit = Callable[[Draft], R]
"""Changes a draft's files and returns what the caller wants to know; raises to refuse. Runs in a thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Generic[R]):
    """A command: one edit, as one commit, on one branch (None: the default branch)."""

    system_id: UUID
    edit: Edit[R]
    message: str
    branch: str | None = None
    via: str = "rest"
    merging: str | None = None
    """The commit that comes together with the branch: the second parent of a commit made even where no file changes."""


@dataclass(frozen=True, slots=True)
class Done(Generic[R]):
    """What became of a change: the commit that now holds it (the old head where it changed nothing)."""

    system: SystemRecord
    branch: str
    commit: str | None
    changed: bool
    result: R
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Prepared(Generic[R]):
    """A commit that is written and judged, but that no ref leads to yet; ``new`` is ``old`` where nothing changed."""

    old: str | None
    new: str | None
    result: R
    snapshot: Snapshot
    folded: Folded | None


async def apply(context: Context, actor: Actor, change: Change[R]) -> Done[R]:
    """Carry out a change or raise; when it returns, the change is in git and in the index, on disk.

    Raises NotFound, Forbidden, InvalidInput (with every problem), Conflict and Stale; none of them changes anything.
    """
    with git_errors():
        if change.branch:
            check_ref_name(BRANCHES + change.branch)
        return await _apply(context, actor, change)


async def _apply(context: Context, actor: Actor, change: Change[R]) -> Done[R]:
    # before the queue: who may not write must not make others wait
    async with context.reads.connect() as db:
        standing = await writer_standing(db, actor, change.system_id)
        _may_move(standing, change.branch)
    async with context.turns.of(change.system_id), context.engine.begin() as db:
        system = await locked(context, db, standing.system.id, [BRANCHES + change.branch] if change.branch else [])
        # and after it: the wait may have been long, and a role may have gone meanwhile, or a protection come
        standing = replace(await writer_standing(db, actor, change.system_id), system=system)
        branch, actor = _may_move(standing, change.branch), standing.actor
        prepared = await asyncio.to_thread(prepare, context, standing, branch, change)
        if prepared.new == prepared.old:
            return Done(system, branch, prepared.old, False, prepared.result, prepared.snapshot)
        landed = await land(context, db, system, _landing(actor, branch, change, prepared))
    await announce(context, landed)
    return Done(landed.system, branch, prepared.new, True, prepared.result, prepared.snapshot)


def _may_move(standing: Standing, branch: str | None) -> str:
    """The branch that a change goes to, if its protection lets the writer; raises Forbidden."""
    branch = branch or standing.system.default_branch
    protection.require(standing.system, pusher_of(standing), branch, Move.UPDATE)
    return branch


async def locked(context: Context, db: AsyncConnection, system_id: UUID, names: Collection[str]) -> SystemRecord:
    """The system with its writers' lock held and its index level with git, as every write to these refs must find it.

    The default branch is levelled whether it is named or not.
    """
    return await sync.catch_up(context, db, await lock(db, system_id), names)


async def lock(db: AsyncConnection, system_id: UUID) -> SystemRecord:
    """The system with its writers' lock held; NotFound, or Unavailable where another process holds it too long."""
    try:
        system = await systems.lock(db, system_id)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in WAITED_TOO_LONG:
            raise Unavailable("Another process is writing to this design system; try again.") from error
        raise
    if system is None:
        raise NotFound("There is no such design system.")
    return system


async def announce(context: Context, landed: Landed) -> None:
    """What follows a committed landing and must never fail it: broadcast, and maintenance now and then."""
    await broadcast(context, landed)
    await context.upkeep.consider(landed.system.id)


def _landing(actor: Actor, branch: str, change: Change[R], prepared: Prepared[R]) -> Landing:
    return Landing(
        updates=(RefUpdate(BRANCHES + branch, prepared.old, prepared.new),),
        user_id=actor.user_id,
        who=person_of(actor),
        via=change.via,
        message=change.message,
        folded=prepared.folded,
    )


def prepare(context: Context, standing: Standing, branch: str, change: Change[R]) -> Prepared[R]:
    """Draft, edit, judge, write the commit and fold it, in one thread on one open repository; no ref moves.

    For those who hold the system's lock (:func:`locked`) and land what comes of it, be it with other refs. Whether the
    branch may be moved they have asked before; owners are asked here. Raises what :func:`apply` raises.
    """
    system = standing.system
    with context.store.open(system.id) as repo:
        old = _base(repo, system, branch)
        before = context.snapshots.at(repo, system.id, trees.tree_of(repo, old) if old else None)
        draft = Draft(repo, context.snapshots, system.id, old, before)
        result = change.edit(draft)
        tree = _written(repo, draft, context.limits.files)
        if tree == before.tree and draft.adopted is None and change.merging is None:
            return Prepared(old, old, result, before, None)
        step = _step_of(repo, draft, tree, context.limits.files)
        _refuse(ownership.faults(repo, step.changes))
        if protection.is_guarded(system, branch):
            ownership.require(repo, ownership.owners_at(repo, before.tree), pusher_of(standing), step)
        new = draft.adopted or _commit(context, repo, standing.actor, change, [old] if old else [], tree or EMPTY_TREE)
        folded = None
        if branch == system.default_branch and draft.adopted is None:
            folded = fold(repo, system.id, before, [new], _people(standing.actor), known=step.after)
        context.snapshots.keep(system.id, step.after)
        return Prepared(old, new, result, step.after, folded)


def _written(repo: pygit2.Repository, draft: Draft, limits: FileLimits) -> str | None:
    """The tree that a draft comes to (None: still nothing), judged before anything is written where that can be."""
    if draft.adopted is not None:
        return trees.tree_of(repo, draft.adopted)
    if not draft.edits:
        return draft.snapshot.tree
    if not draft.placed:
        _refuse(judge_draft(draft, limits))
    return write_tree(repo, draft.snapshot.tree, draft.edits)


def _commit(
    context: Context, repo: pygit2.Repository, actor: Actor, change: Change[R], parents: list[str], tree: str
) -> str:
    return write_commit(
        repo,
        tree=tree,
        parents=[*parents, change.merging] if change.merging else parents,
        author=person_of(actor),
        committer=SERVICE,
        message=change.message,
        when=context.clock(),
    )


def _people(actor: Actor) -> dict[str, UUID]:
    return {actor.email.lower(): actor.user_id} if actor.email and actor.user_id else {}


def _base(repo: pygit2.Repository, system: SystemRecord, branch: str) -> str | None:
    """The commit that an edit stands on; a branch other than the default one must exist."""
    old = read_ref(repo, BRANCHES + branch)
    if old is None and branch != system.default_branch:
        raise NotFound(f"There is no branch {branch!r}.")
    return old


def _refuse(found: Iterable[Problem]) -> None:
    problems = errors_of(found)
    if problems:
        raise InvalidInput(problems)


def _step_of(repo: pygit2.Repository, draft: Draft, tree: str | None, limits: FileLimits) -> Step:
    """What the edit comes to; a manifest or resolver may change what every file means, and is judged on the tree."""
    before = draft.snapshot
    changes = snapshots.differing(repo, before.tree, tree)
    if tree is None or not changes:
        return Step(before, before, changes)
    if not draft.is_structural:
        return Step(before, draft.snapshot_of(tree, changes), changes)
    _refuse(judge_files(repo, before, tree, changes, limits))
    after = draft.snapshot_of(tree, changes)
    _refuse(judge_content(repo, before, after, changes))
    return Step(before, after, changes)
