"""Fixtures for end-to-end tests: one running `xds serve` per test run, and people who use it from a command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.credentials import Credentials, Session
from embedded.postgres import remove_data

NUMBERS = count(1)
PASSWORD = "a quiet harbour at seven"


@dataclass(frozen=True)
class Service:
    """A service that answers at ``url`` and keeps everything below ``data``."""

    url: str
    data: Path
    admin_email: str
    admin_password: str

    def sign_in(self, email: str | None = None, password: str | None = None) -> httpx.Client:
        """A REST client that is signed in, as the administrator unless said otherwise."""
        body = {"email": email or self.admin_email, "password": password or self.admin_password}
        answer = httpx.post(f"{self.url}/api/auth/login", json=body)
        assert answer.status_code == 200, answer.text
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)

    def register(self, name: str) -> str:
        """A new account with PASSWORD; its e-mail address."""
        email = f"{name}-{next(NUMBERS)}@example.org"
        answer = httpx.post(f"{self.url}/api/auth/register", json={"email": email, "password": PASSWORD, "name": name})
        assert answer.status_code == 201, answer.text
        return email


@dataclass(frozen=True)
class Person:
    """Somebody at a terminal: a home of their own, `xds` and git."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the real user's configuration."""
        kept = {name: text for name, text in os.environ.items() if not name.startswith(("XDS_", "GIT_"))}
        home = {"HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home / ".config")}
        return {**kept, **home, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "COLUMNS": "300"}

    def xds(
        self, *arguments: str | Path, cwd: Path | None = None, text: str = "", env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `xds` to its end."""
        command = [sys.executable, "-m", "cli.main", *map(str, arguments)]
        variables = {**self.environment, "PYTHONPATH": str(Path(__file__).parents[1]), **(env or {})}
        return subprocess.run(
            command, cwd=cwd or self.home, env=variables, input=text, capture_output=True, text=True, timeout=120
        )

    def told(self, *arguments: str | Path, **more: Any) -> Any:
        """What `xds … --json` answers; it must succeed."""
        done = self.xds(*arguments, "--json", **more)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def git(self, *arguments: str | Path, cwd: Path, ok: bool = True) -> str:
        """Run git; what it printed, or where it is to fail what it complained."""
        identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"]
        command = ["git", *identity, *map(str, arguments)]
        done = subprocess.run(command, cwd=cwd, env=self.environment, capture_output=True, text=True, timeout=120)
        assert (done.returncode == 0) is ok, done.stderr
        return done.stdout if ok else done.stderr


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service of this test run, with its databases, a worker and an administrator."""
    data = tmp_path_factory.mktemp("service") / "data"
    command = [sys.executable, "-m", "cli.main", "serve", "--json", "--port", "0", "--data", str(data)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDS_")}
    environment["XDS_RATE_LIMITS"] = "false"  # all tests sign in from one address
    environment["XDS_ACCESS_TOKEN_MINUTES"] = "120"  # a session of tests is one sign-in, and longer than 15 minutes
    environment["PYTHONPATH"] = str(Path(__file__).parents[1])
    said = data.parent / "said.txt"  # a pipe that nobody reads would fill
    with said.open("w", encoding="utf-8") as stderr:
        process = subprocess.Popen(
            command, cwd=data.parent, stdout=subprocess.PIPE, stderr=stderr, text=True, env=environment
        )  # elsewhere than here, where a developer's `.env` may lie
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, said.read_text(encoding="utf-8")
        banner = json.loads(line)
        yield Service(banner["url"], data, banner["admin_email"], banner["admin_password"])
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        remove_data(data)


@pytest.fixture
def person(tmp_path: Path) -> Person:
    """Somebody who is signed in nowhere."""
    home = tmp_path / "home"
    home.mkdir()
    return Person(home)


@pytest.fixture
def administrator(person: Person, service: Service) -> Person:
    """Somebody who is signed in at the service as its administrator."""
    sign_in(person, service, service.admin_email, service.admin_password)
    return person


def sign_in(person: Person, service: Service, email: str, password: str) -> None:
    """What `xds login` does, without starting it."""
    answer = httpx.post(f"{service.url}/api/auth/login", json={"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    credentials = Credentials(person.home / ".config" / "xds")
    credentials.keep(service.url, Session.of(email, answer.json()), make_current=True)
