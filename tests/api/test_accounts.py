"""Accounts over REST."""

from __future__ import annotations

import json
import re

import httpx

from tests.api.conftest import PASSWORD, sign_up

ADA = {"email": "ada@example.org", "password": PASSWORD, "name": "Ada Lovelace"}
JSON = {"Content-Type": "application/json"}


async def test_register_login_me_refresh_logout(client: httpx.AsyncClient) -> None:
    made = await client.post("/api/auth/register", json=ADA)
    assert made.status_code == 201
    user = made.json()
    assert set(user) == {"id", "email", "username", "name", "avatar_url", "created_at"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", user["created_at"])
    pair = (await client.post("/api/auth/login", json={"email": "ada@example.org", "password": PASSWORD})).json()
    assert set(pair) == {"access_token", "refresh_token", "token_type", "expires_in"}
    me = await client.get("/api/auth/me", headers={"Authorization": f"Bearer {pair['access_token']}"})
    assert me.status_code == 200
    assert me.json() == user | {"email_verified": False, "is_admin": False, "teams": []}
    renewed = await client.post("/api/auth/refresh", json={"refresh_token": pair["refresh_token"]})
    assert renewed.status_code == 200
    gone = await client.post("/api/auth/logout", json={"refresh_token": renewed.json()["refresh_token"]})
    assert (gone.status_code, gone.content) == (204, b"")
    again = await client.post("/api/auth/refresh", json={"refresh_token": renewed.json()["refresh_token"]})
    assert again.status_code == 401


async def test_faults_are_named_and_secrets_not_echoed(client: httpx.AsyncClient) -> None:
    weak = await client.post("/api/auth/register", json=ADA | {"password": "hunter2hunter2"})
    assert weak.status_code == 422
    assert weak.json()["problems"][0]["pointer"] == "/password"
    for body in (ADA | {"password": ["hunter2hunter2"]}, ADA | {"passwort": "hunter2hunter2"}, {"email": 1}):
        answer = await client.post("/api/auth/register", json=body)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["problems"]
        assert "hunter2" not in answer.text
    await client.post("/api/auth/register", json=ADA)
    assert (await client.post("/api/auth/register", json=ADA)).status_code == 409


async def test_rename(client: httpx.AsyncClient) -> None:
    headers = await sign_up(client, "ada")
    answer = await client.patch("/api/auth/me", json={"name": "Ada L."}, headers=headers)
    assert (answer.status_code, answer.json()["name"], answer.json()["username"]) == (200, "Ada L.", "ada")


async def test_credentials_that_are_none_get_401_with_a_challenge(client: httpx.AsyncClient) -> None:
    for value in ("", "Bearer ", "Bearer nonsense", "Bearer xds_nonsense", "Basic YTpi", "Digest x"):
        answer = await client.get("/api/auth/me", headers={"Authorization": value} if value else {})
        assert answer.status_code == 401, value
        assert answer.headers["www-authenticate"].startswith("Bearer ")
        assert answer.json()["type"] == "https://xtext.design/problems/unauthenticated"


async def test_registration_can_be_closed(client: httpx.AsyncClient, app: object) -> None:
    from dataclasses import replace

    state = app.state  # type: ignore[attr-defined]
    state.context = replace(state.context, limits=replace(state.context.limits, registration_open=False))
    assert (await client.post("/api/auth/register", json=ADA)).status_code == 403


async def test_text_that_no_database_holds_is_refused_and_not_a_500(client: httpx.AsyncClient) -> None:
    for odd in ("\x00", "\ud800"):
        for field in ADA:
            answer = await client.post(
                "/api/auth/register", content=json.dumps(ADA | {field: f"correct{odd}horse-battery"}), headers=JSON
            )
            assert answer.status_code in (201, 409, 422), (field, answer.text)
        login = {"email": f"a{odd}", "password": f"b{odd}"}
        answer = await client.post("/api/auth/login", content=json.dumps(login), headers=JSON)
        assert answer.status_code in (401, 422)
        refresh = {"refresh_token": odd}
        answer = await client.post("/api/auth/refresh", content=json.dumps(refresh), headers=JSON)
        assert answer.status_code in (401, 422)
