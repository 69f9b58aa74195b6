"""The audit log over REST."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from services import accounts
from services.policy import SYSTEM
from tests.api.conftest import PASSWORD, sign_up


@pytest.fixture
async def root(app: FastAPI, client: httpx.AsyncClient) -> dict[str, str]:
    """Headers of an administrator of the service."""
    login = {"email": "root@example.org", "password": PASSWORD}
    await accounts.register(app.state.context, **login, name="Root", is_admin=True, actor=SYSTEM)
    pair = (await client.post("/api/auth/login", json=login)).json()
    return {"Authorization": f"Bearer {pair['access_token']}"}


async def test_a_row_says_who_did_what_and_from_where(client: httpx.AsyncClient) -> None:
    ada = await sign_up(client, "ada")
    made = await client.post(
        "/api/teams", json={"name": "Acme"}, headers=ada | {"User-Agent": "Curl/8", "X-Request-Id": "request-of-ada"}
    )
    url = f"/api/teams/{made.json()['id']}/audit"
    (row,) = (await client.get(url, headers=ada)).json()["items"]
    assert (row["action"], row["outcome"], row["agent"]) == ("team.created", "ok", "Curl/8")
    assert (row["request_id"], row["team_id"]) == ("request-of-ada", made.json()["id"])
    assert row["user"]["username"] == "ada"
    assert row["address"]
    grace = await sign_up(client, "grace")
    assert (await client.get(url, headers=grace)).status_code == 404
    assert (await client.get(url)).status_code == 401


async def test_administrators_read_everything_and_others_nothing(
    client: httpx.AsyncClient, root: dict[str, str]
) -> None:
    ada = await sign_up(client, "ada")
    assert (await client.get("/api/audit", headers=ada)).status_code == 403
    assert (await client.get("/api/audit")).status_code == 401
    await client.post("/api/auth/login", json={"email": "nobody@example.org", "password": PASSWORD})
    found = (await client.get("/api/audit?action=sign-in.begun", headers=root)).json()["items"]
    assert [(row["outcome"], row["user"] and row["user"]["username"]) for row in found] == [
        ("refused", None),
        ("ok", "ada"),
        ("ok", "root"),
    ]
    first = (await client.get("/api/audit?limit=2", headers=root)).json()
    rest = (await client.get(f"/api/audit?cursor={first['next_cursor']}", headers=root)).json()
    assert not {row["id"] for row in first["items"]} & {row["id"] for row in rest["items"]}
    assert "password_hash" not in str(first)


@pytest.mark.parametrize("query", ["action=no-such-act", "limit=0", "cursor=nonsense", "action="])
async def test_a_question_that_is_none_is_refused(client: httpx.AsyncClient, root: dict[str, str], query: str) -> None:
    assert (await client.get(f"/api/audit?{query}", headers=root)).status_code == 422
