"""The mirrored rows as plain values: what the fold hands over and the mirror writes.

Times are commit times. ``id`` and ``component_id`` are unique within their design system.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One row of ``design_tokens``; ``created_at`` counts only where the row is new (or replaced by a reindex).

    ``resolved_type`` and ``resolved_value`` are None where the token is broken.
    """

    id: UUID
    path: str
    category: str
    name: str
    type: str | None
    value: Any
    resolved_type: str | None
    resolved_value: Any
    description: str | None
    deprecated: bool | str | None
    extensions: Mapping[str, Any]
    alias_paths: Sequence[str]
    file: str
    line: int
    commit: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ComponentRow:
    """One row of ``components`` without its version number, which its versions decide.

    ``created_at`` and ``created_by`` count only where the row is new (or replaced by a reindex). ``removed_commit``
    makes it a tombstone; the other fields then say what it was last.
    """

    id: UUID
    directory: str
    entry: str | None
    name: str
    category: str
    props: Mapping[str, Any]
    code: str | None
    documentation: str | None
    commit: str
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime
    removed_commit: str | None = None


@dataclass(frozen=True, slots=True)
class ComponentVersionRow:
    """One row of ``component_versions`` without its number, which is its place among its component's commits.

    ``removed`` says that this commit took the component away.
    """

    component_id: UUID
    commit: str
    name: str
    category: str
    props: Mapping[str, Any]
    code: str | None
    documentation: str | None
    author_name: str
    author_email: str
    changed_by: UUID | None
    change_message: str
    created_at: datetime
    removed: bool = False


@dataclass(frozen=True, slots=True)
class MirrorDelta:
    """What one step of the default branch changes in a system's mirror.

    ``token_lines`` moves tokens whose file only shifted around them. ``component_versions`` stand oldest first; one
    that is ``removed`` turns its component into a tombstone, a later one that is not brings it back.
    """

    token_upserts: Sequence[TokenRow] = ()
    token_removed: Sequence[UUID] = ()
    token_lines: Sequence[tuple[UUID, int]] = ()
    component_upserts: Sequence[ComponentRow] = ()
    component_versions: Sequence[ComponentVersionRow] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to write."""
        return bool(
            self.token_upserts
            or self.token_removed
            or self.token_lines
            or self.component_upserts
            or self.component_versions
        )


@dataclass(frozen=True, slots=True)
class MirrorState:
    """A system's whole mirror as its repository says it must be; ``component_versions`` stand oldest first."""

    tokens: Sequence[TokenRow] = ()
    components: Sequence[ComponentRow] = ()
    component_versions: Sequence[ComponentVersionRow] = ()


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """One row of ``releases`` as its tag says; whether it was yanked stands in the database alone."""

    version: str
    tag: str
    commit: str
    message: str
    source: str
    allowed_as: str | None
    tagger_name: str
    tagger_email: str
    published_by: UUID | None
    published_at: datetime


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """One event to append; ``seq`` is None for what belongs to a team and to no system."""

    action: str
    resource_type: str
    resource_id: UUID | None
    user_id: UUID | None
    created_at: datetime
    seq: int | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
