"""The peer for reads: a bare ASGI application on the service's own stack that answers bytes it already has."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

Message = MutableMapping[str, Any]
ROOT = Path(__file__).resolve().parents[1]


class StaticApp:
    """One body with an ETag; 304 to whom has it."""

    def __init__(self, body: bytes, etag: bytes) -> None:
        self._body = body
        self._etag = etag
        common = [(b"etag", etag), (b"cache-control", b"private, no-cache"), (b"vary", b"Authorization")]
        length = str(len(body)).encode()
        self._full = [(b"content-type", b"application/json"), (b"content-length", length), *common]
        self._empty = common

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        current = any(name == b"if-none-match" and value == self._etag for name, value in scope["headers"])
        status, headers = (304, self._empty) if current else (200, self._full)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if current else self._body})


@contextmanager
def running(folder: Path, body: bytes, etag: str) -> Iterator[str]:
    """Serve ``body`` from a process of its own; its URL."""
    file = folder / "static.body"
    file.write_bytes(body)
    command = [sys.executable, "-m", "bench.static_app", str(file), etag]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout is not None else ""
        yield str(json.loads(line)["url"])
    finally:
        process.terminate()
        process.communicate(timeout=20)


async def _serve(app: StaticApp) -> None:
    # as cli/web.py starts the service
    config = uvicorn.Config(
        app,
        port=0,
        loop="asyncio",
        http="httptools",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    print(json.dumps({"url": f"http://127.0.0.1:{port}"}), flush=True)
    await serving


if __name__ == "__main__":
    asyncio.run(_serve(StaticApp(Path(sys.argv[1]).read_bytes(), sys.argv[2].encode())))
