"""Lists by cursor: the two query parameters that every list takes, and the page that it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol, TypeVar

from fastapi import Depends, Query

from api.schemas.common import Page

Item = TypeVar("Item")
Record = TypeVar("Record")
Found_co = TypeVar("Found_co", covariant=True)

DEFAULT_LIMIT = 50
MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a list is wanted."""

    limit: int
    cursor: str | None


def _paging(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="At most so many items.")] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=4096, description="`next_cursor` of the page before.")] = None,
) -> Paging:
    return Paging(limit, cursor or None)


CurrentPaging = Annotated[Paging, Depends(_paging)]


class _Found(Protocol[Found_co]):
    @property
    def items(self) -> Sequence[Found_co]: ...

    @property
    def next_cursor(self) -> str | None: ...


def page(found: _Found[Record], shape: Callable[[Record], Item]) -> Page[Item]:
    """A service's page as an answer."""
    return Page(items=[shape(record) for record in found.items], next_cursor=found.next_cursor)
