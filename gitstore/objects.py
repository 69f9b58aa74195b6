"""Writes objects beside a running maintenance, which may remove the directory that libgit2 has just made."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pygit2
from pygit2.enums import ObjectType

from gitstore.errors import ObjectMissing

ATTEMPTS = 5

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
    """Write one object from its bytes and return its id."""
    return str(persist(lambda: repo.write(kind, raw)))


def read_object(repo: pygit2.Repository, oid: str, kind: ObjectType) -> bytes:
    """An object's bytes; raises :class:`ObjectMissing` when it is absent or of another kind."""
    try:
        actual, raw = repo.read(oid)
    except (KeyError, ValueError) as error:
        raise ObjectMissing(f"there is no object {oid}") from error
    if actual != kind:
        raise ObjectMissing(f"{oid} is not a {kind.name.lower()}")
    return raw
