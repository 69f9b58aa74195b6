"""Shared fixtures: one real PostgreSQL and one real Valkey per test run, and no skipped test on CI."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from embedded.postgres import EmbeddedPostgres, remove_data
from embedded.valkey import EmbeddedValkey
from settings import Settings

pytest_plugins = ["tests.database", "tests.mailserver", "tests.service"]

# a busy machine is no fault of the code; on CI the same examples come every time, elsewhere others
settings.register_profile(
    "suite", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("suite")

LONGEST_FIRST = ("tests/e2e/test_kill.py", "tests/bench/", "tests/e2e/", "tests/api/test_schemathesis.py", "tests/cli/")
"""Where the minutes go: with several processes these begin first, so that none is left alone with them at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order of files for runs in several processes; a single one keeps the order of the source tree."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    places = {item.path: item.path.relative_to(Path(__file__).parents[1]).as_posix() for item in items}

    def turn(item: pytest.Item) -> int:
        begins = [place for place, start in enumerate(LONGEST_FIRST) if places[item.path].startswith(start)]
        return begins[0] if begins else len(LONGEST_FIRST)

    items.sort(key=turn)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """On CI nothing is skipped: a skip there is a check that silently stopped checking."""
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped on CI, where nothing may be: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_this_folder() -> None:
    """What a developer keeps in `.env` for `make run` says nothing to the tests."""
    Settings.model_config["env_file"] = None


@pytest.fixture(scope="session")
def servers_directory() -> Iterator[Path]:
    """A throwaway data directory for the session's servers."""
    with tempfile.TemporaryDirectory(prefix="xds-tests-") as name:
        yield Path(name)


@pytest.fixture(scope="session")
def postgres_url(servers_directory: Path) -> Iterator[str]:
    """URL of a real PostgreSQL whose role may create databases; it loses everything at the end."""
    data = servers_directory / "postgres-server"
    server = EmbeddedPostgres(data, fast=True)
    try:
        yield server.start()
    finally:
        server.stop()
        remove_data(data)


@pytest.fixture(scope="session")
def redis_url(servers_directory: Path) -> Iterator[str]:
    """URL of a real Valkey, empty at the start of the run."""
    data = servers_directory / "valkey-server"
    server = EmbeddedValkey(data)
    try:
        yield server.start()
    finally:
        server.stop()
        remove_data(data)
