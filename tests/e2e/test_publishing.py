"""Guards: whoever publishes at once, with REST or git, one wins; kill -9 between a tag and its row repairs itself."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.supervised import supervised
from tests.e2e.workbench import TOKENS, Git, Ran, System, Workbench, document

REST, GIT = 20, 4
KILLS = 3


def versions(system: System) -> list[str]:
    return [release["version"] for release in system.items("/releases")]


def test_of_all_who_publish_a_version_at_once_one_wins(system: System, git: Git, tmp_path: Path) -> None:
    system.started(tmp_path / "first")
    clones = [system.clone(tmp_path / f"clone-{number}") for number in range(GIT)]
    for number, clone in enumerate(clones):
        git("tag", "-a", "-m", f"by clone {number}", "v1.0.0", cwd=clone)

    def publish(_: int) -> Any:
        body = {"version": "1.0.0"}
        headers = dict(system.client.headers)
        return httpx.post(f"{system.service.url}/api/design-systems/{system.id}/publish", json=body, headers=headers)

    def push(clone: Path) -> Ran:
        return git.run("push", "origin", "v1.0.0", cwd=clone)

    with ThreadPoolExecutor(REST + GIT) as pool:
        pushing = [pool.submit(push, clone) for clone in clones]
        answers = list(pool.map(publish, range(REST)))
        pushes = [each.result() for each in pushing]
    won = [answer.json() for answer in answers if answer.status_code == 201]
    landed = [ran for ran in pushes if ran.status == 0]
    assert len(won) + len(landed) == 1
    (release,) = system.items("/releases")
    for answer in answers:
        if answer.status_code != 201:
            assert (answer.status_code, answer.json()["commit"]) == (409, release["commit"]), answer.text
    for ran in pushes:
        if ran.status != 0:
            assert "is published and stays" in ran.err or "the newest version is 1.0.0" in ran.err or "fetch" in ran.err
    assert system.bare("rev-parse", "v1.0.0^{commit}").strip() == release["commit"]
    assert system.described()["version"] == "1.0.0"
    system.check_level()
    system.check_log()
    system.check_repository()


def test_a_refused_publication_leaves_nothing(system: System, git: Git, tmp_path: Path) -> None:
    work = system.started(tmp_path / "work", {TOKENS: document({"a": 1, "b": 2}, "number")})
    system.rest("POST", "/publish", status=201, json={"version": "1.0.0"})
    git("pull", "-q", "--tags", cwd=work)
    git.commit(work, {TOKENS: document({"a": 1}, "number")})
    git("push", "-q", "origin", "main", cwd=work)
    before = system.footprint()
    refused = system.rest("POST", "/publish", status=422, json={"version": "1.1.0"}).json()
    assert [problem["code"] for problem in refused["problems"]] == ["XDS410", "XDS410"]
    git("tag", "-a", "-m", "Out", "v1.1.0", cwd=work)
    said = git.refused("push", "origin", "v1.1.0", cwd=work)
    assert "1.1.0 is too low" in said and "removed" in said
    assert "stays as it is" in git.refused("push", "origin", ":v1.0.0", cwd=work)
    git("tag", "-a", "-f", "-m", "Moved", "v1.0.0", cwd=work)
    assert "stays as it is" in git.refused("push", "--force", "origin", "v1.0.0", cwd=work)
    assert system.footprint() == before
    assert versions(system) == ["1.0.0"]
    git("tag", "-a", "-m", "Out\n\nAllow-Breaking-As: minor", "v1.2.0", cwd=work)
    git("push", "-q", "origin", "v1.2.0", cwd=work)
    assert versions(system) == ["1.2.0", "1.0.0"]
    system.check_level()


@pytest.mark.timeout(240)
def test_kills_between_tag_and_row_are_made_good(tmp_path: Path) -> None:
    with supervised(tmp_path) as running:
        bench = Workbench(running.running, tmp_path / "home")
        system = bench.make_system("Killed")
        system.started(tmp_path / "work", {TOKENS: document({"a": 0}, "number")})
        acknowledged: list[str] = []
        (token,) = (each["id"] for each in system.tokens().values())
        for number in range(KILLS):
            publisher = threading.Thread(target=_publish_on, args=(system, token, acknowledged))
            publisher.start()
            time.sleep(random.uniform(0.3, 1.5))
            running.kill()
            publisher.join()
            running.start()
            listed = versions(system)
            tags = {name.removeprefix("v") for name in system.bare("tag", "--list").split()}
            assert set(listed) == tags >= set(acknowledged), f"kill {number}"
            assert system.described()["version"] == (listed[0] if listed else None)
            system.check_level()
            system.check_log()
        assert acknowledged
        bench.close()


def _publish_on(system: System, token: str, acknowledged: list[str]) -> None:
    """Edit and publish until the service is gone."""
    headers = dict(system.client.headers)
    base = f"{system.service.url}/api/design-systems/{system.id}"
    with httpx.Client(headers=headers) as client:
        while True:
            try:
                client.put(f"{base}/tokens/{token}", json={"value": random.randint(0, 10**9)})
                answer = client.post(f"{base}/publish", json={"bump": "patch"})
            except httpx.HTTPError:
                return
            if answer.status_code == 201:
                acknowledged.append(answer.json()["version"])
