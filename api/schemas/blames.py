"""Who set what of a token, on the wire."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.common import Answer
from api.schemas.history import COMMIT, OLD, Commit

PERSON = "2c1b7d2e-8f9a-4d3b-b5a6-1f0e9d8c7b6a"
PROPERTY: JsonDict = {"name": "value", "value": "{color.brand.500}", "commit": COMMIT, "changed_by": PERSON}


class BlamedProperty(Answer):
    """One property of a token as it stands, and the commit that made it so."""

    model_config = ConfigDict(json_schema_extra={"example": PROPERTY})

    name: str = Field(
        description="`path`, `file`, `type`, `value` (of a composite one its parts, `value/fontSize`), `description`, "
        "`deprecated` or `extensions`; type and deprecation may come from a group."
    )
    value: Any = None
    commit: Commit | None = Field(description="Null where the search stopped before it was found.")
    changed_by: UUID | None = Field(description="The account with the author's address; null where there is none.")


class TokenBlame(Answer):
    """Who set each property of a token."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"path": "color.link", "properties": [PROPERTY], "stated": True, "older_than": None}
        }
    )

    path: str
    properties: list[BlamedProperty]
    stated: bool = Field(description="False where no file declares the token: a group takes it over from another.")
    older_than: str | None = Field(
        description="Where the search stopped; what has no commit is older. Ask again with `?ref=` this one.",
        examples=[OLD],
    )
