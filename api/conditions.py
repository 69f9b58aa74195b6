"""Conditional requests (RFC 9110 §13): ETags that are object ids, If-None-Match on reads, If-Match on writes."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from cachebox import LRUCache
from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from services.revisions import Revision

AnswerKey = tuple[UUID, str | None, str, str]
"""System, commit, path and query: what an answer to a read follows from."""

LARGEST_KEPT = 512 * 1024
MOST_KEPT = 256

IMMUTABLE = "max-age=31536000, immutable"
REVALIDATE = "no-cache"

NO_STATE = "0" * 40
"""An object id that no object has."""

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_SEEN = re.compile(r"([0-9a-f]{40})(?:-\d+)?")


def revision_headers(revision: Revision, tag: str | None = None) -> dict[str, str]:
    """ETag and caching of a read: at a tag or commit it never changes, elsewhere a client asks again.

    ``tag`` is what identifies one resource's state; without it the whole revision's commit is.
    """
    scope = "public" if revision.system.visibility == "public" else "private"
    freshness = IMMUTABLE if revision.fixed else REVALIDATE
    etag = f'"{tag or revision.commit or "empty"}"'
    return {"ETag": etag, "Cache-Control": f"{scope}, {freshness}", "Vary": "Authorization"}


def resource_tag(commit: str, line: int | None = None) -> str:
    """The ETag of one resource: the commit that made it what it is, and where it stands in its file."""
    return commit if line is None else f"{commit}-{line}"


def digest_tag(*parts: object) -> str:
    """The ETag of what follows from several things, some of them the client's own words: none of those gets into it."""
    return sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


async def answer(
    request: Request,
    revision: Revision,
    build: Callable[[], Awaitable[BaseModel]],
) -> Response:
    """A read whose answer follows from the revision and the URL alone: 304, else the JSON, kept for the next reader.

    Access has been decided by whoever found the revision; the kept bytes are the same for all who may read.
    """
    headers = revision_headers(revision)
    if is_current(request, headers):
        return not_modified(headers)
    kept: LRUCache[AnswerKey, bytes] = request.app.state.answers
    key = (revision.system.id, revision.commit, request.url.path, request.url.query)
    body = kept.get(key, None) if revision.commit is not None else None
    if body is None:
        body = (await build()).model_dump_json().encode()
        if revision.commit is not None and len(body) <= LARGEST_KEPT:
            kept[key] = body
    return Response(body, media_type="application/json", headers=headers)


def is_current(request: Request, headers: dict[str, str]) -> bool:
    """Whether the client's copy (``If-None-Match``) is what would be answered."""
    wanted = request.headers.get("if-none-match")
    if wanted is None:
        return False
    return wanted.strip() == "*" or headers["ETag"].strip('"') in _TAG.findall(wanted)


def not_modified(headers: dict[str, str]) -> Response:
    """304 with the headers that a 200 would have had."""
    return Response(status_code=304, headers=headers)


def _seen(
    if_match: Annotated[str | None, Header(description="The ETag that the change is based on.")] = None,
) -> str | None:
    """The commit that a writer says it saw; None where it did not say, or takes any state (``*``).

    What is no ETag of this service names no state: services refuse it as stale, once they know that the caller may ask.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    for tag in _TAG.findall(if_match):
        match = _SEEN.fullmatch(tag)
        if match is not None:
            return match[1]
    return NO_STATE


CurrentSeen = Annotated[str | None, Depends(_seen)]
"""The commit that a write is based on."""
