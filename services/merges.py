"""Merges: one branch's changes brought into another on meaning, judged and landed as every change is."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

import pygit2
from sqlalchemy.ext.asyncio import AsyncConnection

from designsystem.merging.answers import Answers, Resolution, faults_of
from designsystem.merging.conflict import MergeConflict
from designsystem.merging.state import MergedState
from designsystem.problem import Problem, errors_of
from gitstore import trees
from gitstore.history import first_parents
from gitstore.mergebases import merge_bases
from gitstore.refs import RefUpdate, check_ref_name, read_ref
from gitstore.treewriter import write_tree
from index import snapshots
from index.systems import SystemRecord
from services import ownership, protection
from services.access import Standing, writer_standing
from services.boundary import git_errors
from services.changes import Change, announce, locked, prepare
from services.context import Context
from services.drafts import Draft
from services.errors import Conflict, InvalidInput, NotFound, Stale
from services.events import Event
from services.identity import person_of
from services.landing import BRANCHES, Landing, land
from services.policy import Actor
from services.protection import Move, pusher_of
from services.tree_merges import clashes_of, merge_commits, put_into, tree_edits
from services.validation import judge_content, judge_files

MOST_RESOLUTIONS = 1_000
"""Conflicts that one request settles."""

LONGEST_FAST_FORWARD = 10_000
"""Commits that a branch may be ahead for the default one to follow it without a commit of its own for the merge."""

FULL_ID = re.compile(r"[0-9a-f]{40}")


class Approvals(Protocol):
    """What a proposal has to say of its own merge, within the transaction that lands it and under the system's lock."""

    async def require(self, db: AsyncConnection, standing: Standing, *, source: str, into: str) -> None:
        """Return if the commit ``source`` may be merged into the branch ``into``; raises Forbidden or Conflict.

        Asked instead of the branch's protection: it is for the proposal to say who may, and with how many approvals.
        """
        ...

    async def merged(self, db: AsyncConnection, commit: str) -> Sequence[Event]:
        """Record that it was merged as ``commit``, where the branch now stands; the events are logged with the move.

        Called before the branch moves; what it writes is undone with the transaction where that fails.
        """
        ...


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of a merge: the commit at which ``into`` now stands, and the one that was merged."""

    commit: str
    into: str
    changed: bool
    source: str
    fast_forward: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merge would come to now: the commits it is about, what is to be answered, and what it would break.

    ``problems`` are those of the merged whole; they can be told only where no conflict is open.
    """

    source: str
    into: str | None
    fast_forward: bool
    already_merged: bool
    conflicts: tuple[MergeConflict, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Plan:
    """Two commits to be merged, and what they have in common."""

    source: str
    into: str | None
    bases: tuple[str, ...] = ()
    fast_forward: bool = False

    @property
    def already_merged(self) -> bool:
        return self.into is not None and self.source in self.bases


async def merge(
    context: Context,
    actor: Actor,
    system_id: UUID,
    *,
    source: str,
    into: str,
    message: str | None = None,
    resolutions: Sequence[Resolution] = (),
    expected: str | None = None,
    expected_source: str | None = None,
    approvals: Approvals | None = None,
) -> Merged:
    """Merge a branch (or commit) into a branch; when it returns, that is in git and in the index, on disk.

    Where nothing happened on ``into`` since the two parted, and no ``message`` asks for a commit of its own, it moves
    to the source's commit; the default branch only where that keeps its first-parent history. ``expected`` and
    ``expected_source`` are where the two stood when the caller looked; Stale where they do no more. Raises Conflict
    with every clash that no resolution settles, and what :func:`services.changes.apply` raises; none of them changes
    anything.
    """
    request = _Request(system_id, source, into, message, tuple(resolutions), expected, expected_source)
    with git_errors():
        for name in (into, source):
            check_ref_name(BRANCHES + name)
        return await _merge(context, actor, request, approvals)


async def preview(
    context: Context, system: SystemRecord, *, source: str, into: str, resolutions: Sequence[Resolution] = ()
) -> Preview:
    """What :func:`merge` would meet if it were asked now, whoever asked; moves nothing and takes no lock."""
    with git_errors():
        return await asyncio.to_thread(_preview, context, system, source, into, tuple(resolutions))


async def trial(
    context: Context,
    actor: Actor,
    system_id: UUID,
    *,
    source: str,
    into: str,
    resolutions: Sequence[Resolution] = (),
    expected: str | None = None,
    expected_source: str | None = None,
) -> Preview:
    """:func:`preview` for somebody who may write; raises what :func:`merge` would of the request itself."""
    request = _Request(system_id, source, into, None, tuple(resolutions), expected, expected_source)
    with git_errors():
        for name in (into, source):
            check_ref_name(BRANCHES + name)
    async with context.reads.connect() as db:
        system = (await writer_standing(db, actor, system_id)).system
    found = await preview(context, system, source=source, into=into, resolutions=resolutions)
    _check_expected(_Plan(found.source, found.into), request)
    return found


@dataclass(frozen=True, slots=True)
class _Request:
    system_id: UUID
    source: str
    into: str
    message: str | None
    resolutions: tuple[Resolution, ...]
    expected: str | None
    expected_source: str | None


async def _merge(context: Context, actor: Actor, request: _Request, approvals: Approvals | None) -> Merged:
    async with context.reads.connect() as db:
        standing = await writer_standing(db, actor, request.system_id)
        if approvals is None:
            protection.require(standing.system, pusher_of(standing), request.into, Move.UPDATE)
    names = [BRANCHES + name for name in (request.into, request.source)]
    async with context.turns.of(request.system_id), context.engine.begin() as db:
        system = await locked(context, db, request.system_id, names)
        standing = replace(await writer_standing(db, actor, request.system_id), system=system)
        plan = await asyncio.to_thread(_plan, context, system, request.source, request.into)
        _check_expected(plan, request)
        if approvals is not None:
            await approvals.require(db, standing, source=plan.source, into=request.into)
        else:
            protection.require(system, pusher_of(standing), request.into, Move.UPDATE)
        change = _change(plan, request)
        prepared = await asyncio.to_thread(prepare, context, standing, request.into, change)
        commit, changed = str(prepared.new), prepared.new != prepared.old
        told = [_merged_event(request, plan, commit)] if changed else []
        told += await approvals.merged(db, commit) if approvals is not None else ()
        if not changed and not told:
            return Merged(commit, request.into, False, plan.source)
        move = (RefUpdate(BRANCHES + request.into, prepared.old, prepared.new),) if changed else ()
        landing = Landing(
            updates=move,
            user_id=standing.actor.user_id,
            who=person_of(standing.actor),
            via="merge",
            message=change.message,
            folded=prepared.folded,
            told=tuple(told),
        )
        landed = await land(context, db, system, landing, move_refs=changed)
    await announce(context, landed)
    return Merged(commit, request.into, changed, plan.source, fast_forward=commit == plan.source and changed)


def _plan(context: Context, system: SystemRecord, source: str, into: str) -> _Plan:
    with context.store.open(system.id) as repo:
        return _plan_on(repo, system, source, into)


def _plan_on(repo: pygit2.Repository, system: SystemRecord, source: str, into: str) -> _Plan:
    """What there is to merge; raises NotFound, or Conflict where the two have nothing in common."""
    commit = trees.resolve(repo, source) if FULL_ID.fullmatch(source) else read_ref(repo, BRANCHES + source)
    if commit is None:
        raise NotFound(f"There is no branch {source!r}.")
    old = read_ref(repo, BRANCHES + into)
    if old is None:
        if into != system.default_branch:
            raise NotFound(f"There is no branch {into!r}.")
        return _Plan(commit, None, fast_forward=True)
    bases = tuple(merge_bases(repo, old, commit))
    if not bases:
        raise Conflict(f"{source} and {into} have no history in common; there is nothing to merge them by.", commit=old)
    return _Plan(commit, old, bases, bases == (old,) and (into != system.default_branch or _goes_on(repo, old, commit)))


def _goes_on(repo: pygit2.Repository, old: str, new: str) -> bool:
    """Whether a commit is further along the default branch's own line, by which versions are counted: first parents.

    A branch that took the default one in by a merge has it as a second parent, and gets a commit on that line.
    """
    return first_parents(repo, old, new, limit=LONGEST_FAST_FORWARD) is not None


def _check_expected(plan: _Plan, request: _Request) -> None:
    if request.expected is not None and request.expected != plan.into:
        raise Stale(f"{request.into} has moved since you looked.", current=plan.into)
    if request.expected_source is not None and request.expected_source != plan.source:
        raise Stale(f"{request.source} has moved since you looked.", current=plan.source)


def _change(plan: _Plan, request: _Request) -> Change[None]:
    """The merge as an edit for the one way in."""
    # a branch that was not begun yet has no commit to put beside the source's
    adopts = plan.fast_forward and (request.message is None or plan.into is None)
    message = request.message or f"Merge {_named(request.source)} into {request.into}"

    def edit(draft: Draft) -> None:
        if plan.already_merged or adopts:
            _refuse_answers(request.resolutions)
        if adopts:
            draft.adopt(plan.source)
        elif plan.into is not None and not plan.already_merged:
            put_into(draft, _settled(draft.repo, plan, plan.into, request))

    makes_commit = not adopts and not plan.already_merged
    return Change(
        system_id=request.system_id,
        edit=edit,
        message=message,
        branch=request.into,
        via="merge",
        merging=plan.source if makes_commit else None,
    )


def _settled(repo: pygit2.Repository, plan: _Plan, into: str, request: _Request) -> MergedState:
    merged = merge_commits(repo, into, plan.source, plan.bases, resolutions=request.resolutions)
    if merged.conflicts:
        count = len(merged.conflicts)
        what = f"{count:,} conflicts are" if count > 1 else "A conflict is"
        raise Conflict(
            f"{what} to be settled before {request.source} can be merged into {request.into}.",
            clashes_of(merged.conflicts),
            commit=into,
        )
    return merged


def _refuse_answers(resolutions: Sequence[Resolution]) -> None:
    if problems := [*faults_of(resolutions), *Answers(resolutions).problems()]:
        raise InvalidInput(problems)


def _preview(
    context: Context, system: SystemRecord, source: str, into: str, resolutions: tuple[Resolution, ...]
) -> Preview:
    with context.store.open(system.id) as repo:
        plan = _plan_on(repo, system, source, into)
        found = Preview(plan.source, plan.into, plan.fast_forward, plan.already_merged)
        if plan.already_merged:
            _refuse_answers(resolutions)
            return found
        before = trees.tree_of(repo, plan.into) if plan.into is not None else None
        if plan.fast_forward or plan.into is None:
            _refuse_answers(resolutions)
            tree = trees.tree_of(repo, plan.source)
        else:
            merged = merge_commits(repo, plan.into, plan.source, plan.bases, resolutions=resolutions)
            if merged.conflicts:
                return replace(found, conflicts=merged.conflicts)
            tree = write_tree(repo, before, tree_edits(repo, merged, lambda path: _mode_at(repo, before, path)))
        return replace(found, problems=tuple(_problems(context, repo, system, before, tree)))


def _mode_at(repo: pygit2.Repository, tree: str | None, path: str) -> int | None:
    entry = trees.entry_at(repo, tree, path) if tree is not None else None
    return entry.mode if entry is not None else None


def _problems(
    context: Context, repo: pygit2.Repository, system: SystemRecord, old: str | None, tree: str
) -> list[Problem]:
    """What the merged whole breaks that was whole before."""
    before = context.snapshots.at(repo, system.id, old)
    changes = snapshots.differing(repo, old, tree)
    found = judge_files(repo, before, tree, changes, context.limits.files)
    if errors_of(found):
        return errors_of(found)
    after = snapshots.follow(repo, before, tree, changes)
    found += judge_content(repo, before, after, changes) + ownership.faults(repo, changes)
    return errors_of(found)


def _named(source: str) -> str:
    return f"commit {source[:10]}" if FULL_ID.fullmatch(source) else f"branch '{source}'"


def _merged_event(request: _Request, plan: _Plan, commit: str) -> Event:
    details = {"branch": request.into, "source": request.source, "merged": plan.source, "commit": commit}
    return Event("branch.merged", "branch", None, {**details, "via": "merge"})
