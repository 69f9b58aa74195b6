"""Activity on the wire."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.common import Answer, Timestamp

PERSON: JsonDict = {
    "id": "2c1b7d2e-8f9a-4d3b-b5a6-1f0e9d8c7b6a",
    "username": "ada",
    "name": "Ada Lovelace",
    "avatar_url": None,
}


class Person(Answer):
    """Somebody, as everybody who sees their work may know them."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": PERSON})

    id: UUID
    username: str
    name: str
    avatar_url: str | None


class Activity(Answer):
    """One event."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "8d0b7e0e-2b51-4d39-9f5e-6a3b1b2c4d5e",
                "design_system_id": "0f8fad5b-d9cb-469f-a165-70867728950e",
                "seq": 42,
                "action": "token.updated",
                "resource_type": "token",
                "resource_id": "5e1e7a8c-2f55-5d0c-a5c9-52bb2f0a7d10",
                "user": PERSON,
                "metadata": {"path": "color.brand.500", "commit": "9fceb02d0ae598e95dc970b74767f19372d61af8"},
                "created_at": "2026-11-22T10:30:00Z",
            }
        }
    )

    id: UUID
    design_system_id: UUID | None = Field(description="Null for events of the team itself, and of a deleted system.")
    seq: int | None = Field(description="The number of the event in its design system, without gaps.")
    action: str = Field(description="`<resource>.<past participle>`.")
    resource_type: str
    resource_id: UUID | None
    user: Person | None = Field(description="Who did it, as the account is now; null where there is none (any more).")
    metadata: dict[str, Any] = Field(description="What changed, at which commit and branch, and how it came in.")
    created_at: Timestamp
