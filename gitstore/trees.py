"""Reads files and directories of any revision, and what differs between two trees."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pygit2
from pygit2.enums import ObjectType

from gitstore import treebytes
from gitstore.errors import ObjectMissing, TooLarge, UnknownRevision
from gitstore.objects import read_object
from gitstore.refs import head_branch, read_ref
from gitstore.treebytes import DIRECTORY, TreeEntry
from gitstore.treecache import TREES

_FULL = re.compile(r"[0-9a-f]{40}")
_ABBREVIATED = re.compile(r"[0-9a-f]{7,39}")


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file (or, in listings, a directory) of a tree. Bytes of ``path`` that are not UTF-8 are lone surrogates."""

    path: str
    mode: int
    oid: str
    size: int | None = None

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def is_directory(self) -> bool:
        return self.mode == DIRECTORY

    @property
    def is_regular(self) -> bool:
        """A file with content of its own: no symbolic link, no submodule, no directory."""
        return self.mode & 0o170000 == 0o100000


@dataclass(frozen=True, slots=True)
class FileChange:
    """One path that differs between two trees; an absent side has None and mode 0."""

    path: str
    old_oid: str | None
    new_oid: str | None
    old_mode: int = 0
    new_mode: int = 0


def resolve(repo: pygit2.Repository, revision: str) -> str:
    """The commit a branch, tag, full reference name or (abbreviated) commit id stands for; HEAD is the default branch.

    A plain name is looked for among branches first, then tags, then ids. Expressions (``~ ^ : @{}``) are no revisions.
    Raises :class:`UnknownRevision`.
    """
    if not revision or re.search(r"[\x00-\x20~^:?*\[\\\x7f]|\.\.|@\{", revision):
        raise UnknownRevision(f"{revision!r} is no branch, tag or commit")
    for name in _candidates(repo, revision):
        oid = read_ref(repo, name)
        if oid is not None:
            return _commit_of(repo, oid, revision)
    if _FULL.fullmatch(revision) or _ABBREVIATED.fullmatch(revision):
        return _commit_of(repo, revision, revision)
    raise UnknownRevision(f"there is no branch, tag or commit {revision!r}")


def tree_of(repo: pygit2.Repository, commit: str) -> str:
    """The id of a commit's tree; raises :class:`ObjectMissing`."""
    return read_object(repo, commit, ObjectType.COMMIT)[5:45].decode("ascii")


def read_blob(repo: pygit2.Repository, oid: str, limit: int | None = None) -> bytes:
    """A file's content; raises :class:`ObjectMissing`, or :class:`TooLarge` before it reads past ``limit`` bytes."""
    if limit is not None and blob_size(repo, oid) > limit:
        raise TooLarge(f"the file {oid} is larger than {limit} bytes")
    return read_object(repo, oid, ObjectType.BLOB)


def blob_size(repo: pygit2.Repository, oid: str) -> int:
    """A file's length in bytes without reading it; raises :class:`ObjectMissing`."""
    try:
        kind, size = repo.odb.read_header(oid)
    except (KeyError, ValueError) as error:
        raise ObjectMissing(f"there is no object {oid}") from error
    if kind != ObjectType.BLOB:
        raise ObjectMissing(f"{oid} is not a file")
    return int(size)


def blob_at(repo: pygit2.Repository, tree_or_commit: str, path: str) -> FileEntry | None:
    """The file at a path with its size; None where there is none (a directory or submodule is no file)."""
    entry = entry_at(repo, tree_or_commit, path)
    if entry is None or entry.is_directory or entry.mode == treebytes.SUBMODULE:
        return None
    return FileEntry(path, entry.mode, entry.oid, blob_size(repo, entry.oid))


def entry_at(repo: pygit2.Repository, tree_or_commit: str, path: str) -> TreeEntry | None:
    """What stands at a path, be it a file, a directory, a link or a submodule; None where nothing does."""
    entry = TreeEntry("", DIRECTORY, _tree(repo, tree_or_commit))
    for name in path.split("/"):
        found = TREES.read(repo, entry.oid).find(name) if entry.is_directory and name else None
        if found is None:
            return None
        entry = found
    return entry


def list_directory(repo: pygit2.Repository, tree: str, path: str = "") -> list[FileEntry]:
    """What lies directly in a directory (sub-directories included) in git's order; [] where there is no directory."""
    oid: str | None = _tree(repo, tree)
    if path:
        entry = entry_at(repo, tree, path)
        oid = entry.oid if entry is not None and entry.is_directory else None
    if oid is None:
        return []
    prefix = f"{path}/" if path else ""
    return [FileEntry(prefix + e.name, e.mode, e.oid) for e in treebytes.entries(_tree_bytes(repo, oid))]


def walk(
    repo: pygit2.Repository, tree: str, descend: Callable[[str], bool] = lambda directory: True
) -> Iterator[FileEntry]:
    """Every file below a tree, depth first in git's order; a directory ("a/b") only where ``descend`` agrees."""
    yield from _walk(repo, _tree(repo, tree), "", descend)


def changed(repo: pygit2.Repository, old_tree: str | None, new_tree: str | None) -> list[FileChange]:
    """The files that differ, by path; equal sub-trees are never read, renames are a removal and an addition."""
    found: dict[str, FileChange] = {}
    _compare(repo, old_tree and _tree(repo, old_tree), new_tree and _tree(repo, new_tree), "", found)
    return [found[path] for path in sorted(found)]


def _candidates(repo: pygit2.Repository, revision: str) -> list[str]:
    if revision == "HEAD":
        return [head_branch(repo)]
    if revision.startswith("refs/"):
        return [revision]
    return [] if _FULL.fullmatch(revision) else [f"refs/heads/{revision}", f"refs/tags/{revision}"]


def _commit_of(repo: pygit2.Repository, oid: str, revision: str) -> str:
    try:
        found = repo.git_object_lookup_prefix(oid)
        if found is not None:
            return str(found.peel(ObjectType.COMMIT).id)
    except (pygit2.GitError, ValueError) as error:
        raise UnknownRevision(f"{revision!r} is ambiguous or not a commit") from error
    raise UnknownRevision(f"there is no branch, tag or commit {revision!r}")


def _tree(repo: pygit2.Repository, oid: str) -> str:
    """``oid`` itself when it is a tree, the tree of it when it is a commit."""
    try:
        kind, _ = repo.odb.read_header(oid)
    except (KeyError, ValueError) as error:
        raise ObjectMissing(f"there is no object {oid}") from error
    return tree_of(repo, oid) if kind == ObjectType.COMMIT else oid


def _tree_bytes(repo: pygit2.Repository, oid: str) -> bytes:
    return TREES.read(repo, oid).raw


def _walk(repo: pygit2.Repository, tree: str, prefix: str, descend: Callable[[str], bool]) -> Iterator[FileEntry]:
    for entry in treebytes.entries(_tree_bytes(repo, tree)):
        path = prefix + entry.name
        if not entry.is_directory:
            yield FileEntry(path, entry.mode, entry.oid)
        elif descend(path):
            yield from _walk(repo, entry.oid, f"{path}/", descend)


def _compare(
    repo: pygit2.Repository, old: str | None, new: str | None, prefix: str, found: dict[str, FileChange]
) -> None:
    if old == new:
        return
    gone, come = treebytes.difference(_tree_bytes(repo, old) if old else b"", _tree_bytes(repo, new) if new else b"")
    before, after = {e.name: e for e in gone}, {e.name: e for e in come}
    for name in before | after:
        _compare_entry(repo, before.get(name), after.get(name), prefix + name, found)


def _compare_entry(
    repo: pygit2.Repository, old: TreeEntry | None, new: TreeEntry | None, path: str, found: dict[str, FileChange]
) -> None:
    old_tree = old.oid if old is not None and old.is_directory else None
    new_tree = new.oid if new is not None and new.is_directory else None
    _compare(repo, old_tree, new_tree, f"{path}/", found)
    old_file = old if old is not None and not old.is_directory else None
    new_file = new if new is not None and not new.is_directory else None
    if old_file is not None or new_file is not None:
        found[path] = FileChange(
            path,
            old_file.oid if old_file else None,
            new_file.oid if new_file else None,
            old_file.mode if old_file else 0,
            new_file.mode if new_file else 0,
        )
