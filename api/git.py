"""Git over HTTP: who asks, for which repository, and the wire; what a push means is for ``services.pushes``."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api.auth import context_of, git_actor
from api.errors import GIT_PREFIX, challenge, wire_of
from gitstore.errors import BadRequest
from gitstore.wire.asgi import RequestBody, respond
from gitstore.wire.http import RECEIVE_PACK, UPLOAD_PACK, SmartHttp
from services import systems
from services.boundary import git_errors
from services.errors import NotFound, ServiceError
from services.policy import Action
from services.pushes import Push

ACTIONS: Mapping[str, Action] = {UPLOAD_PACK: Action.SYSTEM_READ, RECEIVE_PACK: Action.CONTENT_WRITE}

_SLUG = re.compile(r"[a-z0-9-]{1,100}")

Exchange = Callable[[Request, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Opened:
    """A repository that the caller may use for what it asks, and the push that it may become."""

    path: Path
    push: Push


def install(app: FastAPI, *, max_body: int) -> None:
    """Add git's three kinds of request below ``/git/<team>/<system>.git``; ``app.state.git`` is the wire."""
    base = GIT_PREFIX + "{team}/{system}"
    kinds: tuple[tuple[str, str, Exchange], ...] = (
        ("GET", "info/refs", advertise),
        ("POST", UPLOAD_PACK, _service(UPLOAD_PACK)),
        ("POST", RECEIVE_PACK, _service(RECEIVE_PACK)),
    )
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
        try:
            with git_errors():
                await self._exchange(request, receive, send)
        except ServiceError as error:
            wire = wire_of(error)
            headers = dict(wire.headers(error)) | challenge(request, wire.status)
            answer = PlainTextResponse(f"{error.detail or wire.title}\n", wire.status, headers=headers)
            await answer(scope, receive, send)
        except BadRequest as error:
            await PlainTextResponse(f"{error}\n", 400)(scope, receive, send)


async def advertise(request: Request, receive: Receive, send: Send) -> None:
    """``GET info/refs?service=…``: what there is to fetch, or where a push starts from."""
    service = request.query_params.get("service", "")
    if service not in ACTIONS:
        answer = PlainTextResponse("This server speaks git's smart HTTP protocol only; use a newer git.\n", 403)
        await answer(request.scope, receive, send)
        return
    opened = await _open(request, service)
    wire: SmartHttp = request.app.state.git
    opening = wire.advertise(opened.path, service, request.headers.get("git-protocol", ""))
    await respond(opening, RequestBody(receive), send)


def _service(service: str) -> Exchange:
    """``POST git-upload-pack`` (clone, fetch) or ``POST git-receive-pack`` (push)."""

    async def exchange(request: Request, receive: Receive, send: Send) -> None:
        opened = await _open(request, service)
        wire: SmartHttp = request.app.state.git
        body = RequestBody(receive)
        opening = wire.serve(
            opened.path,
            service,
            body,
            protocol=request.headers.get("git-protocol", ""),
            encoding=request.headers.get("content-encoding", ""),
            handler=opened.push if service == RECEIVE_PACK else None,
        )
        await respond(opening, body, send)

    return exchange


async def _open(request: Request, service: str) -> Opened:
    """The repository at the URL, if the caller may use it so; raises like every other read or write."""
    context = context_of(request)
    actor = await git_actor(request, context)
    team, system = request.path_params["team"], request.path_params["system"].removesuffix(".git")
    if not _SLUG.fullmatch(team) or not _SLUG.fullmatch(system):
        raise NotFound("There is no such design system, or you may not know of it.")
    found = await systems.find_system(context, actor, team, system, ACTIONS[service])
    return Opened(context.store.path_of(found.id), Push(context, actor, found.id))
