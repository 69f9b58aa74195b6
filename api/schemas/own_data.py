"""Erasing one's account and taking one's data along, on the wire."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field, SecretStr

from api.schemas.auth import ADA
from api.schemas.common import Answer, Body, Timestamp

Rows = list[dict[str, Any]]


class Erasure(Body):
    """Proof that it is the person who asks."""

    model_config = ConfigDict(json_schema_extra={"example": {"password": "correct-horse-battery"}})

    password: SecretStr | None = Field(
        None, description="Of the account; where it has none, sign in anew and send `{}` within five minutes."
    )


class PersonalData(Answer):
    """Everything that the service knows of a person: rows of its tables, without hashes of secrets."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "exported_at": "2026-11-22T09:30:00Z",
                "account": ADA,
                "memberships": [],
                "grants": [],
                "api_keys": [],
                "sign_ins": [],
                "refresh_tokens": [],
                "one_time_tokens": [],
                "identities": [],
                "invitations": [],
                "audit": [],
                "audit_about": [],
                "activity": [],
                "comments": [],
                "reactions": [],
                "proposals": [],
                "proposals_taken_part_in": [],
                "proposal_reviews": [],
                "presence": [],
                "design_systems": [],
                "components": [],
                "component_versions": [],
                "releases": [],
            }
        }
    )

    exported_at: Timestamp
    account: dict[str, Any]
    memberships: Rows
    grants: Rows = Field(description="Held, and given to others.")
    api_keys: Rows
    sign_ins: Rows
    refresh_tokens: Rows
    one_time_tokens: Rows
    identities: Rows
    invitations: Rows = Field(description="Sent, accepted, or addressed to the confirmed e-mail address.")
    audit: Rows = Field(description="What the person did.")
    audit_about: Rows = Field(description="What others did about the person.")
    activity: Rows
    comments: Rows
    reactions: Rows
    proposals: Rows
    proposals_taken_part_in: Rows = Field(description="Of others, whose branch they moved or that they ended.")
    proposal_reviews: Rows
    presence: Rows
    design_systems: Rows
    components: Rows
    component_versions: Rows = Field(description="Commits on components, by account or confirmed e-mail address.")
    releases: Rows = Field(description="Published or withdrawn, by account or confirmed e-mail address.")
