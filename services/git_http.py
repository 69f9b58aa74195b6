"""Git over HTTP, without the web framework: which repository a URL names, who may use it, and the wire to it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from gitstore.errors import BadRequest
from gitstore.wire.asgi import Receive, RequestBody, Send, respond
from gitstore.wire.hooks import HookServer
from gitstore.wire.http import RECEIVE_PACK, UPLOAD_PACK, SmartHttp
from gitstore.wire.limits import Limits
from services import systems
from services.boundary import git_errors
from services.context import Context
from services.errors import InvalidInput, NotFound
from services.policy import Action, Actor
from services.pushes import Push

ACTIONS: Mapping[str, Action] = {UPLOAD_PACK: Action.SYSTEM_READ, RECEIVE_PACK: Action.CONTENT_WRITE}
"""git's two services and what each amounts to."""

WireLimits = Limits
"""What one git request may cost."""

_SLUG = re.compile(r"[a-z0-9-]{1,100}")


@dataclass(frozen=True, slots=True, kw_only=True)
class GitRequest:
    """One request of a git client: the names in its URL, the service, and the headers that matter."""

    team: str
    system: str
    service: str
    protocol: str = ""
    encoding: str = ""


@asynccontextmanager
async def opened_wire(folder: Path, limits: Limits) -> AsyncIterator[SmartHttp]:
    """The wire of one web process, its hooks listening below ``folder``."""
    hooks = HookServer(folder)
    await hooks.start()
    try:
        yield SmartHttp(hooks, limits)
    finally:
        await hooks.stop()


async def advertise(
    context: Context, wire: SmartHttp, actor: Actor, request: GitRequest, receive: Receive, send: Send
) -> None:
    """``GET info/refs``: what there is to fetch, or where a push starts from."""
    with _translated():
        path, _ = await _open(context, actor, request)
        await respond(wire.advertise(path, request.service, request.protocol), RequestBody(receive), send)


async def serve(
    context: Context, wire: SmartHttp, actor: Actor, request: GitRequest, receive: Receive, send: Send
) -> None:
    """``POST git-upload-pack`` (clone, fetch) or ``git-receive-pack`` (push), streamed both ways."""
    with _translated():
        path, push = await _open(context, actor, request)
        body = RequestBody(receive)
        opening = wire.serve(
            path,
            request.service,
            body,
            protocol=request.protocol,
            encoding=request.encoding,
            handler=push if request.service == RECEIVE_PACK else None,
        )
        await respond(opening, body, send)


async def _open(context: Context, actor: Actor, request: GitRequest) -> tuple[Path, Push]:
    """The repository that the URL names, if the actor may use it so; raises like every other read or write."""
    team, system = request.team, request.system.removesuffix(".git")
    if not _SLUG.fullmatch(team) or not _SLUG.fullmatch(system):
        raise NotFound("There is no such design system, or you may not know of it.")
    found = await systems.find_system(context, actor, team, system, ACTIONS[request.service])
    return context.store.path_of(found.id), Push(context, actor, found.id)


@contextmanager
def _translated() -> Iterator[None]:
    """gitstore's errors as service errors; they are raised before an answer begins, or else break it off."""
    with git_errors():
        try:
            yield
        except BadRequest as error:
            raise InvalidInput([], str(error)) from error
