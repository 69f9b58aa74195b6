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
from index.systems import SystemRecord
from services import systems
from services.boundary import git_errors
from services.context import Context
from services.errors import InvalidInput, NotFound
from services.git_sessions import GitSession, GitSessions
from services.git_shares import Shares
from services.policy import Action, Actor
from services.pushes import Push
from services.revocations import Listener

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


@dataclass(frozen=True, slots=True)
class GitWire:
    """What one web process serves git with, and what of it is running."""

    http: SmartHttp
    sessions: GitSessions
    shares: Shares


@asynccontextmanager
async def opened_wire(context: Context, listener: Listener, folder: Path, limits: WireLimits) -> AsyncIterator[GitWire]:
    """The wire of one web process, its hooks listening below ``folder``."""
    hooks, sessions = HookServer(folder), GitSessions(context)
    await hooks.start()
    try:
        with listener.subscribed(sessions.doubt):
            yield GitWire(SmartHttp(hooks, limits), sessions, Shares(limits.processes, limits.queue_seconds))
    finally:
        await hooks.stop()


async def advertise(
    context: Context, wire: GitWire, actor: Actor, request: GitRequest, receive: Receive, send: Send
) -> None:
    """``GET info/refs``: what there is to fetch, or where a push starts from."""
    with _translated():
        heard = wire.sessions.heard
        system = await _found(context, actor, request)
        opening = wire.http.advertise(context.store.path_of(system.id), request.service, request.protocol)
        session = GitSession(actor, system, ACTIONS[request.service])
        async with wire.shares.place(actor):
            await wire.sessions.run(session, respond(opening, RequestBody(receive), send), since=heard)


async def serve(
    context: Context, wire: GitWire, actor: Actor, request: GitRequest, receive: Receive, send: Send
) -> None:
    """``POST git-upload-pack`` (clone, fetch) or ``git-receive-pack`` (push), streamed both ways.

    Raises like every read or write, also when the actor loses the right while it runs: the answer, which may have
    begun, is cut off then.
    """
    with _translated():
        heard = wire.sessions.heard
        system = await _found(context, actor, request)
        push = Push(context, actor, system.id) if request.service == RECEIVE_PACK else None
        body = RequestBody(receive)
        opening = wire.http.serve(
            context.store.path_of(system.id),
            request.service,
            body,
            protocol=request.protocol,
            encoding=request.encoding,
            handler=push,
        )
        session = GitSession(actor, system, ACTIONS[request.service], lambda: push is None or push.may_be_cut)
        async with wire.shares.place(actor):
            await wire.sessions.run(session, respond(opening, body, send), since=heard)


async def _found(context: Context, actor: Actor, request: GitRequest) -> SystemRecord:
    """The system that the URL names, if the actor may use it so; raises like every other read or write."""
    team, system = request.team, request.system.removesuffix(".git")
    if not _SLUG.fullmatch(team) or not _SLUG.fullmatch(system):
        raise NotFound("There is no such design system, or you may not know of it.")
    return await systems.find_system(context, actor, team, system, ACTIONS[request.service])


@contextmanager
def _translated() -> Iterator[None]:
    """gitstore's errors as service errors; they are raised before an answer begins, or else break it off."""
    with git_errors():
        try:
            yield
        except BadRequest as error:
            raise InvalidInput([], str(error)) from error
