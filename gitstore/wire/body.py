"""A request's body on its way to git: decompressed and counted, without I/O."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from gitstore.errors import BadRequest, TooLarge
from gitstore.wire.pktline import Decoder, Mark

CHUNK = 1 << 16


class BodyDecoder:
    """Takes chunks as they arrive and gives at most 64 KiB at a time; raises :class:`TooLarge`, :class:`BadRequest`."""

    def __init__(self, encoding: str, limit: int) -> None:
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise BadRequest(f"the content encoding {encoding!r} is not one of git's")
        self._gzip = zlib.decompressobj(wbits=31) if encoding.endswith("gzip") else None
        self._left = limit
        self._limit = limit

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """What ``chunk`` stands for."""
        if self._gzip is None:
            for start in range(0, len(chunk), CHUNK):
                yield self._counted(chunk[start : start + CHUNK])
            return
        while chunk and not self._gzip.eof:
            yield self._counted(self._inflate(chunk))
            chunk = self._gzip.unconsumed_tail
        if self._gzip.unused_data:
            raise BadRequest("there are bytes after the end of the gzip body")

    def finish(self) -> None:
        """Say that the body is complete; raises :class:`BadRequest` when its compression is not."""
        if self._gzip is not None and not self._gzip.eof:
            raise BadRequest("the gzip body is cut short")

    def _inflate(self, chunk: bytes) -> bytes:
        if self._gzip is None:
            return chunk
        try:
            return self._gzip.decompress(chunk, CHUNK)
        except zlib.error as error:
            raise BadRequest("the body is not gzip") from error

    def _counted(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left < 0:
            raise TooLarge(f"a request of more than {self._limit} bytes")
        return data


class CapabilitySniffer:
    """Reads along in a push until its first command shows what the client can do: git hides it from pre-receive."""

    def __init__(self) -> None:
        self._decoder: Decoder | None = Decoder()
        self.capabilities: frozenset[str] = frozenset()

    def feed(self, data: bytes) -> None:
        """Look at the next bytes; never raises, what is no packet is git's to refuse."""
        if self._decoder is None:
            return
        try:
            for packet in self._decoder.feed(data[:CHUNK]):
                if not self._is_preamble(packet):
                    self._decoder = None
                    return
        except BadRequest:
            self._decoder = None

    def _is_preamble(self, packet: bytes | Mark) -> bool:
        if isinstance(packet, Mark):
            return False
        if packet.startswith(b"shallow "):
            return True
        self.capabilities = frozenset(packet.partition(b"\0")[2].decode("utf-8", "replace").split())
        return False
