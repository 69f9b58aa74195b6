"""Conditional requests (RFC 9110 §13): ETags that are object ids, If-None-Match on reads, If-Match on writes."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from services.errors import Stale
from services.revisions import Revision

IMMUTABLE = "max-age=31536000, immutable"
REVALIDATE = "no-cache"

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
    """The commit that a writer says it saw; None where it did not say, or takes any state (``*``)."""
    if if_match is None or if_match.strip() == "*":
        return None
    for tag in _TAG.findall(if_match):
        match = _SEEN.fullmatch(tag)
        if match is not None:
            return match[1]
    raise Stale("If-Match holds no ETag of this service.")


CurrentSeen = Annotated[str | None, Depends(_seen)]
"""The commit that a write is based on."""
