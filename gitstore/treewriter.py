"""Writes a tree from another one and a few edits: only the directories on the way to an edit are rewritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pygit2
from pygit2.enums import ObjectType

from gitstore import treebytes
from gitstore.errors import InvalidPath, ObjectMissing
from gitstore.objects import persist, write_object
from gitstore.paths import check_path
from gitstore.treebytes import DIRECTORY, TreeEntry
from gitstore.treecache import TREES

REGULAR = 0o100644
KNOWN_MODES = frozenset({REGULAR, 0o100755, treebytes.SYMLINK, treebytes.SUBMODULE, DIRECTORY})
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@dataclass(frozen=True, slots=True)
class BlobRef:
    """An object that is already in the repository (a merged file, a whole directory), put at a path as it is."""

    oid: str
    mode: int = REGULAR


Edit = bytes | BlobRef | None


@dataclass(slots=True)
class _Node:
    """The edits at one name: of the thing itself, and of what lies below it."""

    edited: bool = False
    edit: Edit = None
    below: dict[str, _Node] = field(default_factory=dict)


def write_tree(repo: pygit2.Repository, base_tree: str | None, edits: Mapping[str, Edit]) -> str:
    """Write the tree that ``edits`` make of ``base_tree`` and return its id.

    An edit is new content (the mode of an existing file stays), a :class:`BlobRef`, or None: the file or the whole
    directory goes, and so do directories left empty. Raises :class:`InvalidPath` for paths nobody may write and where a
    file and a directory would share a name, :class:`ObjectMissing` for a reference to nothing.
    """
    root = _Node()
    for path, edit in edits.items():
        node = root
        for name in check_path(path).split("/"):
            node = node.below.setdefault(name, _Node())
        if path.lower() == ".gitmodules" and isinstance(edit, bytes):
            raise InvalidPath("submodules come in by git push only, where git judges their URLs")
        node.edited, node.edit = True, edit
    return _write(repo, base_tree, root.below, "") or write_object(repo, ObjectType.TREE, b"")


def _write(repo: pygit2.Repository, base: str | None, nodes: Mapping[str, _Node], prefix: str) -> str | None:
    """The id of the directory that results, None when it is empty."""
    raw = _raw_tree(repo, base)
    results: dict[str, TreeEntry | None] = {}
    for name, node in nodes.items():
        results[name] = _entry(repo, treebytes.find(raw, name), node, name, prefix + name)
    kept = {name: entry for name, entry in results.items() if entry is not None}
    fast = treebytes.replace(raw, kept) if len(kept) == len(results) else None
    if fast is not None:
        return base if fast == raw else _write_raw(repo, fast)
    return _rebuild(repo, base, results)


def _write_raw(repo: pygit2.Repository, raw: bytes) -> str:
    """Write a tree and keep it: who wrote it compares it with the one before next."""
    oid = write_object(repo, ObjectType.TREE, raw)
    TREES.keep(repo, oid, raw)
    return oid


def _rebuild(repo: pygit2.Repository, base: str | None, results: Mapping[str, TreeEntry | None]) -> str | None:
    builder = repo.TreeBuilder(pygit2.Oid(hex=base)) if base else repo.TreeBuilder()
    for name, entry in results.items():
        if entry is not None:
            builder.insert(name, pygit2.Oid(hex=entry.oid), entry.mode)
        elif builder.get(name) is not None:
            builder.remove(name)
    return str(persist(builder.write)) if len(builder) else None


def _entry(repo: pygit2.Repository, existing: TreeEntry | None, node: _Node, name: str, path: str) -> TreeEntry | None:
    """What stands at ``path`` afterwards."""
    subtree = _write_below(repo, existing, node, path)
    if not node.edited:
        if subtree is None and existing is not None and not existing.is_directory:
            return existing  # only removals below a file: there was nothing to remove
        return TreeEntry(name, DIRECTORY, subtree) if subtree else None
    if node.edit is None:
        return TreeEntry(name, DIRECTORY, subtree) if subtree and node.below else None
    if subtree is not None:
        raise InvalidPath(f"{path!r} is a directory and cannot become a file while anything is in it")
    return _file(repo, existing, node.edit, name)


def _write_below(repo: pygit2.Repository, existing: TreeEntry | None, node: _Node, path: str) -> str | None:
    """The directory at ``path`` after the edits below it, or None where there is none."""
    base = existing.oid if existing is not None and existing.is_directory else None
    if not node.below:
        return base
    if node.edited and node.edit is None:
        base = None  # the thing itself goes first, the edits below it start anew
    blocked = existing is not None and not existing.is_directory and not node.edited
    if blocked and any(_adds(child) for child in node.below.values()):
        raise InvalidPath(f"{path!r} is a file and cannot hold other files")
    return _write(repo, base, node.below, f"{path}/")


def _adds(node: _Node) -> bool:
    return (node.edited and node.edit is not None) or any(_adds(child) for child in node.below.values())


def _file(repo: pygit2.Repository, existing: TreeEntry | None, edit: bytes | BlobRef, name: str) -> TreeEntry:
    if isinstance(edit, BlobRef):
        if edit.mode not in KNOWN_MODES:
            raise InvalidPath(f"{name!r}: git knows no mode {edit.mode:o}")
        if edit.mode != treebytes.SUBMODULE and not repo.odb.exists(pygit2.Oid(hex=edit.oid)):
            raise ObjectMissing(f"there is no object {edit.oid}")
        return TreeEntry(name, edit.mode, edit.oid)
    keeps = existing is not None and existing.mode in (REGULAR, 0o100755)
    return TreeEntry(name, existing.mode if existing and keeps else REGULAR, write_object(repo, ObjectType.BLOB, edit))


def _raw_tree(repo: pygit2.Repository, oid: str | None) -> bytes:
    if oid is None or oid == EMPTY_TREE:
        return b""
    return TREES.read(repo, oid).raw
