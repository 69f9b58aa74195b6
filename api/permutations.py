"""Themes and other modifiers of a resolver in a query: every parameter that an operation does not know itself."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query, Request, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute

from services.errors import InvalidInput
from services.permutations import NOTHING, Asked

MOST_INPUTS = 100
LONGEST_INPUT = 200

MODIFIERS: dict[str, Any] = {
    "parameters": [
        {
            "name": "modifiers",
            "in": "query",
            "required": False,
            "style": "form",
            "explode": True,
            "description": "Any modifier of the resolver by its name, such as `density=compact`; those not given stand "
            "at their defaults. Names and contexts are found whatever their case.",
            "schema": {
                "type": "object",
                "maxProperties": 20,
                "additionalProperties": {"type": "string", "maxLength": LONGEST_INPUT},
            },
            "example": {},
        }
    ]
}
"""What OpenAPI says of the parameters whose names only the design system knows."""


async def _asked(
    request: Request,
    theme: Annotated[
        str | None, Query(max_length=LONGEST_INPUT, description="Context of the modifier called theme, such as dark.")
    ] = None,
    input_: Annotated[
        list[str] | None,
        Query(
            alias="input",
            max_length=20,
            description="`MODIFIER=CONTEXT`, for modifiers whose names are those of other parameters.",
        ),
    ] = None,
    resolver: Annotated[
        str | None,
        Query(max_length=LONGEST_INPUT, description="The resolver's path, where it is not the one in the manifest."),
    ] = None,
) -> Asked:
    """What the query asks for; raises InvalidInput for what is no pair of modifier and context."""
    if not request.query_params:
        return NOTHING
    known = _parameters(request.scope["route"])
    found = [(name, value) for name, value in request.query_params.multi_items() if name not in known]
    found += [("theme", each) for each in request.query_params.getlist("theme")] if theme is not None else []
    for given in input_ or ():
        name, equals, value = given.partition("=")
        if not equals or not name:
            raise InvalidInput.of("input", "bad-input", f"{given[:80]!r} is not MODIFIER=CONTEXT.")
        found.append((name, value))
    if len(found) > MOST_INPUTS or any(max(len(name), len(value)) > LONGEST_INPUT for name, value in found):
        message = f"At most {MOST_INPUTS} modifiers, their names and contexts at most {LONGEST_INPUT} characters long."
        raise InvalidInput.of("input", "too-long", message)
    return Asked(tuple(found), resolver)


def _parameters(route: APIRoute) -> frozenset[str]:
    """The query parameters that an operation has itself."""
    found = get_flat_params(route.dependant)
    return frozenset(field.alias for field in found if isinstance(field.field_info, params.Query))


CurrentAsked = Annotated[Asked, Depends(_asked)]
"""The permutation that the query asks for."""
