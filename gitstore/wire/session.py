"""One push: what its two hooks may do, in which order, and that its handler is closed exactly once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from gitstore.durability import sync_directories
from gitstore.errors import BadRequest, InvalidRefName
from gitstore.refs import RefUpdate, check_ref_name
from gitstore.store import check_quarantine
from gitstore.wire import frames
from gitstore.wire.frames import Greeting
from gitstore.wire.procreceive import MAX_COMMANDS, Commands, ProcReceive
from gitstore.wire.pushes import (
    PushHandler,
    PushRequest,
    RefResult,
    Verdict,
    parse_update,
    printable_lines,
)

logger = logging.getLogger(__name__)

LANDING_SECONDS = 120.0  # how long a landing may still run after its client or its git has gone
MAX_SAID = 5000

_Answer = TypeVar("_Answer")


class Session:
    """The service's side of one ``git receive-pack``; ``atomic`` is set from the client's request before hooks run."""

    def __init__(self, handler: PushHandler, repository: Path) -> None:
        self.atomic = False
        self._handler = handler
        self._repository = repository
        self._accepted: dict[str, RefUpdate] | None = None
        self._refused: dict[str, str] = {}
        self._judging: asyncio.Task[Verdict] | None = None
        self._landing: asyncio.Task[list[RefResult]] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._said = 0
        self._ended = False
        self._quarantine: Path | None = None

    async def run_hook(self, greeting: Greeting, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one hook's connection to its end; every way out but acceptance makes the hook fail."""
        hooks: dict[str, Callable[[Greeting, asyncio.StreamReader], Awaitable[bool]]] = {
            "pre-receive": self._pre_receive,
            "proc-receive": self._proc_receive,
        }
        accepted, self._writer = False, writer
        try:
            if greeting.hook not in hooks:
                raise BadRequest(f"there is no hook {greeting.hook!r}")
            accepted = await hooks[greeting.hook](greeting, reader)
        except BadRequest as error:
            logger.warning("push refused: %s", error)
            self._send(frames.message(printable_lines([f"xds: push refused: {error}"])))
        except Exception:
            logger.exception("a push failed in %s", greeting.hook)
            self._send(frames.message(b"xds: push refused: an error on the server; please push again\n"))
        finally:
            self._send(frames.leave(0 if accepted else 1))
            self._writer = None

    def abandon(self) -> None:
        """Judge no longer and begin no landing: hooks that still wait are told to fail, by which git ends itself."""
        self._ended = True
        if self._judging is not None:
            self._judging.cancel()

    async def close(self) -> None:
        """Stop judging, let a landing finish (within limits), tell the handler; called once, when git has ended."""
        self.abandon()
        if self._judging is not None:
            await asyncio.wait([self._judging])
        if self._landing is not None:
            _, late = await asyncio.wait([self._landing], timeout=LANDING_SECONDS)
            for task in late:
                task.cancel()
                await asyncio.wait([task])
        if self._quarantine is not None:
            await asyncio.to_thread(shutil.rmtree, self._quarantine, ignore_errors=True)  # git was killed over it
        try:
            await self._handler.closed()
        except Exception:
            logger.exception("a push's handler failed to close")

    def say(self, line: str) -> None:
        """Show a line to the person who pushes, while a hook is there to carry it."""
        if self._said < MAX_SAID:
            self._said += 1
            self._send(frames.message(printable_lines([line])))

    async def _pre_receive(self, greeting: Greeting, reader: asyncio.StreamReader) -> bool:
        if self._judging is not None:
            raise BadRequest("pre-receive ran before")
        text = b"".join([data async for data in frames.read_input(reader)])
        updates = self._admit(text.decode("utf-8", "surrogateescape").splitlines())
        if greeting.quarantine is not None:
            self._quarantine = check_quarantine(self._repository, greeting.quarantine)
        request = PushRequest(list(updates.values()), greeting.options, self.atomic, self._quarantine, self.say)
        if self._refused and (self.atomic or not updates):
            lines = [f"xds: {name}: {reason}" for name, reason in self._refused.items()]
            verdict = Verdict(accepted=False, lines=lines)
        else:
            self._check_running()
            self._judging = asyncio.create_task(_call(self._handler.pre_receive(request)))
            verdict = await self._unless_hook_leaves(self._judging, reader)
        if verdict.lines:
            self._send(frames.message(printable_lines(verdict.lines)))
        if verdict.accepted:
            self._accepted = updates
        return verdict.accepted

    async def _proc_receive(self, greeting: Greeting, reader: asyncio.StreamReader) -> bool:
        if self._accepted is None or self._landing is not None:
            raise BadRequest("proc-receive runs once, after pre-receive accepted")
        conversation = ProcReceive()
        commands: Commands | None = None
        async for data in frames.read_input(reader):
            reply, commands = conversation.feed(data)
            if reply:
                self._send(frames.output(reply))
            if commands is not None:
                break
        if commands is None:
            raise BadRequest("git ended the conversation of proc-receive too soon")
        results = await self._land(commands)
        self._send(frames.output(conversation.finish(results)))
        return True

    async def _land(self, commands: Commands) -> list[RefResult]:
        """Land what was judged and nothing else. git renamed the pack out of quarantine: sync those names first."""
        judged = self._accepted or {}
        refused = [RefResult(name, ok=False, reason=reason) for name, reason in self._refused.items()]
        updates = [update for update in commands.updates if update.name not in self._refused]
        if any(judged.get(update.name) != update for update in updates):
            raise BadRequest("proc-receive asks for what was never judged")
        if not updates:
            return refused
        objects = self._repository / "objects"
        await asyncio.to_thread(sync_directories, [objects / "pack", objects])
        self._check_running()
        atomic = commands.atomic or self.atomic
        self._landing = asyncio.create_task(_call(self._handler.proc_receive(updates, commands.options, atomic)))
        try:
            return refused + list(await asyncio.shield(self._landing))
        except Exception:
            logger.exception("a push could not be landed")
            return refused + [RefResult(u.name, ok=False, reason="an error on the server") for u in updates]

    def _admit(self, lines: list[str]) -> dict[str, RefUpdate]:
        """The updates a handler gets to see; names we do not keep are refused one by one."""
        if len(lines) > MAX_COMMANDS:
            raise BadRequest(f"a push moves at most {MAX_COMMANDS} references")
        admitted: dict[str, RefUpdate] = {}
        for line in lines:
            update = parse_update(line)
            if update is None:
                raise BadRequest("git sent no reference update")
            try:
                check_ref_name(update.name)
                admitted[update.name] = update
            except InvalidRefName as error:
                self._refused[update.name] = str(error)
        return admitted

    async def _unless_hook_leaves(self, judging: asyncio.Task[Verdict], reader: asyncio.StreamReader) -> Verdict:
        """The verdict, unless git (and with it the hook) dies first."""
        gone = asyncio.create_task(reader.read(1))
        try:
            await asyncio.wait([judging, gone], return_when=asyncio.FIRST_COMPLETED)
            if not judging.done():
                raise BadRequest("git ended while the push was judged")
            if judging.cancelled():
                raise BadRequest("the push was given up")
            return judging.result()
        finally:
            judging.cancel()
            gone.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await gone

    def _check_running(self) -> None:
        """Nothing new begins once git has ended: the handler is, or is about to be, closed."""
        if self._ended:
            raise BadRequest("git ended before the push was judged and landed")

    def _send(self, data: bytes) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(data)


async def _call(awaitable: Awaitable[_Answer]) -> _Answer:
    return await awaitable
