"""Clients that leave, stall, lie or send too much: nothing is left behind and nobody else waits."""

from __future__ import annotations

import asyncio
import gzip
import os
import signal
from pathlib import Path

import httpx
import psutil
import pytest

from gitstore.refs import read_ref
from gitstore.wire.http import SmartHttp
from gitstore.wire.limits import Limits
from gitstore.wire.pktline import encode
from tests.gitstore.helpers import Repo, fsck, git
from tests.gitstore.wire_server import WireServer

MAIN = "refs/heads/main"
RESULT = {"content-type": "application/x-git-upload-pack-request", "git-protocol": "version=2"}


async def cloned(wire: WireServer, repo: Repo) -> Path:
    repo.put(MAIN, repo.commit({"README.md": b"one\n"}))
    work = wire.folder / "work"
    await wire.ok("clone", "-q", wire.url(repo.path), work)
    return work


async def commit(wire: WireServer, work: Path, name: str, data: bytes) -> None:
    (work / name).write_bytes(data)
    await wire.ok("add", "-A", cwd=work)
    await wire.ok("commit", "-q", "-m", name, cwd=work)


async def start_push(wire: WireServer, work: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        "git", "push", "-q", "origin", "main", cwd=work, stderr=asyncio.subprocess.DEVNULL, start_new_session=True
    )


async def until_quiet(wire: WireServer, closed: int) -> None:
    async with asyncio.timeout(20):
        while wire.closed < closed or git_children():
            await asyncio.sleep(0.02)


def git_children() -> list[str]:
    return [p.name() for p in psutil.Process().children(recursive=True) if p.name().startswith("git")]


async def test_a_client_that_leaves_while_judged_leaves_nothing(wire: WireServer, repo: Repo) -> None:
    work = await cloned(wire, repo)
    await commit(wire, work, "a", b"a")
    wire.judging_seconds = 60
    client = await start_push(wire, work)
    await wire.judging.wait()
    os.killpg(client.pid, signal.SIGKILL)
    await client.wait()
    await until_quiet(wire, 1)
    assert (wire.closed, wire.landed, wire.lock.locked()) == (1, [], False)
    assert list((repo.path / "objects").glob("tmp_objdir*")) == []
    wire.judging_seconds = 0
    await wire.ok("push", "-q", "origin", "main", cwd=work)


async def test_a_client_that_leaves_while_landing_does_not_stop_it(wire: WireServer, repo: Repo) -> None:
    work = await cloned(wire, repo)
    await commit(wire, work, "a", b"a")
    wire.landing_seconds = 0.5
    client = await start_push(wire, work)
    await wire.landing.wait()
    os.killpg(client.pid, signal.SIGKILL)
    await client.wait()
    await until_quiet(wire, 1)
    assert read_ref(repo.git, MAIN) == git("rev-parse", "HEAD", cwd=work).strip()
    assert (wire.closed, wire.lock.locked()) == (1, False)


async def test_fifty_megabytes_pass_through_little_memory(wire: WireServer, repo: Repo) -> None:
    work = await cloned(wire, repo)
    await commit(wire, work, "blob", os.urandom(50 << 20))
    process = psutil.Process()
    before, peak, done = process.memory_info().rss, 0, asyncio.Event()

    async def watch() -> None:
        nonlocal peak
        while not done.is_set():
            peak = max(peak, process.memory_info().rss)
            await asyncio.sleep(0.01)

    watching = asyncio.create_task(watch())
    await wire.ok("push", "-q", "origin", "main", cwd=work, config={"http.postBuffer": "65536"})
    await wire.ok("clone", "-q", "--no-checkout", wire.url(repo.path), wire.folder / "back")
    done.set()
    await watching
    assert peak - before < 16 << 20
    assert wire.largest_chunk <= 1 << 16
    assert fsck(wire.folder / "back" / ".git") == ""


async def test_a_pack_over_the_limit_is_refused_with_a_reason(wire: WireServer, repo: Repo) -> None:
    work = await cloned(wire, repo)
    wire.http = SmartHttp(wire.hooks, Limits(pack_bytes=1 << 20))
    await commit(wire, work, "blob", os.urandom(3 << 19))
    result = await wire.git("push", "origin", "main", cwd=work)
    assert result.status != 0
    assert "maximum allowed size" in result.err
    assert str(repo.path) not in result.err
    await commit(wire, work, "blob", os.urandom(5 << 20))
    result = await wire.git("push", "origin", "main", cwd=work)
    assert "413" in result.err
    await until_quiet(wire, 2)
    assert wire.requests == []
    assert list((repo.path / "objects").glob("tmp_objdir*")) == []
    assert list((repo.path / "objects" / "pack").glob("tmp_*")) == []


async def test_a_gzip_bomb_ends_at_the_limit(wire: WireServer, repo: Repo) -> None:
    wire.http = SmartHttp(wire.hooks, Limits(fetch_request_bytes=1 << 20))
    bomb = gzip.compress(encode("command=fetch") + bytes(100 << 20))
    async with httpx.AsyncClient() as client:
        url = f"{wire.url(repo.path)}/git-upload-pack"
        answer = await client.post(url, content=bomb, headers={**RESULT, "content-encoding": "gzip"})
        assert answer.status_code == 413
        broken = await client.post(url, content=b"no gzip", headers={**RESULT, "content-encoding": "gzip"})
        assert broken.status_code == 400
    await until_quiet(wire, 0)


async def test_a_client_that_stalls_is_dropped(wire: WireServer, repo: Repo) -> None:
    wire.http = SmartHttp(wire.hooks, Limits(idle_seconds=0.3))
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    target = f"/{repo.path.name}/git-receive-pack"
    writer.write(f"POST {target} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n4\r\n00".encode())
    assert b"500" in await asyncio.wait_for(reader.readline(), 10)
    writer.close()
    await until_quiet(wire, 1)
    assert wire.closed == 1


async def test_what_takes_too_long_is_ended(wire: WireServer, repo: Repo) -> None:
    work = await cloned(wire, repo)
    await commit(wire, work, "a", b"a")
    wire.http = SmartHttp(wire.hooks, Limits(seconds=1.0))
    wire.judging_seconds = 60
    result = await wire.git("push", "origin", "main", cwd=work)
    assert result.status != 0
    await until_quiet(wire, 1)
    assert not wire.lock.locked()


async def test_a_full_house_says_so(wire: WireServer, repo: Repo) -> None:
    work = await cloned(wire, repo)
    wire.http = SmartHttp(wire.hooks, Limits(processes=1, queue_seconds=0.2))
    await commit(wire, work, "a", b"a")
    wire.judging_seconds = 3
    pushing = asyncio.create_task(wire.git("push", "origin", "main", cwd=work))
    await wire.judging.wait()
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{wire.url(repo.path)}/info/refs?service=git-upload-pack")
        assert answer.status_code == 503
        listing = await client.post(
            f"{wire.url(repo.path)}/git-upload-pack", content=encode("command=ls-refs\n") + b"0000", headers=RESULT
        )
        assert MAIN in listing.text
    assert (await pushing).status == 0


@pytest.mark.parametrize(
    ("target", "headers", "status"),
    [
        ("00000000-0000-4000-8000-000000000000.git/info/refs?service=git-upload-pack", {}, 404),
        ("{}/info/refs?service=git-shell", {}, 400),
        ("{}/info/refs?service=git-upload-pack", {"git-protocol": "version=2\x7f; rm"}, 400),
    ],
)
async def test_bad_requests_are_told_apart(
    wire: WireServer, repo: Repo, target: str, headers: dict[str, str], status: int
) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{wire.port}/{target.format(repo.path.name)}", headers=headers)
        assert answer.status_code == status
        assert str(repo.path.parent) not in answer.text


async def test_waits_with_the_body_for_100_continue(wire: WireServer, repo: Repo) -> None:
    work = await cloned(wire, repo)
    await commit(wire, work, "blob", os.urandom(3 << 20))
    await wire.ok(
        *("push", "-q", "origin", "main"),
        cwd=work,
        config={"http.postBuffer": "65536", "http.extraHeader": "Expect: 100-continue"},
    )
    assert any(seen.get("expect") == "100-continue" for seen in wire.seen)


def push_object(work: Path, kind: str, raw: bytes) -> str:
    return git("hash-object", "-w", "-t", kind, "--literally", "--stdin", cwd=work, stdin=raw).strip()


async def push_tree(wire: WireServer, work: Path, tree: str) -> str:
    oid = git("commit-tree", "-m", "x", "-p", "HEAD", tree, cwd=work).strip()
    return (await wire.git("push", "origin", f"{oid}:refs/heads/main", cwd=work)).err


async def test_objects_that_could_hurt_are_refused_and_old_faults_are_not(wire: WireServer, repo: Repo) -> None:
    work = await cloned(wire, repo)
    blob = bytes.fromhex(push_object(work, "blob", b"x"))
    evil = bytes.fromhex(push_object(work, "blob", b'[submodule "a"]\n\tpath = a\n\turl = -u./payload\n'))
    for raw, word in (
        (b"40000 .git\0" + bytes.fromhex(push_object(work, "tree", b"100644 config\0" + blob)), "hasDotgit"),
        (b"100644 ..\0" + blob, "hasDotdot"),
        (b"100644 a\0" + blob + b"100644 a\0" + blob, "duplicateEntries"),
        (b"120000 .gitmodules\0" + blob, "gitmodulesSymlink"),
        (b"100644 .gitmodules\0" + evil, "gitmodulesUrl"),
    ):
        assert word in await push_tree(wire, work, push_object(work, "tree", raw))
    padded = push_object(work, "tree", b"0100644 a\0" + blob)
    assert "main" in await push_tree(wire, work, padded)
    assert len(wire.landed) == 1


async def open_clone(wire: WireServer, repo: Repo) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Ask for everything by hand, and read no more than the head of the answer."""
    tip = read_ref(repo.git, MAIN)
    body = encode("command=fetch") + b"0001" + encode(f"want {tip}\n") + encode("done\n") + b"0000"
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port, limit=1 << 12)
    head = f"POST /{repo.path.name}/git-upload-pack HTTP/1.1\r\nhost: x\r\ngit-protocol: version=2\r\n"
    writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
    assert b"200" in await reader.readline()
    return reader, writer


async def test_a_client_that_leaves_a_clone_ends_it(wire: WireServer, repo: Repo) -> None:
    repo.put(MAIN, repo.commit({"blob": os.urandom(40 << 20)}))
    _, writer = await open_clone(wire, repo)
    assert git_children()
    writer.transport.abort()
    await until_quiet(wire, 0)


async def test_a_client_that_reads_no_further_is_dropped(wire: WireServer, repo: Repo) -> None:
    repo.put(MAIN, repo.commit({"blob": os.urandom(40 << 20)}))
    wire.http = SmartHttp(wire.hooks, Limits(idle_seconds=0.5))
    _, writer = await open_clone(wire, repo)
    await until_quiet(wire, 0)
    writer.transport.abort()
