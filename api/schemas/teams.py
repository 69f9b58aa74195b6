"""Teams and members on the wire."""

from __future__ import annotations

from uuid import UUID

from pydantic import ConfigDict, Field

from api.schemas.auth import ADA, Membership, User
from api.schemas.common import Answer, Body, Timestamp
from services.policy import Role


class Team(Membership):
    """A team; `role` is the caller's in it (null for an instance admin who is no member)."""


class TeamWrite(Body):
    """Name a team."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "Acme Design", "slug": "acme"}})

    name: str = Field(max_length=400)
    slug: str | None = Field(
        None, max_length=100, description="Part of clone URLs. Derived where left out; kept by PUT."
    )


class Member(Answer):
    """A person in a team."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"user": ADA, "role": "editor", "joined_at": "2026-11-22T09:30:00Z"}}
    )

    user: User
    role: Role
    joined_at: Timestamp


class MemberAdd(Body):
    """Who to take in: exactly one of `email` and `user_id`."""

    model_config = ConfigDict(json_schema_extra={"example": {"email": "grace@example.org", "role": "editor"}})

    email: str | None = Field(None, max_length=320)
    user_id: UUID | None = None
    role: Role


class RoleChange(Body):
    """What a member becomes."""

    model_config = ConfigDict(json_schema_extra={"example": {"role": "editor"}})

    role: Role
