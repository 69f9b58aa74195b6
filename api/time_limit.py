"""The time that a REST request may take: until its answer begins, and for each piece of the answer to be taken."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import GIT_PREFIX, problem_response, request_id_of


class TimeLimit:
    """ASGI middleware; git has a limit of its own, since a clone may take long.

    A request whose time is over is cancelled, which for what it was writing is no worse than a crash at that point: it
    is recorded whole or not at all. A client that stops reading loses its connection after the same time.
    """

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self.app = app
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; anything but HTTP is passed on."""
        if scope["type"] != "http" or scope["path"].startswith(GIT_PREFIX):
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(receive, send, self.seconds)
        try:
            async with asyncio.timeout(self.seconds) as exchange.timeout:
                await self.app(scope, exchange.receive, exchange.send)
        except TimeoutError:
            if exchange.timeout is None or not exchange.timeout.expired() or exchange.answering:
                raise  # somebody else's, or half an answer is out: only the connection's end can say that
            answer = _too_slow(scope) if exchange.awaiting_body else _overloaded(scope)
            await answer(scope, receive, send)


class _Exchange:
    """How far one request has come."""

    def __init__(self, receive: Receive, send: Send, seconds: float) -> None:
        self.timeout: asyncio.Timeout | None = None
        self.awaiting_body = False
        self.answering = False
        self._receive, self._send, self._seconds = receive, send, seconds

    async def receive(self) -> Message:
        self.awaiting_body = True
        message = await self._receive()
        self.awaiting_body = message["type"] == "http.request" and message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        self.answering = True
        if self.timeout is not None:
            self.timeout.reschedule(asyncio.get_running_loop().time() + self._seconds)
        await self._send(message)


def _too_slow(scope: Scope) -> ASGIApp:
    detail = "The request did not arrive in time."
    number = request_id_of(Request(scope))
    # RFC 9110 §15.5.9: the rest of the body may still come, so the connection cannot be used again
    return problem_response(
        408, "request-timeout", "Request Timeout", detail, request_id=number, headers={"Connection": "close"}
    )


def _overloaded(scope: Scope) -> ASGIApp:
    detail = "This took longer than a request may."
    number = request_id_of(Request(scope))
    return problem_response(
        503, "unavailable", "Not available now", detail, request_id=number, headers={"Retry-After": "5"}
    )
