"""Keeps the service's processes running from one parent, and stops them in the right order."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Protocol

from cli.children import Child
from embedded.errors import StartFailed
from embedded.processes import tail

_POLL_SECONDS = 0.1
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Server(Protocol):
    """A private database server: started before the children, stopped after them."""

    def start(self) -> str: ...
    def stop(self) -> None: ...
    def is_running(self) -> bool: ...


class Supervisor:
    """Watches children and servers until a signal asks for the end.

    Everything happens in the main thread: the kernel's parent-death signal follows the thread that started a child.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._servers: list[tuple[str, Server]] = []
        self._children: list[Child] = []
        self._asked = 0

    @property
    def stopping(self) -> bool:
        """Whether a signal has asked for the end."""
        return self._asked > 0

    def listen(self) -> None:
        """From now on SIGINT, SIGTERM and SIGHUP end `run`; a second one ends the children without patience."""
        for number in _STOP_SIGNALS:
            signal.signal(number, self._on_signal)

    def start_server(self, name: str, server: Server) -> str:
        """Start a database server, which is from now on ours to stop; gives its URL."""
        self._servers.append((name, server))
        return server.start()

    def start_children(self, children: Iterable[Child]) -> None:
        """Start the processes that are to be kept running."""
        for child in children:
            self._children.append(child)
            child.start()

    def wait_for(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until the children are `ready`; raises StartFailed when one of them ends first or time runs out."""
        deadline = time.monotonic() + seconds
        while not self.stopping and not ready():
            for child in self._children:
                if (status := child.ended()) is not None:
                    raise StartFailed(f"{child.name} ended with status {status} while starting{_log_of(child)}")
            if time.monotonic() > deadline:
                raise StartFailed(f"the service did not answer within {seconds:.0f} s{_log_of(*self._children)}")
            time.sleep(_POLL_SECONDS)

    def all_run(self) -> bool:
        """Whether every child runs and nobody asked for the end."""
        return not self.stopping and all(child.ended() is None for child in self._children)

    def run(self) -> None:
        """Watch until a signal asks for the end."""
        while not self.stopping:
            for name, server in self._servers:
                if not server.is_running() and not self.stopping:
                    self._tell(f"{name} ended; starting it again")
                    server.start()
            for child in self._children:
                if line := child.watch():
                    self._tell(line)
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """End the children (all asked at once, so that they end side by side), then the servers, last started first."""
        for child in self._children:
            child.terminate()
        for child in self._children:
            child.stop()
        self._children.clear()
        for _name, server in reversed(self._servers):
            server.stop()
        self._servers.clear()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._asked += 1
        if self._asked > 1:  # somebody is in a hurry; stop() may be waiting for a child's patience
            for child in self._children:
                child.kill_now()


def _log_of(*children: Child) -> str:
    ends = [tail(child.log) for child in children if child.log is not None]
    return "".join(f"\n{end}" for end in ends if end)
