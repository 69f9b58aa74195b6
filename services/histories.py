"""Histories: the commits of a design system, newest first, page by page."""

from __future__ import annotations

import asyncio
import struct
from base64 import b64decode, urlsafe_b64encode
from uuid import UUID

from gitstore.commits import CommitInfo
from gitstore.errors import ObjectMissing
from gitstore.logs import LogPage, Mark, log
from gitstore.paths import check_path
from index.paging import Page
from services.access import readable
from services.boundary import git_errors
from services.context import Context
from services.errors import InvalidCursor
from services.policy import Actor
from services.revisions import revision_at

_HEAD = struct.Struct(">qB")
_TOO_MANY = 255


async def commits(
    context: Context,
    actor: Actor,
    system_id: UUID,
    *,
    ref: str | None,
    path: str | None,
    limit: int,
    cursor: str | None,
) -> Page[CommitInfo]:
    """The commits that lead to ``ref``, with ``path`` those that changed that file or folder.

    The cursor says where the page before ended, so that a page stays the same when new commits come.
    """
    mark = _mark(cursor) if cursor is not None else None
    system = await readable(context, actor, system_id)
    revision = await revision_at(context, system, ref)
    if revision.commit is None:
        return Page([], None)
    start = revision.commit

    def read() -> LogPage:
        folder = check_path(path) if path else None
        with context.store.open(system_id) as repo:
            return log(repo, start, path=folder, limit=limit, after=mark)

    try:
        with git_errors():
            found = await asyncio.to_thread(read)
    except ObjectMissing as error:
        if mark is None:
            raise
        raise InvalidCursor("the commits that this cursor leads to are gone") from error
    return Page(found.commits, _cursor(found.rest) if found.rest is not None else None)


def _cursor(mark: Mark) -> str:
    """A mark as clients carry it: the oldest time, how many commits wait (or that they are too many), all ids."""
    waiting = _TOO_MANY if mark.waiting is None else len(mark.waiting)
    ids = "".join((mark.last, *(mark.waiting or ()), *mark.given))
    return urlsafe_b64encode(_HEAD.pack(mark.oldest, waiting) + bytes.fromhex(ids)).rstrip(b"=").decode()


def _mark(cursor: str) -> Mark:
    """What a cursor says; raises InvalidCursor."""
    try:
        raw = b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        oldest, waiting = _HEAD.unpack_from(raw)
    except (ValueError, struct.error) as error:
        raise InvalidCursor("not a cursor of this list") from error
    text = raw[_HEAD.size :].hex()
    last, *ids = [text[at : at + 40] for at in range(0, len(text), 40)] or [""]
    if len(text) % 40 or not last or (waiting != _TOO_MANY and waiting > len(ids)):
        raise InvalidCursor("not a cursor of this list")
    if waiting == _TOO_MANY:
        return Mark(last)
    return Mark(last, tuple(ids[:waiting]), tuple(ids[waiting:]), oldest)
