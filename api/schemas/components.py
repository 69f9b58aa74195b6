"""Components and their versions on the wire."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.common import Answer, Body, Timestamp

Message = Annotated[str | None, Field(max_length=10_000, description="Commit message; one is made up where left out.")]
ShortMessage = Annotated[
    str | None, Field(max_length=2000, description="Commit message; short enough for a URL. One is made up otherwise.")
]
Branch = Annotated[
    str | None, Field(max_length=240, description="Branch to write to; the default branch where left out.")
]
Props = Annotated[dict[str, Any], Field(description="A JSON Schema for each prop, by its name.")]

EXAMPLE: JsonDict = {
    "id": "5e1e7a8c-2f55-5d0c-a5c9-52bb2f0a7d10",
    "name": "Button",
    "category": "actions",
    "props": {"size": {"type": "string", "enum": ["sm", "md", "lg"], "default": "md"}},
    "code": "export function Button() { … }",
    "documentation": "# Button",
    "directory": "components/Button",
    "version": 3,
    "commit": "9fceb02d0ae598e95dc970b74767f19372d61af8",
    "created_by": "2c1b7d2e-8f9a-4d3b-b5a6-1f0e9d8c7b6a",
    "created_at": "2026-11-22T09:00:00Z",
    "updated_at": "2026-11-22T10:30:00Z",
}


class Component(Answer):
    """A component. Version, author and times are null at a ref other than the default branch's head."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": EXAMPLE})

    id: UUID
    name: str
    category: str
    props: Props
    code: str | None = Field(description="The entry file's text; null where there is none.")
    documentation: str | None = Field(description="README.md; null where there is none.")
    directory: str
    version: int | None
    commit: str
    created_by: UUID | None
    created_at: Timestamp | None
    updated_at: Timestamp | None


class ComponentCreate(Body):
    """A new component; its folder is named after it."""

    model_config = ConfigDict(
        json_schema_extra={"example": {key: EXAMPLE[key] for key in ("name", "category", "props", "code")}}
    )

    name: str = Field(max_length=200)
    category: str = Field("", max_length=200)
    props: Props = Field(default_factory=dict)
    code: str | None = Field(None, max_length=1_048_576)
    documentation: str | None = Field(None, max_length=1_048_576)
    message: Message = None
    branch: Branch = None


class ComponentUpdate(Body):
    """What shall be different; members left out stay as they are."""

    model_config = ConfigDict(json_schema_extra={"example": {"documentation": "# Button", "base_version": 3}})

    name: str | None = Field(None, max_length=200)
    category: str | None = Field(None, max_length=200)
    props: Props | None = None
    code: str | None = Field(None, max_length=1_048_576)
    documentation: str | None = Field(None, max_length=1_048_576)
    base_version: int | None = Field(None, ge=1, description="The version that the change is based on, like If-Match.")
    message: Message = None
    branch: Branch = None


class ComponentVersion(Answer):
    """One commit of the default branch that touched a component."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "example": {
                "version": 3,
                "commit": EXAMPLE["commit"],
                "changed_by": EXAMPLE["created_by"],
                "author_name": "Ada",
                "change_message": "Add a large size",
                "removed": False,
                "created_at": "2026-11-22T10:30:00Z",
            }
        },
    )

    version: int
    commit: str
    changed_by: UUID | None
    author_name: str
    change_message: str
    removed: bool = Field(description="Whether this commit took the component away.")
    created_at: Timestamp
