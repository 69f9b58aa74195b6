"""One supervised child: started, watched, restarted with growing pauses, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from embedded.processes import spawn, stop_child

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_STEADY_SECONDS = 60.0  # a child that ran this long starts again with the first pause


@dataclass(slots=True)
class Child:
    """A command that must keep running; `log` None lets it write to our own output."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path | None = None
    keep_open: Sequence[int] = ()
    patience: float = 8.0  # seconds between SIGTERM and SIGKILL
    restarts: int = field(default=0, init=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _started: float = field(default=0.0, init=False)
    _pause: float = field(default=_FIRST_PAUSE, init=False)
    _due: float | None = field(default=None, init=False)

    @property
    def pid(self) -> int | None:
        """The number of the running process."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process. Main thread only (see embedded.processes.spawn)."""
        self._process = spawn(self.command, log=self.log, environment=self.environment, keep_open=self.keep_open)
        self._started = time.monotonic()
        self._due = None

    def ended(self) -> int | None:
        """The status with which it ended; None while it runs."""
        return self._process.poll() if self._process else None

    def watch(self) -> str | None:
        """Restart it when it ended and its pause is over; gives a line for the person when something happened."""
        status = self.ended()
        if status is None:
            return None
        now = time.monotonic()
        if self._due is None:
            if now - self._started >= _STEADY_SECONDS:
                self._pause = _FIRST_PAUSE
            self._due = now + self._pause
            line = f"{self.name} ended with status {status}; starts again in {self._pause:.1f} s"
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)
            return line
        if now >= self._due:
            self.restarts += 1
            self.start()
            return f"{self.name} started again"
        return None

    def terminate(self) -> None:
        """Ask it to end, without waiting."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """Ask it to end, wait for its patience, then kill it and what it started."""
        if self._process:
            stop_child(self._process, signal.SIGTERM, self.patience)

    def kill_now(self) -> None:
        """End it at once, without waiting; safe inside a signal handler."""
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
