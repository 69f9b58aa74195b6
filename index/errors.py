"""What the index refuses, as types without HTTP."""

from __future__ import annotations


class IndexRefusal(Exception):
    """The root of everything that this room raises on purpose."""


class InvalidCursor(IndexRefusal, ValueError):
    """A paging cursor that this service did not hand out."""


class SlugTaken(IndexRefusal):
    """Another design system of the team already has this slug."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(f"the slug {slug!r} is taken in this team")
