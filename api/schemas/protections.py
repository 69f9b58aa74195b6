"""Branch protections on the wire."""

from __future__ import annotations

from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.common import Answer, Body
from services.protection import Protection, PushRole
from services.protections import MOST, MOST_APPROVALS

PUSH: JsonDict = {"role": "admin", "users": ["2c1b7d2e-8f9a-4d3b-b5a6-1f0e9d8c7b6a"], "keys": []}
EXAMPLE: JsonDict = {
    "pattern": "release/*",
    "push": PUSH,
    "allow_force": False,
    "allow_delete": False,
    "required_approvals": 1,
}


class Push(Body):
    """Who may push: everybody with at least `role`, and whoever is listed (who must be able to write here at all)."""

    model_config = ConfigDict(json_schema_extra={"example": PUSH})

    role: PushRole = Field("admin", description="An API key counts as an administrator only with the scope admin.")
    users: list[UUID] = Field([], max_length=MOST, description="People who may push whatever their role.")
    keys: list[UUID] = Field([], max_length=MOST, description="API keys, by id, that may push.")


class ProtectionWrite(Body):
    """What shall hold for the branches that the pattern names; members left out take their defaults."""

    model_config = ConfigDict(json_schema_extra={"example": {"push": PUSH}})

    push: Push = Push()
    allow_force: bool = Field(False, description="Whether who may push may also rewrite history.")
    allow_delete: bool = Field(False, description="Whether who may push may also delete the branch.")
    required_approvals: int = Field(
        0,
        ge=0,
        le=MOST_APPROVALS,
        description="With 1 or more, the branch takes no writes and no pushes, only proposals with so many approvals.",
    )

    def rule(self, pattern: str) -> Protection:
        """The rule for a pattern."""
        return Protection(
            pattern=pattern,
            role=self.push.role,
            users=tuple(dict.fromkeys(self.push.users)),
            keys=tuple(dict.fromkeys(self.push.keys)),
            allow_force=self.allow_force,
            allow_delete=self.allow_delete,
            required_approvals=self.required_approvals,
        )


class BranchProtection(Answer):
    """A rule for the branches that `pattern` names."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    pattern: str
    push: Push
    allow_force: bool
    allow_delete: bool
    required_approvals: int


class BranchProtections(Answer):
    """Every rule of a design system, by pattern."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [EXAMPLE]}})

    items: list[BranchProtection]
