"""Guards: kill -9 of the whole service at any moment loses nothing acknowledged and needs no repair by hand."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from tests.e2e.supervised import Supervised, supervised
from tests.e2e.workbench import System, Workbench
from tests.e2e.writers import SHARED, Load, check_everything
from tests.service import Person

KILLS = int(os.environ.get("XDS_TEST_KILLS", "20"))
LONGEST_LIFE = 2.5
"""Seconds; the writers work from the moment when the service answers again."""
EARLY = 4
"""Every so manieth kill comes while the service is still starting, in the middle of its recovery."""


@pytest.mark.timeout(180 + 15 * KILLS)
def test_twenty_kills_lose_nothing(tmp_path: Path, person: Person, capsys: pytest.CaptureFixture[str]) -> None:
    seed = int(os.environ.get("XDS_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
    chance = random.Random(seed)
    began = time.monotonic()
    with supervised(tmp_path) as running:
        bench = Workbench(running.running, tmp_path / "home")
        system = bench.make_system("Killed")
        load = Load(system, tmp_path, survives=True, seed=seed, busy=1.2, rest=1.2)
        load.prepare()
        load.begin()
        killed, moments = _kill_again_and_again(running, system, load, chance)
        load.end()
        with capsys.disabled():
            print(f"\n{KILLS} kills of {killed} processes in {time.monotonic() - began:.0f} s (XDS_TEST_SEED={seed})")
            print(f"  after {' '.join(moments)} s\n{load.described()}")
        found = check_everything(load)
        with capsys.disabled():
            print(f"  {found}")
        assert sum(len(ledger.acknowledged) for ledger in load.ledgers.values()) > KILLS
        drift = person.told("reindex", "--check", "--data", running.data)
        assert [each["drift"] for each in drift["systems"]] == [[]]
        # nothing that a dead process held stands in anybody's way
        assert [str(lock) for lock in system.path.rglob("*.lock") if lock.name != "writers.lock"] == []
        bench.close()


def _kill_again_and_again(
    running: Supervised, system: System, load: Load, chance: random.Random
) -> tuple[int, list[str]]:
    """Kill and start with the same command; after every start what was acknowledged until then must be read."""
    killed, moments = 0, []
    for number in range(KILLS):
        life = chance.uniform(0.05, LONGEST_LIFE)
        if number % EARLY == EARLY - 1:
            life = chance.uniform(0.05, 2.0)
            running.kill()
            running.launch()
        time.sleep(life)
        killed += running.kill()
        moments.append(f"{life:.2f}{'*' if number % EARLY == EARLY - 1 else ''}")
        floor = {name: ledger.last for name, ledger in load.ledgers.items()}
        running.start()
        _check_floor(system, floor)
        assert [ledger.faults for ledger in load.ledgers.values() if ledger.faults] == [], running.logs()
    return killed, moments


def _check_floor(system: System, floor: dict[str, int]) -> None:
    """The first reads after a start show at least what was acknowledged before the kill, in index and git."""
    read = {token["name"]: token["value"] for token in system.tokens().values()}
    found = system.rest("GET", "/tokens/resolved").json()["tokens"]
    for name, least in floor.items():
        assert read[name] >= least
        assert found[f"count.{name}"]["value"] >= least
    assert set(read) == {*floor, SHARED}
