"""Commits and comparisons on the wire."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.common import Answer, Timestamp
from designsystem.compare.change import Kind, Severity

OLD = "0d1c9f3f0c1e4a7b8c9d0e1f2a3b4c5d6e7f8091"
NEW = "9b2e4c6a8d0f1a3b5c7d9e0f2a4b6c8d0e1f3a5b"
COMMIT: JsonDict = {
    "commit": NEW,
    "parents": [OLD],
    "author_name": "Ada Lovelace",
    "author_email": "ada@example.org",
    "authored_at": "2026-11-22T09:00:00Z",
    "committed_at": "2026-11-22T09:00:01Z",
    "message": "Warm the brand red\n",
}
CHANGE: JsonDict = {
    "kind": "token-value",
    "subject": "color.brand.red",
    "severity": "patch",
    "field": "",
    "type": "number",
    "before": {"value": 1},
    "after": {"value": 2},
    "old_subject": None,
    "confidence": 1.0,
    "replaced_by": None,
    "contexts": ["theme=dark"],
}


class Commit(Answer):
    """One commit."""

    model_config = ConfigDict(json_schema_extra={"example": COMMIT})

    commit: str = Field(description="Object id.")
    parents: list[str]
    author_name: str
    author_email: str
    authored_at: Timestamp
    committed_at: Timestamp
    message: str


class Change(Answer):
    """One change of one token or component."""

    model_config = ConfigDict(json_schema_extra={"example": CHANGE})

    kind: Kind
    subject: str = Field(description="Token path, or a component's folder.")
    severity: Severity = Field(description="What it asks of the next version.")
    field: str = Field(description="The prop, where one changed.")
    type: str | None
    before: Any = None
    after: Any = None
    old_subject: str | None = Field(description="What it was called before a rename.")
    confidence: float = Field(description="How sure a rename or a replacement is; 1 where an id or a word says so.")
    replaced_by: str | None = Field(description="The token to use instead of one that went or is deprecated.")
    contexts: list[str] = Field(description="The themes in which alone it shows; empty for the system's own tokens.")


class Comparison(Answer):
    """What the head has that the base has not."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "base": OLD,
                "head": NEW,
                "merge_base": OLD,
                "ahead": 1,
                "behind": 0,
                "bump": "patch",
                "reasons": ["color.brand.red: has another value (in theme=dark)"],
                "permutations": 2,
                "permutations_compared": 1,
                "changes": [CHANGE],
                "truncated": False,
            }
        }
    )

    base: str = Field(description="The base's commit.")
    head: str = Field(description="The head's commit.")
    merge_base: str | None = Field(description="Where the two parted; null for unrelated histories.")
    ahead: int = Field(description="Commits that only the head has.")
    behind: int = Field(description="Commits that only the base has.")
    bump: Severity | None = Field(description="What the next version has to be; null where nothing changed.")
    reasons: list[str] = Field(description="A sentence for each change that asks for so much; at most 200.")
    permutations: int = Field(description="How many permutations the resolver of both states has; 0 without one.")
    permutations_compared: int = Field(
        description="How many were looked at beside the system's own tokens; at most 64, the simplest first."
    )
    changes: list[Change] = Field(
        description="Tokens by path, then what shows in themes alone, then components by folder; at most 5,000."
    )
    truncated: bool = Field(description="Whether there are more changes than are listed; `bump` knows them all.")
