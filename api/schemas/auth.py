"""Accounts on the wire."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field, SecretStr

from api.schemas.common import Answer, Body, Timestamp
from services.policy import Role


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


class Login(Body):
    """Sign in."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"email": "ada@example.org", "password": "correct-horse-battery"}}
    )

    email: str = Field(max_length=320, description="The e-mail address, or the user name.")
    password: SecretStr


class RefreshToken(Body):
    """A refresh token, as handed out with the access token."""

    refresh_token: SecretStr


class Rename(Body):
    """What to change of the account; what is left out stays."""

    name: str | None = Field(None, max_length=400)
    username: str | None = Field(None, max_length=100)


class TokenPair(Answer):
    """Credentials of one sign-in."""

    access_token: str
    refresh_token: str = Field(description="Good for one refresh, which hands out the next.")
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: int = Field(description="Lifetime of the access token in seconds.")


class User(Answer):
    """A person, as others in the same teams see them."""

    id: UUID
    email: str
    username: str
    name: str
    avatar_url: str | None
    created_at: Timestamp


class Membership(Answer):
    """A team that the account belongs to."""

    id: UUID
    name: str
    slug: str
    role: Role | None
    created_at: Timestamp


class Me(User):
    """One's own account."""

    is_admin: bool = Field(description="Administrator of the whole instance.")
    teams: list[Membership]
