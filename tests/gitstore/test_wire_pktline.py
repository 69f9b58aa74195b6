from __future__ import annotations

import pytest

from gitstore.errors import BadRequest
from gitstore.wire.pktline import MAX_PAYLOAD, Decoder, Mark, encode

STREAM = encode("hello\n") + b"0001" + encode(b"") + encode("ä") + b"00000002"
PACKETS = [b"hello\n", Mark.DELIMITER, b"", "ä".encode(), Mark.FLUSH, Mark.RESPONSE_END]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_packets_come_whole_however_bytes_arrive(size: int) -> None:
    decoder = Decoder()
    parts = [STREAM[start : start + size] for start in range(0, len(STREAM), size)]
    assert [packet for part in parts for packet in decoder.feed(part)] == PACKETS
    assert decoder.rest == b""


@pytest.mark.parametrize("bad", [b"0003", b"xyzw", b"ffff", b"-001", b" 005", b"0x05"])
def test_a_length_that_is_none_is_refused(bad: bytes) -> None:
    with pytest.raises(BadRequest):
        list(Decoder().feed(bad))


def test_a_packet_has_a_limit() -> None:
    assert list(Decoder().feed(encode(b"x" * MAX_PAYLOAD))) == [b"x" * MAX_PAYLOAD]
    with pytest.raises(ValueError, match="at most"):
        encode(b"x" * (MAX_PAYLOAD + 1))
