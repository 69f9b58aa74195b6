"""For operators: is it alive, can it work, what has it done."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response, status
from pydantic import BaseModel, ConfigDict
from starlette.responses import RedirectResponse

from api.auth import CurrentActor, CurrentContext
from api.errors import responses
from api.metrics import Metrics
from services import health, operators
from services.standing import living

router = APIRouter(tags=["operations"])

SCRAPED = 'xds_http_requests_total{method="GET",route="/api/teams",status="200"} 14.0\n'
SCRAPES = {
    kind: {"schema": {"type": "string"}, "example": SCRAPED} for kind in ("text/plain", "application/openmetrics-text")
}


class Live(BaseModel):
    """The process answers."""

    model_config = ConfigDict(json_schema_extra={"example": {"status": "ok"}})

    status: str = "ok"


class Part(BaseModel):
    """One part that the service needs."""

    ok: bool
    detail: str = ""


class Ready(BaseModel):
    """Whether all parts answer."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"status": "ok", "checks": {"database": {"ok": True, "detail": ""}}}}
    )

    status: str
    checks: dict[str, Part]


@router.get("/", include_in_schema=False)
async def home() -> RedirectResponse:
    """Who opens the service in a browser wants to see what it can do."""
    return RedirectResponse("/docs")


@router.get("/health", operation_id="get_health")
async def live() -> Live:
    """The process is alive. Touches nothing else, so that a slow database restarts nobody."""
    return Live()


@router.get(
    "/ready",
    operation_id="get_readiness",
    responses={503: {"model": Ready, "description": "A part does not answer; `checks` says which."}},
)
async def ready(context: CurrentContext, response: Response) -> Ready:
    """Database, Redis and storage answer: send traffic here."""
    checks = await health.readiness(context)
    fine = all(check.ok for check in checks.values())
    if not fine:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    parts = {name: Part(ok=check.ok, detail=check.detail) for name, check in checks.items()}
    return Ready(status="ok" if fine else "unavailable", checks=parts)


@router.get(
    "/metrics",
    operation_id="get_metrics",
    response_class=Response,
    responses={
        200: {
            "description": "Prometheus exposition.",
            "content": SCRAPES,
        },
        **responses(401, 403),
    },
)
async def metrics(request: Request, context: CurrentContext, actor: CurrentActor) -> Response:
    """Counts and latencies by route template; for administrators, where it is not open to everybody."""
    if request.app.state.metrics_open:
        await living(context, actor)
    else:
        await operators.require_operator(context, actor)
    found: Metrics = request.app.state.metrics
    content, media_type = found.render(request.headers.get("accept", ""))
    return Response(content, headers={"Content-Type": media_type})
