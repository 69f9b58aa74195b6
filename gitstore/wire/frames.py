"""Frames between a hook's relay and the hook server: four bytes of length, then the payload."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from gitstore.errors import BadRequest

MAX_FRAME = 1 << 20
MAX_INPUT = 16 << 20


@dataclass(frozen=True, slots=True)
class Greeting:
    """A relay's first frame: whose session it speaks for, which hook it is, and what git put into its environment."""

    token: str
    hook: str
    quarantine: Path | None
    options: list[str]


async def read_frame(reader: asyncio.StreamReader) -> bytes:
    """One frame's payload; raises :class:`BadRequest` for one that is too large or cut short."""
    try:
        size = int.from_bytes(await reader.readexactly(4), "big")
        if size > MAX_FRAME:
            raise BadRequest("a frame of a hook is too large")
        return await reader.readexactly(size)
    except asyncio.IncompleteReadError as error:
        raise BadRequest("a hook went away") from error


async def read_greeting(reader: asyncio.StreamReader) -> Greeting:
    """The first frame; raises :class:`BadRequest`."""
    token, *rest = (await read_frame(reader)).decode("utf-8", "replace").split("\0")
    if len(rest) < 2:
        raise BadRequest("a hook's greeting is cut short")
    return Greeting(token, rest[0], Path(rest[1]) if rest[1] else None, rest[2:])


async def read_input(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """A hook's standard input until its end; raises :class:`BadRequest` past 16 MiB."""
    total = 0
    while data := await read_frame(reader):
        total += len(data)
        if total > MAX_INPUT:
            raise BadRequest("a hook's input is too large")
        yield data


def output(data: bytes) -> bytes:
    """What the hook shall write to its standard output."""
    return _frame(b"o", data)


def message(data: bytes) -> bytes:
    """What the hook shall write to its standard error, which the person who pushes sees."""
    return _frame(b"e", data)


def leave(status: int) -> bytes:
    """The hook shall end with this status."""
    return _frame(b"x", bytes([status]))


def _frame(kind: bytes, data: bytes) -> bytes:
    return (len(data) + 1).to_bytes(4, "big") + kind + data
