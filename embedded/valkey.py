"""A private Valkey server for the job queue and the bus between processes."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import quote

from embedded.account import Account
from embedded.binaries import valkey_server
from embedded.processes import ProcessRecord, spawn, stop_child, stop_orphan, wait_until
from embedded.rundir import leave_run_directory, run_directory
from embedded.secrets import keep_secret

_START_SECONDS = 20.0
_STOP_SECONDS = 5.0


class EmbeddedValkey:
    """Starts and stops one Valkey below `data`; reached by a Unix socket and a password, never by TCP.

    It keeps nothing on disk: jobs are only hints (the service finds unfinished work in git and PostgreSQL at
    start), and what the bus carries is replayed from the activity log.
    """

    def __init__(self, data: Path) -> None:
        self.data = data.resolve()
        self.log = self.data / "logs" / "valkey.log"
        self._record = self.data / "run" / "valkey.json"
        self._sockets = Path()
        self._child: subprocess.Popen[bytes] | None = None

    def is_running(self) -> bool:
        """Whether the server that start() started still runs."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> str:
        """Start the server, replacing one that a killed run left behind; gives its URL (unix://…). Main thread only."""
        self.stop()  # one that ended by itself is forgotten
        account = Account.for_servers()
        self._replace_orphan()
        directory = self._sockets = run_directory(self.data, account)
        password = keep_secret(self.data / "secrets" / "valkey-password")
        path = directory / "valkey.sock"
        path.unlink(missing_ok=True)
        self._child = spawn(
            [str(valkey_server(account)), "-"],  # the configuration comes by stdin: the password is in no process list
            log=self.log,
            account=account,
            text=_configuration(directory, path, password),
        )
        try:
            ProcessRecord.of(self._child.pid).write(self._record)
            child = self._child
            wait_until(lambda: _answers(path, password), child, what="Valkey", log=self.log, seconds=_START_SECONDS)
        except BaseException:
            self.stop()
            raise
        return f"unix://:{quote(password, safe='')}@{path}?db=0"

    def stop(self) -> None:
        """Stop the server; does nothing when it does not run."""
        if self._child is not None:
            stop_child(self._child, signal.SIGTERM, _STOP_SECONDS)
            self._child = None
            leave_run_directory(self._sockets)
            self._record.unlink(missing_ok=True)

    def _replace_orphan(self) -> None:
        self._record.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        record = ProcessRecord.read(self._record)
        process = record.process() if record else None
        if process is not None:
            stop_orphan(process, signal.SIGTERM, _STOP_SECONDS)
        self._record.unlink(missing_ok=True)


def _configuration(directory: Path, path: Path, password: str) -> str:
    return "\n".join(
        [
            "port 0",
            f"unixsocket {path}",
            "unixsocketperm 700",
            f"requirepass {password}",
            f"dir {directory}",
            'save ""',
            "appendonly no",
            "daemonize no",
            "loglevel notice",
            "maxmemory 256mb",
            "maxmemory-policy noeviction",  # a queue must refuse, not forget
            "",
        ]
    )


def _answers(path: Path, password: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
            probe.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2:
                part = probe.recv(256)
                if not part:
                    return False
                answer += part
        except OSError:
            return False
        return answer.endswith(b"+PONG\r\n")
