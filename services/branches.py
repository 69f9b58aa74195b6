"""Branches: listed with how far they have gone, made, renamed and deleted, each through the one way in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import islice
from uuid import UUID

import pygit2
from sqlalchemy.ext.asyncio import AsyncConnection

from designsystem.problem import Problem, errors_of
from gitstore import trees
from gitstore.commits import CommitInfo, read_commit
from gitstore.divergence import MOST_CARRIED, carried, divergences
from gitstore.errors import InvalidRefName, ObjectMissing
from gitstore.history import line_before
from gitstore.refs import RefUpdate, check_ref_name, read_ref
from index import proposals, refs, snapshots
from index.paging import Page
from index.snapshots import Snapshot
from index.systems import SystemRecord
from services import ownership, sync
from services.access import Standing, readable, writer_standing
from services.boundary import git_errors
from services.changes import announce, locked
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidInput, NotFound, Stale
from services.events import Event
from services.identity import person_of
from services.landing import BRANCHES, Landed, Landing, land
from services.policy import Actor
from services.protection import is_protected
from services.push_guards import PushGuard
from services.pushes import refused_refs
from services.validation import judge_content, judge_files

__all__ = [
    "Branch",
    "CommitInfo",
    "create_branch",
    "delete_branch",
    "get_branch",
    "list_branches",
    "rename_branch",
]


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch as it stands in git. ``ahead`` and ``behind`` count the commits that it alone has and that the default
    branch alone has; None where they are too far apart to be counted, or there is no default branch yet."""

    name: str
    commit: str
    default: bool
    protected: bool
    ahead: int | None
    behind: int | None
    last: CommitInfo


async def list_branches(
    context: Context, actor: Actor, system_id: UUID, *, q: str | None, limit: int, cursor: str | None
) -> Page[Branch]:
    """Branches by name; ``q`` is part of one. Costs what the page costs, whatever the number of branches."""
    system = await readable(context, actor, system_id)
    with git_errors():
        system = await sync.level(context, system)
        async with context.reads.connect() as db:
            found = await refs.branch_page(db, system_id, q=q, limit=limit, cursor=cursor)
        return Page(await asyncio.to_thread(_described, context, system, found.items), found.next_cursor)


async def get_branch(context: Context, actor: Actor, system_id: UUID, name: str) -> tuple[SystemRecord, Branch]:
    """One branch, and its system."""
    system = await readable(context, actor, system_id)
    with git_errors():
        system = await sync.level(context, system)
        found = await asyncio.to_thread(_described, context, system, [name])
    if not found:
        raise _absent(name)
    return system, found[0]


async def create_branch(context: Context, actor: Actor, system_id: UUID, name: str, start: str | None) -> Branch:
    """A new branch that begins at a branch, tag or commit (None: at the default branch).

    What it begins at is judged as a push of it would be. Conflict where there is one of that name.
    """
    ref = BRANCHES + name

    def plan(repo: pygit2.Repository, standing: Standing) -> RefUpdate:
        if read_ref(repo, ref) is not None:
            raise Conflict(f"There is a branch {name!r} already.")
        return RefUpdate(ref, None, _start(repo, standing.system, start))

    with git_errors():
        check_ref_name(ref)
        async with _writing(context, actor, system_id, [ref]) as (db, standing):
            update = await asyncio.to_thread(_planned, context, standing, plan)
            landed = await land(context, db, standing.system, _landing(standing.actor, update, f"Create branch {name}"))
        await announce(context, landed)
        return await _one(context, landed.system, name)


async def delete_branch(context: Context, actor: Actor, system_id: UUID, name: str, *, seen: str | None) -> None:
    """Delete a branch; the open proposals from and to it are closed. Stale where it is not where the caller saw it."""

    def plan(repo: pygit2.Repository, standing: Standing) -> RefUpdate:
        return RefUpdate(BRANCHES + name, _standing(repo, standing.system, name, seen, "deleted"), None)

    with git_errors():
        async with _writing(context, actor, system_id, _writable(name)) as (db, standing):
            update = await asyncio.to_thread(_planned, context, standing, plan)
            landed = await land(context, db, standing.system, _landing(standing.actor, update, f"Delete branch {name}"))
        await announce(context, landed)


async def rename_branch(
    context: Context, actor: Actor, system_id: UUID, name: str, new: str, *, seen: str | None
) -> Branch:
    """Give a branch another name, under which its open proposals go on.

    First the new one comes, then the old one goes: wherever a crash falls, its commits have a name.
    """

    def plan(repo: pygit2.Repository, standing: Standing) -> RefUpdate:
        commit = _standing(repo, standing.system, name, seen, "renamed")
        if read_ref(repo, BRANCHES + new) is not None:
            raise Conflict(f"There is a branch {new!r} already.")
        going = RefUpdate(BRANCHES + name, commit, None)
        _permit(context, repo, standing, going)
        return RefUpdate(BRANCHES + new, None, commit)

    message = f"Rename branch {name} to {new}"
    with git_errors():
        check_ref_name(BRANCHES + new)
        async with _writing(context, actor, system_id, [*_writable(name), BRANCHES + new]) as (db, standing):
            if new == name:
                return await _one(context, standing.system, name)
            update = await asyncio.to_thread(_planned, context, standing, plan)
            await proposals.rename_branch(db, system_id, name, new)
            came = await land(context, db, standing.system, _landing(standing.actor, update, message))
            gone = _landing(standing.actor, RefUpdate(BRANCHES + name, update.new, None), message)
            told = Event("branch.renamed", "branch", None, {"branch": new, "was": name, "commit": update.new})
            went = await land(context, db, came.system, replace(gone, told=(told,)))
        await announce(context, Landed(went.system, came.events + went.events))
        return await _one(context, went.system, new)


@asynccontextmanager
async def _writing(
    context: Context, actor: Actor, system_id: UUID, names: Sequence[str]
) -> AsyncIterator[tuple[AsyncConnection, Standing]]:
    """A transaction with the system's lock held, these refs level with git, and how the writer stands now."""
    async with context.reads.connect() as db:  # before the queue: who may not write must not make others wait
        await writer_standing(db, actor, system_id)
    async with context.turns.of(system_id), context.engine.begin() as db:
        system = await locked(context, db, system_id, names)
        yield db, replace(await writer_standing(db, actor, system_id), system=system)


def _writable(name: str) -> list[str]:
    """The ref of a branch that is there; one that no branch can have is like one that none has."""
    try:
        return [check_ref_name(BRANCHES + name)]
    except InvalidRefName as error:
        raise _absent(name) from error


def _absent(name: str) -> NotFound:
    return NotFound(f"There is no branch {name[:300]!r}.")


def _landing(actor: Actor, update: RefUpdate, message: str) -> Landing:
    return Landing(updates=(update,), user_id=actor.user_id, who=person_of(actor), via="rest", message=message)


def _planned(
    context: Context, standing: Standing, plan: Callable[[pygit2.Repository, Standing], RefUpdate]
) -> RefUpdate:
    with context.store.open(standing.system.id) as repo:
        update = plan(repo, standing)
        _permit(context, repo, standing, update)
        return update


def _permit(context: Context, repo: pygit2.Repository, standing: Standing, update: RefUpdate) -> None:
    """Return if the branch may move so, as a push might; raises InvalidInput or Forbidden."""
    problems = refused_refs(standing.system, [update], 1)
    if not problems and update.new is not None:
        problems = errors_of(_judged(context, repo, standing.system, update.new))
    if problems:
        raise InvalidInput(problems)
    guard = PushGuard(repo, standing, [update])
    refused = guard.protected() or guard.owned(lambda tree: context.snapshots.at(repo, standing.system.id, tree))
    if refused:
        detail = refused[0].message if len(refused) == 1 else f"{len(refused)} rules stand against it."
        raise Forbidden(f"{detail[:1].upper()}{detail[1:]}".removesuffix(".") + ".", refused)


def _judged(context: Context, repo: pygit2.Repository, system: SystemRecord, commit: str) -> list[Problem]:
    """What a new branch at that commit brings in that the default branch has not: nobody looked at it where a push only
    passed through it, or a tag leads to it."""
    before = context.snapshots.at(repo, system.id, _tree(repo, system.head))
    tree = trees.tree_of(repo, commit)
    changes = snapshots.differing(repo, before.tree, tree)
    problems = judge_files(repo, before, tree, changes, context.limits.files)
    if errors_of(problems):
        return problems
    after: Snapshot = snapshots.follow(repo, before, tree, changes)
    return judge_content(repo, before, after, changes) + ownership.faults(repo, changes)


def _tree(repo: pygit2.Repository, commit: str | None) -> str | None:
    return trees.tree_of(repo, commit) if commit is not None else None


def _start(repo: pygit2.Repository, system: SystemRecord, start: str | None) -> str:
    if start is not None:
        return trees.resolve(repo, start)
    if system.head is None:
        raise Conflict(
            "Nothing was committed to this design system yet: there is nothing that a branch could begin at."
        )
    return system.head


def _standing(repo: pygit2.Repository, system: SystemRecord, name: str, seen: str | None, verb: str) -> str:
    """The commit of a branch that is to go, if it may."""
    commit = read_ref(repo, BRANCHES + name)
    if commit is None:
        raise _absent(name)
    if name == system.default_branch:
        raise Conflict(f"The default branch cannot be {verb}.")
    if seen is not None and seen != commit:
        raise Stale(f"The branch {name!r} has moved since you looked.", current=commit)
    return commit


async def _one(context: Context, system: SystemRecord, name: str) -> Branch:
    found = await asyncio.to_thread(_described, context, system, [name])
    if not found:
        raise _absent(name)
    return found[0]


def _described(context: Context, system: SystemRecord, names: Sequence[str]) -> list[Branch]:
    """These branches as they stand in git now; what is none is left out."""
    with context.store.open(system.id) as repo:
        tips = {name: tip for name in names if (tip := _tip(repo, name)) is not None}
        counts = _counted(context, repo, system.head, tips.values())
        found = []
        for name, tip in tips.items():
            ahead, behind = counts.get(tip) or (None, None)
            default, protected = name == system.default_branch, is_protected(system, name)
            found.append(Branch(name, tip, default, protected, ahead, behind, read_commit(repo, tip)))
        return found


def _counted(
    context: Context, repo: pygit2.Repository, base: str | None, tips: Collection[str]
) -> dict[str, tuple[int, int] | None]:
    """How far each has gone from the base; what was counted once is remembered, and carried on when the base moves."""
    if base is None:
        return {}
    kept = context.divergences
    new = [tip for tip in tips if (base, tip) not in kept]
    found = _carried(context, repo, base, new) if new else {}
    uncounted = [tip for tip in new if tip not in found]
    found |= divergences(repo, base, uncounted) if uncounted else {}
    for tip, counts in found.items():
        kept[base, tip] = counts
    return {tip: kept.get((base, tip), None) for tip in tips}


def _carried(
    context: Context, repo: pygit2.Repository, base: str, tips: Collection[str]
) -> dict[str, tuple[int, int] | None]:
    """The counts that follow from those to where the base stood when most of these were last counted."""
    kept = context.divergences
    for old in islice(line_before(repo, base), MOST_CARRIED):
        if known := {tip: kept[old, tip] for tip in tips if (old, tip) in kept}:
            return carried(repo, old, base, known)
    return {}


def _tip(repo: pygit2.Repository, name: str) -> str | None:
    """The commit that a branch stands at; None where there is none that could be read."""
    try:
        oid = read_ref(repo, check_ref_name(BRANCHES + name))
        return oid if oid is not None and trees.tree_of(repo, oid) else None
    except (InvalidRefName, ObjectMissing):
        return None
