"""Directories read lately, kept by this process: a folder of 10,000 components is read once, not per component.

A tree never changes under its id, so nothing here goes stale. Keyed by repository too: what one repository holds is not
thereby known to another.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

import pygit2
from pygit2.enums import ObjectType

from gitstore import treebytes
from gitstore.objects import read_object
from gitstore.treebytes import TreeEntry

BUDGET_BYTES = 64 * 1024 * 1024
WEIGHT = 8
"""What a parsed tree takes, in units of its own bytes."""

OVERHEAD = 512
"""What one kept tree takes besides."""

LOOKUPS_BEFORE_PARSING = 64
"""An edit asks about ten times, a push once per component; parsing 10,000 entries takes as long as 70 look-ups."""


class KeptTree:
    """One directory: its bytes, and its entries by name once they were asked for often enough to parse them all."""

    __slots__ = ("_asked", "_by_name", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self._asked = 0
        self._by_name: dict[str, TreeEntry] | None = None

    def find(self, name: str) -> TreeEntry | None:
        """The entry with this name, or None."""
        if self._by_name is None:
            self._asked += 1
            if self._asked <= LOOKUPS_BEFORE_PARSING:
                return treebytes.find(self.raw, name)
            self._by_name = {entry.name: entry for entry in treebytes.entries(self.raw)}
        return self._by_name.get(name)


class TreeCache:
    """The trees read last, least recently used dropped first. Safe to share between threads."""

    def __init__(self, budget: int = BUDGET_BYTES) -> None:
        self._budget = budget
        self._weight = 0
        self._held: OrderedDict[tuple[str, str], KeptTree] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, repo: pygit2.Repository, oid: str) -> KeptTree:
        """A tree of this repository; raises ObjectMissing."""
        key = (repo.path, oid)
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
                return found
        return self.keep(repo, oid, read_object(repo, oid, ObjectType.TREE))

    def keep(self, repo: pygit2.Repository, oid: str, raw: bytes) -> KeptTree:
        """Hold a tree that was just read or written."""
        kept = KeptTree(raw)
        with self._lock:
            replaced = self._held.pop((repo.path, oid), None)
            self._weight += _weight(kept) - (_weight(replaced) if replaced is not None else 0)
            self._held[repo.path, oid] = kept
            while len(self._held) > 1 and self._weight > self._budget:
                _, dropped = self._held.popitem(last=False)
                self._weight -= _weight(dropped)
        return kept


def _weight(tree: KeptTree) -> int:
    return OVERHEAD + len(tree.raw) * WEIGHT


TREES = TreeCache()
