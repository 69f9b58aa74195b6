"""pkt-lines (gitprotocol-common(5)) without I/O: four hexadecimal digits of length, then the payload."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator

from gitstore.errors import BadRequest

MAX_PAYLOAD = 65516

_HEXADECIMAL = re.compile(rb"[0-9a-fA-F]{4}")


class Mark(enum.Enum):
    """The packets that carry nothing but a boundary."""

    FLUSH = b"0000"
    DELIMITER = b"0001"
    RESPONSE_END = b"0002"


Packet = bytes | Mark


def encode(payload: bytes | str) -> bytes:
    """One packet on the wire; text goes out as UTF-8 (bytes that were not UTF-8 as they came)."""
    raw = payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else payload
    if len(raw) > MAX_PAYLOAD:
        raise ValueError(f"a packet carries at most {MAX_PAYLOAD} bytes")
    return b"%04x%b" % (len(raw) + 4, raw)


class Decoder:
    """Takes bytes as they come and gives whole packets; ``rest`` is what is not yet one."""

    def __init__(self) -> None:
        self.rest = b""

    def feed(self, data: bytes) -> Iterator[Packet]:
        """The packets that ``data`` completes; raises :class:`BadRequest` where a length is none."""
        self.rest += data
        position = 0
        try:
            while len(self.rest) - position >= 4:
                size = packet_size(self.rest[position : position + 4])
                if len(self.rest) - position < max(size, 4):
                    break
                raw = self.rest[position : position + max(size, 4)]
                position += len(raw)
                yield raw[4:] if size >= 4 else Mark(raw)
        finally:
            self.rest = self.rest[position:]


def packet_size(prefix: bytes) -> int:
    """The length that a packet's first four bytes announce: themselves included, or 0, 1, 2 for a :class:`Mark`."""
    size = int(prefix, 16) if _HEXADECIMAL.fullmatch(prefix) else -1
    if size < 0 or size == 3 or size > MAX_PAYLOAD + 4:
        raise BadRequest(f"{prefix!r} is no length of a packet")
    return size
