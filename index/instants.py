"""Points in time as part of a paging cursor."""

from __future__ import annotations

from datetime import datetime


def instant(part: object) -> datetime:
    """A kind for ``paging.decode``: an RFC 3339 time that says its offset, without which it names no point in time."""
    found = datetime.fromisoformat(str(part))
    if found.utcoffset() is None:
        raise ValueError("a time without an offset")
    return found
