"""Personal data: everything that the service knows of a person, handed to them as one JSON document."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import orjson

from index import personal_data
from index.personal_data import SECTIONS, Person, Section
from index.users import UserRecord
from services import audit
from services.audit import Act
from services.context import Context
from services.policy import Action, Actor, require
from services.standing import account_of

ROWS = 200
"""Rows that are read and sent at a time: memory holds no more than these, however much there is."""


async def export(context: Context, actor: Actor) -> tuple[UserRecord, AsyncIterator[bytes]]:
    """The actor's account, and the document in pieces: valid JSON once all are there.

    Rows are read as they are sent. Each page asks anew whether the credential still stands; where it does not, the
    stream breaks off with Unauthenticated.
    """
    require(actor, Action.ACCOUNT_EXPORT)
    now = context.clock()
    async with context.engine.begin() as db:
        user = await account_of(db, actor)
        await audit.record(db, now, actor, Act.EXPORTED)
    return user, _document(context, actor, user, now)


async def _document(context: Context, actor: Actor, user: UserRecord, now: datetime) -> AsyncIterator[bytes]:
    person = Person(user.id, user.email if user.email_verified_at else None)
    yield b'{"exported_at":' + orjson.dumps(now)
    for section in SECTIONS:
        opening, closing = (b"", b"") if section.name == "account" else (b"[", b"]")  # of accounts there is one
        yield f',\n"{section.name}":'.encode() + opening
        async for piece in _rows(context, actor, person, section):
            yield piece
        yield closing
    yield b"}\n"


async def _rows(context: Context, actor: Actor, person: Person, section: Section) -> AsyncIterator[bytes]:
    """A section page by page; no connection is held while a slow client takes one."""
    after, began = None, False
    while True:
        async with context.reads.connect() as db:
            await account_of(db, actor)
            rows, after = await personal_data.read(db, section, person, after=after, limit=ROWS)
        if rows:
            yield (b",\n" if began else b"\n") + b",\n".join(map(_encoded, rows))
            began = True
        if after is None:
            return


def _encoded(row: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(row, default=str)
    except TypeError:  # an integer past 64 bits in a prop or token that was written down
        return json.dumps(row, default=str).encode("ascii")
