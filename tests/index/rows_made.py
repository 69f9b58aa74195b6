"""Makes rows and systems for the tests of the index."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from index import systems
from index.rows import ComponentRow, ComponentVersionRow, TokenRow
from index.systems import SystemRecord

T0 = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def oid(n: int) -> str:
    """The n-th commit."""
    return f"{n:040x}"


def at(n: int) -> datetime:
    """When the n-th commit was made."""
    return T0 + timedelta(minutes=n)


async def make_team(db: AsyncConnection, slug: str = "acme") -> UUID:
    made = await db.execute(text("INSERT INTO teams (name, slug) VALUES (:slug, :slug) RETURNING id"), {"slug": slug})
    return made.scalar_one()


async def make_user(db: AsyncConnection, name: str = "ada") -> UUID:
    query = text(
        "INSERT INTO users (email, username, name) VALUES (:name || '@example.com', :name, :name) RETURNING id"
    )
    return (await db.execute(query, {"name": name})).scalar_one()


async def make_member(db: AsyncConnection, team_id: UUID, user_id: UUID, role: str) -> None:
    query = text("INSERT INTO team_members (team_id, user_id, role) VALUES (:team, :user, :role)")
    await db.execute(query, {"team": team_id, "user": user_id, "role": role})


async def make_system(db: AsyncConnection, slug: str = "ui", team_id: UUID | None = None, **more: Any) -> SystemRecord:
    return await systems.insert(db, team_id=team_id or await make_team(db), name=slug.title(), slug=slug, **more)


def token(system_id: UUID, path: str, value: Any = "#ff0000", /, *, n: int = 1, **more: Any) -> TokenRow:
    category, _, name = path.partition(".")
    fields: dict[str, Any] = {
        "id": uuid5(system_id, "token:" + path),
        "path": path,
        "category": category,
        "name": name,
        "type": "color",
        "value": value,
        "resolved_type": "color",
        "resolved_value": value,
        "description": None,
        "deprecated": None,
        "extensions": {},
        "alias_paths": (),
        "file": "tokens/a.tokens.json",
        "line": 3,
        "commit": oid(n),
        "created_at": at(n),
        "updated_at": at(n),
    }
    return TokenRow(**(fields | more))


def component(system_id: UUID, name: str, /, *, n: int = 1, **more: Any) -> ComponentRow:
    fields: dict[str, Any] = {
        "id": uuid5(system_id, "component:" + name),
        "directory": f"components/{name}",
        "entry": "index.tsx",
        "name": name,
        "category": "forms",
        "props": {"label": {"type": "string"}},
        "code": "export {}",
        "documentation": "# It",
        "commit": oid(n),
        "created_by": None,
        "created_at": at(n),
        "updated_at": at(n),
    }
    return ComponentRow(**(fields | more))


def version(row: ComponentRow, n: int, **more: Any) -> ComponentVersionRow:
    fields: dict[str, Any] = {
        "component_id": row.id,
        "commit": oid(n),
        "name": row.name,
        "category": row.category,
        "props": row.props,
        "code": row.code,
        "documentation": row.documentation,
        "author_name": "Ada",
        "author_email": "ada@example.com",
        "changed_by": None,
        "change_message": f"change {n}",
        "created_at": at(n),
    }
    return ComponentVersionRow(**(fields | more))
