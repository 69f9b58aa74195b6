"""What may be published as which version: the rules that publishing over REST shares with tags pushed by git."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pygit2
from semver import Version

from designsystem import codes
from designsystem.compare.change import Change, Severity, strongest
from designsystem.compare.words import happening_of
from designsystem.compatibility import demanded, is_enough, judge, next_version
from designsystem.problem import Problem, errors_of
from designsystem.release import Eased, base_among
from designsystem.rules import FileLimits
from gitstore import trees
from index import snapshots
from index.releases import ReleaseRecord
from index.snapshots import Snapshot, empty_snapshot
from index.systems import SystemRecord
from services import ownership, release_exports
from services.comparisons import changes_between
from services.compatibility import policy_at
from services.context import Context
from services.validation import judge_content, judge_files

MOST_REASONS = 50
"""Changes that a refusal names; of more it says how many there are."""


@dataclass(frozen=True, slots=True)
class Line:
    """The versions that a system has, the lowest first; what was yanked still takes its number."""

    records: Sequence[ReleaseRecord]

    @property
    def newest(self) -> ReleaseRecord | None:
        """The highest of all."""
        return self.records[-1] if self.records else None

    @property
    def newest_standing(self) -> ReleaseRecord | None:
        """The highest that was not yanked."""
        return next((record for record in reversed(self.records) if record.yanked_at is None), None)

    def at(self, version: Version) -> ReleaseRecord | None:
        """The release of that very version, build metadata aside."""
        return next((record for record in self.records if Version.parse(record.version) == version), None)

    def base_of(self, version: Version) -> ReleaseRecord | None:
        """What a version is judged against: see :func:`base_among`. Yanked versions do not count, nobody is to have
        them."""
        standing = {record.version: record for record in self.records if record.yanked_at is None}
        found = base_among(version, standing)
        return standing[found] if found is not None else None

    def is_higher(self, version: Version) -> bool:
        """Whether a version is above all that were published."""
        return self.newest is None or version > Version.parse(self.newest.version)


@dataclass(frozen=True, slots=True)
class Asked:
    """What all changes since ``base`` (None: there is no version yet, and nobody to break) ask of the next one.

    ``bump`` is None where no token and no component changed.
    """

    base: str | None
    bump: Severity | None
    changes: tuple[Change, ...]

    def eased(self, allowed_as: Eased | None) -> Asked:
        """The same where what breaks may pass as less."""
        if allowed_as is None:
            return self
        least = Severity(allowed_as)
        changes = [replace(each, severity=least) if each.severity is Severity.MAJOR else each for each in self.changes]
        return Asked(self.base, strongest(changes), tuple(changes))

    def allows(self, version: str) -> bool:
        """Whether a version is high enough."""
        return self.base is None or is_enough(version, self.base, self.bump)

    def easing(self, version: str) -> Eased | None:
        """As what changes that break somebody would have to pass for a version to be high enough; None where nothing
        helps, because what does not break asks for more, too."""
        ways: tuple[Eased, ...] = ("minor", "patch")
        return next((way for way in ways if self.eased(way).allows(version)), None)

    @property
    def needed(self) -> Severity:
        """The part of the version that must be raised, at least the last one."""
        return demanded(self.base, self.bump) or Severity.PATCH

    def next(self, line: Line, bump: Severity) -> str:
        """The version with that part raised, above all that were published."""
        version = next_version(self.base, bump)
        if line.newest is not None and not line.is_higher(Version.parse(version)):
            version = next_version(line.newest.version, bump)
        return version

    def refusal(self, version: str) -> list[Problem]:
        """Why a version is too low, one problem for each change that asks for more."""
        reasons = [each for each in self.changes if each.severity is self.bump]
        told = [Problem(codes.VERSION_TOO_LOW, happening_of(each), subject=each.subject) for each in reasons]
        more = len(told) - MOST_REASONS
        rest = [Problem(codes.VERSION_TOO_LOW, f"… and {more:,} changes more")] if more > 0 else []
        lowest = next_version(self.base, self.needed)
        head = f"{version} is too low: what changed since {self.base} asks for {lowest} or higher ({self.needed.value})"
        return [Problem(codes.VERSION_TOO_LOW, head, pointer="/version"), *told[:MOST_REASONS], *rest]


def asked_since(
    context: Context, repo: pygit2.Repository, system: SystemRecord, base: ReleaseRecord | None, after: Snapshot
) -> Asked:
    """What the way from a release to a state asks of the version."""
    tree = trees.tree_of(repo, base.commit) if base is not None else None
    return asked_between(repo, system, base, context.snapshots.at(repo, system.id, tree), after)


def asked_between(
    repo: pygit2.Repository, system: SystemRecord, base: ReleaseRecord | None, before: Snapshot, after: Snapshot
) -> Asked:
    """The same for those who have the state at the release."""
    verdict = judge(changes_between(repo, system.id, before, after), policy_at(repo, after.tree))
    return Asked(base.version if base is not None else None, verdict.bump, verdict.changes)


def judge_whole(repo: pygit2.Repository, whole: Snapshot, limits: FileLimits) -> list[Problem]:
    """Every error of a whole state, whoever brought it in and when, and of its exports where the manifest says so."""
    nothing = empty_snapshot()
    if whole.tree is None:
        return []
    changes = snapshots.differing(repo, None, whole.tree)
    problems = errors_of(judge_files(repo, nothing, whole.tree, changes, limits))
    if problems:
        return problems
    problems = errors_of([*judge_content(repo, nothing, whole, changes), *ownership.faults(repo, changes)])
    return problems or release_exports.faults(whole)
