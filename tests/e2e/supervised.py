"""A whole service of a test's own that can be killed like a power cut, and started again with the same command."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from embedded.postgres import remove_data
from embedded.processes import tail
from tests.service import Service

MIB = 1 << 20


class Supervised:
    """`xds serve` on one data directory and one port, as often as wanted."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = _free_port()
        self.said = data.parent / f"{data.name}-said.txt"
        self.service: Service | None = None
        self._process: subprocess.Popen[str] | None = None

    def launch(self) -> None:
        """Start the command without waiting for anything."""
        serve = ["serve", "--json", "--port", str(self.port), "--data", str(self.data)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("XDS_")}
        environment["XDS_RATE_LIMITS"] = "false"  # all writers come from one address
        with self.said.open("a", encoding="utf-8") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "cli.main", *serve],
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                env=environment,
            )

    def await_banner(self) -> Service:
        """Wait until it says that it answers; it must."""
        assert self._process is not None
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the service did not start:\n{self.said.read_text()}\n{self.logs()}"
        banner = json.loads(line)
        if self.service is None:
            self.service = Service(banner["url"], self.data, banner["admin_email"], banner["admin_password"])
        assert banner["url"] == self.service.url
        return self.service

    def start(self) -> Service:
        self.launch()
        return self.await_banner()

    def family(self) -> list[psutil.Process]:
        """The supervisor and everything below it, at this moment."""
        if self._process is None:
            return []
        try:
            supervisor = psutil.Process(self._process.pid)
            return [supervisor, *supervisor.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def kill(self) -> int:
        """SIGKILL to the whole tree at once; how many processes that were."""
        family = self.family()
        for process in family:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        assert self._process is not None
        self._process.communicate()
        _gone, alive = psutil.wait_procs(family, timeout=30)
        assert [one for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []
        return len(family)

    def child(self, part: str) -> psutil.Process:
        """The direct child whose command line has this in it."""
        for process in self.family()[1:]:
            try:
                if any(part in word for word in process.cmdline()) and process.ppid() == self.family()[0].pid:
                    return process
            except psutil.Error:
                continue
        raise AssertionError(f"there is no {part}: {self.family()}")

    def stop(self) -> None:
        """SIGTERM; it must end cleanly."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.communicate(timeout=60)
            assert self._process.returncode == 0

    @property
    def running(self) -> Service:
        """The service as its first start described it."""
        assert self.service is not None
        return self.service

    def logs(self) -> str:
        """The ends of all its logs, for a message."""
        logs = sorted((self.data / "logs").glob("*.log"))
        return "\n".join(f"--- {log.name}\n{tail(log, 40)}" for log in logs)


@contextmanager
def supervised(folder: Path) -> Iterator[Supervised]:
    """A started service; nothing of it is left at the end."""
    made = Supervised(folder / "data")
    try:
        made.start()
        yield made
        made.stop()
    finally:
        if made.family():
            made.kill()
        remove_data(made.data)


class Memory:
    """The most memory that each kind of process ever held, in MiB, sampled from the side."""

    def __init__(self, service: Supervised) -> None:
        self._service = service
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peaks: dict[str, float] = {}

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.5):
            for process in self._service.family():
                try:
                    held = process.memory_full_info().uss / MIB
                    kind = _kind_of(process)
                except psutil.Error:
                    continue
                self.peaks[kind] = max(self.peaks.get(kind, 0.0), held)


def _kind_of(process: psutil.Process) -> str:
    words = " ".join(process.cmdline())
    return next((kind for kind in ("cli.web", "jobs.worker", "cli.main", "postgres", "valkey") if kind in words), "git")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
