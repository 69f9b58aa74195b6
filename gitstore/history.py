"""Walks history: first-parent chains, ancestry."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import cast

import pygit2

from gitstore.commits import parents_of
from gitstore.errors import ObjectMissing
from gitstore.logs import Walk


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


def line_before(repo: pygit2.Repository, commit: str) -> Iterator[str]:
    """The commits before one along first parents, the newest first, each read when it is asked for."""
    while parents := parents_of(repo, commit):
        commit = parents[0]
        yield commit


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
    return next((commit.oid for commit in Walk(repo, [start]) if commit.oid in wanted), None)


def is_ancestor(repo: pygit2.Repository, old: str, new: str) -> bool:
    """Whether ``new`` contains ``old``; a commit contains itself."""
    return old == new or repo.descendant_of(new, old)


def ahead_behind(repo: pygit2.Repository, local: str, upstream: str) -> tuple[int, int]:
    """How many commits only ``local`` has, and how many only ``upstream`` has."""
    return repo.ahead_behind(local, upstream)
