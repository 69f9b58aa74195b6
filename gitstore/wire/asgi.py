"""Carries a request and its answer over ASGI's plain messages, with backpressure, noticing a client that leaves."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from gitstore.errors import TimedOut
from gitstore.wire.http import Answer

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class ClientGone(Exception):
    """The connection closed before the exchange was over; there is nobody to answer."""


class RequestBody:
    """A request's body, chunk by chunk as the server hands it out; afterwards it can tell when the client leaves."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._complete = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The chunks; raises :class:`ClientGone` when the client leaves before the end."""
        more = not self._complete.is_set()
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            more = message.get("more_body", False)
            if not more:
                self._complete.set()
            yield message.get("body", b"")

    async def client_left(self) -> None:
        """Return once the client is gone; before the body was read to its end nobody can tell."""
        await self._complete.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass


async def respond(opening: AbstractAsyncContextManager[Answer], body: RequestBody, send: Send) -> None:
    """Send what ``SmartHttp.advertise`` or ``.serve`` answers; everything is ended at once when the client leaves.

    Their errors come through, before and after the first part of an answer was sent; in the second case the caller
    lets them pass too, and the server closes the connection. :class:`ClientGone` does not come out: nobody is there.
    """
    sending = asyncio.create_task(_send(opening, send))
    leaving = asyncio.create_task(body.client_left())
    try:
        await asyncio.wait([sending, leaving], return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        # Not cancelled twice: the second one would cut short what the first set going.
        if not sending.done():
            sending.cancel()
        await asyncio.wait([sending, leaving])
    with contextlib.suppress(ClientGone):
        if not sending.cancelled():
            sending.result()


async def _send(opening: AbstractAsyncContextManager[Answer], send: Send) -> None:
    async with opening as answer:
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        async for chunk in answer.body:
            await _within(answer.idle_seconds, send({"type": "http.response.body", "body": chunk, "more_body": True}))
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _within(seconds: float, sending: Awaitable[None]) -> None:
    try:
        # not wait_for, which loses a cancellation that arrives when the sending has just been done
        async with asyncio.timeout(seconds):
            await sending
    except TimeoutError as error:
        raise TimedOut("the client stopped reading") from error
