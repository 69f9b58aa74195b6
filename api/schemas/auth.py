"""Accounts on the wire."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, SecretStr
from pydantic.config import JsonDict

from api.schemas.common import Answer, Body, Timestamp
from services.policy import Role

ADA: JsonDict = {
    "id": "2c1b7d2e-8f9a-4d3b-b5a6-1f0e9d8c7b6a",
    "email": "ada@example.org",
    "username": "ada",
    "name": "Ada Lovelace",
    "avatar_url": None,
    "created_at": "2026-11-22T09:00:00Z",
}
ACME: JsonDict = {
    "id": "7f3f2d3c-6f0b-4a63-8c55-d0c3a3a0a9b2",
    "name": "Acme Design",
    "slug": "acme",
    "role": "admin",
    "created_at": "2026-11-22T09:00:00Z",
}
REFRESH = "kPq3mC0v7yQm1w0o5h9JtA2sXbN4rEdL8uZfGiVcY6s"


class Register(Body):
    """A new account."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"email": "ada@example.org", "password": "correct-horse-battery", "name": "Ada Lovelace"}
        }
    )

    email: str = Field(max_length=320)
    password: SecretStr = Field(description="At least 10 characters, and not easy to guess.")
    name: str = Field(max_length=400)
    username: str | None = Field(None, max_length=100, description="Derived from the name where it is left out.")
    invitation: SecretStr | None = Field(
        None, max_length=200, description="Token of an invitation to a team, which one joins at once."
    )


class Login(Body):
    """Sign in."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"email": "ada@example.org", "password": "correct-horse-battery"}}
    )

    email: str = Field(max_length=320, description="The e-mail address, or the user name.")
    password: SecretStr


class RefreshToken(Body):
    """A refresh token, as handed out with the access token."""

    model_config = ConfigDict(json_schema_extra={"example": {"refresh_token": REFRESH}})

    refresh_token: SecretStr


class Rename(Body):
    """What to change of the account; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "Ada King"}})

    name: str | None = Field(None, max_length=400)
    username: str | None = Field(None, max_length=100)


class TokenPair(Answer):
    """Credentials of one sign-in."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.….…",
                "refresh_token": REFRESH,
                "token_type": "bearer",
                "expires_in": 900,
            }
        }
    )

    access_token: str
    refresh_token: str = Field(description="Good for one refresh, which hands out the next.")
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: int = Field(description="Lifetime of the access token in seconds.")


class User(Answer):
    """A person, as others in the same teams see them."""

    model_config = ConfigDict(json_schema_extra={"example": ADA})

    id: UUID
    email: str
    username: str
    name: str
    avatar_url: str | None
    created_at: Timestamp


class SignIn(Answer):
    """One place where the account is signed in."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "b1f6f2f0-93a1-4b52-9d6e-0c7a1f2b3c4d",
                "method": "password",
                "address": "203.0.113.7",
                "agent": "Mozilla/5.0",
                "created_at": "2026-11-22T09:00:00Z",
                "last_used_at": "2026-11-22T10:00:00Z",
                "current": True,
            }
        }
    )

    id: UUID
    method: str = Field(description="`password`, or the name of the identity provider.")
    address: str | None
    agent: str | None
    created_at: Timestamp
    last_used_at: Timestamp = Field(description="When it was last refreshed.")
    current: bool = Field(description="Whether this request came through it.")

    @classmethod
    def of(cls, record: Any, current: UUID | None) -> SignIn:
        """A record as an answer."""
        shown = {name: getattr(record, name) for name in cls.model_fields if name != "current"}
        return cls.model_validate(shown | {"current": record.id == current})


class Membership(Answer):
    """A team that the account belongs to."""

    model_config = ConfigDict(json_schema_extra={"example": ACME})

    id: UUID
    name: str
    slug: str
    role: Role | None
    created_at: Timestamp


class Me(User):
    """One's own account."""

    model_config = ConfigDict(
        json_schema_extra={"example": {**ADA, "email_verified": True, "is_admin": False, "teams": [ACME]}}
    )

    email_verified: bool = Field(description="Whether the address was confirmed to be the account's.")
    is_admin: bool = Field(description="Administrator of the whole instance.")
    teams: list[Membership]
