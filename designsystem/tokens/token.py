"""One design token as its file declares it, and what it resolves to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

EXTENSION_KEY = "org.xtext.design-system"
"""The reverse-domain key under ``$extensions`` where this product keeps what the format has no place for."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token declaration (DTCG Format §5).

    ``path`` is the dotted group path; ``type`` the token's own or nearest group's ``$type``, None where only an alias
    target can tell; ``value`` the ``$value`` as written, aliases unresolved; ``alias_paths`` every token path that the
    value refers to, in order and without repeats. ``deprecated`` is the effective value (own, else nearest group's).
    ``filled`` is the value with data from elsewhere in its file in place, where it refers to some.
    """

    path: str
    type: str | None
    value: Any
    description: str | None
    deprecated: bool | str | None
    extensions: Mapping[str, Any]
    alias_paths: tuple[str, ...]
    file: str
    line: int
    column: int
    pointer: str
    explicit_id: UUID | None = field(default=None)
    filled: Any = field(default=None)

    @property
    def meant(self) -> Any:
        """What is resolved: the value, with the data in place that it refers to."""
        return self.value if self.filled is None else self.filled

    @property
    def category(self) -> str:
        """The first segment of the path."""
        return self.path.split(".", 1)[0]

    @property
    def name(self) -> str:
        """The path without its category; empty for a token at the root of a file."""
        return self.path.partition(".")[2]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a token stands for once every alias has been followed: its type (None if never stated) and plain value."""

    type: str | None
    value: Any


def identifier(own: Mapping[str, Any]) -> UUID | None:
    """The explicit id among the properties of a token."""
    extensions = own.get("$extensions")
    mine = extensions.get(EXTENSION_KEY) if isinstance(extensions, dict) else None
    return as_uuid(mine.get("id")) if isinstance(mine, dict) else None


def as_uuid(text: Any) -> UUID | None:
    """A UUID; None where it is none."""
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None
