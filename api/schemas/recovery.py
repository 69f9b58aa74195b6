"""Passwords and proof of addresses on the wire."""

from __future__ import annotations

from uuid import UUID

from pydantic import ConfigDict, Field, SecretStr
from pydantic.config import JsonDict

from api.schemas.auth import REFRESH, TokenPair
from api.schemas.common import Answer, Body

TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.….…"  # noqa: S105 - an example
KEPT_KEY: JsonDict = {"id": "5b0c2f8e-4d1a-4d7b-9a53-0e8f7c6b5a41", "name": "CI of acme-web", "prefix": "xds_Ab3dEf9h"}


class PasswordChange(Body):
    """A new password, by who knows the present one."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"current_password": "correct-horse-battery", "new_password": "a quiet harbour at seven"}
        }
    )

    current_password: SecretStr
    new_password: SecretStr = Field(description="At least 10 characters, and not easy to guess.")


class PasswordForgotten(Body):
    """Whose password was forgotten."""

    model_config = ConfigDict(json_schema_extra={"example": {"email": "ada@example.org"}})

    email: str = Field(max_length=320)


class PasswordReset(Body):
    """A new password, by who holds a token for it."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"token": TOKEN, "new_password": "a quiet harbour at seven"}}
    )

    token: SecretStr = Field(description="As it came by mail, or from the operator.")
    new_password: SecretStr = Field(description="At least 10 characters, and not easy to guess.")


class EmailVerification(Body):
    """Proof that somebody reads the mail of an address."""

    model_config = ConfigDict(json_schema_extra={"example": {"token": TOKEN}})

    token: SecretStr = Field(description="As it came by mail.")


class Accepted(Answer):
    """Something that is done after the answer."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"message": "If there is an account with this address, a mail is on its way."}}
    )

    message: str


class KeptKey(Answer):
    """An API key, as its owner recognises it."""

    model_config = ConfigDict(json_schema_extra={"example": KEPT_KEY})

    id: UUID
    name: str
    prefix: str


class PasswordChanged(TokenPair):
    """Credentials of the only sign-in that is left, and the API keys that a new password does not end."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "access_token": TOKEN,
                "refresh_token": REFRESH,
                "token_type": "bearer",
                "expires_in": 900,
                "api_keys": [KEPT_KEY],
            }
        }
    )

    api_keys: list[KeptKey] = Field(
        description="Keys that still work, newest first, 100 at most. Revoke those that you do not know."
    )
