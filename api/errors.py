"""How refusals look on the wire: one table from exception to RFC 9457 problem+json."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from services import errors

log = logging.getLogger("xds.api")

TYPE_BASE = "https://xtext.design/problems/"
MEDIA_TYPE = "application/problem+json"
GIT_PREFIX = "/git/"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def _conflict(error: Any) -> dict[str, Any]:
    clashes = [_clash(clash) for clash in error.clashes]
    return {"conflicts": clashes or None, "commit": error.commit}


def _clash(clash: errors.Clash) -> dict[str, Any]:
    """A conflict of a merge can be answered by its path, and has what the others have not."""
    told = dataclasses.asdict(clash)
    only_merges = ("id", "resource", "kind", "file")
    if clash.id is None:
        return {name: value for name, value in told.items() if name not in only_merges}
    return {**told, "path": clash.subject}


def _problems(error: Any) -> dict[str, Any]:
    return {"problems": [problem.as_dict() for problem in error.problems]}


def _guards(error: Any) -> dict[str, Any]:
    return _problems(error) if error.problems else {}


def _cursor(error: Any) -> dict[str, Any]:
    return {"problems": [{"code": "bad-cursor", "message": str(error), "pointer": "/query/cursor"}]}


def _nothing(_: Any) -> dict[str, Any]:
    return {}


def _retry(error: Any) -> dict[str, str]:
    return {"Retry-After": str(error.retry_after)}


@dataclass(frozen=True, slots=True)
class Wire:
    """How one type of refusal is answered; ``members`` and ``headers`` add what it carries.

    ``detail`` replaces the exception's own text where that was not written for callers to read.
    """

    status: int
    slug: str
    title: str
    members: Callable[[Any], dict[str, Any]] = _nothing
    headers: Callable[[Any], Mapping[str, str]] = _nothing
    detail: str = ""


UNREACHABLE = Wire(
    503,
    "unavailable",
    "Not available now",
    detail="A database does not answer; try again.",
    headers=lambda _: {"Retry-After": "2"},
)

TABLE: dict[type[Exception], Wire] = {
    errors.Unauthenticated: Wire(401, "unauthenticated", "Not signed in"),
    errors.Forbidden: Wire(403, "forbidden", "Not allowed", members=_guards),
    errors.NotFound: Wire(404, "not-found", "Not found"),
    errors.Conflict: Wire(409, "conflict", "Conflicting change", members=_conflict),
    errors.Stale: Wire(412, "stale", "Changed in the meantime", members=lambda error: {"current": error.current}),
    errors.TooLarge: Wire(413, "too-large", "Too large"),
    errors.InvalidInput: Wire(422, "invalid", "Invalid", members=_problems),
    errors.Invalid: Wire(422, "invalid", "Invalid", members=_problems),
    errors.InvalidCursor: Wire(422, "invalid", "Invalid", members=_cursor),
    errors.RateLimited: Wire(429, "rate-limited", "Too many requests", headers=_retry),
    errors.Unavailable: Wire(503, "unavailable", "Not available now", headers=_retry),
    **dict.fromkeys(errors.UNREACHABLE, UNREACHABLE),
}
"""Exception type → wire form; a subclass without a row of its own is answered like its nearest ancestor."""


def problem_response(
    status: int,
    slug: str,
    title: str,
    detail: str = "",
    *,
    request_id: str | None = None,
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> Response:
    """A problem+json answer; members that are None are left out."""
    body = {"type": TYPE_BASE + slug, "title": title, "status": status, "detail": detail, "request_id": request_id}
    kept = {name: value for name, value in (body | members).items() if value is not None}
    return Response(_encoded(kept), status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def _encoded(body: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(body, default=str, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:  # conflicts quote values as they are: integers past 64 bits, halves of surrogate pairs
        return json.dumps(body, default=str).encode("ascii")


def request_id_of(request: Request) -> str | None:
    """The id that the outermost middleware gave this request."""
    found: str | None = request.scope.get("state", {}).get("request_id")
    return found


def wire_of(error: Exception) -> Wire:
    """The row of an error's type, or of its nearest ancestor that has one."""
    return next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)


async def answer_refusal(request: Request, error: Exception) -> Response:
    """For every type in the table."""
    wire = wire_of(error)
    if wire.status >= 500:
        log.warning("request %s: %s: %s", request_id_of(request), type(error).__name__, error)
    return problem_response(
        wire.status,
        wire.slug,
        wire.title,
        wire.detail or getattr(error, "detail", "") or str(error),
        request_id=request_id_of(request),
        headers=dict(wire.headers(error)) | challenge(request, wire.status),
        **wire.members(error),
    )


def challenge(request: Request, status: int) -> dict[str, str]:
    """RFC 9110 §11.6.1: what to authenticate with; git understands only Basic."""
    if status != 401:
        return {}
    realm = 'realm="xText Design System"'
    git = request.url.path.startswith(GIT_PREFIX)
    return {"WWW-Authenticate": f'Basic {realm}, charset="UTF-8"' if git else f"Bearer {realm}"}


async def answer_invalid_request(request: Request, error: Exception) -> Response:
    """A body, query or path of another shape than documented. The input itself is not echoed: it may be secret."""
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    problems = [
        {"code": str(fault["type"]), "message": str(fault["msg"]), "pointer": _pointer(fault["loc"])}
        for fault in faults
    ]
    detail = "; ".join(f"{problem['pointer']}: {problem['message']}" for problem in problems[:3])
    return problem_response(422, "invalid", "Invalid", detail, request_id=request_id_of(request), problems=problems)


def _pointer(location: tuple[int | str, ...]) -> str:
    """RFC 6901; members of the body as from its root, parameters below ``/query``, ``/path`` or ``/header``."""
    parts = location[1:] if location and location[0] == "body" else location
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


async def answer_http_exception(request: Request, error: Exception) -> Response:
    """What the framework raises itself: no such route, method not allowed, a body that is no text."""
    if not isinstance(error, HTTPException):
        return internal_error(request_id_of(request))
    if error.status_code in (204, 304):
        return Response(status_code=error.status_code, headers=error.headers)
    # FastAPI says 400 for a body that is not UTF-8 and 422 for one that is not JSON; to a client both are the same
    status = 422 if error.status_code == 400 else error.status_code
    phrase = HTTPStatus(error.status_code).phrase
    slug, title = _named(status)
    detail = error.detail if error.detail != phrase else ""
    headers = {"Allow": ", ".join(allowed(request))} if status == 405 else error.headers
    return problem_response(status, slug, title, detail, request_id=request_id_of(request), headers=headers)


def allowed(request: Request) -> list[str]:
    """RFC 9110 §10.2.1: every method that the resource takes; the framework names those of one route of several."""
    routes = request.app.router.routes
    path = {name: value for name, value in request.scope.items() if name in ("type", "path", "root_path", "headers")}
    return [
        method
        for method in METHODS
        if any(route.matches({**path, "method": method})[0] is Match.FULL for route in routes)
    ]


def _named(status: int) -> tuple[str, str]:
    """Slug and title of a status: the table's where it has one, HTTP's otherwise."""
    wire = _BY_STATUS.get(status)
    phrase = HTTPStatus(status).phrase
    return (wire.slug, wire.title) if wire else (phrase.lower().replace(" ", "-"), phrase)


def internal_error(request_id: str | None) -> Response:
    """What nobody foresaw: no details, the id leads to them in the log."""
    return problem_response(500, "internal-error", "Internal error", "This is our fault.", request_id=request_id)


def install(app: FastAPI) -> None:
    """Answer everything in problem+json; what nothing here answers, the outermost middleware does."""
    for kind in TABLE:
        app.add_exception_handler(kind, answer_refusal)
    app.add_exception_handler(RequestValidationError, answer_invalid_request)
    app.add_exception_handler(HTTPException, answer_http_exception)


_BY_STATUS = {wire.status: wire for wire in TABLE.values()}


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Documentation of a route's error answers, e.g. ``responses=responses(401, 404, 422)``."""
    return {status: _documented(status) for status in statuses}


def _documented(status: int) -> dict[str, Any]:
    slug, title = _named(status)
    example = {"type": TYPE_BASE + slug, "title": title, "status": status, "detail": title + "."}
    described: dict[str, Any] = {
        "description": title,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }
    if status == 401:
        described["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    if status in (429, 503):
        described["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return described
