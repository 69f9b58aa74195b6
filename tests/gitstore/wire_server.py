"""A small real HTTP server around SmartHttp, and a real push handler that lands through gitstore.refs."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import uvicorn

from gitstore.errors import BadRequest, GitStoreError, RefMoved, RepositoryMissing, TooBusy, TooLarge
from gitstore.refs import RefUpdate, move
from gitstore.store import RepositoryStore
from gitstore.trees import blob_size, changed, read_blob, tree_of
from gitstore.wire.asgi import RequestBody, respond
from gitstore.wire.hooks import HookServer
from gitstore.wire.http import RECEIVE_PACK, SmartHttp
from gitstore.wire.limits import Limits
from gitstore.wire.pushes import PushRequest, RefResult, Verdict
from tests.gitstore.helpers import ADA, CLIENT_ENVIRONMENT

STATUS = {BadRequest: 400, RepositoryMissing: 404, TooLarge: 413, TooBusy: 503}


class LandingHandler:
    """Refuses files that contain FORBIDDEN and moves references one by one, or all together when atomic."""

    def __init__(self, server: WireServer, path: Path) -> None:
        self.server, self.path = server, path
        self.locked = False
        self.said: list[str] = []

    async def pre_receive(self, request: PushRequest) -> Verdict:
        self.server.requests.append(request)
        await self.server.lock.acquire()
        self.locked = True
        if self.server.judging_seconds:
            request.say("judging takes a while")
            self.server.judging.set()
            await asyncio.sleep(self.server.judging_seconds)
        problems = await asyncio.to_thread(self._problems, request)
        return Verdict(not problems, problems or ["welcome"])

    async def proc_receive(self, updates: list[RefUpdate], options: list[str], atomic: bool) -> list[RefResult]:
        self.server.landed.append((updates, options, atomic))
        self.server.landing.set()
        await asyncio.sleep(self.server.landing_seconds)
        groups = [updates] if atomic else [[update] for update in updates]
        return [result for group in groups for result in await asyncio.to_thread(self._land, group)]

    async def closed(self) -> None:
        self.server.closed += 1
        if self.locked:
            self.server.lock.release()

    def _problems(self, request: PushRequest) -> list[str]:
        found = []
        with self.server.store.open(uuid.UUID(self.path.stem), quarantine=request.quarantine) as repo:
            for update in request.updates:
                if update.new is None or not update.name.startswith("refs/heads/"):
                    continue
                old = tree_of(repo, update.old) if update.old else None
                found += [
                    f"{change.path}:1:1 a.b: FORBIDDEN is forbidden"
                    for change in changed(repo, old, tree_of(repo, update.new))
                    if change.new_oid and change.new_mode != 0o160000
                    if blob_size(repo, change.new_oid) < 1 << 20
                    if b"FORBIDDEN" in read_blob(repo, change.new_oid)
                ]
        return found

    def _land(self, updates: list[RefUpdate]) -> list[RefResult]:
        try:
            with self.server.store.open(uuid.UUID(self.path.stem)) as repo:
                move(repo, updates, who=ADA, reason="push")
        except RefMoved as error:
            return [RefResult(u.name, ok=False, reason=str(error)) for u in updates]
        return [RefResult(u.name, ok=True) for u in updates]


@dataclass
class Result:
    status: int
    out: str
    err: str


class WireServer:
    """Serves ``http://…/<uuid>.git``; remembers what was pushed and how."""

    def __init__(self, store: RepositoryStore, folder: Path) -> None:
        self.store, self.folder = store, folder
        self.hooks = HookServer(folder / "run")
        self.limits = Limits(queue_seconds=20)
        self.http = SmartHttp(self.hooks, self.limits)
        self.lock = asyncio.Lock()
        self.judging, self.landing = asyncio.Event(), asyncio.Event()
        self.requests: list[PushRequest] = []
        self.landed: list[tuple[list[RefUpdate], list[str], bool]] = []
        self.closed = 0
        self.judging_seconds = self.landing_seconds = 0.0
        self.largest_chunk = 0
        self.seen: list[dict[str, str]] = []
        self.port = 0

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        await self.hooks.start()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
            config = uvicorn.Config(
                self._app, interface="asgi3", log_level="error", lifespan="off", ws="none", timeout_graceful_shutdown=5
            )
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server.serve([listener]))
            try:
                yield
            finally:
                server.should_exit = True
                await serving
                await self.hooks.stop()

    def url(self, path: Path) -> str:
        return f"http://127.0.0.1:{self.port}/{path.name}"

    async def git(
        self, *arguments: str | Path, cwd: Path | None = None, config: dict[str, str] | None = None
    ) -> Result:
        """Run the machine's git as a client of this server."""
        options = [part for key, value in (config or {}).items() for part in ("-c", f"{key}={value}")]
        process = await asyncio.create_subprocess_exec(
            "git",
            *options,
            *map(str, arguments),
            cwd=cwd,
            env=CLIENT_ENVIRONMENT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        return Result(process.returncode or 0, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))

    async def ok(self, *arguments: str | Path, cwd: Path | None = None, config: dict[str, str] | None = None) -> Result:
        result = await self.git(*arguments, cwd=cwd, config=config)
        assert result.status == 0, result.err
        return result

    async def _app(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        self.seen.append({**headers, "path": scope["path"], "method": scope["method"]})
        name, _, action = scope["path"].lstrip("/").partition("/")
        path = self.store.path_of(uuid.UUID(name.removesuffix(".git")))
        body = RequestBody(self._measured(receive))
        protocol = headers.get("git-protocol", "")
        if action == "info/refs":
            service = parse_qs(scope["query_string"].decode())["service"][0]
            opening = self.http.advertise(path, service, protocol)
        else:
            handler = LandingHandler(self, path) if action == RECEIVE_PACK else None
            encoding = headers.get("content-encoding", "")
            opening = self.http.serve(path, action, body, protocol=protocol, encoding=encoding, handler=handler)
        started = False

        async def note(message: Any) -> None:
            nonlocal started
            started = True
            self.largest_chunk = max(self.largest_chunk, len(message.get("body", b"")))
            await send(message)

        try:
            await respond(opening, body, note)
        except GitStoreError as error:
            if started:
                raise
            status = STATUS.get(type(error), 500)
            await send({"type": "http.response.start", "status": status, "headers": []})
            await send({"type": "http.response.body", "body": str(error).encode()})

    def _measured(self, receive: Any) -> Any:
        return receive
