"""Writes objects beside a running maintenance, which may remove the directory that libgit2 has just made."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pygit2
from pygit2.enums import ObjectType

from gitstore.durability import sync_directory
from gitstore.errors import ObjectMissing

ATTEMPTS = 5
LEVEL = 1

_Written = TypeVar("_Written")


def persist(write: Callable[[], _Written]) -> _Written:
    """Call ``write`` until its object is there.

    git's prune-packed removes ``objects/ab`` once it is empty; libgit2 makes that directory and links the object into
    it in two steps and gives up when it is gone in between. Trying again makes the directory anew.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return write()
        except (OSError, pygit2.GitError) as error:
            if "No such file or directory" not in str(error):
                raise
    return write()


def write_object(repo: pygit2.Repository, kind: ObjectType, raw: bytes) -> str:
    """Write one object from its bytes, on disk when this returns, and return its id.

    Written here and not by libgit2, which holds the interpreter's lock while it compresses and waits for the disk: for
    that long nobody else in this process would be served. Level 1 is git's own for loose objects.
    """
    content = b"%b %d\0%b" % (kind.name.lower().encode("ascii"), len(raw), raw)
    oid = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    if repo.odb.exists(pygit2.Oid(hex=oid)):
        return str(persist(lambda: repo.write(kind, raw)))  # only notes that it is wanted still
    folder = Path(repo.path, "objects", oid[:2])
    data = zlib.compress(content, LEVEL)
    persist(lambda: _place(folder, oid[2:], data))
    return oid


def _place(folder: Path, name: str, data: bytes) -> None:
    """Put a loose object in its place, whole or not at all."""
    folder.mkdir(exist_ok=True)
    temporary = folder / f"tmp_obj_{os.getpid()}{os.urandom(6).hex()}"  # git prunes what bears such a name
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o444)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
        temporary.rename(folder / name)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_directory(folder)


def read_object(repo: pygit2.Repository, oid: str, kind: ObjectType) -> bytes:
    """An object's bytes; raises :class:`ObjectMissing` when it is absent or of another kind."""
    try:
        actual, raw = repo.read(oid)
    except (KeyError, ValueError) as error:
        raise ObjectMissing(f"there is no object {oid}") from error
    if actual != kind:
        raise ObjectMissing(f"{oid} is not a {kind.name.lower()}")
    return raw
