"""Guards: `xds migrate` needs no running service, and says what it did."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.lock import DataLock
from embedded.postgres import remove_data


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    remove_data(tmp_path / "data")


def migrate(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDS_")}
    command = [sys.executable, "-m", "cli.main", "migrate", "--data", str(data), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=kept)


def test_servers_are_started_for_the_while_and_stopped_again(data: Path) -> None:
    first = json.loads(migrate(data, "--json").stdout)
    assert first["from"] is None
    assert first["to"]
    again = migrate(data)
    assert "nothing to do" in again.stdout
    with DataLock(data):
        assert not (data / "postgres" / "postmaster.pid").exists()


def test_a_service_that_is_just_starting_is_said_in_words(data: Path) -> None:
    with DataLock(data):
        refused = migrate(data)
    assert refused.returncode == 1
    assert "just starting or stopping" in refused.stderr
