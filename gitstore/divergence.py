"""How far branches have gone from each other: counted for many in one bounded walk, carried on as the base moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from heapq import heappop, heappush
from math import inf

import pygit2

from gitstore.commits import read_commit

MOST_COMMITS = 20_000
"""Commits that one walk looks at: some 100 ms. Branches further apart than that are not counted."""

MOST_CARRIED = 500
"""Commits that a base may have gained, or a branch have of its own, for old counts to be carried on."""

Counts = tuple[int, int]
"""How many commits only the branch has, and how many only the base."""


def divergences(
    repo: pygit2.Repository, base: str, tips: Iterable[str], *, most: int = MOST_COMMITS
) -> dict[str, Counts | None]:
    """For each tip how many commits only it has, and how many only the base; None where counting would take too long.

    The walk goes back in time from all of them together and ends where everything that is left belongs to all. Where
    clocks went wrong by more than the walk is long, counts may be too high, as git's own are.
    """
    wanted = list(dict.fromkeys(tips))
    walk = _Walk(repo, (1 << (len(wanted) + 1)) - 1)
    for at, oid in enumerate((base, *wanted)):
        walk.add(oid, 1 << at)
    walk.run(most)
    counts = walk.counts()
    return {tip: _sides(counts, 1 << at) if walk.reached(1 << at) else None for at, tip in enumerate(wanted, start=1)}


def carried(
    repo: pygit2.Repository, old: str, new: str, known: Mapping[str, Counts | None]
) -> dict[str, Counts | None]:
    """What counts from ``old`` come to from ``new``, which it led to; those that must be counted again are left out.

    Costs what lies between the two and what each branch has of its own, however long the history below them is.
    """
    gained = _gained(repo, old, new)
    found: dict[str, Counts | None] = {}
    if gained is None:
        return found
    for tip, counts in known.items():
        if counts is None:  # further apart than counting goes, and now further still
            if tip not in gained:
                found[tip] = None
            continue
        own = _line(repo, tip, counts[0])
        if own is not None:
            shared = len(gained & own)
            found[tip] = counts[0] - shared, counts[1] + len(gained) - shared
    return found


def _gained(repo: pygit2.Repository, old: str, new: str) -> set[str] | None:
    """The commits that ``new`` leads to and ``old`` does not, where they are few."""
    walk = _Walk(repo, 0b11)
    walk.add(old, 0b01)
    walk.add(new, 0b10)
    walk.run(MOST_CARRIED)
    return walk.of(0b10) if walk.reached(0b10) else None


def _line(repo: pygit2.Repository, tip: str, length: int) -> set[str] | None:
    """The newest commits of a branch, where they follow each other one by one."""
    found: set[str] = set()
    at = tip
    while len(found) < length:
        parents = tuple(_parents(repo, at))
        if len(parents) > 1 or length > MOST_CARRIED:
            return None
        found.add(at)
        at = parents[0] if parents else ""
    return found


def _sides(counts: Counter[int], bit: int) -> Counts:
    ahead = sum(count for bits, count in counts.items() if bits & bit and not bits & 1)
    return ahead, sum(count for bits, count in counts.items() if bits & 1 and not bits & bit)


class _Walk:
    """Which of the starts lead to which commit, as bits: the first is the base's."""

    def __init__(self, repo: pygit2.Repository, everybody: int) -> None:
        self._repo = repo
        self._everybody = everybody
        self._bits: dict[str, int] = {}
        self._told: dict[str, int] = {}  # the bits that a commit's parents have heard of
        self._waiting: list[tuple[int, str]] = []
        self._open: set[str] = set()  # of those that wait, which are not everybody's or have to tell again
        self._oldest = inf  # when the oldest commit was made that was not everybody's when it told

    def add(self, oid: str, bits: int) -> None:
        """Say that a commit is reached by these."""
        known = self._bits.get(oid, 0)
        if known | bits == known:
            return
        self._bits[oid] = known | bits
        heappush(self._waiting, (-_time(self._repo, oid), oid))
        done = self._bits[oid] == self._everybody and oid not in self._told  # commits of one second come in any order
        (self._open.discard if done else self._open.add)(oid)

    def run(self, most: int) -> None:
        """Go back until all that waits is everybody's, or enough was looked at.

        What was made in the same second comes in any order, so that whole second is looked at.
        """
        while self._waiting and len(self._told) < most and (self._open or -self._waiting[0][0] >= self._oldest):
            time, oid = heappop(self._waiting)
            self._open.discard(oid)
            bits = self._bits[oid]
            if self._told.get(oid) == bits:
                continue
            if bits != self._everybody:
                self._oldest = min(self._oldest, -time)
            self._told[oid] = bits
            for parent in _parents(self._repo, oid):
                self.add(parent, bits)

    def counts(self) -> Counter[int]:
        """How many commits are whose."""
        return Counter(self._bits[oid] for oid in self._told)

    def of(self, bits: int) -> set[str]:
        """The commits that are theirs and nobody else's."""
        return {oid for oid in self._told if self._bits[oid] == bits}

    def reached(self, bit: int) -> bool:
        """Whether nothing is left that might belong to one start alone, or to the base alone."""
        return all(bool(self._bits[oid] & bit) == bool(self._bits[oid] & 1) for oid in self._open)


def _time(repo: pygit2.Repository, oid: str) -> int:
    found = _commit(repo, oid)
    return found.commit_time if found is not None else int(read_commit(repo, oid).committed_at.timestamp())


def _parents(repo: pygit2.Repository, oid: str) -> Iterable[str]:
    found = _commit(repo, oid)
    return map(str, found.parent_ids) if found is not None else read_commit(repo, oid).parents


def _commit(repo: pygit2.Repository, oid: str) -> pygit2.Commit | None:
    """By libgit2, which is some ten times as fast but reads no broken signature; None where it cannot."""
    try:
        found: object = repo.get(oid)
    except (pygit2.GitError, ValueError):
        return None
    return found if isinstance(found, pygit2.Commit) else None
