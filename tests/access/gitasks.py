"""How git's entries are asked: by single requests of its wire, and by git itself with real clones and pushes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha1
from itertools import count
from pathlib import Path

import httpx

from tests.access.people import Credential
from tests.access.world import World
from tests.gitstore.helpers import CLIENT_ENVIRONMENT

NUMBERS = count(1)
VERSIONS = asyncio.Lock()
"""A version must be above all others: they are published one after the other."""
EMPTY_PACK = b"PACK" + (2).to_bytes(4) + (0).to_bytes(4)
TYPE = "application/x-{}-request"
FAILURES = {
    "401": r"Authentication failed|could not read Username",
    "403": r"error: 403|You may not do this here|the branch is protected",
    "404": r"not found",
}
"""What git tells its user, by the cell that it means."""


@dataclass(frozen=True)
class Bench:
    """What git's rows need: a client of the wire, and a socket and a folder for git itself."""

    client: httpx.AsyncClient
    url: str
    folder: Path


def pkt(line: str) -> bytes:
    return f"{len(line.encode()) + 4:04x}{line}".encode()


async def info_refs(bench: Bench, world: World, credential: Credential, service: str) -> str:
    return await _request(bench, world, credential, "GET", f"info/refs?service={service}", f"# service={service}")


async def info_refs_by_bearer(bench: Bench, world: World, credential: Credential) -> str:
    """As REST is asked: with an access token, or a key, in a header of its own."""
    service = "git-upload-pack"
    told = f"# service={service}"
    return await _request(bench, world, credential, "GET", f"info/refs?service={service}", told, by=credential.rest)


async def info_refs_of_another(bench: Bench, world: World, credential: Credential) -> str:
    """Of another system of the team."""
    path = world.git_path.replace(world.system, world.other)
    return await _request(bench, world, credential, "GET", "info/refs?service=git-upload-pack", "# service", at=path)


async def upload_pack(bench: Bench, world: World, credential: Credential) -> str:
    """Protocol v2's ls-refs, with no info/refs before it."""
    body = pkt("command=ls-refs\n") + b"00010000"
    return await _request(bench, world, credential, "POST", "git-upload-pack", "refs/heads/main", body)


async def receive_pack(bench: Bench, world: World, credential: Credential) -> str:
    """A new branch at a commit that is there already, with no info/refs before it."""
    ref = f"refs/heads/{_name('raw')}"
    body = pkt(f"{'0' * 40} {world.head} {ref}\0 report-status\n") + b"0000" + EMPTY_PACK + sha1(EMPTY_PACK).digest()
    cell = await _request(bench, world, credential, "POST", "git-receive-pack", f"ok {ref}", body)
    assert (ref in await world.refs()) is (cell == "ok")
    return cell


async def _request(
    bench: Bench,
    world: World,
    credential: Credential,
    method: str,
    path: str,
    shown: str,
    body: bytes = b"",
    *,
    by: dict[str, str] | None = None,
    at: str = "",
) -> str:
    """The cell of one request; what is hidden is answered like what was never there."""
    headers = {**(credential.git if by is None else by), "Content-Type": TYPE.format(path)}
    base = at or world.git_path
    if path == "git-upload-pack":
        headers["Git-Protocol"] = "version=2"
    answer, absent = [
        await bench.client.request(method, f"{base}/{path}", content=body, headers=headers)
        for base in (base, world.git_path.replace(world.system, "never-was"))
    ]
    if answer.status_code == 200:
        assert shown in answer.text, answer.content
        return "ok"
    if answer.status_code in (401, 404):
        assert (answer.status_code, answer.text) == (absent.status_code, absent.text), "tells hidden from absent"
    return str(answer.status_code)


async def clone(bench: Bench, world: World, credential: Credential) -> str:
    return _told(await _git(bench.folder, "clone", "-q", "--bare", _remote(bench, world, credential), _name("clone")))


async def push(bench: Bench, world: World, credential: Credential, kind: str) -> str:
    """A commit of its own on a ref of its own."""
    folder = bench.folder / _name("work")
    shared = world.people.context.store.path_of(world.system_id)
    assert (await _git(bench.folder, "clone", "-q", "--bare", "--shared", str(shared), folder.name))[0] == 0
    if kind == "version tag":
        return await _publish(bench, world, credential, folder)
    status, commit, _ = await _git(
        folder, "commit-tree", "-m", _name("commit"), "-p", world.head, f"{world.head}^{{tree}}"
    )
    assert status == 0
    ref = {
        "branch": "refs/heads/{}",
        "protected branch": "refs/heads/kept/{}",
        "tag": "refs/tags/{}",
    }[kind].format(next(NUMBERS))
    pushed = await _git(folder, "push", "-q", _remote(bench, world, credential), f"{commit.strip()}:{ref}")
    assert (ref in await world.refs()) is (pushed[0] == 0)
    return _told(pushed)


async def _publish(bench: Bench, world: World, credential: Credential, folder: Path) -> str:
    """A version above all others, one caller after the other."""
    async with VERSIONS:
        tag = f"v{1000 + next(NUMBERS)}.0.0"
        assert (await _git(folder, "tag", "-a", "-m", "Out", tag, world.head))[0] == 0
        pushed = await _git(folder, "push", "-q", _remote(bench, world, credential), tag)
    assert (f"refs/tags/{tag}" in await world.refs()) is (pushed[0] == 0)
    return _told(pushed)


def _name(prefix: str) -> str:
    return f"{prefix}-{next(NUMBERS)}"


def _remote(bench: Bench, world: World, credential: Credential) -> str:
    who = f"{credential.login.replace('@', '%40')}:{credential.password}@" if credential.password else ""
    return bench.url.replace("://", f"://{who}") + world.git_path


async def _git(folder: Path, *arguments: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        "git",
        *arguments,
        cwd=folder,
        env=CLIENT_ENVIRONMENT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


def _told(done: tuple[int, str, str]) -> str:
    status, _, err = done
    if status == 0:
        return "ok"
    return next((cell for cell, words in FAILURES.items() if re.search(words, err)), err)


GitAsking = Callable[[Bench, World, Credential], Awaitable[str]]


GIT_ASKS: dict[str, GitAsking] = {
    "git info/refs (fetch)": lambda b, w, c: info_refs(b, w, c, "git-upload-pack"),
    "git info/refs (push)": lambda b, w, c: info_refs(b, w, c, "git-receive-pack"),
    "git info/refs (fetch, by bearer token)": info_refs_by_bearer,
    "git info/refs (fetch, of another system of the team)": info_refs_of_another,
    "git git-upload-pack": upload_pack,
    "git git-upload-pack (git clone)": clone,
    "git git-receive-pack": receive_pack,
    "git git-receive-pack (git push of a branch)": lambda b, w, c: push(b, w, c, "branch"),
    "git git-receive-pack (git push of a protected branch)": lambda b, w, c: push(b, w, c, "protected branch"),
    "git git-receive-pack (git push of a tag)": lambda b, w, c: push(b, w, c, "tag"),
    "git git-receive-pack (git push of a version tag)": lambda b, w, c: push(b, w, c, "version tag"),
}
"""Row → how git asks it; the answer is the cell."""
