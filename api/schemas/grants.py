"""Grants on the wire."""

from __future__ import annotations

from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.auth import ADA, User
from api.schemas.common import Answer, Body, Timestamp
from services.policy import Role

EXAMPLE: JsonDict = {
    "id": "3e4d5c6b-7a89-4b0c-9d1e-2f3a4b5c6d7e",
    "user": ADA,
    "key": None,
    "role": "viewer",
    "effective_role": "editor",
    "granted_by": "0f1e2d3c-4b5a-4697-8877-665544332211",
    "created_at": "2026-11-22T09:00:00Z",
}


class GrantedKey(Answer):
    """The API key that a role was given to."""

    id: UUID
    name: str
    prefix: str = Field(description="How the key begins, to recognise it by.")


class Grant(Answer):
    """A role on one design system, for a person or for a key."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    id: UUID
    user: User = Field(description="Who has it, or whose key has it.")
    key: GrantedKey | None = Field(description="Null where the person has it, with all their keys.")
    role: Role
    effective_role: Role = Field(description="The strongest that the holder has here, by this grant or otherwise.")
    granted_by: UUID | None
    created_at: Timestamp


class GrantWrite(Body):
    """Who gets a role: exactly one of `user_id`, `email` and `key_id`."""

    model_config = ConfigDict(json_schema_extra={"example": {"email": "grace@example.org", "role": "viewer"}})

    user_id: UUID | None = None
    email: str | None = Field(None, max_length=320)
    key_id: UUID | None = None
    role: Role


class GrantChange(Body):
    """What the grant gives from now on."""

    model_config = ConfigDict(json_schema_extra={"example": {"role": "editor"}})

    role: Role
