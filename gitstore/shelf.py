"""The shelf: what was worked out from objects of a repository, kept in folders beside them while there is room.

Nothing here is the only copy of anything. A folder appears whole or not at all.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from gitstore.durability import sync_tree
from gitstore.errors import RepositoryMissing

_KEY = re.compile(r"[0-9a-z][0-9a-z-]*")
USED_SECONDS = 3600.0
"""How exactly it is known when a folder was last asked for."""


def shelved(repository: Path, kind: str, key: str) -> Path | None:
    """The folder that is kept under a key, which counts as used now; None where there is none."""
    folder = _place(repository, kind, key)
    if not folder.is_dir():
        return None
    with contextlib.suppress(OSError):
        if folder.stat().st_mtime < time.time() - USED_SECONDS:
            os.utime(folder)
    return folder


@contextlib.contextmanager
def shelving(repository: Path, kind: str, key: str) -> Iterator[Path]:
    """An empty folder to fill, which is kept under the key when the block ends and thrown away when it raises.

    Where somebody else was quicker, theirs is kept: equal objects give equal files.
    """
    place = _place(repository, kind, key)
    if not repository.is_dir():  # deleted meanwhile: it is not to come back as a folder with nothing but this in it
        raise RepositoryMissing(f"there is no repository {repository.name}")
    for folder in (place.parent.parent, place.parent):
        folder.mkdir(exist_ok=True)
    folder = place.with_name(f".{key}-{os.getpid()}-{os.urandom(4).hex()}")
    folder.mkdir()
    try:
        yield folder
        sync_tree(folder)
        with contextlib.suppress(OSError):  # not empty: it is there already
            folder.rename(place)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def discard(repository: Path, kind: str, key: str) -> None:
    """Throw away what is kept under a key."""
    shutil.rmtree(_place(repository, kind, key), ignore_errors=True)


def trim(repository: Path, most_bytes: int, *, keep: Path) -> int:
    """Throw away what was not asked for the longest, until all that is kept fits; how many folders went.

    ``keep`` stays however large it is. A file that is being sent is sent to its end.
    """
    found = []
    for folder in (repository / "shelf").glob("*/[!.]*"):
        with contextlib.suppress(OSError):  # somebody else trims too
            size = sum(file.stat().st_size for file in folder.iterdir())
            found.append((folder != keep, folder.stat().st_mtime, folder, size))
    gone, left = 0, sum(size for *_, size in found)
    for is_other, _, folder, size in sorted(found):
        if is_other and left > most_bytes:
            shutil.rmtree(folder, ignore_errors=True)
            gone, left = gone + 1, left - size
    return gone


def _place(repository: Path, kind: str, key: str) -> Path:
    if not _KEY.fullmatch(kind) or not _KEY.fullmatch(key):
        raise ValueError("kinds and keys are plain names")
    return repository / "shelf" / kind / key
