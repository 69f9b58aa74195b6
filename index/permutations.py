"""Permutations of a system's resolvers at one tree, kept: a repeat costs a look-up, since trees never change."""

from __future__ import annotations

from uuid import UUID

import pygit2

from designsystem.jsontext.file import JsonFile
from designsystem.resolver.document import ResolverDocument, SetStep, parse_resolver
from designsystem.resolver.resolution import Resolution, resolve
from index.kept import Kept
from index.snapshots import BYTES_PER_SOURCE_BYTE, BYTES_PER_TOKEN, LEAST_WEIGHT, reader

Inputs = tuple[tuple[str, str], ...]
"""The context of every modifier, in the resolver's order."""


class Permutations:
    """The resolver documents and permutations that this process keeps; safe to share between threads."""

    def __init__(self, budget: int = 128 * 1024 * 1024) -> None:
        self._documents: Kept[tuple[UUID, str, str], ResolverDocument] = Kept(budget // 2)
        self._resolutions: Kept[tuple[UUID, str, str, Inputs], Resolution] = Kept(budget // 2)

    def document(self, repo: pygit2.Repository, system_id: UUID, tree: str, path: str) -> ResolverDocument:
        """The resolver document at a path of a tree, with every file that it refers to read."""
        key = system_id, tree, path
        found = self._documents.get(key)
        if found is None:
            read = reader(repo, tree)
            found = parse_resolver(path, read(path) or b"", read)
            self._documents.keep(key, found, _weight_of(found))
        return found

    def at(self, repo: pygit2.Repository, system_id: UUID, tree: str, path: str, inputs: Inputs) -> Resolution:
        """The tokens that a resolver's document has for these inputs, which name every modifier."""
        key = system_id, tree, path, inputs
        found = self._resolutions.get(key)
        if found is None:
            found = resolve(self.document(repo, system_id, tree, path), dict(inputs))
            source = sum(len(document.source) for document in found.tokens.documents.values())
            weight = LEAST_WEIGHT + BYTES_PER_SOURCE_BYTE * source + BYTES_PER_TOKEN * len(found.tokens.tokens)
            self._resolutions.keep(key, found, weight)
        return found


def _weight_of(document: ResolverDocument) -> int:
    files: set[JsonFile] = {document.file} if document.file is not None else set()
    for step in document.order:
        for sources in [step.sources] if isinstance(step, SetStep) else step.contexts.values():
            files.update(place.file for view in sources for place in view.members.values())
    return LEAST_WEIGHT + BYTES_PER_SOURCE_BYTE * sum(len(file.text) for file in files)
