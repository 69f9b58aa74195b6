"""Guards: kill -9 between a branch's move and its rows leaves no proposal that says otherwise than git."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.e2e.supervised import Supervised, supervised
from tests.e2e.workbench import System, Workbench

KILLS = int(os.environ.get("XDS_TEST_PROPOSAL_KILLS", "3"))
LONGEST_LIFE = 1.5


class Proposer:
    """Makes a branch, changes it, renames it now and then, proposes and merges it, again and again."""

    def __init__(self, system: System, number: int, chance: random.Random) -> None:
        self.merged: list[int] = []
        """Proposals of which it was told that they are merged."""
        self.faults: list[str] = []
        self._system = system
        self._name = f"writer{number}"
        self._chance = chance
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._over.set()
        self._thread.join(60)
        assert not self._thread.is_alive()

    def _work(self) -> None:
        turn = 0
        while not self._over.is_set():
            turn += 1
            try:
                self._one(f"{self._name}-{turn}")
            except httpx.TransportError:
                self._over.wait(0.05)
            except Exception as error:
                self.faults.append(repr(error))

    def _one(self, branch: str) -> None:
        if not self._asked("POST", "/branches", name=branch):
            return
        component = {"name": branch.title(), "code": "export {}", "branch": branch}
        proposed = self._asked("POST", "/components", **component)
        if self._chance.random() < 0.5 and self._asked("PATCH", f"/branches/{branch}", name=f"{branch}-renamed"):
            branch += "-renamed"
        found = proposed and self._asked("POST", "/proposals", title=branch, source=branch)
        if not found:
            return
        number = found.json()["number"]
        if self._asked("POST", f"/proposals/{number}/merge", delete_source=self._chance.random() < 0.5):
            self.merged.append(number)

    def _asked(self, method: str, path: str, **body: object) -> httpx.Response | None:
        """The answer; None where the service does not get to it now, or an earlier try has done it."""
        answer = self._system.client.request(method, f"/api/design-systems/{self._system.id}{path}", json=body)
        if answer.status_code >= 500 and answer.status_code != 503:
            self.faults.append(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer if answer.is_success else None


@pytest.mark.timeout(120 + 20 * KILLS)
def test_kills_leave_every_proposal_as_git_has_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seed = int(os.environ.get("XDS_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
    chance = random.Random(seed)
    with supervised(tmp_path) as running:
        bench = Workbench(running.running, tmp_path / "home")
        system = bench.make_system("Proposed", init=True)
        proposers = [Proposer(system, number, random.Random(f"{seed} {number}")) for number in range(2)]
        for proposer in proposers:
            proposer.begin()
        _kill_again_and_again(running, lambda: chance.uniform(0.1, LONGEST_LIFE))
        for proposer in proposers:
            proposer.end()
        faults = [fault for proposer in proposers for fault in proposer.faults]
        assert faults == [], running.logs()
        told = {number for proposer in proposers for number in proposer.merged}
        counts = _check_proposals(system, told)
        with capsys.disabled():
            print(f"\n{KILLS} kills, {counts} (XDS_TEST_SEED={seed})")
        bench.close()


def _kill_again_and_again(running: Supervised, life: Callable[[], float]) -> None:
    for _ in range(KILLS):
        time.sleep(life())
        running.kill()
        running.start()
    time.sleep(1)


def _check_proposals(system: System, told: set[int]) -> dict[str, int]:
    """Each is what git says of its branches; those acknowledged as merged are. How many are in which state."""
    found = system.items("/proposals")
    assert sorted(each["number"] for each in found) == list(range(1, len(found) + 1))
    assert told <= {each["number"] for each in found if each["state"] == "merged"}
    main = set(system.bare("rev-list", "main").split())
    heads = dict(
        line.split()
        for line in system.bare("for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads").splitlines()
    )
    for each in found:
        if each["state"] == "merged":
            assert {each["merge_commit"], each["source_commit"]} <= main
        else:
            assert each["state"] == "open", each
            assert heads[each["source"]] == each["source_commit"]
            assert each["source_commit"] not in main
    system.check_level()
    system.check_log()
    system.check_repository()
    states = [each["state"] for each in found]
    return {state: states.count(state) for state in ("open", "merged")}
