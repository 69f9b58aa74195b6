"""Roles on one design system, over REST."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest_asyncio

from tests.api.conftest import sign_up


@pytest_asyncio.fixture
async def ada(client: httpx.AsyncClient) -> dict[str, str]:
    return await sign_up(client, "ada")


@pytest_asyncio.fixture
async def eve(client: httpx.AsyncClient) -> dict[str, str]:
    return await sign_up(client, "eve")


async def make_system(client: httpx.AsyncClient, headers: dict[str, str]) -> str:
    team = (await client.post("/api/teams", json={"name": "Acme"}, headers=headers)).json()
    body = {"team_id": team["id"], "name": "UI"}
    made = await client.post("/api/design-systems", json=body, headers=headers)
    assert made.status_code == 201, made.text
    return f"/api/design-systems/{made.json()['id']}"


async def test_a_grant_is_given_changed_and_ended(
    client: httpx.AsyncClient, ada: dict[str, str], eve: dict[str, str]
) -> None:
    system = await make_system(client, ada)
    body = {"email": "eve@example.org", "role": "viewer"}
    assert (await client.get(system, headers=eve)).status_code == 404
    made = await client.post(f"{system}/grants", json=body, headers=ada)
    assert made.status_code == 201, made.text
    grant = made.json()
    assert (grant["user"]["email"], grant["key"], grant["effective_role"]) == ("eve@example.org", None, "viewer")
    assert (await client.get(system, headers=eve)).status_code == 200
    team_id = (await client.get(system, headers=eve)).json()["team_id"]
    assert (await client.get(f"/api/teams/{team_id}", headers=eve)).status_code == 404
    assert (await client.get(f"{system}/grants", headers=eve)).status_code == 403
    assert (await client.get(f"{system}/grants", headers=ada)).json()["items"] == [grant]
    assert (await client.post(f"{system}/grants", json=body, headers=ada)).status_code == 409
    changed = await client.patch(f"{system}/grants/{grant['id']}", json={"role": "admin"}, headers=ada)
    assert (changed.status_code, changed.json()) == (200, grant | {"role": "admin", "effective_role": "admin"})
    assert (await client.get(f"{system}/grants", headers=eve)).status_code == 200
    assert (await client.delete(f"{system}/grants/{grant['id']}", headers=ada)).status_code == 204
    assert (await client.delete(f"{system}/grants/{grant['id']}", headers=ada)).status_code == 404
    assert (await client.get(system, headers=eve)).status_code == 404


async def test_a_key_is_granted_a_role_and_loses_it_when_revoked(
    client: httpx.AsyncClient, ada: dict[str, str], eve: dict[str, str]
) -> None:
    system = await make_system(client, ada)
    key = (await client.post("/api/api-keys", json={"name": "CI", "scopes": ["read"]}, headers=eve)).json()
    made = await client.post(f"{system}/grants", json={"key_id": key["id"], "role": "viewer"}, headers=ada)
    assert made.json()["key"] == {"id": key["id"], "name": "CI", "prefix": key["prefix"]}
    bearer = {"Authorization": f"Bearer {key['key']}"}
    assert (await client.get(system, headers=bearer)).status_code == 200
    assert (await client.get(system, headers=eve)).status_code == 404
    await client.delete(f"/api/api-keys/{key['id']}", headers=eve)
    assert (await client.get(f"{system}/grants", headers=ada)).json()["items"] == []


async def test_bad_grants_are_refused(client: httpx.AsyncClient, ada: dict[str, str], eve: dict[str, str]) -> None:
    system = await make_system(client, ada)
    for body in (
        {"role": "viewer"},
        {"email": "nobody@example.org", "role": "viewer"},
        {"user_id": str(uuid4()), "key_id": str(uuid4()), "role": "viewer"},
        {"email": "eve@example.org", "role": "owner"},
    ):
        assert (await client.post(f"{system}/grants", json=body, headers=ada)).status_code == 422, body
    good = {"email": "eve@example.org", "role": "viewer"}
    assert (await client.post(f"{system}/grants", json=good, headers=eve)).status_code == 404
    assert (await client.post(f"{system}/grants", json=good)).status_code == 401
    assert (await client.patch(f"{system}/grants/{uuid4()}", json={"role": "viewer"}, headers=ada)).status_code == 404


async def test_a_key_says_whose_it_is_to_the_teams_admins(
    client: httpx.AsyncClient, ada: dict[str, str], eve: dict[str, str]
) -> None:
    system = await make_system(client, ada)
    await client.post(f"{system}/grants", json={"email": "eve@example.org", "role": "viewer"}, headers=ada)
    bound = {"name": "CI", "scopes": ["read"], "design_system_id": system.rpartition("/")[2]}
    key = (await client.post("/api/api-keys", json=bound, headers=eve)).json()
    me = (await client.get("/api/auth/me", headers=eve)).json()
    listed = (await client.get("/api/api-keys", params={"team_id": key["team_id"]}, headers=ada)).json()["items"]
    assert [(each["id"], each["user_id"]) for each in listed] == [(key["id"], me["id"])]
    assert (await client.get("/api/api-keys", params={"team_id": key["team_id"]}, headers=eve)).status_code == 404
