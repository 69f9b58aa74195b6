"""How each kind of mirrored row travels, and the SQL that writes and compares it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from index.rows import ComponentRow, ComponentVersionRow, TokenRow
from index.staging import Column, Stage
from index.values import (
    CATEGORY_LIMIT,
    PATH_LIMIT,
    clean,
    clean_or_none,
    clip,
    dump_json,
    dump_json_or_none,
    path_key,
    text_array,
)

Numbered = tuple[ComponentVersionRow, int]
"""A version with its number."""

Counted = tuple[ComponentRow, int]
"""A component with the number of its newest version."""

OID = "char(40)"


def _token(row: TokenRow) -> tuple[Any, ...]:
    return (
        row.id,
        path_key(row.path),
        clip(row.category, CATEGORY_LIMIT),
        path_key(row.name),
        clean_or_none(row.type),
        dump_json(row.value),
        clean_or_none(row.resolved_type),
        dump_json_or_none(row.resolved_value),
        clean_or_none(row.description),
        dump_json_or_none(row.deprecated),
        dump_json(row.extensions),
        text_array(map(path_key, row.alias_paths)),
        clean(row.file),
        row.line,
        row.commit,
        row.created_at,
        row.updated_at,
    )


def _component(counted: Counted) -> tuple[Any, ...]:
    row, version = counted
    return (
        row.id,
        clean(row.directory),
        clean_or_none(row.entry),
        clip(row.name, PATH_LIMIT - CATEGORY_LIMIT),
        clip(row.category, CATEGORY_LIMIT),
        dump_json(row.props),
        clean_or_none(row.code),
        clean_or_none(row.documentation),
        row.commit,
        row.removed_commit,
        row.updated_at,
        version,
        row.created_by,
        row.created_at,
    )


def _version(row: ComponentVersionRow) -> tuple[Any, ...]:
    return (
        row.component_id,
        row.commit,
        clean(row.name),
        clean(row.category),
        dump_json(row.props),
        clean_or_none(row.code),
        clean_or_none(row.documentation),
        clean(row.author_name),
        clean(row.author_email),
        row.changed_by,
        clean(row.change_message),
        row.created_at,
        row.removed,
    )


TOKENS: Stage[TokenRow] = Stage(
    "given_tokens",
    (
        Column("id", "uuid"),
        Column("path", "text"),
        Column("category", "text"),
        Column("name", "text"),
        Column("type", "text"),
        Column("value", "text", "jsonb"),
        Column("resolved_type", "text"),
        Column("resolved_value", "text", "jsonb"),
        Column("description", "text"),
        Column("deprecated", "text", "jsonb"),
        Column("extensions", "text", "jsonb"),
        Column("alias_paths", "text", "text[]"),
        Column("file", "text"),
        Column("line", "integer"),
        Column("commit", OID),
        Column("created_at", "timestamptz"),
        Column("updated_at", "timestamptz"),
    ),
    _token,
)

COMPONENTS: Stage[Counted] = Stage(
    "given_components",
    (
        Column("id", "uuid"),
        Column("directory", "text"),
        Column("entry", "text"),
        Column("name", "text"),
        Column("category", "text"),
        Column("props", "text", "jsonb"),
        Column("code", "text"),
        Column("documentation", "text"),
        Column("commit", OID),
        Column("removed_commit", OID),
        Column("updated_at", "timestamptz"),
        Column("version", "integer"),
        Column("created_by", "uuid"),
        Column("created_at", "timestamptz"),
    ),
    _component,
)

VERSION_COLUMNS = (
    Column("component_id", "uuid"),
    Column("commit", OID),
    Column("name", "text"),
    Column("category", "text"),
    Column("props", "text", "jsonb"),
    Column("code", "text"),
    Column("documentation", "text"),
    Column("author_name", "text"),
    Column("author_email", "text"),
    Column("changed_by", "uuid"),
    Column("change_message", "text"),
    Column("created_at", "timestamptz"),
    Column("removed", "boolean"),
)

VERSIONS: Stage[ComponentVersionRow] = Stage("given_versions", VERSION_COLUMNS, _version)

NUMBERED: Stage[Numbered] = Stage(
    "given_numbered_versions",
    (*VERSION_COLUMNS, Column("version", "integer")),
    lambda numbered: (*_version(numbered[0]), numbered[1]),
)

LINES: Stage[tuple[UUID, int]] = Stage("given_lines", (Column("id", "uuid"), Column("line", "integer")), tuple)
