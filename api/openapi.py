"""The OpenAPI document: the framework's own, with every error answer in the shape that is really sent."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.errors import responses
from api.limits import FIELDS
from api.schemas.common import Problem

TAGS = [
    {"name": "accounts", "description": "Register, sign in, stay signed in."},
    {"name": "API keys", "description": "Credentials for programs: CI, scripts, git."},
    {"name": "teams", "description": "Who works together, and as what."},
    {"name": "audit", "description": "What was done with access, by whom and from where."},
    {"name": "design systems", "description": "Repositories of tokens and components."},
    {"name": "branches", "description": "Lines of work beside the default one, and who may push where."},
    {"name": "proposals", "description": "Branches asked to be merged, reviewed and merged."},
    {"name": "components", "description": "Code, props and documentation, with their versions."},
    {"name": "design tokens", "description": "W3C Design Tokens, edited in place, exported to platforms."},
    {"name": "releases", "description": "Publishing, and the versions that were published."},
    {"name": "history", "description": "Commits, and what changed between them."},
    {"name": "activity", "description": "What happened, and who did it."},
    {"name": "operations", "description": "For operators."},
]
ANONYMOUS = {
    "register",
    "list_identity_providers",
    "list_design_systems",
    "get_design_system",
    "export_design_system",
    "list_components",
    "get_component",
    "list_component_versions",
    "get_component_version",
    "diff_component",
    "list_tokens",
    "get_token",
    "list_token_usages",
    "export_tokens",
    "resolve_tokens",
    "validate_tokens",
    "list_branches",
    "get_branch",
    "list_proposals",
    "get_proposal",
    "list_proposal_reviews",
    "list_commits",
    "compare_revisions",
    "list_releases",
    "get_release",
    "get_release_artifact",
    "blame_token",
    "list_activity",
    "get_metrics",
}
"""Operations that need no credential: registration where it is open, and what reads a public design system."""

DESCRIPTION = """\
A git-backed repository service for design systems.

Errors are RFC 9457 `application/problem+json`. Lists take `limit` and `cursor` and answer `{items, next_cursor}`.
Send `Authorization: Bearer` with an access token or an API key.
Answers tell by `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` how often one may go on asking.
"""


def install(app: FastAPI) -> None:
    """Let the application describe itself with ``document``."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    found = get_openapi(title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes, tags=TAGS)
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    _add_problem(schemas)
    _add_page_examples(schemas)
    common = responses(408, 422, 429, 503)
    common[429]["headers"].update(_limit_headers())
    for operations in found["paths"].values():
        for operation in operations.values():
            answers = operation.get("responses", {})
            if "HTTPValidationError" in str(answers.get("422")):
                answers["422"] = common[422]
            if "401" in answers or "422" in answers:  # it asks a database, which may be away
                answers.setdefault("503", common[503])
                answers.setdefault("429", common[429])
            if "requestBody" in operation:
                answers.setdefault("408", common[408])
            if operation["operationId"] in ANONYMOUS:
                operation["security"].append({})
    for replaced in ("HTTPValidationError", "ValidationError"):
        schemas.pop(replaced, None)
    return found


def _limit_headers() -> dict[str, Any]:
    """What every limited answer says about its limit, successful or not."""
    kinds = ("integer", "integer", "integer", "string")
    said = (
        "Hits in a window.",
        "Hits left.",
        "Seconds until there are more.",
        "Hits and the window's seconds, `60;w=60`.",
    )
    return {
        name: {"schema": {"type": kind}, "description": text}
        for name, kind, text in zip(FIELDS, kinds, said, strict=True)
    }


def _add_page_examples(schemas: dict[str, Any]) -> None:
    """A page of the example of its items: pages are generic and cannot state one."""
    for schema in schemas.values():
        properties = schema.get("properties", {})
        if properties.keys() == {"items", "next_cursor"}:
            item = schemas[properties["items"]["items"]["$ref"].rpartition("/")[2]]
            schema["example"] = {"items": [item["example"]], "next_cursor": None}


def _add_problem(schemas: dict[str, Any]) -> None:
    """``api.errors.responses`` only refers to it: no route returns a Problem itself."""
    problem = Problem.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
