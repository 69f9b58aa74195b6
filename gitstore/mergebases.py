"""Finds what two histories have in common: one commit mostly, several where they were merged crosswise, or none."""

from __future__ import annotations

import pygit2

from gitstore.errors import GitProcessFailed, ObjectMissing
from gitstore.process import run_git

NONE_IN_COMMON = 1
"""git's status for unrelated histories."""


def merge_bases(repo: pygit2.Repository, one: str, other: str) -> list[str]:
    """Every best common ancestor of two commits, the same in the same order whoever asks; [] where there is none."""
    try:
        output = run_git(repo.path, ["merge-base", "--all", one, other])
    except GitProcessFailed as error:
        if error.status == NONE_IN_COMMON:
            return []
        raise ObjectMissing(f"{one} or {other} is no commit here") from error
    return sorted(output.decode("ascii").split())
