"""Design systems on the wire."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.common import Answer, Body, Timestamp
from api.schemas.components import EXAMPLE as COMPONENT
from api.schemas.components import Component
from api.schemas.tokens import EXAMPLE as TOKEN
from api.schemas.tokens import Token
from services.policy import Visibility

EXAMPLE: JsonDict = {
    "id": "0b0e3a52-3b0c-4b58-9d5a-3d2a5e7f1c11",
    "team_id": "7f3f2d3c-6f0b-4a63-8c55-d0c3a3a0a9b2",
    "name": "Acme UI",
    "slug": "acme-ui",
    "description": "Buttons, forms and the tokens below them.",
    "version": "1.4.2",
    "published": True,
    "default_branch": "main",
    "head": "9fceb02d0ae598e95dc970b74767f19372d61af8",
    "clone_url": "http://127.0.0.1:8420/git/acme/acme-ui.git",
    "visibility": "private",
    "created_by": "2c1b7d2e-8f9a-4d3b-b5a6-1f0e9d8c7b6a",
    "created_at": "2026-11-22T09:00:00Z",
    "updated_at": "2026-11-22T10:30:00Z",
}


class System(Answer):
    """A design system; `head` is the default branch's commit, null before the first one."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": EXAMPLE})

    id: UUID
    team_id: UUID
    name: str
    slug: str
    description: str
    version: str | None = Field(description="The newest release that was not yanked; null where there is none.")
    published: bool
    default_branch: str
    head: str | None
    clone_url: str
    visibility: Visibility
    created_by: UUID | None
    created_at: Timestamp
    updated_at: Timestamp


class SystemCreate(Body):
    """What a new design system shall be."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"team_id": EXAMPLE["team_id"], "name": "Acme UI", "visibility": "private"}}
    )

    team_id: UUID
    name: str = Field(max_length=400)
    slug: str | None = Field(None, max_length=100, description="Part of the clone URL; derived where left out.")
    description: str = Field("", max_length=10_000)
    visibility: Visibility = "private"
    init: bool = Field(False, description="Commit a manifest; otherwise the repository is empty and takes any history.")


class SystemUpdate(Body):
    """What shall be different; members left out stay as they are."""

    model_config = ConfigDict(json_schema_extra={"example": {"description": "Everything that Acme ships."}})

    name: str | None = Field(None, max_length=400)
    slug: str | None = Field(None, max_length=100, description="A new slug changes the clone URL.")
    description: str | None = Field(None, max_length=10_000)
    visibility: Visibility | None = Field(None, description="Only an admin may change it.")


class SystemExport(Answer):
    """A design system at one commit, as values."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "system": EXAMPLE,
                "commit": EXAMPLE["head"],
                "manifest": {"name": "Acme UI"},
                "tokens": [TOKEN],
                "components": [COMPONENT],
            }
        }
    )

    system: System
    commit: str | None
    manifest: dict[str, Any]
    tokens: list[Token]
    components: list[Component]
