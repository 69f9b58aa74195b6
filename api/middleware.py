"""The outermost layer of every request: an id, security headers, counts, and an answer when all else failed."""

from __future__ import annotations

import logging
import re
from contextvars import ContextVar
from time import perf_counter
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import limits, reference
from api.errors import GIT_PREFIX, internal_error, problem_response
from api.metrics import Metrics
from services import origin
from services.origin import Origin

log = logging.getLogger("xds.api")

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request at hand, for log records."""

_USABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")
_SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}
_HSTS = "max-age=31536000; includeSubDomains"


class Outermost:
    """ASGI middleware; streams pass through untouched and nothing is buffered."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; anything but HTTP is passed on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] == "HEAD" and not scope["path"].startswith(GIT_PREFIX):
            # RFC 9110 §9.3.2: like GET, without the body, which the server leaves out by the request's own method
            scope = {**scope, "method": "GET"}
        exchange = _Exchange(scope, receive, send)
        began = perf_counter()
        token, came = request_id.set(exchange.id), origin.enter(origin_of(scope, exchange.id))
        try:
            await self.app(scope, receive, exchange.send)
        except Exception:
            log.exception("request %s failed: %s %s", exchange.id, scope["method"], scope["path"])
            if exchange.status is not None:
                raise  # half an answer is out: only the connection's end can say that it is not whole
            await internal_error(exchange.id)(scope, receive, exchange.send)
        finally:
            origin.leave(came)
            request_id.reset(token)
            self.metrics.observe(scope, exchange.status, perf_counter() - began)


def origin_of(scope: Scope, request_id: str) -> Origin:
    """Where a request came from; behind a proxy that is believed, the server has put the client's address there."""
    client = scope.get("client")
    return Origin(client[0] if client else None, Headers(scope=scope).get("user-agent"), request_id)


class _Exchange:
    """One request's id, and what its answer gets on the way out."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = Headers(scope=scope).get("x-request-id", "")
        self.id = given if _USABLE_ID.match(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = self.id
        self.status: int | None = None
        self._scope, self._receive, self._send = scope, receive, send
        self._replaced = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            if self.status == 413 and headers.get("content-type", "").startswith("text/plain"):
                await self._refuse_size()
                return
            self._harden(headers)
        if not self._replaced:
            await self._send(message)

    async def _refuse_size(self) -> None:
        """Starlette's body limit answers in plain text; everything here answers in problem+json."""
        answer = problem_response(
            413, "too-large", "Too large", "The request body is larger than this server takes.", request_id=self.id
        )
        await answer(self._scope, self._receive, self.send)
        self._replaced = True

    def _harden(self, headers: MutableHeaders) -> None:
        headers["X-Request-Id"] = self.id
        if quota := self._scope["state"].get(limits.STATE):
            headers.update(limits.headers_of(quota))
        for name, value in _SECURITY.items():
            headers.setdefault(name, value)
        if self._scope["scheme"] == "https":
            headers.setdefault("Strict-Transport-Security", _HSTS)
        path = self._scope["path"]
        if path == reference.PATH:
            headers["Content-Security-Policy"] = reference.POLICY
        elif not path.startswith(GIT_PREFIX):
            # what an answer shows depends on who asks; routes with ETags say more themselves
            headers.setdefault("Cache-Control", "no-store")
            headers.add_vary_header("Authorization")
