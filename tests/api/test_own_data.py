"""Erasing oneself and taking one's data along, over REST."""

from __future__ import annotations

import re

import httpx
from fastapi import FastAPI

from api.schemas.own_data import PersonalData
from index.personal_data import SECTIONS
from tests.api.conftest import PASSWORD, sign_up


async def test_the_export_is_a_file_with_everything(client: httpx.AsyncClient) -> None:
    headers = await sign_up(client, "ada")
    await client.post("/api/teams", json={"name": "Acme"}, headers=headers)
    answer = await client.get("/api/auth/me/export", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    named = re.fullmatch(r'attachment; filename="xds-ada-\d{4}-\d\d-\d\d\.json"', answer.headers["content-disposition"])
    assert named, answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    document = answer.json()
    PersonalData.model_validate(document)
    assert (document["account"]["email"], document["memberships"][0]["role"]) == ("ada@example.org", "admin")
    assert "audit" in document and document["audit"][-1]["action"] == "account.exported"


def test_the_document_is_described_section_by_section() -> None:
    assert list(PersonalData.model_fields) == ["exported_at", *(section.name for section in SECTIONS)]


async def test_erasing_takes_the_password_and_ends_everything(client: httpx.AsyncClient) -> None:
    headers = await sign_up(client, "ada")
    for body, status in (({}, 422), ({"password": "wrong"}, 422), ({"password": 1}, 422)):
        answer = await client.request("DELETE", "/api/auth/me", json=body, headers=headers)
        assert answer.status_code == status
        assert "wrong" not in answer.text.replace("wrong-password", "")
    assert (await client.request("DELETE", "/api/auth/me", json={"password": PASSWORD})).status_code == 401
    answer = await client.request("DELETE", "/api/auth/me", json={"password": PASSWORD}, headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await client.get("/api/auth/me", headers=headers)).status_code == 401
    login = await client.post("/api/auth/login", json={"email": "ada@example.org", "password": PASSWORD})
    assert login.status_code == 401
    assert (await client.get("/api/auth/me", headers=await sign_up(client, "ada"))).json()["teams"] == []


async def test_a_team_that_would_be_left_alone_is_named(client: httpx.AsyncClient) -> None:
    headers = await sign_up(client, "ada")
    await sign_up(client, "grace")
    team = (await client.post("/api/teams", json={"name": "Acme Design"}, headers=headers)).json()
    member = {"email": "grace@example.org", "role": "editor"}
    await client.post(f"/api/teams/{team['id']}/members", json=member, headers=headers)
    answer = await client.request("DELETE", "/api/auth/me", json={"password": PASSWORD}, headers=headers)
    assert answer.status_code == 409
    assert "Acme Design (acme-design)" in answer.json()["detail"]
    assert (await client.get("/api/auth/me", headers=headers)).status_code == 200


async def test_a_reader_that_leaves_early_costs_nothing(app: FastAPI, client: httpx.AsyncClient) -> None:
    headers = await sign_up(client, "ada")
    async with client.stream("GET", "/api/auth/me/export", headers=headers) as answer:
        assert answer.status_code == 200
    assert app.state.context.engine.pool.checkedout() == 0
