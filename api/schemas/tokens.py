"""Design tokens on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.common import PROBLEM_ITEM, Answer, Body, ProblemItem, Timestamp
from api.schemas.components import Branch, Message

Value = Annotated[Any, Field(description="The DTCG `$value`; aliases such as `{color.brand.500}` stay aliases.")]
Deprecated = Annotated[bool | str | None, Field(description="DTCG `$deprecated`: true, or why.")]

BLUE: JsonDict = {"colorSpace": "srgb", "components": [0.2, 0.4, 1], "alpha": 1, "hex": "#3366ff"}
EXAMPLE: JsonDict = {
    "id": "8c6d3f0e-3c55-5b8e-9a5e-0f3a1c2b4d5e",
    "category": "color",
    "name": "brand.500",
    "path": "color.brand.500",
    "type": "color",
    "value": BLUE,
    "resolved_value": BLUE,
    "description": "The blue of the logo",
    "deprecated": None,
    "extensions": {},
    "file": "tokens/color.tokens.json",
    "line": 14,
    "commit": "9fceb02d0ae598e95dc970b74767f19372d61af8",
    "created_at": "2026-11-22T09:00:00Z",
    "updated_at": "2026-11-22T10:30:00Z",
}


class Token(Answer):
    """A design token. Times are null at a ref other than the default branch's head."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": EXAMPLE})

    id: UUID
    category: str = Field(description="First segment of the path.")
    name: str = Field(description="The path without its category; empty for a token at the root of a file.")
    path: str
    type: str | None = Field(description="DTCG type; an alias has its target's. Null where nothing states one.")
    value: Value
    resolved_value: Any = Field(description="The value with every alias followed; null where that is impossible.")
    description: str | None
    deprecated: Deprecated
    extensions: dict[str, Any]
    file: str
    line: int
    commit: str = Field(description="The commit that last changed the token; at another ref the one that was read.")
    created_at: Timestamp | None
    updated_at: Timestamp | None


class TokenFields(Body):
    """What of a token can be set."""

    value: Value = None
    type: str | None = Field(None, max_length=100, description="DTCG `$type`; the group's where left out.")
    description: str | None = Field(None, max_length=10_000)
    deprecated: Deprecated = None
    extensions: dict[str, Any] | None = None


class TokenCreate(TokenFields):
    """A new token at `category.name`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"category": "color", "name": "brand.500", "type": "color", "value": BLUE}},
    )

    category: str = Field(min_length=1, max_length=500)
    name: str = Field("", max_length=2000)
    value: Value
    file: str | None = Field(None, max_length=1024, description="Token file; beside its siblings where left out.")
    message: Message = None
    branch: Branch = None


class TokenUpdate(TokenFields):
    """What shall be different: members left out stay, null removes (all but `value`)."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"value": "{color.brand.500}", "message": "Follow the brand"}}
    )

    message: Message = None
    branch: Branch = None


class TokenRename(Body):
    """Where a token shall be."""

    model_config = ConfigDict(json_schema_extra={"example": {"path": "color.accent.500", "keep_alias": True}})

    path: str = Field(min_length=1, max_length=2000)
    keep_alias: bool = Field(False, description="Leave a deprecated alias at the old path.")
    message: Message = None
    branch: Branch = None


class BatchOperation(TokenFields):
    """One step of a batch."""

    op: Literal["create", "update", "delete", "rename"]
    id: UUID | None = Field(None, description="The token; for all but `create`.")
    path: str | None = Field(None, max_length=2000, description="The new path; for `create` and `rename`.")
    file: str | None = Field(None, max_length=1024)
    keep_alias: bool = False


class TokenBatch(Body):
    """Several edits as one commit, all or nothing."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "operations": [
                    {"op": "create", "path": "color.brand.500", "type": "color", "value": BLUE},
                    {"op": "update", "id": EXAMPLE["id"], "value": "{color.brand.500}"},
                ],
                "message": "Introduce the brand colour",
            }
        }
    )

    operations: list[BatchOperation] = Field(min_length=1, max_length=500)
    message: Message = None
    branch: Branch = None


class BatchResult(Answer):
    """The commit that holds the batch, and each step's token after it (null: deleted)."""

    model_config = ConfigDict(json_schema_extra={"example": {"commit": EXAMPLE["commit"], "tokens": [EXAMPLE, None]}})

    commit: str | None
    tokens: list[Token | None]


class TokenList(Answer):
    """Tokens without paging."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [EXAMPLE]}})

    items: list[Token]


class ResolvedToken(Answer):
    """What a token stands for."""

    type: str | None
    value: Any


class ResolvedTokens(Answer):
    """Every token with its aliases followed, by path; tokens that cannot be resolved are left out.

    Where contexts of a resolver were asked for, `inputs` says which one of every modifier counts, and `problems` what
    is wrong with that permutation.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "commit": EXAMPLE["commit"],
                "inputs": {"theme": "dark"},
                "tokens": {"color.brand.500": {"type": "color", "value": BLUE}},
                "problems": [],
            }
        }
    )

    commit: str | None
    inputs: dict[str, str] = Field(default_factory=dict)
    tokens: dict[str, ResolvedToken]
    problems: list[ProblemItem] = Field(default_factory=list)


class DocumentCheck(Body):
    """A token file to judge against the tokens that stand at a ref."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"path": "tokens/new.tokens.json", "document": {"color": {"bg": {"$value": "{color.none}"}}}}
        }
    )

    path: str = Field("document.tokens.json", max_length=1024)
    document: dict[str, Any] | str = Field(description="The file as JSON, or its text: then problems have its lines.")


class DocumentProblems(Answer):
    """What a push of the file would be told."""

    model_config = ConfigDict(json_schema_extra={"example": {"valid": False, "problems": [PROBLEM_ITEM]}})

    valid: bool
    problems: list[ProblemItem]
