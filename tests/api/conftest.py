"""The application on the real servers, called in process, with its lifespan run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from argon2 import PasswordHasher
from fastapi import FastAPI

from api.app import create_app
from services.passwords import Passwords
from settings import Settings

PASSWORD = "correct-horse-battery"


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        data=tmp_path,
        database_url=database_url,
        redis_url=redis_url,
        secret_key="0123456789abcdef-of-these-tests-only",
        max_request_bytes=64 * 1024,
        rate_limits=False,
    )


@pytest_asyncio.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    made = create_app(settings)
    async with made.router.lifespan_context(made):
        cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        made.state.context = replace(made.state.context, passwords=cheap)
        yield made


@pytest_asyncio.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://xds.test"
    ) as made:
        yield made


async def sign_up(client: httpx.AsyncClient, name: str) -> dict[str, str]:
    """Headers of somebody who just registered."""
    body: dict[str, Any] = {"email": f"{name}@example.org", "password": PASSWORD, "name": name.title()}
    assert (await client.post("/api/auth/register", json=body)).status_code == 201
    body.pop("name")
    answer = await client.post("/api/auth/login", json=body)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}
