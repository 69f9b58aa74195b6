"""Callers that ask too often are told so, when to come back and how much is left, and only they."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from argon2 import PasswordHasher
from fastapi import FastAPI
from redis.asyncio import Redis

from api.app import create_app
from api.limits import FIELDS, proves_identity
from services.passwords import Passwords
from settings import Settings
from tests.api.conftest import PASSWORD, sign_up


class Counting(PasswordHasher):
    """Counts how often argon2 really ran."""

    runs = 0

    def verify(self, *args: object, **kwargs: object) -> bool:  # type: ignore[override]
        self.runs += 1
        return super().verify(*args, **kwargs)  # type: ignore[arg-type]


@pytest_asyncio.fixture
async def limited(settings: Settings) -> AsyncIterator[FastAPI]:
    """An application with narrow limits and counters of its own."""
    narrow = {
        "rate_limits": True,
        "rate_limit_requests": "8/minute",
        "rate_limit_anonymous": "5/minute",
        "rate_limit_git": "4/minute",
        "rate_limit_sign_in": "6/minute",
        "allowed_origins": ["https://ui.example.org"],
    }
    made = create_app(settings.model_copy(update=narrow))
    async with made.router.lifespan_context(made):
        cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        made.state.context = replace(made.state.context, passwords=cheap)
        yield made


def client_at(app: FastAPI, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 5000))
    return httpx.AsyncClient(transport=transport, base_url="http://xds.test")


def somewhere() -> str:
    """An address that no other test comes from: they share Redis."""
    number = uuid4().int
    return f"10.{number % 251}.{number // 251 % 251}.{number // 251**2 % 251}"


async def statuses(client: httpx.AsyncClient, times: int, path: str, **more: Any) -> list[int]:
    return [(await client.get(path, **more)).status_code for _ in range(times)]


async def test_an_address_that_signs_in_nowhere(limited: FastAPI) -> None:
    async with client_at(limited, somewhere()) as client:
        assert await statuses(client, 7, "/api/design-systems/" + str(uuid4())) == [401] * 5 + [429] * 2
        refused = await client.get("/api/teams")
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["type"].endswith("/rate-limited")
        assert 0 < int(refused.headers["retry-after"]) <= 60
        assert refused.headers["ratelimit-remaining"] == "0" and refused.headers["ratelimit-policy"] == "5;w=60"
        for path in ("/health", "/ready", "/openapi.json", "/docs"):
            assert (await client.get(path)).status_code == 200, "probes and the reference are never refused"
    async with client_at(limited, somewhere()) as client:
        assert (await client.get("/api/teams")).status_code == 401, "others are not touched"


async def test_a_person_is_counted_wherever_they_are_and_each_key_for_itself(limited: FastAPI) -> None:
    async with client_at(limited, somewhere()) as client:
        ada = await sign_up(client, "ada")
        answer = await client.post("/api/api-keys", json={"name": "CI", "scopes": ["read"]}, headers=ada)
        assert answer.headers["ratelimit-limit"] == "8" and answer.headers["ratelimit-remaining"] == "7"
        key = {"Authorization": f"Bearer {answer.json()['key']}"}
        assert await statuses(client, 4, "/api/teams", headers=ada) == [200] * 4
    async with client_at(limited, somewhere()) as client:
        assert await statuses(client, 4, "/api/teams", headers=ada) == [200] * 3 + [429]
        assert await statuses(client, 9, "/api/teams", headers=key) == [200] * 8 + [429]
        assert (await client.get("/api/teams")).status_code == 401, "the address has a limit of its own"


async def test_bad_credentials_count_against_their_address(limited: FastAPI) -> None:
    async with client_at(limited, somewhere()) as client:
        wrong = {"Authorization": f"Bearer xds_{uuid4().hex}"}
        assert await statuses(client, 6, "/api/teams", headers=wrong) == [401] * 5 + [429]


async def test_sign_ins_and_the_like_of_one_address(limited: FastAPI) -> None:
    async with client_at(limited, somewhere()) as client:
        await sign_up(client, "ada")
        body = {"email": f"{uuid4().hex}@example.org", "password": "wrong"}
        got = [(await client.post("/api/auth/login", json=body)).status_code for _ in range(6)]
        assert got == [401] * 4 + [429] * 2
        for path in ("/api/auth/register", "/api/auth/refresh"):
            refused = await client.post(path, content=b"not even read")
            assert (refused.status_code, refused.headers["ratelimit-limit"]) == (429, "6")
            assert set(refused.headers) >= {name.lower() for name in FIELDS} | {"retry-after", "x-request-id"}
        out = await client.post("/api/auth/logout", json={"refresh_token": "x"})
        assert out.status_code == 204, "nobody is kept from signing out"


async def test_nobody_is_mailed_without_end_whoever_asks_and_whether_or_not_they_have_an_account(
    settings: Settings,
) -> None:
    app = create_app(settings.model_copy(update={"rate_limits": True, "rate_limit_mail": "2/hour"}))
    async with app.router.lifespan_context(app):
        name = f"ada{uuid4().hex[:8]}"
        async with client_at(app, somewhere()) as client:
            await sign_up(client, name)
        for email in (f"{name}@example.org", f"nobody-{name}@example.org"):
            got = []
            for _ in range(3):
                async with client_at(app, somewhere()) as client:
                    got.append((await client.post("/api/auth/password/forgot", json={"email": email})).status_code)
            assert got == [202, 202, 429], email


async def test_failed_sign_ins_back_off(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"rate_limits": True}))
    async with app.router.lifespan_context(app), client_at(app, somewhere()) as client:
        cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        app.state.context = replace(app.state.context, passwords=cheap)
        name = f"ada{uuid4().hex[:8]}"
        await sign_up(client, name)
        body = {"email": f"{name}@example.org", "password": "wrong"}
        answers = [await client.post("/api/auth/login", json=body) for _ in range(12)]
        assert [answer.status_code for answer in answers] == [401] * 11 + [429]
        assert answers[-1].headers["retry-after"] == "1"
        right = await client.post("/api/auth/login", json=body | {"password": PASSWORD})
        assert right.status_code == 429, "or else a guess would show whether it was right"


async def test_git_is_told_in_plain_text(limited: FastAPI) -> None:
    async with client_at(limited, somewhere()) as client:
        path = "/git/acme/ui.git/info/refs?service=git-upload-pack"
        assert await statuses(client, 5, path) == [401] * 4 + [429]
        refused = await client.get(path)
        assert refused.headers["content-type"].startswith("text/plain") and "4 per minute" in refused.text
        assert int(refused.headers["retry-after"]) > 0 and refused.headers["ratelimit-limit"] == "4"
        basic = base64.b64encode(b"ada:wrong").decode()
        assert await statuses(client, 1, path, headers={"Authorization": f"Basic {basic}"}) == [429]


async def test_passwords_for_git_count_as_sign_ins_before_they_cost_anything(settings: Settings) -> None:
    """Every login is tried once, so that none of them has to wait: only the address can be told to."""
    app = create_app(settings.model_copy(update={"rate_limits": True, "rate_limit_sign_in": "3/minute"}))
    async with app.router.lifespan_context(app), client_at(app, somewhere()) as client:
        hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
        app.state.context = replace(app.state.context, passwords=Passwords(hasher))
        path = "/git/acme/ui.git/info/refs?service=git-upload-pack"
        answers = []
        for _ in range(5):
            login = base64.b64encode(f"{uuid4().hex}:wrong".encode()).decode()
            answers.append(await client.get(path, headers={"Authorization": f"Basic {login}"}))
        assert [answer.status_code for answer in answers] == [401] * 3 + [429] * 2
        assert hasher.runs == 3
        assert int(answers[-1].headers["retry-after"]) > 0 and "3 per minute" in answers[-1].text
        assert (await client.get(path)).status_code == 401, "clones without a password are not touched"


async def test_pages_of_other_origins_can_read_the_limits(limited: FastAPI) -> None:
    async with client_at(limited, somewhere()) as client:
        origin = {"Origin": "https://ui.example.org"}
        await statuses(client, 5, "/api/teams")
        refused = await client.get("/api/teams", headers=origin)
        assert refused.status_code == 429
        assert refused.headers["access-control-allow-origin"] == "https://ui.example.org"
        exposed = refused.headers["access-control-expose-headers"]
        assert "RateLimit-Reset" in exposed and "Retry-After" in exposed


async def test_everybody_gets_in_while_redis_is_away(limited: FastAPI) -> None:
    nowhere = Redis.from_url("redis://127.0.0.1:1")
    from services.rate_limits import Kind, RateLimits

    rates = RateLimits(nowhere, {Kind.ANONYMOUS: "5/minute", Kind.SIGN_IN: "6/minute"}, b"k")
    limited.state.context = replace(limited.state.context, rate_limits=rates)
    async with client_at(limited, somewhere()) as client:
        assert await statuses(client, 20, "/api/teams") == [401] * 20
        got = [(await client.post("/api/auth/login", json={})).status_code for _ in range(8)]
        assert got == [422] * 6 + [429] * 2


@pytest.mark.parametrize(
    ("method", "path", "counts"),
    [
        ("POST", "/api/auth/login", True),
        ("POST", "/api/auth/password/forgot", True),
        ("POST", "/api/auth/oauth/token", True),
        ("GET", "/api/auth/oauth/github", True),
        ("GET", "/api/auth/oauth/github/callback", True),
        ("POST", "/api/invitations/accept", True),
        ("POST", "/api/auth/logout", False),
        ("GET", "/api/auth/me", False),
        ("GET", "/api/auth/providers", False),
        ("POST", "/api/teams", False),
    ],
)
def test_what_tries_a_credential(method: str, path: str, counts: bool) -> None:
    assert proves_identity(method, path) is counts


def test_the_document_says_what_a_refusal_holds(settings: Settings) -> None:
    operation = create_app(settings).openapi()["paths"]["/api/teams"]["post"]
    assert set(operation["responses"]["429"]["headers"]) == {"Retry-After", *FIELDS}
    assert "408" in operation["responses"]
