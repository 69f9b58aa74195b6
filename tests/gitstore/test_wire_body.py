from __future__ import annotations

import gzip

import pytest

from gitstore.errors import BadRequest, TooLarge
from gitstore.wire.body import BodyDecoder, CapabilitySniffer
from gitstore.wire.pktline import encode

SMALL = gzip.compress(b"x", mtime=0)


def decode(encoding: str, limit: int, *chunks: bytes) -> bytes:
    decoder = BodyDecoder(encoding, limit)
    out = b"".join(data for chunk in chunks for data in decoder.feed(chunk))
    decoder.finish()
    return out


def test_gzip_comes_out_as_it_went_in() -> None:
    text = b"want something\n" * 20_000
    packed = gzip.compress(text)
    parts = [packed[start : start + 100] for start in range(0, len(packed), 100)]
    assert decode("gzip", 1 << 20, *parts) == decode("x-gzip", 1 << 20, packed) == decode("", 1 << 20, text) == text


def test_a_bomb_is_stopped_at_the_limit_in_small_pieces() -> None:
    decoder = BodyDecoder("gzip", 1 << 20)
    sizes = []
    with pytest.raises(TooLarge):
        sizes += [len(data) for data in decoder.feed(gzip.compress(bytes(64 << 20)))]
    assert max(sizes, default=0) <= 1 << 16
    assert sum(sizes) <= 1 << 20
    with pytest.raises(TooLarge):
        decode("", 9, b"0123456789")


@pytest.mark.parametrize("body", [b"no gzip", SMALL[:-3], SMALL + b"more"])
def test_broken_gzip_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest):
        decode("gzip", 100, body)


def test_other_encodings_are_refused() -> None:
    with pytest.raises(BadRequest):
        BodyDecoder("br", 100)


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_reads_a_pushs_capabilities_as_they_pass(size: int) -> None:
    stream = encode("shallow " + "1" * 40) + encode("0 1 refs/heads/x\0 report-status atomic") + b"0000PACK" + bytes(99)
    sniffer = CapabilitySniffer()
    for start in range(0, len(stream), size):
        sniffer.feed(stream[start : start + size])
    assert sniffer.capabilities == {"report-status", "atomic"}


def test_what_is_no_push_has_no_capabilities() -> None:
    sniffer = CapabilitySniffer()
    for chunk in (b"zzzz", b"0000", encode("a\0atomic")):
        sniffer.feed(chunk)
    assert sniffer.capabilities == frozenset()
