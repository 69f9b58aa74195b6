"""Invitations on the wire."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field, SecretStr
from pydantic.config import JsonDict

from api.schemas.auth import ADA
from api.schemas.common import Answer, Body, Timestamp
from services.policy import Role

EXAMPLE: JsonDict = {
    "id": "6a2f3b1c-0d4e-4f5a-8b6c-7d8e9f0a1b2c",
    "email": "grace@example.org",
    "role": "editor",
    "invited_by": ADA["id"],
    "created_at": "2026-11-22T09:00:00Z",
    "expires_at": "2026-11-29T09:00:00Z",
    "token": None,
}
TOKEN = "xdi_kPq3mC0v7yQm1w0o5h9JtA2sXbN4rEdL8uZfGiVcY6s"  # noqa: S105


class InvitationWrite(Body):
    """Whom to invite, as what."""

    model_config = ConfigDict(json_schema_extra={"example": {"email": "grace@example.org", "role": "editor"}})

    email: str = Field(max_length=320)
    role: Role


class Invitation(Answer):
    """An invitation that can be accepted."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    id: UUID
    email: str
    role: Role
    invited_by: UUID | None
    created_at: Timestamp
    expires_at: Timestamp
    token: str | None = Field(
        None,
        description="To be handed on; shown by the answer that makes it, and only where the service sends no mail.",
    )


class InvitingTeam(Answer):
    """The team that one is invited to."""

    id: UUID
    name: str
    slug: str


class Offer(Answer):
    """An invitation to the caller."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": EXAMPLE["id"],
                "team": {"id": "7f3f2d3c-6f0b-4a63-8c55-d0c3a3a0a9b2", "name": "Acme Design", "slug": "acme"},
                "role": "editor",
                "inviter": "Ada Lovelace",
                "created_at": "2026-11-22T09:00:00Z",
                "expires_at": "2026-11-29T09:00:00Z",
            }
        }
    )

    id: UUID
    team: InvitingTeam
    role: Role
    inviter: str | None = Field(description="The name of whoever invites.")
    created_at: Timestamp
    expires_at: Timestamp

    @classmethod
    def of(cls, record: Any) -> Offer:
        """A record as an answer."""
        team = InvitingTeam(id=record.team_id, name=record.team_name, slug=record.team_slug)
        shown = {name: getattr(record, name) for name in cls.model_fields if name != "team"}
        return cls.model_validate(shown | {"team": team})


class InvitationAccept(Body):
    """Exactly one of `token` and `id`."""

    model_config = ConfigDict(json_schema_extra={"example": {"token": TOKEN}})

    token: SecretStr | None = Field(None, max_length=200, description="As it was mailed or handed on.")
    id: UUID | None = Field(None, description="Of an invitation to the caller's own, confirmed e-mail address.")
