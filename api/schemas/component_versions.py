"""One version of a component, and what differs between two, on the wire."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.common import Answer, Timestamp
from api.schemas.components import EXAMPLE, Props
from designsystem.components.difference import Difference

VERSION: JsonDict = {
    "version": 3,
    "commit": EXAMPLE["commit"],
    "changed_by": EXAMPLE["created_by"],
    "author_name": "Ada",
    "change_message": "Add a large size",
    "removed": False,
    "created_at": "2026-11-22T10:30:00Z",
    **{name: EXAMPLE[name] for name in ("name", "category", "props", "code", "documentation")},
}
END: JsonDict = {"commit": EXAMPLE["commit"], "version": 3, "removed": False, "name": "Button", "category": "actions"}
DIFF = "--- a/components/Button/index.tsx\n+++ b/components/Button/index.tsx\n@@ -1 +1 @@\n-old\n+new\n"
CHANGE: JsonDict = {"kind": "added", "prop": "size", "pointer": "/enum/2", "before": None, "after": "lg"}


class ComponentState(Answer):
    """A component as one version left it."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": VERSION})

    version: int
    commit: str
    changed_by: UUID | None
    author_name: str
    change_message: str
    removed: bool = Field(description="Whether this commit took the component away; the rest is what it was last.")
    created_at: Timestamp
    name: str
    category: str
    props: Props
    code: str | None
    documentation: str | None


class PropChange(Answer):
    """One place in the props that differs."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": CHANGE})

    kind: Difference
    prop: str
    pointer: str = Field(description='RFC 6901, from the prop\'s schema on; "" is the whole prop.')
    before: Any = None
    after: Any = None


class DiffEnd(Answer):
    """One of the two states that are compared."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": END})

    commit: str = Field(description='"" before the first version.')
    version: int | None = Field(description="Null where a branch, tag or commit was named.")
    removed: bool = Field(description="Whether there is no component in this state.")
    name: str
    category: str


class ComponentDiff(Answer):
    """What differs between two states of a component."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "from": {**END, "version": 2},
                "to": END,
                "props": [CHANGE],
                "code": DIFF,
                "documentation": "",
                "truncated": False,
            }
        }
    )

    base: DiffEnd = Field(alias="from")
    head: DiffEnd = Field(alias="to")
    props: list[PropChange] = Field(description="By prop and place; at most 5,000.")
    code: str = Field(description='Unified diff of the entry file; "" where it is the same.')
    documentation: str = Field(description='Unified diff of README.md; "" where it is the same.')
    truncated: bool = Field(description="Whether there are more differences in props than are listed.")
