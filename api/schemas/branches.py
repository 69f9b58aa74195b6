"""Branches on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from api.schemas.common import Answer, Body
from api.schemas.history import COMMIT, NEW, Commit

EXAMPLE: JsonDict = {
    "name": "warmer-red",
    "commit": NEW,
    "default": False,
    "protected": False,
    "ahead": 2,
    "behind": 1,
    "last_commit": COMMIT,
}

BranchName = Annotated[str, StringConstraints(min_length=1, max_length=240)]


class Branch(Answer):
    """A branch, and how far it has gone from the default branch."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    name: str
    commit: str = Field(description="Where it stands. `If-Match` of a rename or deletion takes it.")
    default: bool
    protected: bool = Field(description="Whether a protection speaks of it.")
    ahead: int | None = Field(description="Commits that the default branch has not; null where they are too many.")
    behind: int | None = Field(description="Commits that only the default branch has; null where they are too many.")
    last_commit: Commit


class BranchCreate(Body):
    """A new branch."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "warmer-red", "from": "main"}})

    name: BranchName = Field(description="A name that git accepts (git-check-ref-format).", examples=["warmer-red"])
    start: str | None = Field(
        None,
        alias="from",
        max_length=300,
        description="Branch, tag or commit that it begins at; the default branch where left out.",
        examples=["main"],
    )


class BranchRename(Body):
    """Another name for a branch."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "warmer-reds"}})

    name: BranchName
