"""The audit log on the wire."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from api.schemas.auth import ADA, User
from api.schemas.common import Answer, Timestamp


class AuditEntry(Answer):
    """One security-relevant act."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "4c6e9e1c-0d8e-4d2e-8f0b-3d7a3c6b2f10",
                "action": "member.role-changed",
                "outcome": "ok",
                "user": ADA,
                "key_id": None,
                "team_id": "7f3f2d3c-6f0b-4a63-8c55-d0c3a3a0a9b2",
                "design_system_id": None,
                "subject_type": "user",
                "subject_id": "9d0f4a37-6f0e-4f0b-9a51-0a2d9f6f7c3e",
                "address": "203.0.113.7",
                "agent": "Mozilla/5.0",
                "request_id": "5f1d7a84db5d4f1c9d5b0a8f2a3c6e11",
                "details": {"role": "editor"},
                "created_at": "2026-11-22T09:30:00Z",
            }
        }
    )

    id: UUID
    action: str = Field(description="One of the acts of docs/audit.md.")
    outcome: Literal["ok", "refused"]
    user: User | None = Field(description="Who did it, as the account is now; null where nobody was signed in.")
    key_id: UUID | None = Field(description="The API key that was used.")
    team_id: UUID | None
    design_system_id: UUID | None
    subject_type: str | None = Field(description="What kind of thing was acted upon.")
    subject_id: UUID | None
    address: str | None = Field(description="The client's network address.")
    agent: str | None = Field(description="What the client calls itself.")
    request_id: str | None
    details: dict[str, Any]
    created_at: Timestamp
