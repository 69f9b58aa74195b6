"""Guards: with eight writers on one system no acknowledged edit is lost, and who loses a race is told so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.e2e.supervised import Memory, supervised
from tests.e2e.workbench import Workbench
from tests.e2e.writers import GIT_WRITERS, REST_WRITERS, Load, check_everything
from tests.service import Person

SECONDS = float(os.environ.get("XDS_TEST_SECONDS", "30"))
MOST_MIB = {"cli.main": 150, "cli.web": 300, "jobs.worker": 250, "postgres": 150, "valkey": 50, "git": 100}


@pytest.mark.timeout(SECONDS + 180)
def test_eight_writers_lose_nothing(tmp_path: Path, person: Person, capsys: pytest.CaptureFixture[str]) -> None:
    with supervised(tmp_path) as running:
        bench = Workbench(running.running, tmp_path / "home")
        load = Load(bench.make_system("Busy"), tmp_path)
        load.prepare()
        with Memory(running) as memory:
            load.begin()
            load.over.wait(SECONDS)
            load.end()
        found = check_everything(load)
        with capsys.disabled():
            print(f"\n{SECONDS:g} s of eight writers: {found}\n{load.described()}\n  peaks in MiB: {memory.peaks}")

        assert all(load.ledgers[name].acknowledged for name in REST_WRITERS)
        assert any(load.ledgers[name].acknowledged for name in GIT_WRITERS)
        assert load.total("shared 409") + load.total("shared 412") + load.total("fetch first") > 0, "nobody ever raced"
        assert {kind: peak for kind, peak in memory.peaks.items() if peak > MOST_MIB[kind]} == {}
        drift = person.told("reindex", "--check", "--data", running.data)
        assert [each["drift"] for each in drift["systems"]] == [[]]
        bench.close()
