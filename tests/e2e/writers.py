"""Eight writers on one design system, REST and git mixed, and the proof that nothing acknowledged was lost.

Each writer counts up a token of its own, so that its last acknowledged number is what must stand at the end, and every
number it was told is stored must be found in the commit it was told. The REST writers also count up one shared token
under ``If-Match``: there exactly one can win each step.
"""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.workbench import Git, System

FILE = "tokens/counters.tokens.json"
SHARED = "shared"
REST_WRITERS = ("rest-0", "rest-1", "rest-match-0", "rest-match-1")
GIT_WRITERS = ("git-0", "git-1", "git-2", "git-3")
WRITERS = REST_WRITERS + GIT_WRITERS
STALE = ("fetch first", "non-fast-forward", "has moved", "stale info", "cannot lock ref", "remote ref updated")


def initial_file() -> str:
    """Every counter on lines of its own, far enough from the next for git to merge them."""
    counters = {
        name: {"$type": "number", "$description": f"Counted up by {name}", "$value": 0} for name in (*WRITERS, SHARED)
    }
    return json.dumps({"count": counters}, indent=2) + "\n"


@dataclass
class Ledger:
    """What one writer did and was told."""

    name: str
    tried: int = 0
    """The highest number that it ever sent."""
    acknowledged: list[tuple[int, str]] = field(default_factory=list)
    """Each number that it was told is stored, with the commit that it was told."""
    shared: list[tuple[int, str]] = field(default_factory=list)
    """The same for the shared counter."""
    unknown: int = 0
    shared_unknown: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    """What must never happen."""

    @property
    def last(self) -> int:
        return self.acknowledged[-1][0] if self.acknowledged else 0


class Unanswered(Exception):
    """The service went away before it answered: the writer cannot know what became of its edit."""


class Load:
    """The writers as threads; ``survives`` lets them wait out a service that is gone, else that is a fault.

    REST writers work for ``busy`` seconds without a pause, then ``rest`` for that long; git writers always work.
    """

    def __init__(
        self,
        system: System,
        folder: Path,
        *,
        survives: bool = False,
        seed: int = 0,
        busy: float = 2.0,
        rest: float = 3.0,
    ) -> None:
        self.system = system
        self.survives = survives
        self.over = threading.Event()
        self.ledgers = {name: Ledger(name) for name in WRITERS}
        self._folder = folder
        self._seed = seed
        self._busy, self._cycle = busy, busy + rest
        self._ids: dict[str, str] = {}
        self._threads: list[threading.Thread] = []

    def prepare(self) -> None:
        """Push the counters and make the clones."""
        self.system.started(self._folder / "origin", {FILE: initial_file()})
        self._ids = {token["name"]: token["id"] for token in self.system.tokens().values()}
        for name in GIT_WRITERS:
            self.system.clone(self._folder / name)

    def begin(self) -> None:
        for name in REST_WRITERS:
            self._start(name, self._write_by_rest)
        for name in GIT_WRITERS:
            self._start(name, self._write_by_git)

    def end(self) -> None:
        """Let every writer finish what it is doing."""
        self.over.set()
        for thread in self._threads:
            thread.join(100)
            assert not thread.is_alive(), f"{thread.name} hangs"

    def total(self, kind: str) -> int:
        return sum(ledger.outcomes[kind] for ledger in self.ledgers.values())

    def described(self) -> str:
        """A table for the person who reads the test's output."""
        lines = [
            f"  {ledger.name:13} acknowledged {len(ledger.acknowledged):4}  shared {len(ledger.shared):3}  "
            f"unknown {ledger.unknown + ledger.shared_unknown:3}  {dict(ledger.outcomes)}"
            for ledger in self.ledgers.values()
        ]
        return "\n".join(lines)

    def _start(self, name: str, work: Callable[[Ledger, random.Random], None]) -> None:
        def run() -> None:
            ledger = self.ledgers[name]
            try:
                work(ledger, random.Random(f"{self._seed} {name}"))
            except Exception as error:
                ledger.faults.append(f"{type(error).__name__}: {error}")

        thread = threading.Thread(target=run, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _pause(self, ledger: Ledger, chance: random.Random) -> None:
        """All REST writers are busy at once and then at rest at once, or a push would never find a gap."""
        at = time.monotonic() % self._cycle
        is_resting = at > self._busy and ledger.name in REST_WRITERS and chance.random() > 0.1
        self.over.wait(self._cycle - at if is_resting else 0.01)

    def await_service(self) -> None:
        """Until the service answers, or the load is over."""
        while not self.over.is_set():
            try:
                if httpx.get(f"{self.system.service.url}/ready", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            self.over.wait(0.1)

    # --- REST

    def _write_by_rest(self, ledger: Ledger, chance: random.Random) -> None:
        headers = dict(self.system.client.headers)
        matched = "match" in ledger.name
        while not self.over.is_set():
            with httpx.Client(base_url=self.system.service.url, headers=headers, timeout=60) as client:
                try:
                    while not self.over.is_set():
                        self._count_own(client, ledger, matched=matched)
                        if chance.random() < 0.4:
                            self._count_shared(client, ledger)
                        self._pause(ledger, chance)
                except Unanswered:
                    ledger.outcomes["unanswered"] += 1
                    self.await_service()

    def _count_own(self, client: httpx.Client, ledger: Ledger, *, matched: bool) -> None:
        """Nobody else writes this token: whatever else moved, the edit must land."""
        seen = self._read(client, ledger.name) if matched or ledger.tried > ledger.last else None
        if seen is not None and not ledger.last <= seen[0] <= ledger.tried:
            ledger.faults.append(f"reads {seen[0]}, but {ledger.last} was acknowledged and {ledger.tried} tried")
        ledger.tried += 1
        ledger.unknown += 1
        answer = self._put(client, ledger, ledger.name, ledger.tried, seen[1] if seen and matched else None)
        if answer.status_code == 200:
            ledger.acknowledged.append((ledger.tried, answer.json()["commit"]))
            ledger.unknown -= 1
        elif answer.status_code != 503:
            ledger.faults.append(f"own token: {answer.status_code} {answer.text[:300]}")

    def _count_shared(self, client: httpx.Client, ledger: Ledger) -> None:
        """The next number, signed by the writer; refused where another took the step."""
        value, etag = self._read(client, SHARED)
        wanted = (value // 10 + 1) * 10 + REST_WRITERS.index(ledger.name)
        ledger.shared_unknown += 1
        answer = self._put(client, ledger, SHARED, wanted, etag)
        if answer.status_code == 200:
            ledger.shared.append((wanted, answer.json()["commit"]))
        if answer.status_code in (200, 409, 412):
            ledger.shared_unknown -= 1
        elif answer.status_code != 503:
            ledger.faults.append(f"shared token: {answer.status_code} {answer.text[:300]}")
        if answer.status_code == 409:
            clash = answer.json()["conflicts"][0]
            if (clash["base"], clash["theirs"]) != (value, wanted) or clash["ours"] == value:
                ledger.faults.append(f"a conflict without its sides: {clash}")

    def _read(self, client: httpx.Client, name: str) -> tuple[int, str]:
        answer = self._ask(client, "GET", f"/tokens/{self._ids[name]}")
        return int(answer.json()["value"]), answer.headers["etag"]

    def _put(self, client: httpx.Client, ledger: Ledger, name: str, value: int, etag: str | None) -> httpx.Response:
        body = {"value": value, "message": f"{ledger.name} counts {name} to {value}"}
        answer = self._ask(
            client, "PUT", f"/tokens/{self._ids[name]}", json=body, headers={"If-Match": etag} if etag else {}
        )
        ledger.outcomes[f"{'shared ' if name == SHARED else ''}{answer.status_code}"] += 1
        return answer

    def _ask(self, client: httpx.Client, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            answer = client.request(method, f"/api/design-systems/{self.system.id}{path}", **more)
        except httpx.TransportError as error:
            if self.survives:
                raise Unanswered from error
            raise
        if answer.status_code >= 500 and (not self.survives or answer.status_code != 503):
            raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        if answer.status_code == 503 and method == "GET":
            raise Unanswered
        return answer

    # --- git

    def _write_by_git(self, ledger: Ledger, chance: random.Random) -> None:
        git, work = self.system.git, self._folder / ledger.name
        while not self.over.is_set():
            ledger.tried += 1
            text = (work / FILE).read_text()
            changed = re.sub(rf'("{ledger.name}": {{[^}}]*"\$value": )\d+', rf"\g<1>{ledger.tried}", text)
            assert changed != text
            git.commit(work, {FILE: changed}, f"{ledger.name} counts to {ledger.tried}")
            ledger.unknown += 1
            while not self.over.is_set():
                if self._push(git, work, ledger):
                    ledger.acknowledged.append((ledger.tried, git.head(work)))
                    ledger.unknown -= 1
                    break
            self._pause(ledger, chance)

    def _push(self, git: Git, work: Path, ledger: Ledger) -> bool:
        """Push, or take in what others did; True once it is known to have landed."""
        ran = git.run("push", "origin", "HEAD:main", cwd=work)
        if ran.status == 0:
            ledger.outcomes["pushed"] += 1
            return True
        if any(word in ran.err for word in STALE):
            ledger.outcomes["fetch first"] += 1
        elif self.survives:
            ledger.outcomes["unanswered"] += 1
            self.await_service()
        else:
            raise AssertionError(ran.err)
        return self._pull(git, work, ledger)

    def _pull(self, git: Git, work: Path, ledger: Ledger) -> bool:
        """``git pull --rebase``; True where our commit turns out to be there already."""
        while not self.over.is_set():
            ran = git.run("pull", "-q", "--rebase", "origin", "main", cwd=work)
            if ran.status == 0:
                ahead = git("rev-list", "--count", "origin/main..HEAD", cwd=work).strip()
                if ahead == "0":
                    ledger.outcomes["landed unanswered"] += 1
                return ahead == "0"
            if not self.survives or "CONFLICT" in ran.err + ran.out:
                raise AssertionError(ran.err + ran.out)
            self.await_service()
        return False


def check_everything(load: Load) -> dict[str, int]:
    """Everything acknowledged is in git and in the index, and nothing else is; counts of what was found."""
    assert {name: ledger.faults for name, ledger in load.ledgers.items() if ledger.faults} == {}
    system = load.system
    history = system.bare("rev-list", "--first-parent", "--reverse", "main").split()
    values = _values(system, history)
    by_commit = dict(zip(history, values, strict=True))
    logged = {
        row["commit"]
        for row in system.query("SELECT metadata->>'commit' AS commit FROM activity_log WHERE design_system_id = $1")
    }
    for ledger in load.ledgers.values():
        for number, commit in ledger.acknowledged:
            assert commit in by_commit, f"{ledger.name}'s {number} was acknowledged in {commit}, which is not on main"
            assert by_commit[commit][ledger.name] == number
            assert commit in logged
        for number, commit in ledger.shared:
            assert by_commit[commit][SHARED] == number
        counted = [each[ledger.name] for each in values]
        assert counted == sorted(counted), f"{ledger.name}: a later commit took a number back"
        assert ledger.last <= counted[-1] <= ledger.tried
        assert ledger.unknown or counted[-1] == ledger.last
    _check_shared(load, [each[SHARED] for each in values])
    standing = {token["name"]: token["value"] for token in system.tokens().values()}
    assert standing == values[-1], "the index reads as git does"
    system.check_level()
    system.check_repository()
    return {"commits": len(history), "seq": system.check_log()}


def _check_shared(load: Load, values: list[int]) -> None:
    """Each step of the shared counter was one writer's, and everybody who was told so made one."""
    steps = [value for value, before in zip(values[1:], values, strict=False) if value != before]
    assert [value // 10 for value in steps] == list(range(1, len(steps) + 1))
    told = [number for ledger in load.ledgers.values() for number, _ in ledger.shared]
    assert len(told) == len(set(told))
    assert set(told) <= set(steps)
    assert len(steps) - len(told) <= sum(ledger.shared_unknown for ledger in load.ledgers.values())


def _values(system: System, commits: list[str]) -> list[dict[str, int]]:
    """Every counter in every one of some commits."""
    asked = "".join(f"{commit}:{FILE}\n" for commit in commits)
    ran = system.git.run("--git-dir", system.path, "cat-file", "--batch", cwd=system.path, text=asked)
    parts = re.split(r"^[0-9a-f]{40} blob \d+\n", ran.out, flags=re.MULTILINE)[1:]
    assert len(parts) == len(commits)
    return [{name: token["$value"] for name, token in json.loads(part)["count"].items()} for part in parts]
