"""Guards: when one part dies during edits, the service heals by itself and says 503 or nothing wrong meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.e2e.supervised import Supervised, supervised
from tests.e2e.workbench import Workbench
from tests.e2e.writers import Load, check_everything

ENOUGH = 12
"""Edits that must be acknowledged before a part is killed, and again after it came back."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervised]:
    with supervised(tmp_path_factory.mktemp("survival")) as made:
        yield made


@pytest.fixture(scope="module")
def bench(running: Supervised, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    made = Workbench(running.running, tmp_path_factory.mktemp("home"))
    yield made
    made.close()


@pytest.mark.parametrize("part", ["cli.web", "jobs.worker", "bin/postgres", "valkey-server"])
def test_the_death_of_one_part_costs_no_acknowledged_edit(
    running: Supervised, bench: Workbench, tmp_path: Path, capsys: pytest.CaptureFixture[str], part: str
) -> None:
    load = Load(bench.make_system("Wounded"), tmp_path, survives=True, busy=1.5, rest=1.5)
    load.prepare()
    supervisor = running.family()[0]
    load.begin()
    _await_edits(load, ENOUGH)
    victim = running.child(part)
    victim.kill()
    psutil.wait_procs([victim], timeout=30)
    _await_another(running, part, victim)
    _await_edits(load, acknowledged(load) + ENOUGH)
    load.end()
    with capsys.disabled():
        print(f"\n{part} killed\n{load.described()}")
    check_everything(load)
    assert supervisor.is_running(), "the supervisor itself stayed"
    assert load.total("fetch first") + load.total("pushed") > 0


def test_a_dead_valkey_refuses_nobody_an_edit(running: Supervised, bench: Workbench, tmp_path: Path) -> None:
    """The bus carries hints only: while it is away edits land and are answered."""
    system = bench.make_system("Mute")
    work = system.started(tmp_path / "work")
    token = system.tokens()["color.brand"]
    victim = running.child("valkey-server")
    victim.suspend()  # a server that hangs is worse than one that is gone
    try:
        written = system.rest("PUT", f"/tokens/{token['id']}", json={"description": "while mute"}).json()
        assert written["description"] == "while mute"
        system.git("pull", "-q", "--ff-only", cwd=work)
        system.git.commit(work, {"notes.md": "also by git\n"})
        system.git("push", "-q", "origin", "main", cwd=work)
    finally:
        victim.resume()
    assert system.described()["head"] == system.git.head(work)
    system.check_level()
    system.check_log()


def acknowledged(load: Load) -> int:
    return sum(len(ledger.acknowledged) for ledger in load.ledgers.values())


def _await_edits(load: Load, number: int) -> None:
    """Until so many edits are acknowledged; the test's own time limit ends a wait that is in vain."""
    while acknowledged(load) < number:
        assert [ledger.faults for ledger in load.ledgers.values() if ledger.faults] == []
        load.over.wait(0.05)


def _await_another(running: Supervised, part: str, victim: psutil.Process) -> None:
    while True:
        try:
            if running.child(part).pid != victim.pid:
                return
        except AssertionError:
            pass  # not started again yet
