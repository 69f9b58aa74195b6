"""API keys on the wire."""

from __future__ import annotations

from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field

from api.schemas.common import Answer, Body, Timestamp
from services.policy import Scope


class ApiKeyCreate(Body):
    """A credential for a program."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "CI of acme-web", "scopes": ["read"]}})

    name: str = Field(max_length=400)
    scopes: list[Scope] = Field(min_length=1, max_length=10, description="Each includes those before it in this list.")
    team_id: UUID | None = Field(None, description="Works only within this team.")
    design_system_id: UUID | None = Field(None, description="Works only with this design system.")
    expires_at: AwareDatetime | None = None


class ApiKey(Answer):
    """A key, without the key itself."""

    id: UUID
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

    key: str = Field(description="Shown now and never again.")
