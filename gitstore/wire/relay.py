"""The program behind both hooks: carries a hook's input to the service and brings back its output. Fails closed.

git starts it by its shebang as ``python -ISE``: no site, no encodings of the user, only modules that load in a
millisecond. It imports nothing of ours, and nothing of ours imports it; the service copies its text (see hooks.py).
"""

from __future__ import annotations

import _socket
import posix
import select
import sys

WORDS = "nothing was changed; please push again, and tell the administrator if it stays like this"


def give_up(reason: str) -> None:
    """Refuse the push."""
    posix.write(2, f"xds: {reason}: {WORDS}\n".encode())
    posix._exit(1)


def frame(payload: bytes) -> bytes:
    """A payload as it goes to the service."""
    return len(payload).to_bytes(4, "big") + payload


def header(token: bytes) -> bytes:
    """Who we are, and what git put into our environment."""
    environ = posix.environ
    count = int(environ.get(b"GIT_PUSH_OPTION_COUNT", b"0") or b"0")
    options = [environ.get(b"GIT_PUSH_OPTION_%d" % number, b"") for number in range(count)]
    hook = sys.argv[-1].rpartition("/")[2].encode()  # its path, or its name where a shell started us
    return b"\0".join([token, hook, environ.get(b"GIT_QUARANTINE_PATH", b""), *options])


def write_all(handle: int, data: bytes) -> None:
    """Write all of it."""
    while data:
        data = data[posix.write(handle, data) :]


def relay(connection: _socket.socket) -> None:
    """Carry both directions until the service says with which status to end."""
    poll, pending = select.poll(), b""
    poll.register(0, select.POLLIN)
    poll.register(connection.fileno(), select.POLLIN)
    while True:
        for handle, _ in poll.poll():
            if handle == 0:
                data = posix.read(0, 65536)
                connection.sendall(frame(data))  # an empty frame says: that was all
                if not data:
                    poll.unregister(0)
                continue
            data = connection.recv(65536)
            if not data:
                give_up("the service went away")
            pending += data
            while len(pending) >= 5:
                size = int.from_bytes(pending[:4], "big")
                if len(pending) < 4 + size:
                    break
                kind, payload, pending = pending[4:5], pending[5 : 4 + size], pending[4 + size :]
                if kind == b"x":
                    posix._exit(payload[0])
                write_all(1 if kind == b"o" else 2, payload)


def main() -> None:
    """Find the service by what it put into git's environment."""
    path, token = posix.environ.get(b"XDS_HOOK_SOCKET", b""), posix.environ.get(b"XDS_HOOK_TOKEN", b"")
    if not path or not token:
        give_up("this repository takes pushes only through its service")
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        connection.connect(path)
        connection.sendall(frame(header(token)))
        relay(connection)
    except OSError:
        give_up("the service cannot be reached")


main()
