"""Lets a server of another account work in a directory whose parents that account cannot enter."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded.account import Account


@contextmanager
def passable(directory: Path, account: Account) -> Iterator[tuple[str, tuple[int, ...]]]:
    """A name for `directory` that `account` can use even where it cannot enter the folders above, and what to inherit.

    Root's checkouts often lie below /root (0700). A child that inherits an open descriptor of the directory reaches
    it as /proc/self/fd/N, so that nobody's permissions have to be loosened.
    """
    if not account.switched:
        yield str(directory), ()
        return
    descriptor = os.open(directory, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}", (descriptor,)
    finally:
        os.close(descriptor)
