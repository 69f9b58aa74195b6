"""Components as they stand in one tree, read from the files that hold them."""

from __future__ import annotations

from collections.abc import Iterable

import pygit2

from designsystem.components.component import Component
from designsystem.components.reading import read_component
from designsystem.manifest import Manifest
from designsystem.problem import Problem
from gitstore import trees
from gitstore.trees import FileChange


def component_at(repo: pygit2.Repository, tree: str | None, directory: str) -> tuple[Component | None, list[Problem]]:
    """The component in a folder of a tree (None where the folder is absent or holds none) and what is wrong with it."""
    if tree is None:
        return None, []
    files = {entry.name: entry.oid for entry in trees.list_directory(repo, tree, directory) if entry.is_regular}
    if not files:
        return None, []

    def read(name: str) -> bytes:
        if name in files:
            return trees.read_blob(repo, files[name])
        entry = trees.blob_at(repo, tree, f"{directory}/{name}")
        if entry is None or not entry.is_regular:
            raise LookupError(name)
        return trees.read_blob(repo, entry.oid)

    return read_component(directory, list(files), read)


def touched_directories(manifest: Manifest, changes: Iterable[FileChange]) -> list[str]:
    """The component folders in which a file differs, each once, in path order."""
    found = (manifest.component_directory(change.path) for change in changes)
    return sorted({directory for directory in found if directory is not None})


def all_directories(repo: pygit2.Repository, tree: str | None, manifest: Manifest) -> list[str]:
    """Every component folder of a tree."""
    if tree is None:
        return []
    files = trees.walk(repo, tree, manifest.may_hold_components)
    found = (manifest.component_directory(file.path) for file in files)
    return sorted({directory for directory in found if directory is not None})
