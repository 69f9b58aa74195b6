"""One git process of the wire: fed and read as a stream, killed with all its children when nobody wants it any more."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence

from gitstore.process import environment, git_executable

CHUNK = 1 << 16
STDERR_KEPT = 8192
PATIENCE_SECONDS = 3.0


class GitProcess:
    """A running git; ``stderr`` keeps the end of what it said, for the log only.

    A ``patient`` one is given time to end by itself: receive-pack, killed by a signal, leaves its quarantine behind.
    """

    def __init__(self, process: asyncio.subprocess.Process, command: str, *, patient: bool) -> None:
        self.command = command
        self._patient = patient
        self.stderr = b""
        self._process = process
        self._listening = asyncio.create_task(self._listen())

    async def write(self, data: bytes) -> bool:
        """Give git its next input and wait until it takes it; False when it does not want any more."""
        stdin = self._process.stdin
        if stdin is None or stdin.is_closing():
            return False
        try:
            stdin.write(data)
            await stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def end_input(self) -> None:
        """Say that the input is complete."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    async def read(self) -> bytes:
        """git's next output, at most 64 KiB; empty at its end."""
        return await self._process.stdout.read(CHUNK) if self._process.stdout is not None else b""

    async def wait(self) -> int:
        """The exit status, once everything it said is read."""
        await self._listening
        return await self._process.wait()

    async def stop(self) -> None:
        """End it and its children; one that has ended already is only cleared away."""
        self.end_input()
        if self._patient:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._drained(), PATIENCE_SECONDS)
        self._signal(signal.SIGKILL)  # the group may outlive its leader
        await self._drained()
        await self._listening

    async def _drained(self) -> int:
        # A process whose output nobody reads may never get to its end.
        while await self.read():
            pass
        return await self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    async def _listen(self) -> None:
        while self._process.stderr is not None and (data := await self._process.stderr.read(CHUNK)):
            self.stderr = (self.stderr + data)[-STDERR_KEPT:]


@contextlib.asynccontextmanager
async def running(
    arguments: Sequence[str], config: Mapping[str, str], variables: Mapping[str, str], *, patient: bool = False
) -> AsyncIterator[GitProcess]:
    """Start git in a process group of its own; it has ended when the block has, cancelled or not."""
    process = await asyncio.create_subprocess_exec(
        git_executable(),
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(config, variables),
        limit=CHUNK,
        start_new_session=True,
    )
    git = GitProcess(process, arguments[0], patient=patient)
    try:
        yield git
    finally:
        await _finish(git)


async def _finish(git: GitProcess) -> None:
    """Stop it even when we are being cancelled; a second cancellation waits like the first."""
    stopping = asyncio.create_task(git.stop())
    cancelled: asyncio.CancelledError | None = None
    while not stopping.done():
        try:
            await asyncio.shield(stopping)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
