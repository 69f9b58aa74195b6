"""Keeps a repository small and quick beside its writers, and clears away what killed processes left in it."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gitstore.process import run_git
from gitstore.reffiles import hold_writers_lock, remove_stale_lock

MANY_PACKS = 40
MANY_LOOSE_OBJECTS = 2000
MANY_LOOSE_REFS = 200
LARGE_PACK = 256 * 1024
"""Bytes from which on a pack may hold so many commits that walking them without a commit-graph shows."""
CHAIN = "objects/info/commit-graphs/commit-graph-chain"
DAY = 86_400.0
SECONDS = 1800.0


@dataclass(frozen=True, slots=True)
class Report:
    """What maintenance found and left; time in seconds."""

    packs_before: int
    packs_after: int
    loose_before: int
    loose_after: int
    removed: tuple[str, ...]
    seconds: float


def needs_maintenance(path: Path) -> bool:
    """A guess from a few directory listings: many packs, loose objects or references, or a large push not in the
    commit-graph."""
    return (
        _packs(path) > MANY_PACKS
        or _loose_objects(path) > MANY_LOOSE_OBJECTS
        or _is_unmapped(path)
        or _many_loose_refs(path)
    )


def packs_changed(path: Path) -> int:
    """When packs last came or went, in nanoseconds; 0 where there are none. For who asks after every write."""
    try:
        return (path / "objects/pack").stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def maintain(path: Path, *, stale_seconds: float = DAY) -> Report:
    """Repack geometrically, drop what is packed twice, write the commit-graph, pack references, sweep leftovers.

    Safe beside readers and writers: references are packed under the writers' lock, and the only objects dropped are
    loose, unreachable and older than ``stale_seconds``. Packed ones are kept for good: git and libgit2 do not agree on
    how to tell that one is in use again. Raises :class:`GitProcessFailed` and :class:`TimedOut`.
    """
    begun, packs, loose = time.monotonic(), _packs(path), _loose_objects(path)
    removed = tuple(sweep(path, stale_seconds))
    expiry = f"{int(stale_seconds)}.seconds.ago"
    for command in (
        ["prune", f"--expire={expiry}"],  # first: a geometric repack takes unreachable loose objects into its packs
        ["repack", "-d", "-l", "-q", "--no-write-bitmap-index", "--geometric=2"],
        ["prune-packed", "-q"],
    ):
        run_git(path, command, timeout=SECONDS)
    _map(path)
    with hold_writers_lock(path) as lock:
        for stale in [path / "packed-refs.lock", *(path / "refs").rglob("*.lock")]:
            remove_stale_lock(stale)
        # The process inherits the lock: should we be killed now, nobody touches the references until it has ended.
        run_git(path, ["pack-refs", "--all", "--prune"], timeout=SECONDS, keep_open=[lock])
    return Report(packs, _packs(path), loose, _loose_objects(path), removed, time.monotonic() - begun)


def _map(path: Path) -> None:
    """Write the commit-graph, and that it is up to date from now on: git leaves it alone where no commit is new."""
    now = time.time()
    command = ["commit-graph", "write", "--reachable", "--changed-paths", "--split", "--no-progress"]
    run_git(path, command, timeout=SECONDS)
    with contextlib.suppress(FileNotFoundError):
        os.utime(path / CHAIN, (now, now))


def sweep(path: Path, stale_seconds: float = DAY) -> Iterator[str]:
    """Remove what killed processes left and what nobody has touched for ``stale_seconds``; yields the names removed.

    Reference locks need no sweeping: ``refs.move`` knows a dead one by the writers' lock it holds itself.
    """
    before = time.time() - stale_seconds
    for leftover in [*_quarantines(path), *_temporary_files(path), *_keeps(path)]:
        with contextlib.suppress(FileNotFoundError):
            if leftover.stat().st_mtime < before:
                _remove(leftover)
                yield str(leftover.relative_to(path))


def _quarantines(path: Path) -> Iterator[Path]:
    return (path / "objects").glob("tmp_objdir-*")


def _temporary_files(path: Path) -> Iterator[Path]:
    """Objects and packs that were never finished, by git ("tmp_obj_", "tmp_pack_") and libgit2 ("tmp_object_git2_")."""
    objects = path / "objects"
    for pattern in ("tmp_obj*", "pack/tmp_*", "pack/.tmp-*", "[0-9a-f][0-9a-f]/tmp_obj*", "info/commit-graphs/tmp_*"):
        yield from (found for found in objects.glob(pattern) if found.is_file())
    for lock in ("packed-refs.lock", "packed-refs.new", "config.lock", "HEAD.lock", "objects/info/commit-graph.lock"):
        yield path / lock
    yield path / "objects/info/commit-graphs/commit-graph-chain.lock"
    yield from path.glob(".HEAD.*")


def _keeps(path: Path) -> Iterator[Path]:
    """receive-pack marks a pack while it pushes; killed, it leaves the mark, and the pack would never be repacked."""
    for keep in (path / "objects/pack").glob("pack-*.keep"):
        with contextlib.suppress(FileNotFoundError):
            if keep.read_bytes().startswith((b"receive-pack ", b"fetch-pack ")):
                yield keep


def _remove(leftover: Path) -> None:
    if leftover.is_dir():
        shutil.rmtree(leftover, ignore_errors=True)
    else:
        leftover.unlink(missing_ok=True)


def _packs(path: Path) -> int:
    return sum(1 for name in _names(path / "objects/pack") if name.endswith(".pack"))


def _is_unmapped(path: Path) -> bool:
    """Whether a large pack came after the commit-graph was written: a log of a path would read every tree."""
    graph = _modified(path / CHAIN)
    packs = (path / "objects/pack").glob("*.pack")
    return any(_modified(pack) > graph and pack.stat().st_size >= LARGE_PACK for pack in packs)


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _loose_objects(path: Path) -> int:
    """An estimate from 4 of the 256 directories: ids are spread evenly (git's own "gc --auto" looks into one)."""
    return 64 * sum(len(_names(path / "objects" / folder)) for folder in ("17", "5a", "a3", "e8"))


def _many_loose_refs(path: Path) -> bool:
    found = 0
    for _, _, files in os.walk(path / "refs"):
        found += len(files)
        if found > MANY_LOOSE_REFS:
            return True
    return False


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 -- names only; this is asked after every write
    except FileNotFoundError:
        return []
