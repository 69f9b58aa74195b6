"""Pushes: the one way in for git clients. Judged in quarantine, then landed under the lock of every other change."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from uuid import UUID

import pygit2
from sqlalchemy.ext.asyncio import AsyncConnection

from designsystem import codes
from designsystem.problem import Problem, errors_of
from designsystem.versions import version_of_tag
from gitstore import trees
from gitstore.errors import GitStoreError, InvalidRefName, ObjectMissing, RefMoved
from gitstore.refs import RefUpdate, check_ref_name, folders_of, list_refs, parents_of, read_ref
from gitstore.wire.pushes import PushRequest, RefResult, Verdict
from index import releases, snapshots
from index.snapshots import Snapshot
from index.systems import SystemRecord
from services import ownership
from services.access import Standing, system_for, writer_standing
from services.changes import announce, locked
from services.context import Context
from services.errors import InvalidInput, ServiceError
from services.identity import person_of
from services.landing import BRANCHES, TAGS, Landing, land
from services.policy import Action, Actor
from services.protection import is_protected, pusher_of
from services.push_guards import PushGuard
from services.validation import judge_content, judge_files
from services.version_rules import Line
from services.version_tags import VersionTags, moves_versions

log = logging.getLogger("xds.pushes")

_LIKE_COMMIT = re.compile(r"refs/(?:heads|tags)/[0-9a-fA-F]{40}")

MOST_LINES = 50
"""Problems told to the client of one refused push; the rest is counted."""

NOT_IN_FILES = frozenset(
    {
        codes.BRANCH_PROTECTED,
        codes.OWNED,
        codes.REF_REFUSED,
        codes.BAD_REF_NAME,
        codes.VERSION_REFUSED,
        codes.VERSION_TOO_LOW,
    }
)
"""Codes of what only the server knows: `xds validate` looks at files."""


class Push:
    """One ``git push``, from the moment its objects have arrived until git has gone.

    ``pre_receive`` judges and then takes the system's lock, which is kept until ``proc_receive`` has landed the push or
    ``closed`` is called: between the two nobody else can move a ref, so what was accepted always lands, and what is
    refused never left git's quarantine. Whether the actor may push is asked before judging and again under the lock; a
    right that is revoked after that stops the next push, not this one.
    """

    def __init__(self, context: Context, actor: Actor, system_id: UUID) -> None:
        self.may_be_cut = True
        """No once it was authorised under the lock: from there it runs to its end."""
        self._context = context
        self._actor = actor
        self._system_id = system_id
        self._held = AsyncExitStack()
        self._db: AsyncConnection | None = None
        self._system: SystemRecord | None = None
        # Held back until they land: others would grow their own snapshots from trees that are gone with the quarantine.
        self._judged: dict[str, Snapshot] = {}
        self._guarded: object = None
        self._line = Line(())

    async def pre_receive(self, request: PushRequest) -> Verdict:
        """Whether the push may land, and if not why, in lines for the client's terminal."""
        try:
            problems = await self._judge(request)
            if errors_of(problems):
                return Verdict(False, refusal(errors_of(problems)))
            problems += await self._take_lock(request)
            if errors_of(problems):
                await self.closed()
                return Verdict(False, refusal(errors_of(problems)))
            return Verdict(True, advice(problems))
        except InvalidInput as error:
            return Verdict(False, refusal(error.problems))
        except ServiceError as error:
            await self.closed()  # it may have been refused with the lock held
            return Verdict(False, [f"refused: {error.detail}"])
        except Exception:
            log.exception("push to %s could not be judged", self._system_id)
            return Verdict(False, ["refused: the service failed to judge this push; nothing was changed"])

    async def proc_receive(self, updates: list[RefUpdate], options: list[str], atomic: bool) -> list[RefResult]:
        """Land what ``pre_receive`` accepted: all of it, or nothing."""
        try:
            await self._land(tuple(update for update in updates if update.old != update.new))
        except RefMoved as error:
            return [RefResult(update.name, False, f"fetch first: {error.name} has moved") for update in updates]
        except (ServiceError, GitStoreError) as error:
            return [RefResult(update.name, False, str(error)) for update in updates]
        except Exception:
            log.exception("push to %s could not land", self._system_id)
            return [RefResult(update.name, False, "the service failed to land this push") for update in updates]
        finally:
            await self.closed()
        return [RefResult(update.name, True) for update in updates]

    async def closed(self) -> None:
        """Let go of the lock; what has not landed by now never will."""
        self._db = None
        await self._held.aclose()

    async def _judge(self, request: PushRequest) -> list[Problem]:
        async with self._context.reads.connect() as db:
            standing = await self._authorised(db, request.updates)
            self._line = await self._published(db, request.updates)
        problems = refused_refs(standing.system, request.updates, self._context.limits.refs_per_push)
        return problems or await asyncio.to_thread(self._judge_trees, standing, request)

    async def _authorised(self, db: AsyncConnection, updates: Sequence[RefUpdate]) -> Standing:
        """How the actor stands, if each kind of ref may be moved with the role that it has at this moment."""
        for action in sorted({action_of(update.name) for update in updates} - {Action.CONTENT_WRITE}):
            await system_for(db, self._actor, self._system_id, action)
        standing = await writer_standing(db, self._actor, self._system_id)
        self._actor = standing.actor
        return standing

    def _judge_trees(self, standing: Standing, request: PushRequest) -> list[Problem]:
        """Every problem that the branches of this push bring in; each problem once."""
        with self._context.store.open(self._system_id, quarantine=request.quarantine) as repo:
            no_commits = branches_elsewhere(repo, request.updates)
            if no_commits:
                return no_commits
            guard = PushGuard(repo, standing, request.updates)
            if protected := guard.protected():
                return protected
            base = standing.system.head
            problems: dict[Problem, None] = {}
            for update in request.updates:
                if update.new is None or not update.name.startswith(BRANCHES):
                    continue
                problems.update(dict.fromkeys(self._judge_branch(repo, update.old or base, update.new)))
                base = base or update.new
            self._guarded = _ruled_by(standing)
            found = list(problems)
            if errors_of(found):
                return found
            return [*found, *guard.owned(lambda tree: self._at(repo, tree)), *self._versions(repo, standing, request)]

    async def _published(self, db: AsyncConnection, updates: Sequence[RefUpdate]) -> Line:
        """What was published so far, for a push that has to do with versions."""
        return Line(await releases.everything(db, self._system_id) if moves_versions(updates) else ())

    def _versions(self, repo: pygit2.Repository, standing: Standing, request: PushRequest) -> list[Problem]:
        """What is to be said against the versions that this push publishes."""
        if not moves_versions(request.updates):
            return []
        head = standing.system.head
        near = self._at(repo, trees.tree_of(repo, head) if head is not None else None)

        def at(tree: str | None) -> Snapshot:  # keeps none: trees may be gone with the quarantine
            return self._judged.get(tree or "") or snapshots.step(repo, near, tree)[0]

        tags = VersionTags(repo, standing, request.updates, self._line, self._context.limits.files)
        return tags.refused(at)

    def _guard_again(self, standing: Standing, request: PushRequest, line: Line) -> list[Problem]:
        """Under the lock: what protections, owners and versions say now, if anything of it is another than before."""
        if self._guarded == _ruled_by(standing) and line == self._line:
            return []
        self._line = line
        with self._context.store.open(self._system_id, quarantine=request.quarantine) as repo:
            guard = PushGuard(repo, standing, request.updates)
            refused = guard.protected() or guard.owned(lambda tree: self._at(repo, tree))
            return refused or self._versions(repo, standing, request)

    def _at(self, repo: pygit2.Repository, tree: str | None) -> Snapshot:
        return self._judged.get(tree or "") or self._context.snapshots.at(repo, self._system_id, tree)

    def _judge_branch(self, repo: pygit2.Repository, old: str | None, new: str) -> list[Problem]:
        old_tree = trees.tree_of(repo, old) if old else None
        before = self._at(repo, old_tree)
        tree = trees.tree_of(repo, new)
        changes = snapshots.differing(repo, before.tree, tree)
        problems = judge_files(repo, before, tree, changes, self._context.limits.files)
        if errors_of(problems):
            return problems
        after = snapshots.follow(repo, before, tree, changes)
        self._judged[tree] = after
        return problems + judge_content(repo, before, after, changes) + ownership.faults(repo, changes)

    async def _take_lock(self, request: PushRequest) -> list[Problem]:
        """Begin the transaction that will land the push; problems where a ref has moved since the client looked."""
        updates = request.updates
        await self._held.enter_async_context(self._context.turns.of(self._system_id))
        self._db = await self._held.enter_async_context(self._context.engine.connect())
        await self._db.begin()
        self._system = await locked(self._context, self._db, self._system_id, [update.name for update in updates])
        # the wait may have been long, and a role or the credential may have gone meanwhile
        standing = replace(await self._authorised(self._db, updates), system=self._system)
        self.may_be_cut = False
        moved = await asyncio.to_thread(self._moved, updates)
        line = await self._published(self._db, updates)
        return moved or await asyncio.to_thread(self._guard_again, standing, request, line)

    def _moved(self, updates: Sequence[RefUpdate]) -> list[Problem]:
        with self._context.store.open(self._system_id) as repo:
            moved = [
                Problem(codes.REF_REFUSED, "fetch first: somebody else has moved it meanwhile", subject=update.name)
                for update in updates
                if read_ref(repo, update.name) != update.old
            ]
            if moved or all(update.old is not None or update.new is None for update in updates):
                return moved
            return refused_places(list_refs(repo), updates)

    async def _land(self, updates: tuple[RefUpdate, ...]) -> None:
        if self._db is None or self._system is None:
            raise ServiceError("this push was not accepted")
        if not updates:
            return
        landing = Landing(
            updates=updates,
            user_id=self._actor.user_id,
            who=person_of(self._actor),
            via="push",
            default_branch=await asyncio.to_thread(self._first_branch, self._system, updates),
        )
        for snapshot in self._judged.values():
            self._context.snapshots.keep(self._system_id, snapshot)
        landed = await land(self._context, self._db, self._system, landing)
        await self._db.commit()
        await announce(self._context, landed)

    def _first_branch(self, system: SystemRecord, updates: Sequence[RefUpdate]) -> str | None:
        """The branch that an empty system shall have as its default, when its own is not among those pushed. A rule
        for its own stays one for the default branch: that nobody may push there yet moves it nowhere else."""
        names = [update.name.removeprefix(BRANCHES) for update in updates if update.name.startswith(BRANCHES)]
        if system.head is not None or not names or system.default_branch in names:
            return None
        if is_protected(system, system.default_branch):
            return None
        with self._context.store.open(self._system_id) as repo:
            if list_refs(repo, BRANCHES):
                return None
        return next((name for name in ("main", "master", "trunk") if name in names), names[0])


def _ruled_by(standing: Standing) -> object:
    """Everything beside the push itself that protections and owners depend on."""
    system = standing.system
    return system.protections, system.default_branch, system.head, pusher_of(standing)


def action_of(ref: str) -> Action:
    """What moving a ref amounts to: a version tag is a publication, however it arrives."""
    if not ref.startswith(TAGS):
        return Action.CONTENT_WRITE
    return Action.PUBLISH if version_of_tag(ref.removeprefix(TAGS)) is not None else Action.TAG_WRITE


def refused_refs(system: SystemRecord, updates: Sequence[RefUpdate], most: int) -> list[Problem]:
    """The refs that may not be moved this way, whoever asks."""
    if len(updates) > most:
        return [
            Problem(codes.REF_REFUSED, f"{len(updates):,} refs in one push, {most:,} are allowed; push fewer at a time")
        ]
    problems = []
    for update in updates:
        try:
            check_ref_name(update.name)
        except InvalidRefName as error:
            problems.append(Problem(codes.BAD_REF_NAME, str(error), subject=update.name))
        if update.new is None and update.name == BRANCHES + system.default_branch:
            problems.append(Problem(codes.REF_REFUSED, "the default branch cannot be deleted", subject=update.name))
        if update.old is None and _is_like_version(update.name):
            message = "a branch cannot be called like a version: who asks for the version would get the branch"
            problems.append(Problem(codes.REF_REFUSED, message, subject=update.name))
        if update.old is None and _LIKE_COMMIT.fullmatch(update.name):
            message = "no branch or tag is called like a commit: who asks for the commit would get it"
            problems.append(Problem(codes.REF_REFUSED, message, subject=update.name))
        if update.old is None and update.new is not None and _is_below_version(update.name):
            message = "no tag lies below the name of a version: it would keep that version from being published"
            problems.append(Problem(codes.REF_REFUSED, message, subject=update.name))
    return problems


def _is_below_version(ref: str) -> bool:
    """Whether a tag needs a folder where a version has its tag."""
    first, _, rest = ref.removeprefix(TAGS).partition("/")
    return ref.startswith(TAGS) and bool(rest) and version_of_tag(first) is not None


def _is_like_version(ref: str) -> bool:
    """Whether a branch has the name of a publication, which takes an administrator."""
    return ref.startswith(BRANCHES) and version_of_tag(ref.removeprefix(BRANCHES)) is not None


def branches_elsewhere(repo: pygit2.Repository, updates: Sequence[RefUpdate]) -> list[Problem]:
    """Branches that shall stand at something that is no commit, such as a tree or an annotated tag."""
    problems = []
    for update in updates:
        if update.new is None or not update.name.startswith(BRANCHES):
            continue
        try:
            trees.tree_of(repo, update.new)
        except ObjectMissing:
            message = f"a branch stands at a commit, {update.new} is none"
            problems.append(Problem(codes.REF_REFUSED, message, subject=update.name))
    return problems


def refused_places(standing: Iterable[str], updates: Sequence[RefUpdate]) -> list[Problem]:
    """New names that cannot lie beside another: in git's store ``a`` is a file where ``a/b`` needs a folder."""
    names = {*standing, *(update.name for update in updates if update.new is not None)}
    folders = folders_of(sorted(names))
    problems = []
    for update in updates:
        if update.old is not None or update.new is None:
            continue
        other = folders.get(update.name) or next((name for name in parents_of(update.name) if name in names), None)
        if other is not None:
            message = f"the name cannot be used beside {other}: one is part of the other"
            problems.append(Problem(codes.REF_REFUSED, message, subject=update.name))
    return problems


def advice(warnings: Sequence[Problem]) -> list[str]:
    """What a developer reads whose push lands with warnings: a line for each kind, with where to find the first."""
    kinds: dict[str, list[Problem]] = {}
    for problem in warnings:
        kinds.setdefault(problem.code, []).append(problem)
    lines = [f"  {code} {len(found):,} ×, first: {found[0]}" for code, found in sorted(kinds.items())]
    return [f"accepted with {len(warnings):,} warnings; `xds validate .` lists them", *lines] if lines else []


def refusal(problems: Sequence[Problem]) -> list[str]:
    """What the developer reads: the problems, bounded, and that nothing happened."""
    lines = [f"  {problem}" for problem in problems[:MOST_LINES]]
    if len(problems) > MOST_LINES:
        lines.append(f"  … and {len(problems) - MOST_LINES:,} more")
    count = len(problems)
    head = f"refused: {count} problem{'s' if count != 1 else ''}; nothing was changed"
    if all(problem.code in NOT_IN_FILES for problem in problems):
        return [head, *lines]
    return [head, *lines, "`xds validate .` shows the same problems before a push."]
