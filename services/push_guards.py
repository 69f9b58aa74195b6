"""What protections and owners say of a push: its moves of branches, and what it changes on those that are guarded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pygit2

from designsystem.problem import Problem
from gitstore import trees
from gitstore.history import is_ancestor, merge_base, nearest
from gitstore.refs import RefUpdate, stood_at
from index import snapshots
from index.snapshots import Snapshot
from services import ownership, protection
from services.access import Standing
from services.landing import BRANCHES
from services.ownership import Step
from services.protection import Move, pusher_of

SnapshotAt = Callable[[str | None], Snapshot]
"""The snapshot at a tree."""


@dataclass(frozen=True, slots=True)
class PushGuard:
    """One push on an open repository, its quarantine included, as somebody who stands so may push it."""

    repo: pygit2.Repository
    standing: Standing
    updates: Sequence[RefUpdate]

    def protected(self) -> list[Problem]:
        """The branches that may not be moved this way."""
        return [problem for branch, update in self._branches() if (problem := self._refused(branch, update))]

    def owned(self, snapshot_at: SnapshotAt) -> list[Problem]:
        """What is somebody else's on the branches that owners have a say on; the whole of it for each branch."""
        pusher = pusher_of(self.standing)
        if pusher.is_admin:
            return []
        problems: dict[Problem, None] = {}
        for branch, update in self._branches():
            if update.new is None or not protection.is_guarded(self.standing.system, branch):
                continue
            base, ruling = self._origin(update, update.new)
            if ruling is None:
                continue
            owners = ownership.owners_at(self.repo, trees.tree_of(self.repo, ruling))
            before = snapshot_at(trees.tree_of(self.repo, base) if base is not None else None)
            after = snapshot_at(trees.tree_of(self.repo, update.new))
            step = Step(before, after, snapshots.differing(self.repo, before.tree, after.tree))
            problems.update(dict.fromkeys(ownership.refusals(self.repo, owners, pusher, step)))
        return list(problems)

    def _branches(self) -> Iterator[tuple[str, RefUpdate]]:
        for update in self.updates:
            if update.name.startswith(BRANCHES) and update.old != update.new:
                yield update.name.removeprefix(BRANCHES), update

    def _refused(self, branch: str, update: RefUpdate) -> Problem | None:
        system = self.standing.system
        if not protection.is_protected(system, branch):
            return None
        return protection.refused(system, pusher_of(self.standing), branch, self._move(update))

    def _move(self, update: RefUpdate) -> Move:
        if update.old is None:
            return Move.CREATE
        if update.new is None:
            return Move.DELETE
        return Move.UPDATE if is_ancestor(self.repo, update.old, update.new) else Move.REWRITE

    def _origin(self, update: RefUpdate, new: str) -> tuple[str | None, str | None]:
        """The commit that a branch's content came from, and the one whose OWNERS file decides (None: nobody's does).

        A new branch is judged by what it changes since it left the default branch, and by the owners there today: one
        from before there were any must not be a way around them. Nor must be a commit that the default branch's history
        contains without that the branch ever stood there: nobody judged what a push only passes through.
        """
        if update.old is not None:
            return update.old, update.old
        head = self.standing.system.head
        if head is None:
            return None, None
        base = merge_base(self.repo, head, new)
        judged = {head, *stood_at(self.repo, BRANCHES + self.standing.system.default_branch)}
        return (nearest(self.repo, base, judged) if base is not None else None), head
