"""Answers git's two kinds of HTTP request, ``info/refs`` and the services, for any transport that can stream."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gitstore.errors import BadRequest, GitProcessFailed, GitStoreError, RepositoryMissing, TimedOut, TooBusy
from gitstore.refs import head_branch, list_refs
from gitstore.store import open_repository
from gitstore.wire import lsrefs
from gitstore.wire.body import BodyDecoder, CapabilitySniffer
from gitstore.wire.gitprocess import CHUNK, GitProcess, running
from gitstore.wire.hooks import HookServer, OpenSession
from gitstore.wire.limits import Limits, config_for
from gitstore.wire.pktline import Mark, encode
from gitstore.wire.pushes import PushHandler

logger = logging.getLogger(__name__)

UPLOAD_PACK = "git-upload-pack"
RECEIVE_PACK = "git-receive-pack"
HELD_BACK = 1 << 20

_PROTOCOL = re.compile(r"[a-z0-9.=:-]{0,128}")
_NO_CACHE = {"cache-control": "no-cache, max-age=0, must-revalidate", "expires": "0", "pragma": "no-cache"}


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: what stands in its head, and the body as chunks of at most 64 KiB."""

    headers: Mapping[str, str]
    body: AsyncIterator[bytes]
    status: int = 200
    idle_seconds: float = 120.0  # a client that takes no chunk for so long has gone


@dataclass(slots=True)
class _Clock:
    """When something last moved, in either direction."""

    moved: float = field(default_factory=time.monotonic)

    def tick(self) -> None:
        self.moved = time.monotonic()


class SmartHttp:
    """The git wire of one process: owns the places for git processes and what can be remembered between requests.

    Every method raises before its answer begins: :class:`RepositoryMissing`, :class:`BadRequest`, :class:`TooLarge`,
    :class:`TooBusy`, :class:`TimedOut`, :class:`GitProcessFailed`. One that breaks later breaks the body off.
    """

    def __init__(self, hooks: HookServer, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._hooks = hooks
        self._places = asyncio.Semaphore(self.limits.processes)
        self._v2_advertisement: bytes | None = None

    @contextlib.asynccontextmanager
    async def advertise(self, repository: Path, service: str, protocol: str = "") -> AsyncIterator[Answer]:
        """``GET info/refs?service=…``; ``protocol`` is the Git-Protocol header."""
        version = _checked(repository, service, protocol)
        headers = {"content-type": f"application/x-{service}-advertisement", **_NO_CACHE}
        if service == UPLOAD_PACK and version == 2:
            # Nothing in it depends on the repository: the client asks for references afterwards, with ls-refs.
            if self._v2_advertisement is None:
                self._v2_advertisement = b"".join([c async for c in self._advertisement(repository, service, protocol)])
            yield self._whole(headers, self._v2_advertisement)
            return
        banner = encode(f"# service={service}\n") + Mark.FLUSH.value
        async with contextlib.aclosing(self._advertisement(repository, service, protocol)) as lines:
            first = await anext(lines, b"")
            yield self._answer(headers, _chained([banner + first], lines))

    @contextlib.asynccontextmanager
    async def serve(
        self,
        repository: Path,
        service: str,
        body: AsyncIterable[bytes],
        *,
        protocol: str = "",
        encoding: str = "",
        handler: PushHandler | None = None,
    ) -> AsyncIterator[Answer]:
        """``POST git-upload-pack`` or ``git-receive-pack``; a push needs its ``handler``, which is always closed.

        ``encoding`` is the Content-Encoding header. Leaving the block early (client gone) ends git and its children.
        """
        version = _checked(repository, service, protocol)
        headers = {"content-type": f"application/x-{service}-result", **_NO_CACHE}
        limit = self.limits.fetch_request_bytes if service == UPLOAD_PACK else 2 * self.limits.pack_bytes
        decoded = _decoded(body, BodyDecoder(encoding.strip().lower(), limit))
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(contextlib.aclosing(decoded))
            if service == UPLOAD_PACK and version == 2:
                head, listing = await _peek_list_refs(decoded)
                if listing is not None:
                    yield self._whole(headers, await asyncio.to_thread(_list_refs, repository, listing))
                    return
                decoded = _chained([head], decoded)
            session = await self._open_session(stack, service, repository, handler)
            output = self._exchange(repository, service, protocol, decoded, session)
            await stack.enter_async_context(contextlib.aclosing(output))
            first = await anext(output, b"")
            yield self._answer(headers, _chained([first], output))

    def _answer(self, headers: Mapping[str, str], body: AsyncIterator[bytes]) -> Answer:
        return Answer(headers, body, idle_seconds=self.limits.idle_seconds)

    def _whole(self, headers: Mapping[str, str], body: bytes) -> Answer:
        parts = (body[start : start + CHUNK] for start in range(0, len(body), CHUNK))
        return self._answer({**headers, "content-length": str(len(body))}, _chunks(parts))

    async def _open_session(
        self, stack: contextlib.AsyncExitStack, service: str, repository: Path, handler: PushHandler | None
    ) -> OpenSession | None:
        if service == UPLOAD_PACK:
            return None
        if handler is None:
            raise GitStoreError("a push needs a handler")
        return await stack.enter_async_context(self._hooks.open_session(handler, repository))

    async def _advertisement(self, repository: Path, service: str, protocol: str) -> AsyncGenerator[bytes, None]:
        command = [service.removeprefix("git-"), "--stateless-rpc", "--advertise-refs", str(repository)]
        variables = {"GIT_PROTOCOL": protocol} if protocol else {}
        async with self._place(), running(command, config_for(service, self.limits), variables) as git:
            git.end_input()
            async for data in self._output(git, repository, _Clock()):
                yield data

    async def _exchange(
        self,
        repository: Path,
        service: str,
        protocol: str,
        body: AsyncIterator[bytes],
        session: OpenSession | None,
    ) -> AsyncGenerator[bytes, None]:
        """git's output, held back (up to 1 MiB) until the request is read, so that a bad one still gets a status."""
        command = [service.removeprefix("git-"), "--stateless-rpc", str(repository)]
        config, variables = config_for(service, self.limits), {"GIT_PROTOCOL": protocol} if protocol else {}
        if session is not None:
            config, variables = config | session.config, variables | session.environment
        clock = _Clock()
        async with self._place(), running(command, config, variables, patient=session is not None) as git:
            feeding = asyncio.create_task(_feed(git, body, clock, _atomic_setter(session)))
            try:
                async with contextlib.aclosing(self._output(git, repository, clock)) as output:
                    async for data in _held_back(output, feeding, self.limits.idle_seconds):
                        yield data
            finally:
                feeding.cancel()
                if session is not None:
                    session.session.abandon()
                await asyncio.wait([feeding])

    async def _output(self, git: GitProcess, repository: Path, clock: _Clock) -> AsyncGenerator[bytes, None]:
        """What git writes until it ends; a failure that wrote nothing is raised, one that did is logged."""
        deadline, silent = clock.moved + self.limits.seconds, True
        while data := await self._in_time(git, clock, deadline):
            clock.tick()
            silent = False
            yield data
            clock.tick()
        status = await git.wait()
        if status != 0:
            failure = GitProcessFailed(git.command, status, git.stderr.decode("utf-8", "replace"))
            logger.warning("%s: %s", repository.stem, failure)
            if silent:
                raise failure

    async def _in_time(self, git: GitProcess, clock: _Clock, deadline: float) -> bytes:
        """git's next output; raises :class:`TimedOut` when nothing moves, or when all of it took too long."""
        reading = asyncio.ensure_future(git.read())
        try:
            while not reading.done():
                limit = min(deadline, clock.moved + self.limits.idle_seconds)
                left = limit - time.monotonic()
                if left <= 0:
                    raise TimedOut(f"git {git.command} was ended: nothing moved, or it took too long")
                await asyncio.wait([reading], timeout=left)
            return reading.result()
        finally:
            reading.cancel()
            await asyncio.wait([reading])

    @contextlib.asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self.limits.queue_seconds):
                await self._places.acquire()
        except TimeoutError as error:
            raise TooBusy("every place for a git process is taken") from error
        try:
            yield
        finally:
            self._places.release()


def protocol_version(protocol: str) -> int:
    """The highest version a Git-Protocol header asks for; 0 when it asks for none we know."""
    asked = [entry.removeprefix("version=") for entry in protocol.split(":") if entry.startswith("version=")]
    return max((int(version) for version in asked if version in ("0", "1", "2")), default=0)


def _checked(repository: Path, service: str, protocol: str) -> int:
    if service not in (UPLOAD_PACK, RECEIVE_PACK):
        raise BadRequest(f"{service!r} is not a service of git")
    if not _PROTOCOL.fullmatch(protocol):
        raise BadRequest("the Git-Protocol header is malformed")
    if not (repository / "HEAD").is_file():
        raise RepositoryMissing(f"no repository {repository.stem}")
    return protocol_version(protocol)


def _list_refs(repository: Path, request: lsrefs.ListRefs) -> bytes:
    with open_repository(repository) as repo:
        return lsrefs.answer(request, list_refs(repo), head_branch(repo))


async def _peek_list_refs(body: AsyncIterator[bytes]) -> tuple[bytes, lsrefs.ListRefs | None]:
    """What was read of a v2 request, and the ls-refs it is, if it is one."""
    head = b""
    async for data in body:
        head += data
        if not lsrefs.could_be_list_refs(head) or len(head) > lsrefs.MAX_REQUEST:
            return head, None
    return head, lsrefs.parse(head)


async def _feed(
    git: GitProcess, body: AsyncIterator[bytes], clock: _Clock, look: Callable[[bytes], None] | None
) -> None:
    """Pump the request into git. When git wants no more, the rest is read and dropped: only then clients listen."""
    wanted = True
    async for data in body:
        clock.tick()
        if look is not None:
            look(data)
        wanted = wanted and await git.write(data)
        clock.tick()
    git.end_input()


def _atomic_setter(session: OpenSession | None) -> Callable[[bytes], None] | None:
    if session is None:
        return None
    sniffer, push = CapabilitySniffer(), session.session

    def look(data: bytes) -> None:
        sniffer.feed(data)
        push.atomic = "atomic" in sniffer.capabilities

    return look


async def _held_back(output: AsyncIterator[bytes], feeding: asyncio.Task[None], seconds: float) -> AsyncIterator[bytes]:
    """Output, but not before the request was read to its end; a request that failed raises here.

    git may end first (it had enough): the client then has ``seconds`` to finish, else it would never read why.
    """
    held: list[bytes] = []
    async for data in _failing_with(output, feeding):
        held.append(data)
        if feeding.done() or sum(map(len, held)) > HELD_BACK:
            for kept in held:
                yield kept
            held = []
    _, unfinished = await asyncio.wait([feeding], timeout=seconds)
    if unfinished:
        raise TimedOut("the client went on sending after git had ended")
    feeding.result()
    for kept in held:
        yield kept


async def _failing_with(output: AsyncIterator[bytes], feeding: asyncio.Task[None]) -> AsyncIterator[bytes]:
    """``output``, broken off as soon as the other task fails."""
    while True:
        following = asyncio.ensure_future(_next(output))
        try:
            if not feeding.done():
                await asyncio.wait([following, feeding], return_when=asyncio.FIRST_COMPLETED)
            if feeding.done():
                feeding.result()
            data = await following
        finally:
            following.cancel()
            await asyncio.wait([following])
        if data is None:
            return
        yield data


async def _next(output: AsyncIterator[bytes]) -> bytes | None:
    return await anext(output, None)


async def _decoded(body: AsyncIterable[bytes], decoder: BodyDecoder) -> AsyncGenerator[bytes, None]:
    async for chunk in body:
        for data in decoder.feed(chunk):
            if data:
                yield data
    decoder.finish()


async def _chunks(parts: Iterable[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def _chained(parts: Iterable[bytes], more: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    for part in parts:
        if part:
            yield part
    async for part in more:
        yield part
