"""Git's three kinds of HTTP request, authenticated and handed to ``services.git_http``."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth import context_of, git_actor
from api.errors import GIT_PREFIX, challenge, wire_of
from services import git_http
from services.errors import UNREACHABLE, ServiceError
from services.git_http import ACTIONS, GitRequest

log = logging.getLogger("xds.git")

REFUSALS: tuple[type[Exception], ...] = (ServiceError, *UNREACHABLE)

Exchange = Callable[[Request, Receive, Send], Awaitable[None]]


def install(app: FastAPI, *, max_body: int) -> None:
    """Add the routes below ``/git/<team>/<system>.git``; ``app.state.git`` is the wire."""
    base = GIT_PREFIX + "{team}/{system}"
    kinds: list[tuple[str, str, Exchange]] = [("GET", "info/refs", advertise)]
    kinds += [("POST", service, _serving(service)) for service in ACTIONS]
    for method, path, exchange in kinds:
        limited: ASGIApp = RequestBodyLimitMiddleware(GitEndpoint(exchange), max_body_size=max_body)
        app.router.routes.append(Route(f"{base}/{path}", limited, methods=[method], name=f"git {path}"))


class GitEndpoint:
    """Carries out one kind of git request. Refusals are plain text, which git shows its user as ``remote: …``."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        answer = Answering(send)
        try:
            await self._exchange(request, receive, answer.send)
        except REFUSALS as error:
            if answer.begun:
                # the server closes the connection over it, and git notices that its pack is not whole
                log.info("%s was cut off: %s", scope["path"], error)
                return
            wire = wire_of(error)
            detail = wire.detail or getattr(error, "detail", "") or wire.title
            headers = dict(wire.headers(error)) | challenge(request, wire.status)
            await PlainTextResponse(f"{detail}\n", wire.status, headers=headers)(scope, receive, send)


class Answering:
    """Passes an answer on and remembers whether it has begun."""

    def __init__(self, send: Send) -> None:
        self.begun = False
        self._send = send

    async def send(self, message: Message) -> None:
        """One part of the answer."""
        self.begun = True
        await self._send(message)


async def advertise(request: Request, receive: Receive, send: Send) -> None:
    """``GET info/refs?service=…``; clients of the dumb protocol are told that there is none here."""
    service = request.query_params.get("service", "")
    if service not in ACTIONS:
        answer = PlainTextResponse("This server speaks git's smart HTTP protocol only; use a newer git.\n", 403)
        await answer(request.scope, receive, send)
        return
    context = context_of(request)
    actor = await git_actor(request, context)
    await git_http.advertise(context, request.app.state.git, actor, _request(request, service), receive, send)


def _serving(service: str) -> Exchange:
    async def exchange(request: Request, receive: Receive, send: Send) -> None:
        context = context_of(request)
        actor = await git_actor(request, context)
        await git_http.serve(context, request.app.state.git, actor, _request(request, service), receive, send)

    return exchange


def _request(request: Request, service: str) -> GitRequest:
    return GitRequest(
        team=request.path_params["team"],
        system=request.path_params["system"],
        service=service,
        protocol=request.headers.get("git-protocol", ""),
        encoding=request.headers.get("content-encoding", ""),
    )
