"""What a read answers with, whether it came from the index or from a tree that the index does not mirror."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from designsystem.components.component import Component, component_id
from designsystem.tokens.set import TokenSet
from index.components import ComponentRecord
from index.fold import identity_of
from index.tokens import TokenRecord


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token as it stands at one commit. Times are known only on the default branch.

    ``commit`` is the one that last changed the token on the default branch, elsewhere the one that was read.
    """

    id: UUID
    category: str
    name: str
    path: str
    type: str | None
    value: Any
    resolved_value: Any
    description: str | None
    deprecated: bool | str | None
    extensions: dict[str, Any]
    file: str
    line: int
    commit: str
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ComponentView:
    """A component as it stands at one commit. Version, author and times are known only on the default branch."""

    id: UUID
    name: str
    category: str
    directory: str
    props: dict[str, Any]
    code: str | None
    documentation: str | None
    commit: str
    version: int | None = None
    created_by: UUID | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


def indexed_token(record: TokenRecord) -> TokenView:
    """A token of the default branch, as mirrored."""
    return TokenView(
        id=record.id,
        category=record.category,
        name=record.name,
        path=record.path,
        type=record.resolved_type or record.type,
        value=record.value,
        resolved_value=record.resolved_value,
        description=record.description,
        deprecated=record.deprecated,
        extensions=record.extensions,
        file=record.file,
        line=record.line,
        commit=record.commit,
        created_at=record.created_at,
        updated_at=record.updated_at,
    )


def read_token(system_id: UUID, tokens: TokenSet, path: str, commit: str) -> TokenView:
    """A token of any tree, as its files say; raises KeyError for a path that is not there."""
    token = tokens.tokens[path]
    resolved = tokens.resolve(path)
    return TokenView(
        id=identity_of(system_id, tokens, path),
        category=token.category,
        name=token.name,
        path=token.path,
        type=(resolved.type if resolved else None) or token.type,
        value=token.value,
        resolved_value=resolved.value if resolved else None,
        description=token.description,
        deprecated=token.deprecated,
        extensions=dict(token.extensions),
        file=token.file,
        line=token.line,
        commit=commit,
    )


def indexed_component(record: ComponentRecord) -> ComponentView:
    """A component of the default branch, as mirrored."""
    return ComponentView(
        id=record.id,
        name=record.name,
        category=record.category,
        directory=record.directory,
        props=record.props,
        code=record.code,
        documentation=record.documentation,
        commit=record.commit,
        version=record.version,
        created_by=record.created_by,
        created_at=record.created_at,
        updated_at=record.updated_at,
    )


def read_component_view(system_id: UUID, component: Component, commit: str) -> ComponentView:
    """A component of any tree, as its files say."""
    return ComponentView(
        id=component_id(system_id, component),
        name=component.name,
        category=component.category,
        directory=component.directory,
        props=dict(component.props),
        code=component.code,
        documentation=component.documentation,
        commit=commit,
    )
