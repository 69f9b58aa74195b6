"""Version tags: what a push may do to them. A new one is a publication, and passes the checks of every publication."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

import pygit2
from semver import Version

from designsystem import codes
from designsystem.problem import Problem
from designsystem.rules import FileLimits
from designsystem.versions import precedence, version_of_tag
from gitstore import trees
from gitstore.history import is_ancestor
from gitstore.refs import RefUpdate
from gitstore.tags import read_tag
from index.releases import ReleaseRecord
from index.snapshots import Snapshot
from services.access import Standing
from services.landing import BRANCHES, TAGS
from services.releasing import VersionTag, version_tag
from services.version_rules import Line, asked_between, judge_whole

MOST_AT_ONCE = 50
"""Versions that one push publishes, each of which is judged as a whole."""

SnapshotAt = Callable[[str | None], Snapshot]
"""The snapshot at a tree."""


@dataclass(frozen=True, slots=True)
class VersionTags:
    """The version tags of one push on an open repository, its quarantine included; ``line`` is what was published so
    far.

    While a system has no version, tags come as the history of a repository that is brought in: any may come, and only
    what stands at the default branch's head is looked at as a whole.
    """

    repo: pygit2.Repository
    standing: Standing
    updates: Sequence[RefUpdate]
    line: Line
    limits: FileLimits

    def refused(self, snapshot_at: SnapshotAt) -> list[Problem]:
        """Why the push may not move these tags; the lowest version first."""
        moves = sorted(_of(self.updates), key=lambda each: each[0])
        if not self.line.records:
            return self._refused_history(moves, snapshot_at)
        if len(moves) > MOST_AT_ONCE:
            message = f"{len(moves):,} versions in one push, {MOST_AT_ONCE} are allowed"
            return [Problem(codes.VERSION_REFUSED, message)]
        problems: list[Problem] = []
        records = list(self.line.records)
        for version, update in moves:
            tag, found = self._read(update)
            if tag is not None and not found:
                found = self._misplaced(version, tag, Line(records)) or self._judged(
                    version, tag, Line(records), snapshot_at
                )
            problems += [each if each.path or each.subject else _named(each, update.name) for each in found]
            if tag is not None and not found:
                records.append(_record(tag))
        return problems

    def _refused_history(self, moves: Sequence[tuple[Version, RefUpdate]], snapshot_at: SnapshotAt) -> list[Problem]:
        problems: list[Problem] = []
        head, at_head = self._head(), None
        for _, update in moves:
            tag, found = self._read(update, light=True)
            problems += [_named(each, update.name) for each in found]
            at_head = tag if tag is not None and tag.commit == head else at_head
        return problems or (self._unsound(at_head, snapshot_at) if at_head is not None else [])

    def _read(self, update: RefUpdate, *, light: bool = False) -> tuple[VersionTag | None, list[Problem]]:
        """The tag that a push brings, and what is wrong with it as a tag; ``light``: it need not be annotated."""

        def told(message: str) -> tuple[None, list[Problem]]:
            return None, [Problem(codes.VERSION_REFUSED, message)]

        if update.old is not None and read_tag(self.repo, update.old) is not None:
            return told("it is published and stays as it is, whoever asks; publish a higher version, or yank this one")
        if update.new is None:
            return None, []
        name = update.name.removeprefix(TAGS)
        tag = version_tag(self.repo, update.name, update.new)
        if tag is not None:
            return (tag, []) if tag.tag.name == name else told(f"the tag calls itself {tag.tag.name[:100]!r}")
        if read_tag(self.repo, update.new) is not None:
            return told("a version is published from a commit, the tag leads to none")
        return (None, []) if light else told(f"a version is published by an annotated tag: git tag -a {name}")

    def _misplaced(self, version: Version, tag: VersionTag, line: Line) -> list[Problem]:
        """Whether the tag stands where a new version can."""
        newest, head = line.newest, self._head()
        if newest is not None and not line.is_higher(version):
            return [Problem(codes.VERSION_REFUSED, f"the newest version is {newest.version}; a new one is higher")]
        if head is None or not is_ancestor(self.repo, tag.commit, head):
            branch = self.standing.system.default_branch
            return [Problem(codes.VERSION_REFUSED, f"its commit is not on {branch}, from which versions are published")]
        return []

    def _judged(self, version: Version, tag: VersionTag, line: Line, snapshot_at: SnapshotAt) -> list[Problem]:
        """Whether what the tag publishes is sound, and the version high enough for what changed."""
        unsound = self._unsound(tag, snapshot_at)
        if unsound:
            return unsound
        whole = snapshot_at(trees.tree_of(self.repo, tag.commit))
        return [*_otherwise(whole.manifest.version, tag), *self._too_low(version, tag, line, whole, snapshot_at)]

    def _too_low(
        self, version: Version, tag: VersionTag, line: Line, whole: Snapshot, snapshot_at: SnapshotAt
    ) -> list[Problem]:
        base = line.base_of(version)
        before = snapshot_at(trees.tree_of(self.repo, base.commit) if base is not None else None)
        asked = asked_between(self.repo, self.standing.system, base, before, whole)
        eased = asked.eased(tag.stated.allowed_as)
        if eased.allows(tag.version):
            return []
        way = asked.easing(tag.version)
        hint = f'to allow it all the same, end the tag\'s message with the paragraph "Allow-Breaking-As: {way}"'
        return [*eased.refusal(tag.version), *([Problem(codes.VERSION_TOO_LOW, hint)] if way else [])]

    def _unsound(self, tag: VersionTag, snapshot_at: SnapshotAt) -> list[Problem]:
        whole = snapshot_at(trees.tree_of(self.repo, tag.commit))
        return judge_whole(self.repo, whole, self.limits)

    def _head(self) -> str | None:
        """Where the default branch will stand."""
        system = self.standing.system
        name = BRANCHES + system.default_branch
        return next((update.new for update in self.updates if update.name == name), system.head)


def _otherwise(stated: str, tag: VersionTag) -> list[Problem]:
    """Whether the manifest calls the version something else; one that states none is fine."""
    if stated in ("", tag.version):
        return []
    message = f"the manifest states version {stated}; commit one that states {tag.version}, and tag that"
    return [Problem(codes.VERSION_REFUSED, message)]


def moves_versions(updates: Sequence[RefUpdate]) -> bool:
    """Whether a push has anything to do with versions."""
    return any(True for _ in _of(updates))


def _named(problem: Problem, name: str) -> Problem:
    """A problem of a tag, said with its name."""
    return Problem(problem.code, problem.message, subject=name)


def _of(updates: Sequence[RefUpdate]) -> Iterator[tuple[Version, RefUpdate]]:
    for update in updates:
        version = version_of_tag(update.name.removeprefix(TAGS)) if update.name.startswith(TAGS) else None
        if version is not None and update.old != update.new:
            yield version, update


def _record(tag: VersionTag) -> ReleaseRecord:
    """What will be the release of a tag of this push: the next one is judged against it."""
    row = asdict(tag.row({}))
    return ReleaseRecord(**row, precedence=precedence(tag.version), yanked_at=None, yanked_by=None, yank_reason=None)
