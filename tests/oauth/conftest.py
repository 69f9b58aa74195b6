"""The application with three identity providers, and a browser that walks between them and it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import text

from api.app import create_app
from services.context import Context
from services.passwords import Passwords
from settings import Settings
from tests.oauth.github import GitHub, github_site
from tests.oauth.issuer import CLIENT_ID, CLIENT_SECRET, LyingIssuer, issuing

PASSWORD = "correct-horse-battery"
SITE = "http://xds.test"
PAGE = "https://ui.example.org/welcome?tab=1"


@pytest.fixture
def issuer() -> Iterator[LyingIssuer]:
    with issuing() as made:
        yield made


@pytest.fixture
def other_issuer() -> Iterator[LyingIssuer]:
    with issuing() as made:
        yield made


@pytest.fixture
def github() -> Iterator[GitHub]:
    with github_site() as made:
        yield made


@pytest.fixture
def settings(
    database_url: str, redis_url: str, tmp_path: Path, issuer: LyingIssuer, other_issuer: LyingIssuer, github: GitHub
) -> Settings:
    return Settings(
        _env_file=None,
        data=tmp_path,
        database_url=database_url,
        redis_url=redis_url,
        secret_key="0123456789abcdef-of-these-tests-only",
        public_url=SITE,
        ui_url="https://ui.example.org",
        allowed_origins=["https://other.example.org:8443"],
        rate_limits=False,
        github_client_id=CLIENT_ID,
        github_client_secret=CLIENT_SECRET,
        github_url=github.url,
        github_api_url=f"{github.url}/api/v3",
        google_client_id=CLIENT_ID,
        google_client_secret=CLIENT_SECRET,
        google_issuer=issuer.url,
        oidc_providers=[
            {
                "name": "other",
                "title": "Other",
                "issuer": other_issuer.url,
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
            }
        ],
    )


@asynccontextmanager
async def running(settings: Settings, **limits: Any) -> AsyncIterator[FastAPI]:
    """The application, with passwords at their cheapest."""
    made = create_app(settings)
    async with made.router.lifespan_context(made):
        context = made.state.context
        cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        made.state.context = replace(context, passwords=cheap, limits=replace(context.limits, **limits))
        yield made


@pytest_asyncio.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    async with running(settings) as made:
        yield made


@pytest.fixture
def context(app: FastAPI) -> Context:
    found: Context = app.state.context
    return found


class Browser:
    """Somebody's browser: cookies of its own, redirects one at a time."""

    def __init__(self, app: FastAPI, stack: AsyncExitStack) -> None:
        self.app, self._stack = app, stack
        self.http: httpx.AsyncClient

    async def opened(self) -> Browser:
        ours = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        self.http = await self._stack.enter_async_context(
            httpx.AsyncClient(base_url=SITE, mounts={"all://xds.test": ours})
        )
        return self

    async def another(self) -> Browser:
        """One without these cookies."""
        return await Browser(self.app, self._stack).opened()

    async def begin(self, provider: str = "google", **query: str) -> str:
        """The provider's URL that we send it to."""
        answer = await self.http.get(f"/api/auth/oauth/{provider}", params=query)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    async def there_and_back(self, url: str) -> str:
        """The URL that the provider sends it back to."""
        answer = await self.http.get(url)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    async def callback(self, provider: str = "google", **query: str) -> str:
        return await self.there_and_back(await self.begin(provider, **query))

    async def sign_in(self, provider: str = "google") -> httpx.Response:
        """All the way, without a page to go back to."""
        return await self.http.get(await self.callback(provider))

    async def code(self, provider: str = "google", **query: str) -> str:
        """All the way to a page, which finds this code."""
        answer = await self.http.get(await self.callback(provider, redirect_to=PAGE, **query))
        return code_in(answer)

    async def redeem(self, code: str, **more: str) -> httpx.Response:
        return await self.http.post("/api/auth/oauth/token", json={"code": code, **more})


def code_in(answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    return query_of(answer.headers["location"])["code"]


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def bearer(pair: httpx.Response) -> dict[str, str]:
    assert pair.status_code == 200, pair.text
    return {"Authorization": f"Bearer {pair.json()['access_token']}"}


@pytest_asyncio.fixture
async def browser(app: FastAPI) -> AsyncIterator[Browser]:
    async with AsyncExitStack() as stack:
        yield await Browser(app, stack).opened()


async def registered(browser: Browser, email: str = "ada@example.org", name: str = "Ada") -> dict[str, str]:
    """Headers of somebody with a password, whose address nobody confirmed."""
    body = {"email": email, "password": PASSWORD, "name": name}
    assert (await browser.http.post("/api/auth/register", json=body)).status_code == 201
    return bearer(await browser.http.post("/api/auth/login", json={"email": email, "password": PASSWORD}))


async def run_sql(context: Context, sql: str) -> list[Any]:
    async with context.engine.begin() as db:
        found = await db.execute(text(sql))
        return list(found.fetchall()) if found.returns_rows else []
