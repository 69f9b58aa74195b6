"""The hook server: a private Unix socket where git's hooks ask the service what to do with a push."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import secrets
import shutil
import socket
import struct
import sys
import tempfile
from collections.abc import AsyncIterator
from importlib import resources
from pathlib import Path

from gitstore.errors import BadRequest, GitStoreError
from gitstore.wire import frames
from gitstore.wire.pushes import PushHandler
from gitstore.wire.session import Session

logger = logging.getLogger(__name__)

HOOKS = ("pre-receive", "proc-receive")
GREETING_SECONDS = 10.0
LINGER_SECONDS = 2.0
MAX_SOCKET_PATH = 107  # sun_path of Linux, without its final NUL
MAX_SHEBANG = 120


class OpenSession:
    """A session under way and the environment that lets its git's hooks find it."""

    def __init__(self, session: Session, environment: dict[str, str], config: dict[str, str]) -> None:
        self.session, self.environment, self.config = session, environment, config


class HookServer:
    """Owns a private directory (0700) with the hooks and the socket they speak to, for one process."""

    def __init__(self, socket_dir: Path) -> None:
        self._parent = socket_dir
        self._home: Path | None = None
        self._lock: int | None = None
        self._server: asyncio.AbstractServer | None = None
        self._sessions: dict[str, Session] = {}
        self._connections: set[asyncio.Task[None]] = set()
        self._closings: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Write the hooks, remove what dead processes left, and listen."""
        self._parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(self._parent)
        self._home = _private_directory(self._parent)
        self._lock = _hold(self._home)
        _write_hooks(self._home / "hooks")
        self._server = await asyncio.start_unix_server(self._accept, self._home / "s")
        (self._home / "s").chmod(0o600)

    async def stop(self) -> None:
        """Stop listening, wait until every session is closed, remove the directory."""
        if self._server is not None:
            self._server.close()
        while self._connections or self._closings:
            await asyncio.wait([*self._connections, *self._closings])
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
        self._server = self._home = self._lock = None

    @contextlib.asynccontextmanager
    async def open_session(self, handler: PushHandler, repository: Path) -> AsyncIterator[OpenSession]:
        """Let one receive-pack's hooks reach ``handler``. When the block ends git must have ended; it closes then."""
        if self._home is None:
            raise GitStoreError("the hook server is not running")
        token, session = secrets.token_hex(32), Session(handler, repository)
        self._sessions[token] = session
        try:
            yield OpenSession(
                session,
                {"XDS_HOOK_SOCKET": str(self._home / "s"), "XDS_HOOK_TOKEN": token},
                {"core.hooksPath": str(self._home / "hooks")},
            )
        finally:
            del self._sessions[token]
            # In a task of its own: a caller that is being cancelled must not leave the handler's locks held.
            closing = asyncio.create_task(session.close())
            self._closings.add(closing)
            closing.add_done_callback(self._closings.discard)
            await asyncio.shield(closing)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        try:
            await self._serve(reader, writer)
            writer.write_eof()
            await writer.drain()
            await _linger(reader)
        except ConnectionError:
            logger.info("a hook went away")
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if not _is_ours(writer.get_extra_info("socket")):
                raise BadRequest("a hook runs as another user")
            greeting = await asyncio.wait_for(frames.read_greeting(reader), GREETING_SECONDS)
            session = self._sessions.get(greeting.token)
            if session is None:
                raise BadRequest("this push is not under way any more")
        except (BadRequest, TimeoutError) as error:
            logger.warning("hook refused: %s", error)
            writer.write(frames.message(f"xds: push refused: {error}\n".encode()) + frames.leave(1))
            return
        await session.run_hook(greeting, reader, writer)


async def _linger(reader: asyncio.StreamReader) -> None:
    """Read on until the hook has gone: closing over its unread input would make Linux drop what we told it."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            while await reader.read(1 << 16):
                pass


def _private_directory(parent: Path) -> Path:
    home = Path(tempfile.mkdtemp(prefix="hooks-", dir=parent))
    if len(os.fsencode(home / "s")) > MAX_SOCKET_PATH:
        home.rmdir()
        home = Path(tempfile.mkdtemp(prefix="xds-hooks-"))
    return home


def _hold(home: Path) -> int:
    handle = os.open(home / "owner.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def _sweep(parent: Path) -> None:
    """Remove the directories of processes that died: their lock can be taken."""
    for lock in parent.glob("hooks-*/owner.lock"):
        with contextlib.suppress(OSError):
            handle = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock.parent, ignore_errors=True)
            finally:
                os.close(handle)


def _write_hooks(folder: Path) -> None:
    """Both hooks are relay.py under a shebang of this interpreter itself (a venv's wrapper would read pyvenv.cfg)."""
    folder.mkdir(mode=0o700)
    python = os.path.realpath(sys.executable)
    source = resources.files("gitstore.wire").joinpath("relay.py").read_bytes()
    shebang = f"#!{python} -ISE\n"
    if len(shebang) > MAX_SHEBANG or any(character.isspace() for character in python):
        (folder / "relay.py").write_bytes(source)
        source = _shell_text(python)
        shebang = "#!/bin/sh\n"
    for name in HOOKS:
        (folder / name).write_bytes(shebang.encode() + source)
        (folder / name).chmod(0o700)


def _shell_text(python: str) -> bytes:
    quoted = "'" + python.replace("'", "'\\''") + "'"
    return f'exec {quoted} -ISE "${{0%/*}}/relay.py" "${{0##*/}}"\n'.encode()


def _is_ours(connection: socket.socket) -> bool:
    if not hasattr(socket, "SO_PEERCRED"):
        return True  # the directory's mode and the token keep others out
    size = struct.calcsize("3i")
    _, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return bool(user == os.geteuid())
