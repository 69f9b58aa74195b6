"""What holds for every route: error answers, headers, limits, and a document that tells the truth."""

from __future__ import annotations

import base64
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI
from redis.asyncio import Redis
from sqlalchemy.exc import OperationalError

from api.app import create_app
from api.auth import CurrentActor, git_actor
from services.errors import Clash, Conflict, RateLimited, Stale, TooLarge, Unavailable
from services.policy import Actor
from settings import Settings
from tests.api.conftest import PASSWORD, sign_up

PROBLEM = "application/problem+json"


async def test_unknown_routes_and_methods_are_problems(client: httpx.AsyncClient) -> None:
    missing, wrong = await client.get("/nope"), await client.delete("/api/teams")
    assert (missing.status_code, missing.headers["content-type"]) == (404, PROBLEM)
    assert (wrong.status_code, wrong.headers["content-type"]) == (405, PROBLEM)
    assert wrong.headers["allow"] == "GET, POST"
    for path, methods in (
        ("/api/auth/me", "GET, PATCH, DELETE"),
        ("/health", "GET"),
        ("/git/acme/ui/git-upload-pack", "POST"),
    ):
        assert (await client.put(path)).headers["allow"] == methods


async def test_a_browser_is_shown_the_interactive_reference(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")


async def test_unreadable_bodies_are_problems(client: httpx.AsyncClient) -> None:
    for content, kind in ((b"{", "application/json"), (b"\xff", "application/json"), (b"{}", "text/plain"), (b"", "")):
        answer = await client.post("/api/auth/login", content=content, headers={"Content-Type": kind} if kind else {})
        assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM), content


async def test_too_large_bodies_are_refused_announced_or_not(client: httpx.AsyncClient) -> None:
    async def stream() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b" " * 8192

    for content in (b" " * 70_000, stream()):
        answer = await client.post("/api/auth/login", content=content, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)
        assert answer.json()["type"].endswith("/too-large")
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("error", "status", "members", "header"),
    [
        (Conflict("no", [Clash("color.a", "value", 1, 2, 3)], commit="c" * 40), 409, {"commit": "c" * 40}, ""),
        (Conflict("no", [Clash("a", "value", 2**70, "\ud800", 3)], commit="c" * 40), 409, {"commit": "c" * 40}, ""),
        (Stale("no", current='"abc"'), 412, {"current": '"abc"'}, ""),
        (TooLarge("no"), 413, {}, ""),
        (RateLimited("no", retry_after=7), 429, {}, "7"),
        (Unavailable("no", retry_after=2), 503, {}, "2"),
        (OperationalError("SELECT secret", {}, Exception()), 503, {}, "2"),
    ],
)
async def test_refusals_become_problems(
    app: FastAPI, client: httpx.AsyncClient, error: Exception, status: int, members: dict[str, str], header: str
) -> None:
    @app.get("/raise")
    async def fail() -> None:
        raise error

    answer = await client.get("/raise")
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert answer.json() == answer.json() | members | {"status": status}
    assert answer.json()["detail"] in ("no", "A database does not answer; try again.")
    assert "secret" not in answer.text
    assert answer.headers.get("retry-after", "") == header
    if status == 409:
        assert answer.json()["conflicts"][0]["theirs"] == 3


async def test_unforeseen_errors_say_nothing_but_an_id_that_the_log_has(
    app: FastAPI, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    @app.get("/explode")
    async def explode() -> None:
        raise RuntimeError("the secret is 42")

    with caplog.at_level(logging.ERROR, "xds.api"):
        answer = await client.get("/explode", headers={"X-Request-Id": "from-the-proxy"})
    assert (answer.status_code, answer.headers["content-type"]) == (500, PROBLEM)
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "from-the-proxy"
    assert "42" not in answer.text and "from-the-proxy" in caplog.text
    forged = await client.get("/explode", headers={"X-Request-Id": "a\tb c<script>"})
    assert forged.headers["x-request-id"] != "a\tb c<script>"


async def test_every_answer_is_hardened(client: httpx.AsyncClient) -> None:
    for path in ("/health", "/nope", "/api/auth/me", "/openapi.json"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["cache-control"] == "no-store"
        assert len(headers["x-request-id"]) == 32
    assert "cdn.jsdelivr.net" in (await client.get("/docs")).headers["content-security-policy"]


async def test_only_listed_origins_may_read_answers(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"allowed_origins": ["https://ui.example.org"]}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://xds.test") as client:
        for origin, allowed in (("https://ui.example.org", True), ("https://evil.example.org", False)):
            headers = (await client.get("/health", headers={"Origin": origin})).headers
            assert ("access-control-allow-origin" in headers) is allowed


async def test_health_readiness_and_metrics(app: FastAPI, client: httpx.AsyncClient) -> None:
    assert (await client.get("/health")).json() == {"status": "ok"}
    ready = await client.get("/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "ok")
    assert {"database", "redis", "storage"} <= set(ready.json()["checks"])
    app.state.context = replace(app.state.context, redis=Redis.from_url("redis://127.0.0.1:1"))
    down = await client.get("/ready")
    assert (down.status_code, down.json()["checks"]["redis"]["ok"]) == (503, False)
    await client.get("/api/teams/00000000-0000-0000-0000-000000000000")
    await client.get("/wp-login.php")
    text = (await client.get("/metrics")).text
    assert 'xds_http_requests_total{method="GET",route="/api/teams/{team_id}",status="401"} 1.0' in text
    assert 'route="unmatched",status="404"' in text
    assert "wp-login" not in text and "00000000" not in text


async def test_git_credentials(app: FastAPI, client: httpx.AsyncClient) -> None:
    @app.get("/git/whoami")
    async def whoami(actor: Annotated[Actor, Depends(git_actor)]) -> dict[str, str | None]:
        return {"email": actor.email or None}

    ada = await sign_up(client, "ada")
    key = (await client.post("/api/api-keys", json={"name": "git", "scopes": ["write"]}, headers=ada)).json()["key"]

    async def ask(login: str, password: str) -> httpx.Response:
        basic = base64.b64encode(f"{login}:{password}".encode()).decode()
        return await client.get("/git/whoami", headers={"Authorization": f"Basic {basic}"})

    for login, password in (("git", key), ("", key), (key, ""), ("ada@example.org", PASSWORD), ("ada", PASSWORD)):
        assert (await ask(login, password)).json() == {"email": "ada@example.org"}
    assert (await client.get("/git/whoami")).json() == {"email": None}
    for login, password in (("ada", "wrong"), ("nobody", PASSWORD), ("git", key[:-1]), ("ada", "")):
        refused = await ask(login, password)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Basic ")
    broken = await client.get("/git/whoami", headers={"Authorization": "Basic ???"})
    assert broken.status_code == 401


def test_actors_are_documented_as_bearer(settings: Settings) -> None:
    app = create_app(settings)

    @app.get("/mine")
    async def mine(actor: CurrentActor) -> None: ...

    assert app.openapi()["paths"]["/mine"]["get"]["security"] == [{"bearer": []}]


async def test_head_has_the_status_and_headers_of_get(client: httpx.AsyncClient) -> None:
    for path in ("/health", "/api/teams"):
        head, get = await client.head(path), await client.get(path)
        assert (head.status_code, head.headers["content-type"]) == (get.status_code, get.headers["content-type"])
