"""Histories: the commits of a design system, newest first, page by page."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID

from gitstore.commits import CommitInfo
from gitstore.history import log
from gitstore.paths import check_path
from index.paging import Page
from services.access import readable
from services.boundary import git_errors
from services.context import Context
from services.errors import InvalidCursor
from services.policy import Actor
from services.revisions import revision_at

_OID = re.compile(r"[0-9a-f]{40}")


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

    The cursor is the last commit of the page before, so that a page stays the same when new commits come.
    """
    if cursor is not None and not _OID.fullmatch(cursor):
        raise InvalidCursor("not a cursor of this list")
    system = await readable(context, actor, system_id)
    revision = await revision_at(context, system, ref)
    if revision.commit is None:
        return Page([], None)
    start = revision.commit

    def read() -> list[CommitInfo]:
        folder = check_path(path) if path else None
        with context.store.open(system_id) as repo:
            return log(repo, start, path=folder, limit=limit + 1, after=cursor)

    with git_errors():
        found = await asyncio.to_thread(read)
    more = len(found) > limit
    return Page(found[:limit], found[limit - 1].oid if more else None)
