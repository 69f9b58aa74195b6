"""A request that does not come, or is not answered, in time ends with a problem; who stops reading is hung up on."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.responses import StreamingResponse

from api.app import create_app
from settings import Settings

SECONDS = 0.4


@pytest.fixture
def impatient(settings: Settings) -> FastAPI:
    return create_app(settings.model_copy(update={"request_timeout_seconds": SECONDS}))


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[int]:
    """The port of the application on a real socket, its lifespan run."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, log_level="error", ws="none", http="httptools", timeout_graceful_shutdown=2)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield int(listener.getsockname()[1])
        finally:
            server.should_exit = True
            await serving


async def test_a_body_that_trickles_in_is_not_waited_for(impatient: FastAPI) -> None:
    async with served(impatient) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
        writer.write(b"Content-Length: 1000\r\n\r\n{")
        await writer.drain()
        answer = await asyncio.wait_for(reader.read(), 10)  # until the connection's end
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ") and b"application/problem+json" in head
    assert b"connection: close" in head.lower() and b"x-content-type-options: nosniff" in head.lower()
    assert b"/request-timeout" in body


async def test_a_request_that_takes_too_long_is_cancelled_and_told_so(impatient: FastAPI) -> None:
    cancelled = asyncio.Event()

    @impatient.get("/slow")
    async def slow() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async with httpx.AsyncClient(transport=httpx.ASGITransport(impatient), base_url="http://xds.test") as client:
        answer = await client.get("/slow")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert int(answer.headers["retry-after"]) > 0
    assert cancelled.is_set()


async def test_an_error_of_the_same_kind_is_not_taken_for_it(impatient: FastAPI) -> None:
    @impatient.get("/theirs")
    async def theirs() -> None:
        raise TimeoutError

    transport = httpx.ASGITransport(impatient, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://xds.test") as client:
        assert (await client.get("/theirs")).status_code == 500


async def test_an_answer_may_take_longer_as_long_as_it_goes_on_and_is_read(impatient: FastAPI) -> None:
    pieces = 6

    async def count() -> AsyncIterator[bytes]:
        for _ in range(pieces):
            await asyncio.sleep(SECONDS / 3)
            yield b"x"

    async def flood() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65536

    @impatient.get("/long")
    async def long() -> StreamingResponse:
        return StreamingResponse(count())

    @impatient.get("/flood")
    async def endless() -> StreamingResponse:
        return StreamingResponse(flood())

    async with served(impatient) as port:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            assert (await client.get("/long")).text == "x" * pieces
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(b"GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.sleep(3 * SECONDS)  # not reading is what this is about
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            while await asyncio.wait_for(reader.readexactly(65536), 10):
                continue
        writer.close()
