"""The policy file of a design system: what it says at a tree, and what is wrong with one that a change brings."""

from __future__ import annotations

from collections.abc import Iterable

import pygit2

from designsystem.compatibility import MAX_BYTES, Policy, not_a_file, read_policy
from designsystem.manifest import VERSIONING_PATH
from designsystem.problem import Problem
from gitstore import trees
from gitstore.trees import FileChange
from index.snapshots import is_plain_file


def policy_at(repo: pygit2.Repository, tree: str | None) -> Policy:
    """What versioning.json of a tree says; the default for what it does not say, or cannot say."""
    entry = trees.blob_at(repo, tree, VERSIONING_PATH) if tree is not None else None
    source = _source(repo, entry.oid) if entry is not None and is_plain_file(entry.mode) else None
    return read_policy(source)[0]


def faults(repo: pygit2.Repository, changes: Iterable[FileChange]) -> list[Problem]:
    """What is wrong with the file that a change brings; nothing where it leaves the file alone or deletes it."""
    change = next((each for each in changes if each.path == VERSIONING_PATH and each.new_oid is not None), None)
    if change is None or change.new_oid is None:
        return []
    if not is_plain_file(change.new_mode):
        return [not_a_file()]
    return list(read_policy(_source(repo, change.new_oid))[1])


def _source(repo: pygit2.Repository, oid: str) -> bytes:
    """A file's bytes; of one that is too large only so many that this can be seen."""
    if trees.blob_size(repo, oid) > MAX_BYTES:
        return bytes(MAX_BYTES + 1)
    return trees.read_blob(repo, oid)
