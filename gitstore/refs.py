"""References: read, listed, and moved by compare-and-swap, which is the only way anything becomes visible."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pygit2
from pygit2.enums import ObjectType

from gitstore.durability import sync_directories, write_file
from gitstore.errors import InvalidRefName, ObjectMissing, RefLocked, RefMoved
from gitstore.identity import Person
from gitstore.packedrefs import move_packed
from gitstore.reffiles import (
    RefTarget,
    blocking_name,
    forget_reflog,
    hold_writers_lock,
    read_all,
    remove_stale_lock,
)

MAX_NAME_BYTES = 240  # leaves room for ".lock" in a file name of 255
MANY = 50
"""Updates from which on they go into packed-refs together: one synced file each is 14 ms, 2,000 of them 28 s."""

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f~^:?*\[\\\ud800-\udfff]|\.\.|@\{|//")


@dataclass(frozen=True, slots=True)
class RefUpdate:
    """One reference as its writer saw it (None: absent) and as it shall be (None: deleted)."""

    name: str
    old: str | None
    new: str | None


def check_ref_name(name: str) -> str:
    """Return ``name`` when it is a branch or tag git accepts (git-check-ref-format(1)) and we do too."""
    if not name.startswith(("refs/heads/", "refs/tags/")):
        raise InvalidRefName(f"{name!r}: only refs/heads/ and refs/tags/ are kept here")
    if _FORBIDDEN.search(name) or name.endswith(("/", ".")) or name == "refs/heads/HEAD":
        raise InvalidRefName(f"{name!r} is not a valid reference name")
    if any(part.startswith((".", "-")) or part.endswith(".lock") for part in name.split("/")):
        raise InvalidRefName(f"{name!r}: no part of a name begins with '.' or '-' or ends with '.lock'")
    if len(name.encode()) > MAX_NAME_BYTES:
        raise InvalidRefName(f"a reference name is at most {MAX_NAME_BYTES} bytes long")
    return name


def read_ref(repo: pygit2.Repository, name: str) -> str | None:
    """The object id a reference holds (a tag object's own id, not peeled), or None."""
    try:
        return str(repo.lookup_reference(name).resolve().target)
    except (KeyError, pygit2.InvalidSpecError):
        return None


def stood_at(repo: pygit2.Repository, name: str) -> set[str]:
    """Where a reference was moved to and is, as far back as its log goes; empty where it is absent. Logs are written
    without being synced, so after a crash the last moves may be missing."""
    try:
        reference = repo.lookup_reference(name)
    except (KeyError, pygit2.InvalidSpecError):
        return set()
    return {str(reference.resolve().target), *(str(entry.oid_new) for entry in reference.log())}


def list_refs(repo: pygit2.Repository, prefix: str = "refs/") -> dict[str, RefTarget]:
    """Every reference below ``prefix`` by name, in byte order; ``peeled`` is set for annotated tags only."""
    return read_all(repo, prefix)


def head_branch(repo: pygit2.Repository) -> str:
    """The full name of the branch HEAD stands for, born or not."""
    target = repo.lookup_reference("HEAD").target
    return target if isinstance(target, str) else ""


def set_head(repo: pygit2.Repository, name: str) -> None:
    """Make ``name`` (``refs/heads/…``) the default branch, durably."""
    check_ref_name(name)
    write_file(Path(repo.path) / "HEAD", f"ref: {name}\n".encode())


def move(repo: pygit2.Repository, updates: Sequence[RefUpdate], *, who: Person, reason: str) -> None:
    """Move references, all or none, each only if it is where its writer saw it; on disk when this returns.

    Raises :class:`RefMoved` for the first that is elsewhere, :class:`ObjectMissing` for a target that is absent (or,
    for a branch, no commit), :class:`InvalidRefName`, and :class:`RefLocked` when other writers never let go.
    """
    ordered = sorted(updates, key=lambda update: update.name)
    _check_updates(repo, ordered)
    path = Path(repo.path)
    with hold_writers_lock(path):
        if len(ordered) >= MANY:
            _move_many(repo, ordered, who, reason)
            sync_directories([path / "objects"])
            return
        _move_locked(repo, path, ordered, who, reason)
    # libgit2 has synced the objects, the references and the directories they are in. What it leaves out: the entry of a
    # new fan-out directory, of a new directory in the reference's path, and of a reference that was removed.
    folders = [path / "objects"]
    for update in ordered:
        if update.old is None or update.new is None:  # a reference that only moves stays where it was
            folders += _parents(path, update.name)
    sync_directories(folders)


def _move_locked(repo: pygit2.Repository, path: Path, updates: Sequence[RefUpdate], who: Person, reason: str) -> None:
    for update in updates:
        _compare(repo, update)
        _check_room(repo, update)
    name, email = who.as_signature()
    repo.set_ident(name, email)  # pygit2's own signature argument is broken in 1.21 (bytes where C wants a pointer)
    with repo.transaction() as transaction:
        for update in updates:
            _lock(transaction, path, update.name)
        for update in updates:
            _compare(repo, update)
        for update in updates:
            if update.new is None:
                transaction.remove(update.name)
            else:
                transaction.set_target(update.name, update.new, None, _one_line(reason))
        deleted = [update.name for update in updates if update.new is None]
        if deleted:  # a removal rewrites packed-refs, whose lock file may be a dead process's too
            remove_stale_lock(path / "packed-refs.lock")
    for removed in deleted:
        forget_reflog(path, removed)


def _move_many(repo: pygit2.Repository, updates: Sequence[RefUpdate], who: Person, reason: str) -> None:
    standing = read_all(repo, "refs/")
    folders = folders_of(standing)
    for update in updates:
        target = standing.get(update.name)
        actual = target.oid if target is not None else None
        if actual != update.old:
            raise RefMoved(update.name, update.old, actual)
        if update.old is None and update.new is not None:
            parents = [parent for parent in parents_of(update.name) if parent in standing]
            blocker = parents[0] if parents else folders.get(update.name)
            if blocker is not None:
                raise InvalidRefName(f"{update.name} cannot be created: {blocker} exists")
            standing[update.name] = RefTarget(update.new)
            folders |= dict.fromkeys(parents_of(update.name), update.name)
    move_packed(repo, updates, who=who, reason=_one_line(reason))


def parents_of(name: str) -> Iterator[str]:
    """The folders that a name needs: ``refs/heads/a/b/c`` → ``refs/heads/a/b``, ``refs/heads/a``."""
    parts = name.split("/")
    return ("/".join(parts[:length]) for length in range(len(parts) - 1, 2, -1))


def folders_of(names: Iterable[str]) -> dict[str, str]:
    """Every folder that some names need, with one that needs it: none of them can be a reference itself."""
    return {parent: name for name in names for parent in parents_of(name)}


def _lock(transaction: pygit2.ReferenceTransaction, path: Path, name: str) -> None:
    """Lock one reference. We hold the writers' lock, so a lock file that stays was left by a process that died."""
    for attempt in range(3):
        try:
            transaction.lock_ref(name)
            return
        except pygit2.GitError as error:
            if attempt == 2 or not remove_stale_lock(path / f"{name}.lock"):
                raise RefLocked(f"{name} cannot be locked: {error}") from error


def _compare(repo: pygit2.Repository, update: RefUpdate) -> None:
    actual = read_ref(repo, update.name)
    if actual != update.old:
        raise RefMoved(update.name, update.old, actual)


def _check_room(repo: pygit2.Repository, update: RefUpdate) -> None:
    """A new name needs its place free as a file and its parents as directories; libgit2's transactions do not look."""
    if update.old is None and update.new is not None:
        blocker = blocking_name(repo, update.name)
        if blocker is not None:
            raise InvalidRefName(f"{update.name} cannot be created: {blocker} exists")


def _check_updates(repo: pygit2.Repository, updates: Sequence[RefUpdate]) -> None:
    seen: set[str] = set()
    for update in updates:
        check_ref_name(update.name)
        if update.name in seen:
            raise InvalidRefName(f"{update.name} is named twice")
        seen.add(update.name)
        if update.new is not None:
            _check_target(repo, update.name, update.new)


def _check_target(repo: pygit2.Repository, name: str, oid: str) -> None:
    try:
        kind, _ = repo.odb.read_header(oid)
    except (KeyError, ValueError) as error:
        raise ObjectMissing(f"{name}: there is no object {oid}") from error
    if name.startswith("refs/heads/") and kind != ObjectType.COMMIT:
        raise ObjectMissing(f"{name}: a branch stands at a commit, {oid} is none")


def _parents(path: Path, name: str) -> Iterator[Path]:
    for parent in (path / name).parents:
        yield parent
        if parent.name == "refs":
            return


def _one_line(text: str) -> str:
    return " ".join(text.encode("utf-8", "replace").decode().split())[:200] or "update"


__all__ = [
    "RefTarget",
    "RefUpdate",
    "check_ref_name",
    "head_branch",
    "list_refs",
    "move",
    "read_ref",
    "set_head",
    "stood_at",
]
