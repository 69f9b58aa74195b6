"""What a design system's files mean at one tree, kept: a repeat read costs a look-up, an edit costs the edit."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

import pygit2

from designsystem.manifest import MANIFEST_PATH, Manifest, parse_manifest
from designsystem.problem import Problem
from designsystem.resolver.document import is_resolver_file
from designsystem.resolver.layout import is_resolver_of, layout_of
from designsystem.resolver.references import Read
from designsystem.rules import LARGEST_DOCUMENT, LARGEST_READING, SUBMODULE_MODE, SYMLINK_MODE
from designsystem.tokens.document import TokenDocument
from designsystem.tokens.rereading import parse_edited
from designsystem.tokens.set import TokenSet
from gitstore import trees
from gitstore.errors import ObjectMissing
from gitstore.trees import FileChange

LEAST_WEIGHT = 4096
BYTES_PER_SOURCE_BYTE = 6
BYTES_PER_TOKEN = 2048
BYTES_PER_ENTRY = 256
"""What a parsed document, and a token's place in a set, take in memory (measured with tracemalloc; see the test)."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The manifest and every token at one tree (None: nothing committed yet).

    Where the manifest names a resolver, the tokens are those of its default permutation. ``resolvers`` are the paths of
    all resolver files: in the root, in folders where token files may lie, and the one that the manifest names.
    """

    tree: str | None
    manifest: Manifest
    manifest_problems: tuple[Problem, ...]
    tokens: TokenSet
    resolvers: tuple[str, ...] = ()

    @property
    def token_bytes(self) -> int:
        """Bytes of token source, the measure by which a system is limited."""
        return sum(len(document.source) for document in self.tokens.documents.values())


def empty_snapshot() -> Snapshot:
    """A system before its first commit."""
    manifest, _ = parse_manifest(None)
    return Snapshot(None, manifest, (), TokenSet.build(()))


class Snapshots:
    """The snapshots that this process keeps, least recently used dropped first.

    ``budget`` is in bytes of memory, estimated; a document that several snapshots share counts once. Safe to share
    between threads: snapshots never change, and two threads that miss at once only do the work twice.
    """

    def __init__(self, budget: int = 256 * 1024 * 1024, most: int = 512) -> None:
        self._budget = budget
        self._most = most
        self._held: OrderedDict[tuple[UUID, str], Snapshot] = OrderedDict()
        self._newest: dict[UUID, str] = {}
        self._holders: Counter[TokenDocument] = Counter()
        self._weight = 0
        self._lock = threading.Lock()

    def at(self, repo: pygit2.Repository, system_id: UUID, tree: str | None) -> Snapshot:
        """The snapshot at a tree: held, or grown from the newest held one of that system, or read whole."""
        if tree is None:
            return empty_snapshot()
        with self._lock:
            found = self._held.get((system_id, tree))
            if found is not None:
                self._held.move_to_end((system_id, tree))
                return found
            near_tree = self._newest.get(system_id)
            near = self._held.get((system_id, near_tree)) if near_tree is not None else None
        snapshot = _grown(repo, near, tree)
        self.keep(system_id, snapshot)
        return snapshot

    def keep(self, system_id: UUID, snapshot: Snapshot) -> None:
        """Hold a snapshot that was just made, dropping the least recently used above the budget."""
        if snapshot.tree is None:
            return
        with self._lock:
            self._drop((system_id, snapshot.tree))
            self._held[system_id, snapshot.tree] = snapshot
            self._newest[system_id] = snapshot.tree
            self._weight += LEAST_WEIGHT + BYTES_PER_ENTRY * len(snapshot.tokens.tokens)
            for document in snapshot.tokens.documents.values():
                self._holders[document] += 1
                self._weight += _weight_of(document) if self._holders[document] == 1 else 0
            while len(self._held) > 1 and (self._weight > self._budget or len(self._held) > self._most):
                self._drop(next(iter(self._held)))

    def forget(self, system_id: UUID) -> None:
        """Drop everything held of one system."""
        with self._lock:
            for key in [key for key in self._held if key[0] == system_id]:
                self._drop(key)

    def _drop(self, key: tuple[UUID, str]) -> None:
        """With the lock held: let go of a snapshot, if it is held."""
        snapshot = self._held.pop(key, None)
        if snapshot is None:
            return
        self._weight -= LEAST_WEIGHT + BYTES_PER_ENTRY * len(snapshot.tokens.tokens)
        for document in snapshot.tokens.documents.values():
            self._holders[document] -= 1
            if self._holders[document] == 0:
                del self._holders[document]
                self._weight -= _weight_of(document)
        if self._newest.get(key[0]) == key[1]:
            del self._newest[key[0]]


def _weight_of(document: TokenDocument) -> int:
    return BYTES_PER_SOURCE_BYTE * len(document.source) + BYTES_PER_TOKEN * len(document.tokens)


def _grown(repo: pygit2.Repository, near: Snapshot | None, tree: str) -> Snapshot:
    """From a near snapshot while its tree is still there: what no ref leads to is dropped by maintenance some day."""
    if near is not None:
        try:
            return step(repo, near, tree)[0]
        except ObjectMissing:
            pass
    return load(repo, tree)


def load(repo: pygit2.Repository, tree: str) -> Snapshot:
    """Read a tree whole, walking only the folders in which a token file can lie."""
    entry = trees.blob_at(repo, tree, MANIFEST_PATH)
    manifest, problems = _manifest(repo, entry.oid if entry else None, entry.mode if entry else 0)
    order = _order(repo, tree, manifest)
    files = list(trees.walk(repo, tree, manifest.may_hold_tokens))
    found = (_document(repo, file.path, file.oid, file.mode) for file in files if _counts(manifest, order, file.path))
    documents = [document for document in found if document is not None]
    resolvers = {file.path for file in files if is_resolver_file(file.path) and is_plain_file(file.mode)}
    named = trees.blob_at(repo, tree, manifest.resolver) if manifest.resolver else None
    if named is not None and is_plain_file(named.mode):
        resolvers.add(manifest.resolver)
    return Snapshot(tree, manifest, problems, TokenSet.build(documents, order), tuple(sorted(resolvers)))


def step(repo: pygit2.Repository, before: Snapshot, tree: str | None) -> tuple[Snapshot, list[FileChange]]:
    """The snapshot at ``tree`` and the files that differ; costs what differs, not what is there."""
    changes = trees.changed(repo, before.tree, tree)
    return follow(repo, before, tree, changes), changes


def follow(repo: pygit2.Repository, before: Snapshot, tree: str | None, changes: Iterable[FileChange]) -> Snapshot:
    """The snapshot at ``tree`` when the files that differ are known already."""
    if tree is None:
        return empty_snapshot()
    changes = list(changes)
    manifest, problems = manifest_of(repo, before, changes)
    if is_relaid(before.manifest, manifest, {change.path for change in changes}):
        return load(repo, tree)
    replaced = {
        change.path: _document(
            repo, change.path, change.new_oid, change.new_mode, before.tokens.sources.get(change.path)
        )
        for change in changes
        if _counts(manifest, before.tokens.order, change.path)
    }
    tokens = before.tokens.replace(replaced) if replaced else before.tokens
    return Snapshot(tree, manifest, problems, tokens, _resolvers(before, manifest, changes))


def is_relaid(before: Manifest, after: Manifest, changed: Collection[str]) -> bool:
    """Whether a change may alter which files are token files, and so what every file means."""
    same = before.tokens == after.tokens and before.resolver == after.resolver
    return not same or (bool(after.resolver) and after.resolver in changed)


def _counts(manifest: Manifest, order: tuple[str, ...] | None, path: str) -> bool:
    return manifest.is_token_file(path) and (order is None or path in order)


def _order(repo: pygit2.Repository, tree: str, manifest: Manifest) -> tuple[str, ...] | None:
    """The files that count, by the resolver that the manifest names; None where there is none that can say it."""
    entry = trees.blob_at(repo, tree, manifest.resolver) if manifest.resolver else None
    if entry is None or not is_plain_file(entry.mode) or (entry.size or 0) > LARGEST_DOCUMENT:
        return None
    return layout_of(manifest.resolver, trees.read_blob(repo, entry.oid)).order


def _resolvers(before: Snapshot, manifest: Manifest, changes: Iterable[FileChange]) -> tuple[str, ...]:
    found = set(before.resolvers)
    for change in changes:
        if is_resolver_of(manifest, change.path):
            stands = change.new_oid is not None and is_plain_file(change.new_mode)
            (found.add if stands else found.discard)(change.path)
    return before.resolvers if found == set(before.resolvers) else tuple(sorted(found))


def manifest_of(
    repo: pygit2.Repository, before: Snapshot, changes: Iterable[FileChange]
) -> tuple[Manifest, tuple[Problem, ...]]:
    """The manifest after some files have changed, and what is wrong with it."""
    change = next((change for change in changes if change.path == MANIFEST_PATH), None)
    if change is None:
        return before.manifest, before.manifest_problems
    return _manifest(repo, change.new_oid, change.new_mode)


def _manifest(repo: pygit2.Repository, oid: str | None, mode: int) -> tuple[Manifest, tuple[Problem, ...]]:
    readable = oid is not None and is_plain_file(mode) and trees.blob_size(repo, oid) <= LARGEST_DOCUMENT
    manifest, problems = parse_manifest(trees.read_blob(repo, oid) if readable and oid is not None else None)
    return manifest, tuple(problems)


def _document(
    repo: pygit2.Repository, path: str, oid: str | None, mode: int, before: TokenDocument | None = None
) -> TokenDocument | None:
    """The token file of a blob; ``before`` is one that it may differ from in little."""
    if oid is None or not is_plain_file(mode) or trees.blob_size(repo, oid) > LARGEST_DOCUMENT:
        return None
    return parse_edited(before, path, trees.read_blob(repo, oid))


def reader(repo: pygit2.Repository, tree: str | None) -> Read:
    """Reads the plain files of a tree by path, each once; None where there is none, or what would be too much to parse.

    For the length of one judgement: it remembers what it has read.
    """
    known: dict[str, bytes | None] = {}
    left = LARGEST_READING

    def read(path: str) -> bytes | None:
        nonlocal left
        if path not in known:
            entry = trees.blob_at(repo, tree, path) if tree is not None else None
            size = entry.size or 0 if entry is not None else 0
            readable = entry is not None and is_plain_file(entry.mode) and size <= min(LARGEST_DOCUMENT, left)
            known[path] = trees.read_blob(repo, entry.oid) if readable and entry is not None else None
            left -= size if readable else 0
        return known[path]

    return read


def differing(repo: pygit2.Repository, before: str | None, after: str | None) -> list[FileChange]:
    """The files in which two trees differ."""
    return trees.changed(repo, before, after)


def is_plain_file(mode: int | None) -> bool:
    """Whether a tree entry is a regular file: neither symbolic link nor submodule."""
    return mode is not None and mode not in (SYMLINK_MODE, SUBMODULE_MODE)
