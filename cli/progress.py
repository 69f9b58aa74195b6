"""Bars on long work: on stderr, only where somebody looks, and only once the work has gone on for a moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import monotonic
from typing import TypeVar

from cli.terminal import Stream, errors

PATIENCE = 0.5
"""Seconds before a bar comes up."""

T = TypeVar("T")


def tracked(items: Sequence[T], doing: str, stream: Stream = errors, patience: float = PATIENCE) -> Iterator[T]:
    """The items one by one, with a bar that says how many of them are done; it is gone when they are."""
    if len(items) < 2 or not stream.is_terminal:
        yield from items
        return
    begin = monotonic()
    waiting = iter(items)
    done = 0
    for item in waiting:
        yield item
        done += 1
        if monotonic() - begin >= patience:
            break
    if done == len(items):
        return
    with stream.bar() as progress:
        task = progress.add_task(doing, total=len(items), completed=done)
        for item in waiting:
            yield item
            progress.advance(task)
