"""The real service for a run: `xds serve` in a data directory of its own, signed in, with a team and an API key."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.connection import Connection, expect
from embedded.postgres import remove_data

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Service:
    """A running service; ``token`` is an administrator's JWT, ``key`` an API key for git."""

    url: str
    data: Path
    token: str
    key: str
    team_id: str

    @property
    def database_url(self) -> str:
        """The embedded PostgreSQL that the service uses, as asyncpg takes it."""
        return self.endpoints["database_url"].replace("postgresql+asyncpg://", "postgresql://")

    @property
    def endpoints(self) -> dict[str, str]:
        """The URLs of the embedded servers, as settings name them."""
        found: dict[str, str] = json.loads((self.data / "run" / "endpoints.json").read_text(encoding="utf-8"))
        return found

    def shared(self, name: str) -> Path:
        """A new data directory with this service's repositories, for one more process over its databases."""
        data = self.data.with_name(name)
        data.mkdir()
        (data / "repositories").symlink_to(self.data / "repositories")
        return data

    @property
    def secret(self) -> str:
        """What the access tokens are signed with."""
        return (self.data / "secrets" / "secret-key").read_text(encoding="ascii").strip()

    def connect(self, url: str | None = None, credential: str | None = None) -> Connection:
        """A keep-alive connection, with the access token unless another credential, or none (""), is named."""
        bearer = self.token if credential is None else credential
        return Connection(url or self.url, {"Authorization": f"Bearer {bearer}"} if bearer else {})

    def create_system(self, name: str) -> dict[str, Any]:
        """An empty design system; its record."""
        made = expect(
            self.connect().request("POST", "/api/design-systems", body={"team_id": self.team_id, "name": name}), 201
        )
        return dict(made.json())

    def git_url(self, system: dict[str, Any]) -> str:
        """The clone URL with the key in it, as a developer's credential helper would give it."""
        parts = urlsplit(str(system["clone_url"]))
        return f"http://bench:{self.key}@{urlsplit(self.url).netloc}{parts.path}"


@contextmanager
def running(folder: Path) -> Iterator[Service]:
    """Start the service below ``folder`` with its embedded databases (fsync on) and one worker; stop it at the end."""
    data = folder / "data"
    try:
        # the bench asks as fast as it can, from one address
        with _serving(folder / "serve.log", data, {"XDS_RATE_LIMITS": "false"}) as banner:
            yield _signed_in(banner, data)
    finally:
        remove_data(data)


@contextmanager
def beside(service: Service, name: str, **settings: str) -> Iterator[str]:
    """One more web process over the data of a running service, with other settings; its URL."""
    given = {**service.endpoints, "secret_key": service.secret, **settings}
    environment = {f"XDS_{setting.upper()}": value for setting, value in given.items()}
    data = service.shared(name)
    with _serving(data.with_suffix(".log"), data, environment, "--no-worker") as banner:
        yield str(banner["url"])


@contextmanager
def _serving(log: Path, data: Path, settings: dict[str, str], *options: str) -> Iterator[dict[str, Any]]:
    """`xds serve` with nothing of this machine's settings; what it says once it answers."""
    command = [sys.executable, "-m", "cli.main", "serve", "--json", "--port", "0", "--data", str(data), *options]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDS_")} | settings
    with log.open("w", encoding="utf-8") as stderr:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, text=True, env=environment)
    try:
        line = process.stdout.readline() if process.stdout is not None else ""
        if not line:
            raise RuntimeError(f"the service did not start: {log.read_text(encoding='utf-8')}")
        yield json.loads(line)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def _signed_in(banner: dict[str, Any], data: Path) -> Service:
    url = str(banner["url"])
    credentials = {"email": banner["admin_email"], "password": banner["admin_password"]}
    token = expect(Connection(url).request("POST", "/api/auth/login", body=credentials), 200).json()["access_token"]
    connection = Connection(url, {"Authorization": f"Bearer {token}"})
    team = expect(connection.request("POST", "/api/teams", body={"name": "Bench"}), 201).json()
    asked = {"name": "bench", "scopes": ["read", "write"]}
    key = expect(connection.request("POST", "/api/api-keys", body=asked), 201).json()["key"]
    return Service(url, data, token, key, str(team["id"]))
