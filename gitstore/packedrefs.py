"""Very many references moved at once: packed-refs is written anew once, where a synced file each would take minutes."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pygit2

from gitstore.durability import sync_directories
from gitstore.errors import RefLocked
from gitstore.identity import Person
from gitstore.reffiles import RefTarget, forget_reflog, peel, read_packed, remove_stale_lock
from gitstore.treebytes import encode_name

if TYPE_CHECKING:
    from gitstore.refs import RefUpdate

HEADER = b"# pack-refs with: peeled fully-peeled sorted \n"
ZERO = "0" * 40


def move_packed(repo: pygit2.Repository, updates: Sequence[RefUpdate], *, who: Person, reason: str) -> None:
    """Move references that were compared already; on disk when this returns. The caller holds the writers' lock.

    The new packed-refs becomes visible as a whole. A reference that also has a file of its own shows its old value
    until that is removed right after; killed in between, those references stay at their old values.
    """
    path = Path(repo.path)
    with _locked(path, [update.name for update in updates]):
        packed = dict(read_packed(path))
        for update in updates:
            if update.new is None:
                packed.pop(update.name, None)
            else:
                packed[update.name] = RefTarget(update.new, peel(repo, update.new))
        _write(path, packed)
        touched = {_remove_file(path, update.name) for update in updates if update.old is not None}
        sync_directories(str(folder) for folder in touched if folder is not None)
        _log(path, updates, who, reason)


@contextlib.contextmanager
def _locked(path: Path, names: Sequence[str]) -> Iterator[None]:
    """Keep a git that is run by hand away from these references and from packed-refs."""
    locks = [path / "packed-refs.lock", *(path / f"{name}.lock" for name in names)]
    held: list[Path] = []
    try:
        for lock in locks:
            _take(lock)
            held.append(lock)
        yield
    finally:
        for lock in held:
            lock.unlink(missing_ok=True)
        for folder in {name.rpartition("/")[0] for name in names}:
            _remove_empty(path / folder)


def _take(lock: Path) -> None:
    """We hold the writers' lock, so a lock file that stays was left by a process that died."""
    for attempt in range(3):
        lock.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.close(os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644))
            return
        except FileExistsError as error:
            if attempt == 2 or not remove_stale_lock(lock):
                raise RefLocked(f"{lock.stem} cannot be locked") from error


def _write(path: Path, packed: Mapping[str, RefTarget]) -> None:
    lines = [HEADER]
    for name in sorted(packed, key=encode_name):
        target = packed[name]
        lines.append(target.oid.encode() + b" " + encode_name(name) + b"\n")
        if target.peeled is not None:
            lines.append(b"^" + target.peeled.encode() + b"\n")
    temporary = path / "packed-refs.new"  # git's own name for it; swept where a killed process left one
    with temporary.open("wb") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path / "packed-refs")
    sync_directories([path])


def _remove_file(path: Path, name: str) -> Path | None:
    """Remove a reference's own file, which would hide the packed value; the folder that changed."""
    with contextlib.suppress(FileNotFoundError):
        (path / name).unlink()
        return (path / name).parent
    return None


def _remove_empty(folder: Path) -> None:
    """Empty folders would stand in the way of later names."""
    with contextlib.suppress(OSError):
        while folder.parent.name != "refs" and folder.name != "refs":
            folder.rmdir()
            folder = folder.parent


def _log(path: Path, updates: Sequence[RefUpdate], who: Person, reason: str) -> None:
    """The reflogs, for people who look for a lost commit; not synced, nothing depends on them."""
    name, email = who.as_signature()
    ending = f"{name} <{email}> {int(time.time())} +0000\t{reason}\n"
    for update in updates:
        if update.new is None:
            forget_reflog(path, update.name)
            continue
        log = path / "logs" / update.name
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8", errors="surrogateescape") as file:
            file.write(f"{update.old or ZERO} {update.new} {ending}")
