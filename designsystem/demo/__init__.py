"""The demonstration system "Acme UI": some 170 tokens and six components, as the files of a new repository."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

__all__ = ["demo_files"]


def demo_files() -> dict[str, bytes]:
    """Every file of the demonstration system by its path in the repository, in path order."""
    return dict(_files())


@lru_cache(maxsize=1)
def _files() -> tuple[tuple[str, bytes], ...]:
    return tuple(sorted(_walk(files(__name__) / "files", "")))


def _walk(directory: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in directory.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith((".json", ".tsx", ".md")):
            yield f"{prefix}{entry.name}", entry.read_bytes()
