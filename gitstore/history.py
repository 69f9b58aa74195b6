"""Walks history: logs, first-parent chains, ancestry."""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Iterator
from heapq import heappop, heappush
from itertools import count
from typing import cast

import pygit2

from gitstore.commits import CommitInfo, parents_of, read_commit
from gitstore.errors import GitProcessFailed, ObjectMissing
from gitstore.process import environment, git_executable


def log(
    repo: pygit2.Repository, start: str, *, path: str | None = None, limit: int = 50, after: str | None = None
) -> list[CommitInfo]:
    """Commits reachable from ``start``, newest first; with ``path`` those that changed it (git's simplified history).

    ``after`` is the last commit of the page before. An ``after`` that is not in this history ends the list.
    """
    oids = _by_time(repo, start) if path is None else _by_path(repo, start, path)
    found: list[CommitInfo] = []
    waiting = after is not None
    for oid in oids:
        if waiting:
            waiting = oid != after
            continue
        found.append(read_commit(repo, oid))
        if len(found) >= limit:
            break
    return found


def first_parents(repo: pygit2.Repository, old: str | None, new: str, limit: int | None = None) -> list[str] | None:
    """The commits from ``old`` (excluded) to ``new`` (included) along first parents, oldest first.

    None when ``old`` is not on that chain (a force push, or a merge that swapped its sides). With ``old`` None the
    chain goes down to the root. ``limit`` bounds the commits looked at: past it, ``old`` counts as not found, and
    without ``old`` the newest ``limit`` are given.
    """
    chain: list[str] = []
    following: tuple[str, ...] = (new,)
    while following and following[0] != old:
        if limit is not None and len(chain) >= limit:
            return chain[::-1] if old is None else None
        chain.append(following[0])
        following = parents_of(repo, following[0])
    return None if old is not None and not following else chain[::-1]


def merge_base(repo: pygit2.Repository, one: str, other: str) -> str | None:
    """A best common ancestor, or None for unrelated histories."""
    try:
        found = cast("pygit2.Oid | None", repo.merge_base(one, other))  # its stub forgets the None
    except (KeyError, ValueError) as error:
        raise ObjectMissing(f"{one} or {other} is no commit here") from error
    return str(found) if found is not None else None


def nearest(repo: pygit2.Repository, start: str, wanted: Collection[str]) -> str | None:
    """The newest commit of a history, its start included, that is among those; None where none is."""
    if start in wanted:
        return start
    return next((oid for oid in _by_time(repo, start) if oid in wanted), None)


def is_ancestor(repo: pygit2.Repository, old: str, new: str) -> bool:
    """Whether ``new`` contains ``old``; a commit contains itself."""
    return old == new or repo.descendant_of(new, old)


def ahead_behind(repo: pygit2.Repository, local: str, upstream: str) -> tuple[int, int]:
    """How many commits only ``local`` has, and how many only ``upstream`` has."""
    return repo.ahead_behind(local, upstream)


def _by_time(repo: pygit2.Repository, start: str) -> Iterator[str]:
    """Newest first, a child always before its parents where their times do not contradict that; costs what is taken.

    libgit2's own order by time is arbitrary among commits of one second, and an API makes several in one.
    """
    order = count()
    seen = {start}

    def entry(oid: str) -> tuple[float, int, CommitInfo]:
        commit = read_commit(repo, oid)
        return -commit.committed_at.timestamp(), next(order), commit

    waiting = [entry(start)]
    while waiting:
        commit = heappop(waiting)[2]
        yield commit.oid
        for parent in commit.parents:
            if parent not in seen:
                seen.add(parent)
                heappush(waiting, entry(parent))


def _by_path(repo: pygit2.Repository, start: str, path: str) -> Iterator[str]:
    """git itself simplifies history and has the commit-graph's path filters; the process ends when we stop reading."""
    command = [git_executable(), f"--git-dir={repo.path}", "rev-list", "--date-order", start, "--", f":(literal){path}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment())
    with process:
        try:
            for line in process.stdout or ():
                yield line.decode("ascii").strip()
            if process.wait() != 0:
                raise GitProcessFailed("rev-list", process.returncode)
        finally:
            process.kill()
