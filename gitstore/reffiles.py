"""The files behind references: bulk reading, the writers' lock, and what a killed writer may have left."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pygit2
from pygit2.enums import ObjectType

from gitstore.errors import RefLocked
from gitstore.treebytes import decode_name, encode_name

WRITERS_LOCK = "writers.lock"
LOCK_SECONDS = 10.0
STALE_SECONDS = 0.5

# A line of packed-refs (git writes them sorted), and for an annotated tag the line after it with what it finally names.
_PACKED = re.compile(r"^([0-9a-f]{40}) ([^\n]+)\n(?:\^([0-9a-f]{40})\n)?", re.MULTILINE)


class RefTarget(NamedTuple):
    """What a reference holds: an object id and, for an annotated tag, the id of what it finally names."""

    oid: str
    peeled: str | None = None


@contextlib.contextmanager
def hold_writers_lock(path: Path, seconds: float = LOCK_SECONDS) -> Iterator[int]:
    """Be the only one who changes this repository's references, across threads and processes.

    The kernel drops the lock with the process that holds it, kill -9 included; therefore a ``.lock`` file seen while
    holding it has no living owner. Yields the descriptor, for a git process to inherit. Raises :class:`RefLocked`.
    """
    handle = os.open(path / WRITERS_LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _wait_for(handle, seconds)
        yield handle
    finally:
        os.close(handle)


def _wait_for(handle: int, seconds: float) -> None:
    deadline, pause = time.monotonic() + seconds, 0.0005
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise RefLocked(f"another writer held the references for {seconds:g} s") from error
            time.sleep(pause)
            pause = min(pause * 2, 0.02)


def remove_stale_lock(lock: Path) -> bool:
    """Remove a lock file left by a dead process; False when there was none to remove.

    The caller holds the writers' lock. Only a git run by hand could own the file then, so it gets a moment to finish,
    counted from when it was made: the many locks that one dead process left cost one wait and not one each.
    """
    before = _identity(lock)
    age = time.time() - before[1] / 1e9 if before is not None else 0.0
    deadline = time.monotonic() + STALE_SECONDS - min(max(age, 0.0), STALE_SECONDS)
    while before is not None and time.monotonic() < deadline:
        time.sleep(0.01)
        if _identity(lock) != before:
            return True
    if before is not None:
        lock.unlink(missing_ok=True)
    return before is not None


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status.st_ino, status.st_mtime_ns


def forget_reflog(path: Path, name: str) -> None:
    """Remove a deleted reference's log and the directories it leaves empty, which a later name may need."""
    log = path / "logs" / name
    log.unlink(missing_ok=True)
    for parent in log.parents:
        if parent.name in ("heads", "tags", "refs"):
            return
        try:
            parent.rmdir()
        except OSError:
            return


def blocking_name(repo: pygit2.Repository, name: str) -> str | None:
    """A reference that stands where ``name`` needs a directory, or below where it needs a file."""
    parts = name.split("/")
    for length in range(3, len(parts)):
        ancestor = "/".join(parts[:length])
        if ancestor in repo.references:
            return ancestor
    return next(iter(read_all(repo, f"{name}/")), None)


def read_all(repo: pygit2.Repository, prefix: str) -> dict[str, RefTarget]:
    """Every reference below ``prefix``. Loose files first, then packed-refs: a reference packed in between is seen."""
    loose = dict(_loose(Path(repo.path), prefix))
    found = read_packed(Path(repo.path))
    if prefix != "refs/":
        found = {name: target for name, target in found.items() if name.startswith(prefix)}
    for name, oid in loose.items():
        found[name] = RefTarget(oid, peel(repo, oid))
    return {name: found[name] for name in sorted(found, key=encode_name)} if loose else found


def _loose(root: Path, prefix: str) -> Iterator[tuple[str, str]]:
    # A prefix without a trailing slash may end inside a name: the scan begins at its directory.
    stack = [os.fsencode(root / prefix.rpartition("/")[0])]
    base = len(os.fsencode(root)) + 1
    while stack:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(stack.pop()) as folder:
            for entry in folder:
                if entry.is_dir(follow_symlinks=False):
                    stack.append(entry.path)
                elif not entry.name.endswith(b".lock"):
                    name = decode_name(entry.path[base:])
                    oid = _read_oid(entry.path) if name.startswith(prefix) else None
                    if oid is not None:
                        yield name, oid


def _read_oid(path: bytes) -> str | None:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 -- a Path per reference doubles the time of a listing
            text = file.read(64).strip()
    except (FileNotFoundError, IsADirectoryError):
        return None
    return text.decode("ascii") if len(text) == 40 and text.isalnum() else None


def read_packed(root: Path) -> dict[str, RefTarget]:
    """Every reference in packed-refs, whether a file of its own hides it or not."""
    try:
        text = decode_name((root / "packed-refs").read_bytes())
    except FileNotFoundError:
        return {}
    return {name: RefTarget(oid, peeled or None) for oid, name, peeled in _PACKED.findall(text)}


def peel(repo: pygit2.Repository, oid: str) -> str | None:
    """The id of what an annotated tag finally names; None for anything else."""
    try:
        kind, _ = repo.odb.read_header(oid)
        return str(repo[oid].peel(None).id) if kind == ObjectType.TAG else None
    except (KeyError, ValueError, pygit2.GitError):
        return None
