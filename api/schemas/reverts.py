"""Reverts on the wire."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from api.schemas.common import Answer, Body
from api.schemas.components import Branch, Message
from api.schemas.history import NEW, OLD
from api.schemas.merges import Resolutions
from designsystem.merging.conflict import Side

REVISION = "Branch, tag or commit."


class SystemRevert(Body):
    """What to undo: exactly one of `commit` and `to`."""

    model_config = ConfigDict(json_schema_extra={"example": {"to": "main", "message": "Back to what we had"}})

    commit: str | None = Field(
        None, min_length=1, max_length=300, description=f"Undo what this one did; what came since stays. {REVISION}"
    )
    to: str | None = Field(
        None, min_length=1, max_length=300, description=f"Give every file the content that it had there. {REVISION}"
    )
    mainline: int | None = Field(
        None, ge=1, le=100, description="With `commit` of a merge: which of its parents, from 1, to go back to."
    )
    resolutions: Resolutions = Field([])
    take: Side | None = Field(
        None,
        description="Settles every other conflict: `theirs` undoes, `ours` keeps what stands, `base` what was done.",
    )
    message: Message = None
    branch: Branch = None


class ComponentRevert(Body):
    """What the change is based on, and what it shall be called."""

    model_config = ConfigDict(json_schema_extra={"example": {"message": "The old button was better"}})

    base_version: int | None = Field(None, ge=1, description="The version that the change is based on, like If-Match.")
    message: Message = None
    branch: Branch = None


class TokenRevert(Body):
    """What to go back to."""

    model_config = ConfigDict(json_schema_extra={"example": {"commit": "main"}})

    commit: str = Field(min_length=1, max_length=300, description=f"Where the token was what it shall be. {REVISION}")
    message: Message = None
    branch: Branch = None


class Reverted(Answer):
    """What became of a revert."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={"example": {"commit": NEW, "branch": "main", "changed": True}},
    )

    commit: str = Field(description="Where the branch now stands.", examples=[OLD])
    branch: str
    changed: bool = Field(description="Whether there was anything to undo: without that no commit is made.")
