"""Teams and keys over REST."""

from __future__ import annotations

from uuid import uuid4

import httpx

from tests.api.conftest import sign_up


async def test_the_life_of_a_team(client: httpx.AsyncClient) -> None:
    ada, grace = await sign_up(client, "ada"), await sign_up(client, "grace")
    made = await client.post("/api/teams", json={"name": "Acme Design"}, headers=ada)
    assert made.status_code == 201
    team = made.json()
    assert team == {**team, "name": "Acme Design", "slug": "acme-design", "role": "admin"}
    url = f"/api/teams/{team['id']}"
    assert (await client.get(url, headers=grace)).status_code == 404
    assert (await client.get(url)).status_code == 401
    added = await client.post(f"{url}/members", json={"email": "grace@example.org", "role": "viewer"}, headers=ada)
    assert (added.status_code, added.json()["role"]) == (201, "viewer")
    member = f"{url}/members/{added.json()['user']['id']}"
    assert (await client.get(url, headers=grace)).json()["role"] == "viewer"
    assert (await client.put(url, json={"name": "Mine"}, headers=grace)).status_code == 403
    raised = await client.patch(member, json={"role": "admin"}, headers=ada)
    assert (raised.status_code, raised.json()["role"]) == (200, "admin")
    assert (await client.put(url, json={"name": "Ours"}, headers=grace)).json()["name"] == "Ours"
    assert (await client.patch(member, json={"role": "owner"}, headers=ada)).status_code == 422
    assert (await client.delete(member, headers=ada)).status_code == 204
    assert (await client.get(url, headers=grace)).status_code == 404
    listed = await client.get("/api/teams", headers=ada)
    assert [item["name"] for item in listed.json()["items"]] == ["Ours"]
    assert listed.json()["next_cursor"] is None
    myself = (await client.get("/api/auth/me", headers=ada)).json()
    assert [(mine["name"], mine["role"]) for mine in myself["teams"]] == [("Ours", "admin")]
    last = await client.delete(f"{url}/members/{myself['id']}", headers=ada)
    assert (last.status_code, last.json()["title"]) == (409, "Conflicting change")
    assert (await client.delete(url, headers=ada)).status_code == 204


async def test_pages(client: httpx.AsyncClient) -> None:
    ada = await sign_up(client, "ada")
    for number in range(5):
        await client.post("/api/teams", json={"name": f"Team {number}"}, headers=ada)
    first = (await client.get("/api/teams?limit=3", headers=ada)).json()
    rest = (await client.get("/api/teams", params={"limit": 3, "cursor": first["next_cursor"]}, headers=ada)).json()
    assert [len(first["items"]), len(rest["items"]), rest["next_cursor"]] == [3, 2, None]
    for query in ("cursor=nonsense", "limit=0", "limit=1000", "cursor=WyJcdTAwMDAiXQ"):
        answer = await client.get(f"/api/teams?{query}", headers=ada)
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["pointer"].startswith("/query/")


async def test_a_key_works_as_bearer_until_revoked(client: httpx.AsyncClient) -> None:
    ada = await sign_up(client, "ada")
    made = await client.post("/api/api-keys", json={"name": "CI", "scopes": ["read"]}, headers=ada)
    assert made.status_code == 201
    key = made.json()
    bearer = {"Authorization": f"Bearer {key['key']}"}
    assert (await client.get("/api/auth/me", headers=bearer)).status_code == 200
    assert (await client.post("/api/teams", json={"name": "X"}, headers=bearer)).status_code == 403
    (listed,) = (await client.get("/api/api-keys", headers=ada)).json()["items"]
    assert "key" not in listed and key["key"].startswith(listed["prefix"]) and listed["last_used_at"].endswith("Z")
    assert (await client.delete(f"/api/api-keys/{key['id']}", headers=ada)).status_code == 204
    assert (await client.get("/api/auth/me", headers=bearer)).status_code == 401
    assert (await client.delete(f"/api/api-keys/{uuid4()}", headers=ada)).status_code == 404
    bad = await client.post("/api/api-keys", json={"name": "CI", "scopes": ["root"]}, headers=ada)
    assert bad.status_code == 422
