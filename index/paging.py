"""Pages of a list by keyset: a cursor is the sort key of the last row seen, opaque to clients."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import orjson

from index.errors import InvalidCursor
from index.values import clean

T = TypeVar("T")

BIGINT = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list, and where the next ones begin; ``next_cursor`` is None on the last page."""

    items: list[T]
    next_cursor: str | None


def encode(key: Sequence[object]) -> str:
    """The cursor after the row with this sort key (strings, numbers, UUIDs, datetimes)."""
    # asyncpg's UUIDs are a subclass, which orjson does not know by itself
    return base64.urlsafe_b64encode(orjson.dumps(list(key), default=str)).rstrip(b"=").decode()


def decode(cursor: str, *kinds: Callable[[Any], object]) -> list[Any]:
    """The sort key in ``cursor``, one part per kind; raises ``InvalidCursor``.

    A kind turns a JSON string or number into its value and raises ValueError or TypeError where it cannot: ``text``,
    ``number``, ``UUID``, ``datetime.fromisoformat``.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        parts = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(parts, list) or len(parts) != len(kinds):
            raise InvalidCursor("the cursor has another shape")
        return [kind(part) for kind, part in zip(kinds, parts, strict=True)]
    except (ValueError, TypeError, AttributeError, binascii.Error) as error:
        raise InvalidCursor("not a cursor of this list") from error


def text(part: object) -> str:
    """A kind for ``decode``: a string that the database can hold."""
    if not isinstance(part, str) or clean(part) != part:
        raise ValueError("no text")
    return part


def number(part: object) -> int:
    """A kind for ``decode``: an integer of the database's size."""
    if type(part) is not int or part not in BIGINT:
        raise ValueError("no number")
    return part


def page_of(rows: Sequence[T], limit: int, key: Callable[[T], Sequence[object]]) -> Page[T]:
    """The page of ``limit`` from a query that asked for one row more."""
    items = list(rows[:limit])
    more = len(rows) > limit
    return Page(items, encode(key(items[-1])) if more and items else None)
