"""The hooks themselves: they refuse whenever anything is not as it must be."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gitstore.errors import GitStoreError
from gitstore.refs import RefUpdate
from gitstore.wire.hooks import HookServer, _shell_text
from gitstore.wire.pktline import encode
from gitstore.wire.pushes import PushRequest, RefResult, Verdict

ONE, TWO = "1" * 40, "2" * 40
LINE = f"{ONE} {TWO} refs/heads/main\n".encode()
TALK = encode("version=1\0atomic push-options\n") + b"0000" + encode(LINE.strip()) + b"0000" + b"0000"


class Recorder:
    """Answers as it is told and remembers the calls."""

    def __init__(self, verdict: Verdict | Exception = Verdict(True, ["fine"])) -> None:  # noqa: B008
        self.verdict = verdict
        self.calls: list[str] = []
        self.request: PushRequest | None = None
        self.wait = asyncio.Event()
        self.wait.set()

    async def pre_receive(self, request: PushRequest) -> Verdict:
        self.calls.append("pre")
        self.request = request
        request.say("looking")
        try:
            await self.wait.wait()
        except asyncio.CancelledError:
            self.calls.append("cancelled")
            raise
        if isinstance(self.verdict, Exception):
            raise self.verdict
        return self.verdict

    async def proc_receive(self, updates: list[RefUpdate], options: list[str], atomic: bool) -> list[RefResult]:
        self.calls.append("proc")
        return [RefResult(update.name, ok=True) for update in updates]

    async def closed(self) -> None:
        self.calls.append("closed")


@pytest.fixture
async def hooks(tmp_path: Path) -> AsyncIterator[HookServer]:
    server = HookServer(tmp_path / "run")
    await server.start()
    yield server
    await server.stop()


async def run(hook: Path, environment: dict[str, str], stdin: bytes) -> tuple[int, bytes, str]:
    process = await asyncio.create_subprocess_exec(
        hook,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(stdin)
    return process.returncode or 0, out, err.decode()


async def test_relays_a_push_from_judgement_to_landing(hooks: HookServer, path: Path) -> None:
    handler = Recorder()
    async with hooks.open_session(handler, path) as opened:
        folder = Path(opened.config["core.hooksPath"])
        environment = {**opened.environment, "GIT_PUSH_OPTION_COUNT": "1", "GIT_PUSH_OPTION_0": "a=b"}
        assert await run(folder / "pre-receive", environment, LINE) == (0, b"", "looking\nfine\n")
        status, out, _ = await run(folder / "proc-receive", opened.environment, TALK)
        assert status == 0
        assert out.endswith(encode("ok refs/heads/main\n") + b"0000")
    assert handler.calls == ["pre", "proc", "closed"]
    assert handler.request is not None
    assert (handler.request.options, handler.request.updates) == (["a=b"], [RefUpdate("refs/heads/main", ONE, TWO)])


async def test_the_directory_is_ours_alone_and_goes_with_us(tmp_path: Path) -> None:
    server = HookServer(tmp_path / "run")
    await server.start()
    (home,) = (tmp_path / "run").iterdir()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "s").stat().st_mode) == 0o600
    await server.stop()
    assert list((tmp_path / "run").iterdir()) == []


async def test_a_dead_processs_directory_is_swept_and_a_living_ones_is_not(hooks: HookServer, tmp_path: Path) -> None:
    dead = tmp_path / "run" / "hooks-dead"
    dead.mkdir()
    (dead / "owner.lock").touch()
    other = HookServer(tmp_path / "run")
    await other.start()
    assert not dead.exists()
    assert len(list((tmp_path / "run").iterdir())) == 2
    await other.stop()


async def test_a_path_too_long_for_a_socket_is_got_around(tmp_path: Path) -> None:
    server = HookServer(tmp_path / ("x" * 100))
    await server.start()
    async with server.open_session(Recorder(), tmp_path) as opened:
        assert len(opened.environment["XDS_HOOK_SOCKET"]) <= 107
    await server.stop()


async def test_without_a_service_nothing_is_accepted(hooks: HookServer, path: Path) -> None:
    handler = Recorder()
    async with hooks.open_session(handler, path) as opened:
        hook = Path(opened.config["core.hooksPath"]) / "pre-receive"
        for environment in (
            {},
            {**opened.environment, "XDS_HOOK_TOKEN": ""},
            {**opened.environment, "XDS_HOOK_TOKEN": "0" * 64},
            {**opened.environment, "XDS_HOOK_SOCKET": "/nonexistent"},
        ):
            status, _, err = await run(hook, environment, LINE)
            assert status == 1
            assert err.startswith("xds: ")
        late = opened.environment
    status, _, err = await run(hook, late, LINE)
    assert (status, "not under way" in err) == (1, True)
    assert handler.calls == ["closed"]


async def test_a_service_that_goes_away_refuses(tmp_path: Path, hooks: HookServer, path: Path) -> None:
    async with hooks.open_session(Recorder(), path) as opened:
        hook = Path(opened.config["core.hooksPath"]) / "pre-receive"

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.close()

    async with await asyncio.start_unix_server(hang_up, tmp_path / "fake"):
        environment = {"XDS_HOOK_SOCKET": str(tmp_path / "fake"), "XDS_HOOK_TOKEN": "x"}
        status, _, err = await run(hook, environment, LINE)
    assert status == 1
    assert err.startswith("xds: the service ")


@pytest.mark.parametrize("verdict", [Verdict(False, ["tokens/a.json:1:2 x: no"]), RuntimeError("secret /path")])
async def test_a_refusal_and_an_error_both_refuse(hooks: HookServer, path: Path, verdict: Verdict | Exception) -> None:
    handler = Recorder(verdict)
    async with hooks.open_session(handler, path) as opened:
        folder = Path(opened.config["core.hooksPath"])
        status, _, err = await run(folder / "pre-receive", opened.environment, LINE)
        assert status == 1
        assert "secret" not in err
        assert "x: no" in err or "an error on the server" in err
        status, out, _ = await run(folder / "proc-receive", opened.environment, TALK)
        assert (status, b"ok" in out) == (1, False)
    assert handler.calls == ["pre", "closed"]


async def test_only_what_was_judged_lands_and_only_once(hooks: HookServer, path: Path) -> None:
    handler = Recorder()
    async with hooks.open_session(handler, path) as opened:
        folder = Path(opened.config["core.hooksPath"])
        assert (await run(folder / "proc-receive", opened.environment, TALK))[0] == 1
        assert (await run(folder / "pre-receive", opened.environment, LINE))[0] == 0
        assert (await run(folder / "pre-receive", opened.environment, LINE))[0] == 1
        smuggled = TALK.replace(TWO.encode(), b"3" * 40)
        assert (await run(folder / "proc-receive", opened.environment, smuggled))[0] == 1
        assert (await run(folder / "proc-receive", opened.environment, TALK))[0] == 0
        assert (await run(folder / "proc-receive", opened.environment, TALK))[0] == 1
    assert handler.calls == ["pre", "proc", "closed"]


@pytest.mark.parametrize("stdin", [b"nonsense\n", b"\n", LINE * 20_001])
async def test_updates_that_are_none_are_refused(hooks: HookServer, path: Path, stdin: bytes) -> None:
    async with hooks.open_session(Recorder(), path) as opened:
        hook = Path(opened.config["core.hooksPath"]) / "pre-receive"
        assert (await run(hook, opened.environment, stdin))[0] == 1


async def test_a_quarantine_elsewhere_is_refused(hooks: HookServer, path: Path, tmp_path: Path) -> None:
    handler = Recorder()
    async with hooks.open_session(handler, path) as opened:
        hook = Path(opened.config["core.hooksPath"]) / "pre-receive"
        environment = {**opened.environment, "GIT_QUARANTINE_PATH": str(tmp_path)}
        status, _, err = await run(hook, environment, LINE)
        assert status == 1
        assert str(tmp_path) not in err
    assert handler.calls == ["closed"]


async def test_judging_ends_when_git_does(hooks: HookServer, path: Path) -> None:
    handler = Recorder()
    handler.wait.clear()
    async with hooks.open_session(handler, path) as opened:
        hook = Path(opened.config["core.hooksPath"]) / "pre-receive"
        process = await asyncio.create_subprocess_exec(hook, env=opened.environment, stdin=asyncio.subprocess.PIPE)
        assert process.stdin is not None
        process.stdin.write(LINE)
        process.stdin.close()
        while not handler.calls:
            await asyncio.sleep(0.01)
        process.kill()
        await process.wait()
    assert handler.calls == ["pre", "cancelled", "closed"]


async def test_nothing_opens_before_the_server_runs(tmp_path: Path) -> None:
    with pytest.raises(GitStoreError):
        async with HookServer(tmp_path).open_session(Recorder(), tmp_path):
            pass


async def test_a_shell_starts_the_relay_where_a_shebang_cannot(hooks: HookServer, path: Path, tmp_path: Path) -> None:
    handler = Recorder()
    async with hooks.open_session(handler, path) as opened:
        source = (Path(opened.config["core.hooksPath"]) / "pre-receive").read_text()
        folder = tmp_path / "with space"
        folder.mkdir()
        (folder / "relay.py").write_text(source.partition("\n")[2])
        python = folder / "it's python"
        python.symlink_to(os.path.realpath("/proc/self/exe"))
        (folder / "pre-receive").write_bytes(b"#!/bin/sh\n" + _shell_text(str(python)))
        (folder / "pre-receive").chmod(0o700)
        assert (await run(folder / "pre-receive", opened.environment, LINE))[0] == 0
