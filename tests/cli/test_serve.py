"""Guards: `xds serve` starts everything, refuses what is unsafe, heals, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from embedded.postgres import remove_data

SECRET = "k3y-0123456789-abcdefghijklmnopqrstuvwxyz"


@dataclass
class Service:
    """A running `xds serve --json`."""

    process: subprocess.Popen[str]
    banner: dict[str, Any]

    def status(self, path: str = "/health") -> int:
        try:
            with urllib.request.urlopen(self.banner["url"] + path, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def running(self, module: str) -> psutil.Process | None:
        for one in self.family():
            try:
                if module in one.cmdline():
                    return one
            except psutil.Error:
                continue
        return None

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=30)
        return self.process.returncode


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDS_")}
    return {**kept, "PYTHONPATH": str(Path(__file__).parents[2]), **more}


def xds(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.main", *arguments]
    return subprocess.run(command, cwd="/", capture_output=True, text=True, env=environment(**more), timeout=60)


def serve(data: Path, *arguments: str, **more: str) -> Service:
    command = [sys.executable, "-m", "cli.main", "serve", "--json", "--port", "0", "--data", str(data), *arguments]
    process = subprocess.Popen(
        command, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(**more)
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise AssertionError(process.communicate()[1])
    return Service(process, json.loads(line))


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data directory of `service`."""
    path = tmp_path_factory.mktemp("serve") / "data"
    yield path
    remove_data(path)


@pytest.fixture(scope="module")
def service(directory: Path) -> Iterator[Service]:
    """One service for the tests that only look at it, or that it survives."""
    running = serve(directory)
    yield running
    assert running.stop() == 0


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data directory of a test's own."""
    yield tmp_path / "data"
    remove_data(tmp_path / "data")


def gone(processes: list[psutil.Process], seconds: float = 15.0) -> bool:
    _gone, alive = psutil.wait_procs(processes, timeout=seconds)
    return not [one for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def test_starts_and_ends_leave_nothing_behind_whichever_way_it_ends(data: Path) -> None:
    first = serve(data)
    assert "@" in first.banner["admin_email"]
    assert len(first.banner["admin_password"]) >= 12
    ends_cleanly(first, data, signal.SIGTERM)

    killed = serve(data)
    assert killed.banner["admin_email"] == first.banner["admin_email"]
    assert killed.banner["admin_password"] is None, "shown at the first start only"
    family = killed.family()
    killed.process.kill()
    killed.process.communicate()

    again = serve(data)
    assert gone(family)
    assert again.status() == 200
    ends_cleanly(again, data, signal.SIGINT)


def ends_cleanly(service: Service, data: Path, number: signal.Signals) -> None:
    family = service.family()
    assert len(family) >= 4
    started = time.monotonic()
    assert service.stop(number) == 0
    assert time.monotonic() - started < 12
    assert gone(family, 1)
    assert not (data / "run" / "endpoints.json").exists()
    assert (data / "logs" / "postgres.log").read_text().rstrip().endswith("database system is shut down")


def test_a_second_service_on_the_same_data_is_refused_in_words(service: Service, directory: Path) -> None:
    refused = xds("serve", "--port", "0", "--data", str(directory))
    assert refused.returncode == 1
    assert f"already in use by process {service.process.pid}" in refused.stderr
    assert service.status() == 200


@pytest.mark.parametrize("module", ["cli.web", "jobs.worker"])
def test_a_killed_child_is_started_again(service: Service, module: str) -> None:
    before = service.running(module)
    assert before is not None
    before.kill()
    deadline = time.monotonic() + 20
    while (now := service.running(module)) is None or now.pid == before.pid:
        assert time.monotonic() < deadline, "not started again"
        time.sleep(0.1)
    # The socket is the supervisor's: a request during the restart waits instead of being refused.
    assert service.status() == 200


def test_the_databases_are_started_again(service: Service) -> None:
    for name in ("valkey-server", "postgres"):
        one = next(child for child in psutil.Process(service.process.pid).children() if child.name() == name)
        one.kill()
        deadline = time.monotonic() + 30
        while service.status("/ready") != 200 or one.is_running():
            assert time.monotonic() < deadline, f"{name} did not come back"
            time.sleep(0.2)


def test_other_commands_reach_a_running_service(service: Service, directory: Path) -> None:
    done = xds("migrate", "--json", "--data", str(directory))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["to"]
    assert service.status() == 200


def test_a_port_in_use_is_said_at_once(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        refused = xds("serve", "--data", str(data), "--port", str(other.getsockname()[1]))
    assert refused.returncode == 1
    assert "cannot listen on 127.0.0.1" in refused.stderr


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"XDS_DATABASE_URL": "postgresql://h/d", "XDS_REDIS_URL": "redis://h"}, "XDS_SECRET_KEY is not set"),
        (
            {"XDS_DATABASE_URL": "postgresql://h/d", "XDS_REDIS_URL": "redis://h", "XDS_SECRET_KEY": "changeme"},
            "shorter than 32",
        ),
        ({"XDS_DATABASE_URL": "postgresql://h/d"}, "give both"),
        ({"XDS_ENVIRONMENT": "production"}, "production needs XDS_DATABASE_URL"),
        ({"XDS_PREVIOUS_SECRET_KEYS": "not-a-list"}, "XDS_PREVIOUS_SECRET_KEYS is not well-formed JSON"),
        ({"XDS_OIDC_PROVIDERS": '[{"name": "x"}]'}, "setting XDS_OIDC_PROVIDERS[0].issuer: Field required"),
        ({"XDS_TLS_CERTIFICATE": "no.pem", "XDS_TLS_KEY": "no.pem"}, "XDS_TLS_CERTIFICATE: cannot read no.pem"),
        ({"XDS_TLS_CERTIFICATE": __file__, "XDS_TLS_KEY": __file__}, "no PEM files"),
    ],
)
def test_an_unsafe_start_is_refused(tmp_path: Path, given: dict[str, str], reason: str) -> None:
    refused = xds("serve", "--port", "0", "--data", str(tmp_path), **given)
    assert refused.returncode == 1
    assert reason in refused.stderr
    assert "Traceback" not in refused.stderr


def test_other_servers_are_used_when_their_urls_are_given(tmp_path: Path, database_url: str, redis_url: str) -> None:
    urls = {"XDS_DATABASE_URL": database_url, "XDS_REDIS_URL": redis_url, "XDS_SECRET_KEY": SECRET}
    service = serve(tmp_path / "data", "--no-worker", "--log-to-terminal", **urls)
    try:
        assert service.status("/ready") == 200
        assert not (tmp_path / "data" / "postgres").exists()
        assert len(psutil.Process(service.process.pid).children()) == 1
    finally:
        assert service.stop() == 0
