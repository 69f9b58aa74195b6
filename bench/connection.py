"""A keep-alive HTTP/1.1 client that costs next to nothing, so that the server is what is measured."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    """One TCP connection; requests go one after another, and answers state their length."""

    def __init__(self, url: str, headers: dict[str, str] | None = None) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._headers = {"Host": parts.netloc, **(headers or {})}

    def close(self) -> None:
        self._socket.close()

    def request(
        self, method: str, path: str, *, body: object | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send one request and read its answer, whatever its status."""
        return self.send(self.build(method, path, body=body, headers=headers))

    def build(
        self, method: str, path: str, *, body: object | None = None, headers: dict[str, str] | None = None
    ) -> bytes:
        """The bytes of a request, to be sent with ``send`` any number of times."""
        content = b"" if body is None else json.dumps(body).encode()
        every = {**self._headers, **(headers or {})}
        if body is not None:
            every |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in every.items()), "", ""]
        return "\r\n".join(lines).encode() + content

    def send(self, raw: bytes) -> Answer:
        """Send a request that is built already and read its answer."""
        self._socket.sendall(raw)
        data = bytearray()
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._receive()
        first, *lines = data[:end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        whole = end + 4 + int(headers.get("content-length", "0"))
        while len(data) < whole:
            data += self._receive()
        return Answer(int(first.split()[1]), headers, bytes(data[end + 4 : whole]))

    def _receive(self) -> bytes:
        received = self._socket.recv(1 << 16)
        if not received:
            raise ConnectionError("the server closed the connection within an answer")
        return received


def expect(answer: Answer, status: int) -> Answer:
    """The answer, if it has this status; a benchmark of refusals would measure nothing."""
    if answer.status != status:
        raise RuntimeError(f"expected {status}, got {answer.status}: {answer.body[:500].decode('utf-8', 'replace')}")
    return answer
