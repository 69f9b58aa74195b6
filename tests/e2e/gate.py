"""A gate before a service: lets so much of an answer through and then stands still, as a slow client would."""

from __future__ import annotations

import asyncio
import threading
from urllib.parse import urlsplit


class Gate:
    """A TCP proxy before the service that stops passing answers on after so many bytes, until it is opened."""

    def __init__(self, url: str, enough: int) -> None:
        self.reached = threading.Event()
        """So much has come through, and the rest waits."""
        self._target = urlsplit(url)
        self._enough = enough
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self.port = 0

    def open(self) -> None:
        """Pass everything on."""
        self._loop.call_soon_threadsafe(self._opened.set)

    def __enter__(self) -> Gate:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._opened, self._stop = asyncio.Event(), asyncio.Event()
        async with await asyncio.start_server(self._pass_on, "127.0.0.1", 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()
            await self._stop.wait()
            self._opened.set()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection(self._target.hostname, self._target.port)
        asking = asyncio.create_task(_pump(reader, up_writer))
        passed = 0
        while data := await up_reader.read(1 << 14):
            passed += len(data)
            writer.write(data)
            await writer.drain()
            if passed >= self._enough and not self._opened.is_set():
                self.reached.set()
                await self._opened.wait()
        asking.cancel()
        writer.close()
        up_writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()
    writer.write_eof()


def through(gate: Gate, url: str) -> str:
    """The same URL by way of the gate."""
    parts = urlsplit(url)
    user, _, _ = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user}@127.0.0.1:{gate.port}" if user else f"127.0.0.1:{gate.port}").geturl()
