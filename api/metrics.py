"""What Prometheus may ask: requests by route template, never by path, so that ids cannot flood it."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from starlette.types import Scope

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)
TEXT = "text/plain; version=0.0.4; charset=utf-8"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """One application's counters, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "xds_http_request_seconds",
            "Time from a request's first byte to its answer's last.",
            ["method", "route"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._requests = Counter(
            "xds_http_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )

    def observe(self, scope: Scope, status: int | None, seconds: float) -> None:
        """Count one request; ``status`` None means that the client got no answer."""
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = template_of(scope)
        self._requests.labels(method, route, "none" if status is None else str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def render(self, accept: str) -> tuple[bytes, str]:
        """The exposition and its media type, OpenMetrics for who accepts it."""
        if "application/openmetrics-text" in accept:
            return bytes(generate_openmetrics(self.registry)), CONTENT_TYPE_LATEST  # type: ignore[no-untyped-call]
        return generate_latest(self.registry), TEXT


def template_of(scope: Scope) -> str:
    """The route's path as declared, with its router's prefix; one name for everything that matched no route."""
    context = scope.get("fastapi", {}).get("effective_route_context")
    path = getattr(context, "path", None) or getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else "unmatched"
