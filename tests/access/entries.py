"""Every entry of the application: the operations of its OpenAPI document and the routes that it does not describe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.app import ROUTERS


@dataclass(frozen=True)
class Entry:
    """One way in. ``success`` is the status of an answer that refuses nothing."""

    name: str
    method: str
    path: str
    success: int = 200


def entries(app: FastAPI) -> dict[str, Entry]:
    """By operation id, or by the name of the route where OpenAPI knows nothing of it (git, sockets, documentation)."""
    found = [
        _documented(path, method, operation)
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
    ]
    found += [_route(route) for route in _undocumented(app)]
    by_name = {entry.name: entry for entry in found}
    assert len(by_name) == len(found), "two entries of one name"
    return by_name


def _documented(path: str, method: str, operation: dict[str, Any]) -> Entry:
    """Where nothing is ever answered with 2xx, the entry sends people on."""
    succeeding = [int(status) for status in operation["responses"] if status.startswith(("2", "30"))]
    success = min(status for status in succeeding if status != 304)
    return Entry(operation["operationId"], method.upper(), path, success)


def _undocumented(app: FastAPI) -> list[Any]:
    """What stands on the application itself, and what a router keeps out of the document."""
    own = [route for route in app.routes if hasattr(route, "path")]
    assert len(app.routes) - len(own) == len(ROUTERS), "a router is included that api.app.ROUTERS does not name"
    inner = [route for router in ROUTERS for route in router.routes]
    return own + [route for route in inner if not (isinstance(route, APIRoute) and route.include_in_schema)]


def _route(route: Any) -> Entry:
    """A websocket or a mounted application has no methods."""
    methods = sorted(getattr(route, "methods", None) or {"ANY"})
    return Entry(getattr(route, "name", "") or route.path, methods[0], route.path)
