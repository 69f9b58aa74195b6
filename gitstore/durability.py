"""Puts directory entries on disk: a new name survives a power cut only when its directory was synced too."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def sync_directory(path: Path | str) -> None:
    """fsync one directory; one that has gone meanwhile needs no syncing."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_directories(paths: Iterable[Path | str]) -> None:
    """fsync several directories, each once."""
    for path in dict.fromkeys(str(path) for path in paths):
        sync_directory(path)


def sync_tree(root: Path) -> None:
    """fsync every file and directory below ``root`` and ``root`` itself."""
    for folder, _, files in os.walk(root, topdown=False):
        for name in files:
            handle = os.open(Path(folder, name), os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        sync_directory(folder)


def write_file(path: Path, data: bytes) -> None:
    """Replace a small file as a whole, durably: it holds the old bytes or the new ones, never part of them."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}")
    with temporary.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_directory(path.parent)
