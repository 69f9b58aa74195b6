"""Catalogs: which components a tree holds, where the SQL mirror does not tell; kept, since trees never change."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pygit2
from cachebox import LRUCache

from designsystem.components.component import component_id
from index.contents import all_directories, component_at
from index.snapshots import Snapshots


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """A component without its long texts: enough to find, filter and page."""

    id: UUID
    name: str
    category: str
    directory: str


Catalog = tuple[CatalogEntry, ...]
"""A tree's components by name and id."""


class Catalogs:
    """The catalogs that this process keeps; safe to share between threads."""

    def __init__(self, snapshots: Snapshots, most: int = 64) -> None:
        self._snapshots = snapshots
        self._held: LRUCache[tuple[UUID, str], Catalog] = LRUCache(most)

    def at(self, repo: pygit2.Repository, system_id: UUID, tree: str) -> Catalog:
        """The catalog of a tree, read whole at the first question and looked up after that."""
        try:
            return self._held[system_id, tree]
        except KeyError:
            self._held[system_id, tree] = found = self._read(repo, system_id, tree)
            return found

    def _read(self, repo: pygit2.Repository, system_id: UUID, tree: str) -> Catalog:
        manifest = self._snapshots.at(repo, system_id, tree).manifest
        found = (component_at(repo, tree, directory)[0] for directory in all_directories(repo, tree, manifest))
        entries = (
            CatalogEntry(component_id(system_id, each), each.name, each.category, each.directory)
            for each in found
            if each is not None
        )
        return tuple(sorted(entries, key=lambda entry: (entry.name, entry.id)))
