"""Puts the web application together from settings: context, routes, error answers and the outermost layer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import metadata

from cachebox import LRUCache
from fastapi import APIRouter, FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.cors import CORSMiddleware

from api import errors, git, openapi
from api.conditions import MOST_KEPT
from api.metrics import Metrics
from api.middleware import Outermost
from api.routes import api_keys, audit, auth, components, health, systems, teams, tokens
from services.git_http import WireLimits, opened_wire
from services.revocations import listening
from services.wiring import opened_from
from settings import Settings

ROUTERS: tuple[APIRouter, ...] = (
    auth.router,
    api_keys.router,
    teams.router,
    audit.router,
    systems.router,
    components.router,
    tokens.router,
    health.router,
)
"""Every router; one line each."""

EXPOSED = ["ETag", "Location", "Retry-After", "X-Request-Id"]


def create_app(settings: Settings) -> FastAPI:
    """The application; its connections open when it starts and close when it stops."""
    app = FastAPI(title="xText Design System", version=version(), lifespan=_lifespan(settings))
    app.state.metrics = Metrics()
    app.state.base_url = settings.base_url
    app.state.answers = LRUCache(MOST_KEPT)
    for router in ROUTERS:
        app.include_router(router)
    git.install(app, max_body=2 * settings.max_pack_bytes)
    errors.install(app)
    openapi.install(app)
    # added from the inside out; a router with another limit says so in include_router(max_body_size=)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=settings.max_request_bytes)
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
