"""Puts the web application together from settings: context, routes, error answers and the outermost layer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import metadata

from cachebox import LRUCache
from fastapi import APIRouter, FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.cors import CORSMiddleware

from api import errors, git, limits, openapi, reference
from api.conditions import MOST_KEPT
from api.limits import SignInLimit
from api.metrics import Metrics
from api.middleware import Outermost
from api.routes import (
    activities,
    api_keys,
    audit,
    auth,
    blames,
    branches,
    component_versions,
    components,
    grants,
    health,
    history,
    invitations,
    merges,
    oauth,
    own_data,
    proposals,
    protections,
    recovery,
    releases,
    reverts,
    systems,
    teams,
    tokens,
)
from api.time_limit import TimeLimit
from services.git_http import WireLimits, opened_wire
from services.revocations import listening
from services.wiring import opened_from
from settings import Settings

ROUTERS: tuple[APIRouter, ...] = (
    auth.router,
    oauth.router,
    recovery.router,
    own_data.router,
    api_keys.router,
    teams.router,
    invitations.router,
    audit.router,
    systems.router,
    grants.router,
    protections.router,
    branches.router,
    proposals.router,
    merges.router,
    components.router,
    component_versions.router,
    tokens.router,
    history.router,
    releases.router,
    blames.router,
    activities.router,
    reverts.router,
    health.router,
)
"""Every router; one line each."""

EXPOSED = ["ETag", "Location", "Retry-After", "X-Request-Id", *limits.FIELDS]


def create_app(settings: Settings) -> FastAPI:
    """The application; its connections open when it starts and close when it stops."""
    app = FastAPI(
        title="xText Design System",
        version=version(),
        lifespan=_lifespan(settings),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # it would send people to the scheme and host that their request claims
    )
    app.state.metrics = Metrics()
    app.state.base_url = settings.base_url
    app.state.metrics_open = metrics_open(settings)
    app.state.answers = LRUCache(MOST_KEPT)
    for router in ROUTERS:
        app.include_router(router)
    git.install(app, max_body=2 * settings.max_pack_bytes)
    errors.install(app)
    openapi.install(app)
    reference.install(app)
    # added from the inside out; a router with another limit says so in include_router(max_body_size=)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=settings.max_request_bytes)
    app.add_middleware(SignInLimit)
    app.add_middleware(TimeLimit, seconds=settings.request_timeout_seconds)
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.allowed_origins,
            allow_methods=["*"],
            allow_headers=["Authorization", "Content-Type", "If-Match", "If-None-Match", "X-Request-Id"],
            expose_headers=EXPOSED,
        )
    app.add_middleware(Outermost, metrics=app.state.metrics)
    return app


def _lifespan(settings: Settings) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened_from(settings) as context:
            app.state.context = context
            async with (
                listening(context) as app.state.revocations,
                opened_wire(
                    context, app.state.revocations, settings.data / "run", wire_limits_of(settings)
                ) as app.state.git,
            ):
                yield

    return lifespan


def metrics_open(settings: Settings) -> bool:
    """Whether /metrics asks nobody who they are."""
    return settings.environment == "development" if settings.metrics_open is None else settings.metrics_open


def wire_limits_of(settings: Settings) -> WireLimits:
    """The git wire's limits."""
    return WireLimits(
        pack_bytes=settings.max_pack_bytes,
        seconds=settings.git_timeout_seconds,
        processes=settings.max_concurrent_git,
    )


def version() -> str:
    """The installed distribution's version."""
    try:
        return metadata.version("xtext-design-system")
    except metadata.PackageNotFoundError:
        return "0.0.0"
