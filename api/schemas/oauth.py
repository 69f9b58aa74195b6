"""Signing in through identity providers, on the wire."""

from __future__ import annotations

from uuid import UUID

from pydantic import ConfigDict, Field, SecretStr

from api.schemas.common import Answer, Body, Timestamp

CODE = "mWc0w3n7QkT1x9vJd2sYbL5rEgUhZfAiPoKqXtNcR8Y"


class IdentityProvider(Answer):
    """A provider that people may sign in through."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "name": "google",
                "title": "Google",
                "url": "https://design.example.org/api/auth/oauth/google",
            }
        }
    )

    name: str
    title: str
    url: str = Field(description="Where to send the person; add `redirect_to` to get them back.")


class IdentityProviders(Answer):
    """All of them."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "items": [
                    {
                        "name": "google",
                        "title": "Google",
                        "url": "https://design.example.org/api/auth/oauth/google",
                    }
                ]
            }
        }
    )

    items: list[IdentityProvider]


class SignInCode(Body):
    """What a page was handed as `?code=`."""

    model_config = ConfigDict(json_schema_extra={"example": {"code": CODE}})

    code: SecretStr = Field(max_length=200)
    code_verifier: SecretStr | None = Field(
        None, max_length=200, description="Where the sign-in was begun with a `code_challenge` (RFC 7636)."
    )


class LinkingUrl(Answer):
    """Where to go."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"url": "https://accounts.google.com/o/oauth2/v2/auth?response_type=code"}}
    )

    url: str = Field(description="Open it in a browser, within ten minutes.")


class LinkCode(Body):
    """What came of it, to be confirmed by the account itself."""

    model_config = ConfigDict(json_schema_extra={"example": {"code": CODE}})

    code: SecretStr = Field(max_length=200)


class LinkCodeShown(Answer):
    """The code, where no page asked for it."""

    model_config = ConfigDict(json_schema_extra={"example": {"link_code": CODE}})

    link_code: str = Field(description="Send it to `POST /api/auth/identities` within a minute, signed in.")


class Identity(Answer):
    """An account at a provider that opens the caller's account."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "0d7c7a46-9a76-4f0e-8f0f-2a4f4a1d6a55",
                "provider": "google",
                "email": "ada@example.org",
                "created_at": "2026-11-22T09:00:00Z",
                "last_used_at": "2026-11-22T10:00:00Z",
            }
        }
    )

    id: UUID
    provider: str
    email: str | None = Field(description="As the provider named it when the identity was linked.")
    created_at: Timestamp
    last_used_at: Timestamp
