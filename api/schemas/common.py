"""Shapes that every noun shares: pages, problems, and the base of all bodies."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.config import JsonDict

Item = TypeVar("Item")


def rfc3339(value: datetime) -> str:
    """RFC 3339 in UTC, with ``Z``."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


Timestamp = Annotated[datetime, PlainSerializer(rfc3339, return_type=str, when_used="json")]

PROBLEM_ITEM: JsonDict = {
    "code": "XDS020",
    "severity": "error",
    "path": "tokens/color.tokens.json",
    "pointer": "/color/button/bg/$value",
    "line": 14,
    "column": 18,
    "subject": "color.button.bg",
    "message": "alias {color.brand.999} does not exist",
}


class Body(BaseModel):
    """Base of request bodies: unknown members are refused, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """Base of answers; built from a service's records by attribute."""

    model_config = ConfigDict(from_attributes=True)


class Page(Answer, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next_cursor: str | None = Field(None, description="Send as `cursor` to get what follows; null at the end.")


class ProblemItem(BaseModel):
    """One fault in the request or in a file."""

    model_config = ConfigDict(json_schema_extra={"example": PROBLEM_ITEM})

    code: str
    severity: str = "error"
    path: str = Field("", description="File in the design system's repository, where one is at fault.")
    pointer: str = Field("", description="RFC 6901 JSON Pointer into the file or the request.")
    line: int = 0
    column: int = 0
    subject: str = Field("", description="Token path or component name at fault.")
    message: str


class ConflictItem(BaseModel):
    """One place where the change and what stands now exclude each other."""

    subject: str
    field: str
    base: Any = None
    ours: Any = None
    theirs: Any = None
    resource_id: str | None = None
    id: str | None = Field(None, description="Of a merge: what a resolution names it by.")
    resource: str | None = Field(None, description="Of a merge: token, group, component, manifest, resolver or file.")
    kind: str | None = Field(None, description="Of a merge: changed, deleted, added or renamed.")
    path: str | None = Field(None, description="Of a merge: the same as `subject`; a resolution may name it instead.")
    file: str | None = Field(None, description="Of a merge: the file that it is in.")


class Problem(BaseModel):
    """RFC 9457 problem details."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "https://xtext.design/problems/not-found",
                "title": "Not found",
                "status": 404,
                "detail": "There is no such team, or you may not know of it.",
                "request_id": "5f1d7a84db5d4f1c9d5b0a8f2a3c6e11",
            }
        }
    )

    type: str
    title: str
    status: int
    detail: str = ""
    request_id: str | None = Field(None, description="Also in the `X-Request-Id` header and in the server's log.")
    problems: list[ProblemItem] | None = None
    conflicts: list[ConflictItem] | None = None
    commit: str | None = Field(None, description="With conflicts: the commit that `ours` was read at.")
    current: str | None = Field(None, description="With 412: the ETag of what stands now.")
