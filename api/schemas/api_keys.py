"""API keys on the wire."""

from __future__ import annotations

from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.common import Answer, Body, Timestamp
from services.policy import Scope

EXAMPLE: JsonDict = {
    "id": "d1f0c7a4-52d9-4c0e-9d0b-6f3f1f6f0b55",
    "user_id": "2c1b7d2e-8f9a-4d3b-b5a6-1f0e9d8c7b6a",
    "name": "CI of acme-web",
    "prefix": "xds_CuZPfK3N",
    "scopes": ["read"],
    "team_id": None,
    "design_system_id": "0b0e3a52-3b0c-4b58-9d5a-3d2a5e7f1c11",
    "created_at": "2026-11-22T09:00:00Z",
    "expires_at": "2027-02-20T09:00:00Z",
    "last_used_at": None,
}


class ApiKeyCreate(Body):
    """A credential for a program."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "CI of acme-web", "scopes": ["read"]}})

    name: str = Field(max_length=400)
    scopes: list[Scope] = Field(min_length=1, max_length=10, description="Each includes those before it in this list.")
    team_id: UUID | None = Field(None, description="Works only within this team, where one has a role.")
    design_system_id: UUID | None = Field(None, description="Works only with this one, where one has a role.")
    expires_at: AwareDatetime | None = None


class ApiKey(Answer):
    """A key, without the key itself."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    id: UUID
    user_id: UUID = Field(description="Whose it is.")
    name: str
    prefix: str = Field(description="How the key begins, to recognise it by.")
    scopes: list[Scope]
    team_id: UUID | None
    design_system_id: UUID | None
    created_at: Timestamp
    expires_at: Timestamp | None
    last_used_at: Timestamp | None


class ApiKeyCreated(ApiKey):
    """The one answer that shows the key."""

    model_config = ConfigDict(json_schema_extra={"example": {**EXAMPLE, "key": "xds_CuZPfK3N…"}})

    key: str = Field(description="Shown now and never again.")
