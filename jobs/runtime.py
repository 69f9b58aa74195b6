"""What tasks find at hand inside a worker: engines opened once, and a loop that lives as long as the worker."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from services.context import Context

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Runtime:
    """One per worker process; connections of `context` belong to `runner`'s loop, so tasks must run on it."""

    context: Context
    runner: asyncio.Runner

    def run(self, task: Coroutine[Any, Any, T]) -> T:
        """Run a service's coroutine to its end."""
        return self.runner.run(task)


_installed: list[Runtime] = []


def install(runtime: Runtime) -> None:
    """Called once by the worker before it takes its first job."""
    _installed[:] = [runtime]


def current() -> Runtime:
    """The runtime of this worker; tasks run nowhere else."""
    if not _installed:
        raise RuntimeError("tasks run inside a worker only: start one with `xds worker`")
    return _installed[0]
