"""A private PostgreSQL cluster below a data directory, with a life cycle of our own."""

from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

import psutil

from embedded.account import Account
from embedded.binaries import postgres_bin
from embedded.cluster import create_cluster, refuse_other_major, server_environment
from embedded.errors import StartFailed
from embedded.passage import passable
from embedded.processes import ProcessRecord, spawn, stop_child, stop_orphan, wait_until
from embedded.rundir import leave_run_directory, run_directory
from embedded.secrets import keep_secret

_START_SECONDS = 120.0  # crash recovery may replay a long log
_STOP_SECONDS = 20.0
_TUNING = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "wal_compression": "on",
    "max_wal_size": "512MB",
    "random_page_cost": "1.1",
    "jit": "off",  # our queries are short: compiling them costs more than it saves
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %u@%d ",
    "unix_socket_permissions": "0700",
}
# Throwaway clusters of tests only: a crash of the machine may lose everything.
_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class EmbeddedPostgres:
    """Starts and stops one cluster at `<data>/postgres`; reached by a Unix socket and a SCRAM password, never by TCP.

    A socket in a private directory needs no free port, is out of reach for other accounts of the machine, and is
    faster than loopback TCP. The caller holds the DataLock of `data`.
    """

    def __init__(self, data: Path, *, fast: bool = False) -> None:
        self.data = data.resolve()
        self.directory = self.data / "postgres"
        self.log = self.data / "logs" / "postgres.log"
        self._record = self.data / "run" / "postgres.json"
        self._fast = fast
        self._sockets = Path()
        self._child: subprocess.Popen[bytes] | None = None

    def is_running(self) -> bool:
        """Whether the server that start() started still runs."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> str:
        """Create the cluster on first use, recover it after a crash, start it; gives its URL. Main thread only."""
        self.stop()  # one that ended by itself is forgotten
        account = Account.of_files(self.directory)
        self._record.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._replace_orphans()
        programs = postgres_bin(account)
        sockets = self._sockets = run_directory(self.data, account)
        password = keep_secret(self.data / "secrets" / "postgres-password")
        if not self.directory.exists():
            create_cluster(self.directory, programs, account, sockets, password=password, fast=self._fast)
        refuse_other_major(self.directory, programs)
        self._launch(programs, account, sockets)
        return f"postgresql+asyncpg://xds:{quote(password, safe='')}@/xds?host={quote(str(sockets), safe='/')}"

    def _launch(self, programs: Path, account: Account, sockets: Path) -> None:
        options = _TUNING | (_FAST if self._fast else {}) | {"unix_socket_directories": str(sockets)}
        with passable(self.directory, account) as (name, descriptors):
            command = [str(programs / "postgres"), "-D", name]
            for key, value in options.items():
                command += ["-c", f"{key}={value}"]
            # SIGINT is PostgreSQL's fast shutdown: what a dying parent asks for, and what stop() asks for.
            self._child = spawn(
                command,
                log=self.log,
                account=account,
                environment=server_environment(),
                on_parent_death=signal.SIGINT,
                keep_open=descriptors,
            )
        try:
            ProcessRecord.of(self._child.pid).write(self._record)
            wait_until(self._is_ready, self._child, what="PostgreSQL", log=self.log, seconds=_START_SECONDS)
        except psutil.NoSuchProcess as error:
            raise StartFailed("PostgreSQL ended while starting") from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server cleanly (sessions are ended, a checkpoint is written); does nothing when it does not run."""
        if self._child is not None:
            stop_child(self._child, signal.SIGINT, _STOP_SECONDS)
            self._child = None
            leave_run_directory(self._sockets)
            self._record.unlink(missing_ok=True)

    def _is_ready(self) -> bool:
        """The postmaster writes its state on the eighth line of its pid file, as pg_ctl reads it too."""
        lines = self._pid_file_lines()
        ours = self._child is not None and len(lines) >= 8 and lines[0].strip() == str(self._child.pid)
        return ours and lines[7].strip() == "ready"

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self.directory / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return []

    def _replace_orphans(self) -> None:
        """End the servers that a killed run left on this cluster, then remove what their death left behind.

        Two witnesses, either is enough: our record of the child, and PostgreSQL's own pid file together with the
        process's working directory, which is the cluster for every PostgreSQL process and for nothing else.
        """
        record = ProcessRecord.read(self._record)
        if record and (process := record.process()):
            stop_orphan(process, signal.SIGINT, _STOP_SECONDS)
        for process in self._processes_inside():
            stop_orphan(process, signal.SIGQUIT, _STOP_SECONDS)
        # We hold the lock of the data directory and nothing lives in the cluster: a number that stands in the file
        # and is in use again belongs to somebody else, and would make PostgreSQL refuse to start.
        (self.directory / "postmaster.pid").unlink(missing_ok=True)
        self._record.unlink(missing_ok=True)

    def _processes_inside(self) -> list[psutil.Process]:
        """Processes that work inside the cluster: a postmaster, or backends that outlived theirs."""
        found = []
        for process in psutil.process_iter():
            try:
                if Path(process.cwd()) == self.directory and process.name().startswith("postgres"):
                    found.append(process)
            except (psutil.Error, OSError):
                continue
        return found


def remove_data(data: Path) -> None:
    """Remove a throwaway data directory and the sockets that belong to it, after its servers stopped."""
    shutil.rmtree(run_directory(data.resolve(), Account.for_servers()), ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)
