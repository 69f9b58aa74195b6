"""Rights that end while git is running: the clone, fetch or push ends with them."""

from __future__ import annotations

import asyncio
import json
import os
import select
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from tests.database import plain
from tests.e2e.gate import Gate, through
from tests.e2e.workbench import BASE, TOKENS, Git, System, Workbench, query
from tests.service import PASSWORD

NUMBERS = count(1)
AT_ONCE = 5.0
LARGE = 6 << 20
ENOUGH = 1 << 20
"""Bytes after which a client stops reading: more than an answer without a pack, less than the pack."""


@pytest.fixture(scope="module")
def large(bench: Workbench, tmp_path_factory: pytest.TempPathFactory) -> System:
    """A system whose pack fits in no socket's buffers."""
    system = bench.make_system("Large", visibility="private")
    files: dict[str, str | bytes | None] = {f"assets/{n}.bin": os.urandom(LARGE) for n in range(5)}
    system.started(tmp_path_factory.mktemp("large") / "work", {TOKENS: BASE, **files})
    return system


@contextmanager
def started(git: Git, *arguments: str | Path, cwd: Path) -> Iterator[subprocess.Popen[str]]:
    """git while it runs."""
    process = subprocess.Popen(
        ["git", *map(str, arguments)], cwd=cwd, env=git.environment, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=20)


def serving(system: System) -> list[int]:
    """The git processes of the service that work on this repository."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if b"--stateless-rpc" in command and str(system.path).encode() in command:
            found.append(int(folder.name))
    return found


def wait_until_gone(system: System) -> None:
    """The service's git ends at once, long before the sessions would ask by themselves."""
    for pid in serving(system):
        try:
            process = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            assert select.select([process], [], [], AT_ONCE)[0], "git goes on"
        finally:
            os.close(process)


def key_of(bench: Workbench, *scopes: str) -> tuple[str, str]:
    """A key's id and its secret."""
    body = {"name": f"running {next(NUMBERS)}", "scopes": list(scopes)}
    made = bench.session.post("/api/api-keys", json=body).raise_for_status().json()
    return made["id"], made["key"]


def member_of(bench: Workbench, role: str) -> tuple[str, str, str]:
    """Somebody's e-mail address, their id and an access token."""
    email = bench.service.register("bea")
    made = bench.session.post(f"/api/teams/{bench.team['id']}/members", json={"email": email, "role": role})
    with bench.service.sign_in(email, PASSWORD) as session:
        return email, made.raise_for_status().json()["user"]["id"], session.headers["authorization"]


def members(bench: Workbench, user_id: str) -> str:
    return f"/api/teams/{bench.team['id']}/members/{user_id}"


def with_password(system: System, email: str) -> str:
    return system.url(PASSWORD.replace(" ", "%20"), email.replace("@", "%40"))


def broken_off(clone: subprocess.Popen[str]) -> str:
    """What git says whose server has stopped in the middle."""
    _, said = clone.communicate(timeout=30)
    assert clone.returncode != 0
    assert "early EOF" in said or "RPC failed" in said or "unexpected disconnect" in said, said
    return said


def test_a_key_that_is_revoked_in_the_middle_of_a_clone_ends_it(
    bench: Workbench, large: System, git: Git, tmp_path: Path
) -> None:
    identity, key = key_of(bench, "read")
    with (
        Gate(bench.service.url, ENOUGH) as gate,
        started(git, "clone", "-q", through(gate, large.url(key)), tmp_path / "clone", cwd=tmp_path) as clone,
    ):
        assert gate.reached.wait(30)
        assert serving(large)
        assert bench.session.delete(f"/api/api-keys/{identity}").status_code == 204
        wait_until_gone(large)
        gate.open()
        broken_off(clone)
    assert not (tmp_path / "clone").exists()
    assert "Authentication failed" in git.refused("ls-remote", large.url(key), cwd=tmp_path)


def test_a_clone_that_is_slow_but_allowed_comes_to_its_end(
    bench: Workbench, large: System, git: Git, tmp_path: Path
) -> None:
    """Somebody else's key is revoked meanwhile, and another of the same person."""
    _, key = key_of(bench, "read")
    identity, _ = key_of(bench, "read")
    with (
        Gate(bench.service.url, ENOUGH) as gate,
        started(git, "clone", "-q", through(gate, large.url(key)), tmp_path / "clone", cwd=tmp_path) as clone,
    ):
        assert gate.reached.wait(30)
        assert bench.session.delete(f"/api/api-keys/{identity}").status_code == 204
        gate.open()
        _, said = clone.communicate(timeout=60)
        assert clone.returncode == 0, said
    git("fsck", "--no-progress", cwd=tmp_path / "clone")


def test_a_member_who_is_removed_during_a_fetch_gets_no_more(
    bench: Workbench, large: System, git: Git, tmp_path: Path
) -> None:
    email, user_id, _ = member_of(bench, "viewer")
    git("init", "-q", tmp_path / "work", cwd=tmp_path)
    with Gate(bench.service.url, ENOUGH) as gate:
        url = through(gate, with_password(large, email))
        with started(git, "fetch", "-q", url, "main", cwd=tmp_path / "work") as fetch:
            assert gate.reached.wait(30)
            assert bench.session.delete(members(bench, user_id)).status_code == 204
            wait_until_gone(large)
            gate.open()
            broken_off(fetch)
    assert git.run("rev-parse", "-q", "--verify", "FETCH_HEAD", cwd=tmp_path / "work").status != 0
    git.refused("ls-remote", with_password(large, email), cwd=tmp_path)


def test_a_public_system_that_is_made_private_ends_the_clones_of_strangers(
    bench: Workbench, large: System, git: Git, tmp_path: Path
) -> None:
    large.rest("PUT", json={"visibility": "public"})
    try:
        with (
            Gate(bench.service.url, ENOUGH) as gate,
            started(git, "clone", "-q", through(gate, large.url("")), tmp_path / "clone", cwd=tmp_path) as clone,
        ):
            assert gate.reached.wait(30)
            large.rest("PUT", json={"visibility": "private"})
            wait_until_gone(large)
            gate.open()
            broken_off(clone)
    finally:
        large.rest("PUT", json={"visibility": "private"})


def test_signing_out_ends_what_the_access_token_started(
    bench: Workbench, large: System, git: Git, tmp_path: Path
) -> None:
    email, _, _ = member_of(bench, "viewer")
    body = {"email": email, "password": PASSWORD}
    pair = httpx.post(f"{bench.service.url}/api/auth/login", json=body).raise_for_status().json()
    bearer = f"http.extraHeader=Authorization: Bearer {pair['access_token']}"
    with (
        Gate(bench.service.url, ENOUGH) as gate,
        started(git, "-c", bearer, "clone", "-q", through(gate, large.url("")), "clone", cwd=tmp_path) as clone,
    ):
        assert gate.reached.wait(30)
        gone = httpx.post(f"{bench.service.url}/api/auth/logout", json={"refresh_token": pair["refresh_token"]})
        assert gone.status_code == 204
        wait_until_gone(large)
        gate.open()
        broken_off(clone)
    said = git.refused("-c", bearer, "ls-remote", large.url(""), cwd=tmp_path)
    assert "Authentication failed" in said or "401" in said or "could not read Username" in said, said


class HalfPush:
    """One push's two HTTP requests, driven by hand so that something can happen between them, and in the second."""

    def __init__(self, system: System, auth: tuple[str, str], work: Path) -> None:
        self.system, self.auth, self.work = system, auth, work
        self.base = system.url("")
        self.old = system.bare("rev-parse", "refs/heads/main").strip()
        self.new = system.git.head(work)

    def advertised(self) -> httpx.Response:
        return httpx.get(f"{self.base}/info/refs", params={"service": "git-receive-pack"}, auth=self.auth)

    def body(self) -> bytes:
        told = f"{self.old} {self.new} refs/heads/main\0report-status side-band-64k".encode()
        pack = subprocess.run(
            ["git", "pack-objects", "--stdout", "--revs", "-q"],
            cwd=self.work,
            env=self.system.git.environment,
            input=f"{self.new}\n^{self.old}\n".encode(),
            capture_output=True,
            check=True,
        ).stdout
        return f"{len(told) + 4:04x}".encode() + told + b"0000" + pack

    def sent(self, content: Any) -> httpx.Response:
        headers = {"content-type": "application/x-git-receive-pack-request"}
        return httpx.post(f"{self.base}/git-receive-pack", content=content, headers=headers, auth=self.auth, timeout=30)


@pytest.fixture
def half(bench: Workbench, system: System, git: Git, tmp_path: Path) -> tuple[HalfPush, str]:
    """An editor's push that has not begun, and the editor's id."""
    work = system.started(tmp_path / "work")
    git.commit(work, {"notes.md": "by an editor\n", "assets/x.bin": os.urandom(1 << 20)})
    email, user_id, _ = member_of(bench, "editor")
    return HalfPush(system, (email, PASSWORD), work), user_id


def test_a_push_in_two_requests_lands_as_git_would_do_it(half: tuple[HalfPush, str]) -> None:
    push, _ = half
    assert push.advertised().status_code == 200
    assert b"ok refs/heads/main" in push.sent(push.body()).content
    assert push.system.described()["head"] == push.new
    push.system.check_level()


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), (None, 404)])
def test_a_role_that_goes_between_the_two_requests_of_one_push_refuses_the_second(
    bench: Workbench, half: tuple[HalfPush, str], role: str | None, status: int
) -> None:
    push, user_id = half
    assert push.advertised().status_code == 200
    before = push.system.footprint()
    path = members(bench, user_id)
    changed = bench.session.patch(path, json={"role": role}) if role else bench.session.delete(path)
    assert changed.is_success
    assert push.sent(push.body()).status_code == status
    assert push.system.footprint() == before


def test_a_role_that_goes_while_the_pack_is_on_its_way_ends_the_push(
    bench: Workbench, half: tuple[HalfPush, str]
) -> None:
    """The upload stops in the middle for as long as git runs: only the service can have ended it."""
    push, user_id = half
    before = push.system.footprint()
    body = push.body()

    def slowly() -> Iterator[bytes]:
        yield body[: len(body) // 2]
        while not serving(push.system):
            os.sched_yield()
        assert bench.session.patch(members(bench, user_id), json={"role": "viewer"}).is_success
        wait_until_gone(push.system)
        yield body[len(body) // 2 :]

    answer = push.sent(slowly())
    assert answer.status_code == 403 and "may not" in answer.text, answer.text
    assert push.system.footprint() == before


@dataclass(frozen=True)
class Held:
    """A lock that somebody else has: how many wait for it, and an end to that."""

    waiting: Callable[[], int]
    let_go: Callable[[], None]


@contextmanager
def locked(system: System) -> Iterator[Held]:
    """Another process writes to the system and takes its time."""
    url = json.loads((system.service.data / "run" / "endpoints.json").read_text())["database_url"]
    with asyncio.Runner() as runner:
        holder = runner.run(asyncpg.connect(plain(url)))
        transaction = holder.transaction()
        runner.run(transaction.start())
        runner.run(holder.execute("SELECT 1 FROM design_systems WHERE id = $1 FOR NO KEY UPDATE", system.id))

        def waiting() -> int:
            here = "wait_event_type = 'Lock' AND datname = current_database()"
            return int(runner.run(holder.fetchval(f"SELECT count(*) FROM pg_stat_activity WHERE {here}")))

        def let_go() -> None:
            runner.run(transaction.rollback())

        try:
            yield Held(waiting, let_go)
        finally:
            runner.run(holder.close())


@pytest.mark.parametrize("announced", [True, False])
def test_a_role_that_goes_while_the_push_waits_for_the_lock_refuses_it(
    bench: Workbench, system: System, git: Git, tmp_path: Path, announced: bool
) -> None:
    """At once where it is announced; otherwise the push asks when it has the lock."""
    work = system.started(tmp_path / "work")
    email, user_id, _ = member_of(bench, "editor")
    git.commit(work, {"notes.md": "by an editor\n"})
    before = system.footprint()
    with locked(system) as held, started(git, "push", with_password(system, email), "main", cwd=work) as push:
        while not held.waiting():
            assert push.poll() is None
        if announced:
            assert bench.session.patch(members(bench, user_id), json={"role": "viewer"}).is_success
            push.wait(AT_ONCE)
        else:
            query(system.service.data, "UPDATE team_members SET role = 'viewer' WHERE user_id = $1", UUID(user_id))
        held.let_go()
        _, said = push.communicate(timeout=30)
    assert push.returncode != 0 and ("403" in said or "may not" in said), said
    assert system.footprint() == before
    git("push", "-q", "origin", "main", cwd=work)  # somebody who may: nothing is held back
    system.check_level()
