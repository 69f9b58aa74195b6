"""Logs: the commits of a history, newest first, in pages that cost what is in them however long the history is."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

import pygit2

from gitstore.commits import CommitInfo, read_commit
from gitstore.errors import GitProcessFailed
from gitstore.process import environment, git_executable

MOST_MARKED = 64
"""Commits that a mark holds of each kind; a history with more lines side by side is walked from its start."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page of a log ended, so that the next one need not begin at the start.

    ``last`` is the last commit given and ``waiting`` are those to go on with, in their order; None where they would be
    too many: then the walk begins anew and skips to ``last``. ``oldest`` is the earliest time given so far, in seconds,
    and ``given`` are the commits of that second, which might be met again.
    """

    last: str
    waiting: tuple[str, ...] | None = None
    given: tuple[str, ...] = ()
    oldest: int = 0


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some commits of a log, and where the next ones begin; None at its end."""

    commits: list[CommitInfo]
    rest: Mark | None


def log(
    repo: pygit2.Repository, start: str, *, path: str | None = None, limit: int = 50, after: Mark | None = None
) -> LogPage:
    """Commits reachable from ``start``, newest first; with ``path`` those that changed it (git's simplified history).

    ``after`` is the mark of the page before. Where a clock was so wrong that a commit looks younger than one that was
    given before, the walk begins anew, so that nothing is given twice. A mark whose ``last`` is not in this history
    ends the list. Raises ObjectMissing for a mark of commits that are gone.
    """
    if path is not None:
        return _path_page(repo, start, path, limit, after)
    if after is None:
        return _page(Walk(repo, [start]), limit)
    if after.waiting is not None:
        try:
            return _page(Walk(repo, after.waiting, after), limit)
        except _OutOfOrder:
            pass
    walk = Walk(repo, [start])
    found = any(commit.oid == after.last for commit in walk)
    return _page(walk, limit) if found else LogPage([], None)


class _OutOfOrder(Exception):
    """A commit came up that is younger than one given on an earlier page, and may be one of those."""


class Walk:
    """Newest first, a child always before its parents where their times do not contradict that; costs what is taken.

    libgit2's own order by time is arbitrary among commits of one second, and an API makes several in one.
    """

    def __init__(self, repo: pygit2.Repository, starts: Sequence[str], after: Mark | None = None) -> None:
        self._repo = repo
        self._order = count()
        self._after = after
        self._given: list[str] = list(after.given) if after is not None else []
        self._oldest: int | None = after.oldest if after is not None else None
        self._seen = {*self._given}
        self._waiting: list[tuple[float, int, CommitInfo]] = []
        for start in starts:
            self._push(start)

    def __iter__(self) -> Iterator[CommitInfo]:
        while self._waiting:
            commit = heappop(self._waiting)[2]
            self._count(commit)
            for parent in commit.parents:
                self._push(parent)
            yield commit

    def mark(self, last: str) -> Mark | None:
        """Where the walk stands after ``last``; None at its end."""
        if not self._waiting:
            return None
        waiting = tuple(entry[2].oid for entry in sorted(self._waiting, key=lambda entry: entry[:2]))
        if len(waiting) > MOST_MARKED or len(self._given) > MOST_MARKED or self._oldest is None:
            return Mark(last)
        return Mark(last, waiting, tuple(self._given), self._oldest)

    def _push(self, oid: str) -> None:
        if oid not in self._seen:
            self._seen.add(oid)
            commit = read_commit(self._repo, oid)
            heappush(self._waiting, (-commit.committed_at.timestamp(), next(self._order), commit))

    def _count(self, commit: CommitInfo) -> None:
        seconds = int(commit.committed_at.timestamp())
        if self._after is not None and seconds > self._after.oldest:
            raise _OutOfOrder
        if self._oldest is None or seconds < self._oldest:
            self._oldest, self._given = seconds, [commit.oid]
        elif seconds == self._oldest:
            self._given.append(commit.oid)


def path_history(
    repo: pygit2.Repository, starts: Sequence[str], path: str, most: int | None = None
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The commits that changed a path, children before parents, each with the ones that changed it before.

    git itself simplifies history and has the commit-graph's path filters. The process ends when we stop reading; with
    ``most``, after so many: it works ahead of its reader.
    """
    command = [git_executable(), f"--git-dir={repo.path}", "rev-list", "--date-order", "--parents", *starts]
    command += [f"--max-count={most}"] if most is not None else []
    command += ["--", f":(literal){path}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment())
    with process:
        try:
            for line in process.stdout or ():
                oid, *parents = line.decode("ascii").split()
                yield oid, tuple(parents)
            if process.wait() != 0:
                raise GitProcessFailed("rev-list", process.returncode)
        finally:
            process.kill()


def _page(walk: Walk, limit: int) -> LogPage:
    found: list[CommitInfo] = []
    for commit in walk:
        found.append(commit)
        if len(found) >= limit:
            return LogPage(found, walk.mark(commit.oid))
    return LogPage(found, None)


def _path_page(repo: pygit2.Repository, start: str, path: str, limit: int, after: Mark | None) -> LogPage:
    """Children come before parents here, so that what is left is what the commits lead to that are not given yet."""
    resumed = after.waiting if after is not None else None
    waiting = dict.fromkeys(resumed or ())
    skipped_to = after.last if after is not None and resumed is None else None
    found: list[CommitInfo] = []
    most = limit if skipped_to is None else None
    for oid, parents in path_history(repo, resumed or [start], path, most):
        waiting.pop(oid, None)
        waiting.update(dict.fromkeys(parents))
        if skipped_to is not None:
            skipped_to = None if oid == skipped_to else skipped_to
            continue
        found.append(read_commit(repo, oid))
        if len(found) >= limit:
            break
    if not waiting or len(found) < limit:
        return LogPage(found, None)
    return LogPage(found, Mark(found[-1].oid, tuple(waiting) if len(waiting) <= MOST_MARKED else None))
