"""Headers of every answer, metrics for operators only, and other origins' pages kept out unless they are listed."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from settings import Settings
from tests.api.conftest import PASSWORD, sign_up

UI = "https://ui.example.org"


def client_of(app: FastAPI, scheme: str = "http") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=f"{scheme}://xds.test")


async def test_every_answer_carries_what_keeps_browsers_from_misusing_it(client: httpx.AsyncClient) -> None:
    for path in ("/health", "/nope", "/api/teams", "/openapi.json", "/git/a/b.git/info/refs?service=git-upload-pack"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
        assert "geolocation=()" in headers["permissions-policy"]
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'") and "unsafe" not in policy
        assert "server" not in headers
        assert "strict-transport-security" not in headers, "it says nothing over plain HTTP"


async def test_browsers_are_told_to_stay_with_https(app: FastAPI) -> None:
    async with client_of(app, "https") as client:
        for path in ("/health", "/nope", "/api/teams"):
            assert "max-age=31536000" in (await client.get(path)).headers["strict-transport-security"]


async def test_a_listed_origin_may_ask_and_read_and_sends_no_cookies(settings: Settings) -> None:
    async with client_of(create_app(settings.model_copy(update={"allowed_origins": [UI]}))) as client:
        asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization,if-match"}
        preflight = await client.options("/api/teams", headers={"Origin": UI, **asked})
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == UI
        assert "PUT" in preflight.headers["access-control-allow-methods"]
        assert "access-control-allow-credentials" not in preflight.headers
        answer = await client.get("/health", headers={"Origin": UI})
        assert "ETag" in answer.headers["access-control-expose-headers"]
        assert "Origin" in answer.headers["vary"]


@pytest.mark.parametrize("origin", ["https://evil.example.org", "null", f"{UI}.evil.org", UI.replace("https", "http")])
async def test_every_other_origin_may_not(settings: Settings, origin: str) -> None:
    async with client_of(create_app(settings.model_copy(update={"allowed_origins": [UI]}))) as client:
        asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
        preflight = await client.options("/api/teams", headers=asked)
        assert preflight.status_code == 400 and "access-control-allow-origin" not in preflight.headers
        assert "access-control-allow-origin" not in (await client.get("/health", headers=asked)).headers


async def test_no_origin_is_listed_by_default(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health", headers={"Origin": UI})
    assert not any(name.startswith("access-control") for name in answer.headers)


@pytest.mark.parametrize(
    ("given", "is_open"),
    [
        ({}, True),
        ({"environment": "production"}, False),
        ({"environment": "production", "metrics_open": True}, True),
        ({"metrics_open": False}, False),
    ],
)
async def test_metrics_are_for_operators_unless_they_are_open(
    settings: Settings, given: dict[str, object], is_open: bool
) -> None:
    app = create_app(settings.model_copy(update=given))
    async with app.router.lifespan_context(app), client_of(app) as client:
        answer = await client.get("/metrics")
        assert answer.status_code == (200 if is_open else 401)
        assert ("xds_http_requests" in answer.text) is is_open


async def test_an_administrators_session_or_free_key_reads_the_metrics(settings: Settings) -> None:
    from services import accounts
    from services.policy import SYSTEM

    app = create_app(settings.model_copy(update={"metrics_open": False}))
    async with app.router.lifespan_context(app), client_of(app) as client:
        context = app.state.context
        await accounts.register(
            context, email="root@example.org", password=PASSWORD, name="Root", actor=SYSTEM, is_admin=True
        )
        login = await client.post("/api/auth/login", json={"email": "root@example.org", "password": PASSWORD})
        root = {"Authorization": f"Bearer {login.json()['access_token']}"}
        assert (await client.get("/metrics", headers=root)).status_code == 200
        team = (await client.post("/api/teams", json={"name": "Acme"}, headers=root)).json()["id"]
        for bound, status in (({}, 200), ({"team_id": team}, 403)):
            asked = {"name": "scraper", "scopes": ["read"], **bound}
            key = (await client.post("/api/api-keys", json=asked, headers=root)).json()["key"]
            assert (await client.get("/metrics", headers={"Authorization": f"Bearer {key}"})).status_code == status
        ada = await sign_up(client, "ada")
        assert (await client.get("/metrics", headers=ada)).status_code == 403


async def test_nobody_is_sent_on_to_where_the_request_says_that_it_is(client: httpx.AsyncClient) -> None:
    """Behind a proxy that would be plain HTTP, to which clients repeat the password; and any host that is claimed."""
    for method, path in (
        ("GET", "/api/auth/me/"),
        ("POST", "/api/auth/login/"),
        ("GET", "/health/"),
        ("GET", "/docs/"),
    ):
        answer = await client.request(method, path, headers={"Host": "evil.example"})
        assert (answer.status_code, answer.headers.get("location")) == (404, None), path
