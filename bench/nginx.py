"""The peer for git over HTTP: nginx, fcgiwrap and git http-backend, unprivileged, in a temporary directory."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.git import Git

USER, GROUP = "nobody", "nogroup"
PASSWORD = "bench"

CONFIG = """\
daemon off;
worker_processes 2;
pid {root}/nginx.pid;
error_log {root}/nginx.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_max_body_size 0;
  client_body_temp_path {root}/body;
  fastcgi_temp_path {root}/fastcgi;
  proxy_temp_path {root}/proxy;
  uwsgi_temp_path {root}/uwsgi;
  scgi_temp_path {root}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      auth_basic git;
      auth_basic_user_file {root}/users;
      fastcgi_pass unix:{root}/fcgi.sock;
      fastcgi_param SCRIPT_FILENAME {backend};
      fastcgi_param GIT_PROJECT_ROOT {root};
      fastcgi_param GIT_HTTP_EXPORT_ALL 1;
      fastcgi_param GIT_PROTOCOL $http_git_protocol;
      fastcgi_param PATH_INFO $uri;
      fastcgi_param REMOTE_USER $remote_user;
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param QUERY_STRING $query_string;
      fastcgi_param CONTENT_TYPE $content_type;
      fastcgi_param CONTENT_LENGTH $content_length;
    }}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Nginx:
    """A running peer; it serves every ``*.git`` that stands in ``root``."""

    root: Path
    port: int

    def add(self, git: Git, source: Path, name: str, config: dict[str, str] | None = None) -> str:
        """Serve a copy of a bare repository; its URL, with the password in it."""
        target = self.root / f"{name}.git"
        git.run("clone", "--quiet", "--bare", source, target)
        for key, value in {"receive.autogc": "false", "http.receivepack": "true", **(config or {})}.items():
            git.run("--git-dir", target, "config", key, value)
        _give(target)
        return f"http://bench:{PASSWORD}@127.0.0.1:{self.port}/{name}.git"


def missing() -> str | None:
    """What of the peer is not installed and how to install it; None where all of it is there."""
    absent = [name for name in ("nginx", "fcgiwrap") if _which(name) is None]
    if not absent:
        return None
    return f"{' and '.join(absent)} not installed: `apt-get install --no-install-recommends nginx-light fcgiwrap`"


@contextmanager
def running(git: Git) -> Iterator[Nginx]:
    """Start the peer on a free port of the loopback; as root it runs as nobody."""
    root = Path(tempfile.mkdtemp(prefix="bench-nginx-"))
    port = _free_port()
    backend = Path(git.run("--exec-path").strip()) / "git-http-backend"
    (root / "nginx.conf").write_text(CONFIG.format(root=root, port=port, backend=backend), encoding="utf-8")
    (root / "users").write_text(f"bench:{{PLAIN}}{PASSWORD}\n", encoding="utf-8")
    _give(root)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes.append(_start([_which("fcgiwrap") or "", "-c", "2", "-s", f"unix:{root}/fcgi.sock"], root))
        _wait((root / "fcgi.sock").exists, processes)
        command = [_which("nginx") or "", "-e", f"{root}/nginx.log", "-p", str(root), "-c", str(root / "nginx.conf")]
        processes.append(_start(command, root))
        _wait(lambda: _listens(port), processes)
        yield Nginx(root, port)
    finally:
        for process in reversed(processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)  # fcgiwrap's children do not end with it
        for process in processes:
            process.wait(timeout=20)
        shutil.rmtree(root, ignore_errors=True)


def _which(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")


def _start(command: list[str], root: Path) -> subprocess.Popen[bytes]:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(root), "GIT_CONFIG_NOSYSTEM": "1"}
    log = root / f"{Path(command[0]).name}.out"
    with log.open("wb") as output:
        account: dict[str, Any] = {"user": USER, "group": GROUP, "extra_groups": []} if os.geteuid() == 0 else {}
        return subprocess.Popen(
            command, cwd="/", env=environment, stdout=output, stderr=output, start_new_session=True, **account
        )


def _give(path: Path) -> None:
    """Hand files to the account that the peer runs as."""
    if os.geteuid() == 0:
        for folder, _, names in os.walk(path):
            for name in (".", *names):
                shutil.chown(Path(folder, name), USER, GROUP)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait(ready: Callable[[], bool], processes: list[subprocess.Popen[bytes]], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline or any(process.poll() is not None for process in processes):
            raise RuntimeError(f"{processes[-1].args!r} did not start")
        time.sleep(0.02)


def version() -> str | None:
    """nginx's version; None where it is not installed."""
    program = _which("nginx")
    if program is None:
        return None
    said = subprocess.run([program, "-v"], capture_output=True, text=True, check=False).stderr
    return said.strip().rpartition("/")[2]
