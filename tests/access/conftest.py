"""The application on the real servers with one database for the whole table, in process and on a real socket."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI

from api.app import create_app
from services.passwords import Passwords
from settings import Settings
from tests.access.people import People, settle
from tests.access.world import World, full_world
from tests.database import administer, url_of
from tests.oauth.github import GitHub, github_site
from tests.oauth.issuer import CLIENT_ID, CLIENT_SECRET


@pytest.fixture(scope="module")
def access_database_url(postgres_url: str, template_database: str) -> Iterator[str]:
    name = f"xds_access_{os.getpid()}"
    administer(postgres_url, f"CREATE DATABASE {name} TEMPLATE {template_database}")
    yield url_of(postgres_url, name)
    administer(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def github() -> Iterator[GitHub]:
    with github_site() as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(
    access_database_url: str, redis_url: str, github: GitHub, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FastAPI]:
    settings = Settings(
        _env_file=None,
        data=tmp_path_factory.mktemp("access"),
        database_url=access_database_url,
        redis_url=redis_url,
        secret_key="0123456789abcdef-of-these-tests-only",
        rate_limits=False,
        github_client_id=CLIENT_ID,
        github_client_secret=CLIENT_SECRET,
        github_url=github.url,
        github_api_url=f"{github.url}/api/v3",
    )
    made = create_app(settings)
    async with made.router.lifespan_context(made):
        cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        made.state.context = replace(made.state.context, passwords=cheap)
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://xds.test") as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def people(app: FastAPI) -> People:
    return await settle(app.state.context)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worlds(people: People) -> dict[str, World]:
    return {"private": await full_world(people, "private"), "public": await full_world(people, "public")}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url(app: FastAPI) -> AsyncIterator[str]:
    """Where git itself reaches the application."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, log_level="error", lifespan="off", ws="none", timeout_graceful_shutdown=5)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await serving


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where clones lie."""
    return tmp_path_factory.mktemp("clones")
