"""Branch protections and owners over REST."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from tests.api.conftest import sign_up

NEW = {"category": "color", "name": "brand", "type": "number", "value": 1}


@dataclass
class Team:
    """Ada is the admin, bea an editor, vic a viewer, out an outsider; ``url`` is a system of the team."""

    client: httpx.AsyncClient
    url: str
    people: dict[str, dict[str, str]]

    async def ask(self, who: str, method: str, path: str, **body: Any) -> httpx.Response:
        content = body if body or method == "PUT" else None
        return await self.client.request(method, self.url + path, headers=self.people.get(who, {}), json=content)


@pytest_asyncio.fixture
async def team(client: httpx.AsyncClient) -> Team:
    people = {name: await sign_up(client, name) for name in ("ada", "bea", "vic", "out")}
    made = (await client.post("/api/teams", json={"name": "Acme"}, headers=people["ada"])).json()
    for name, role in (("bea", "editor"), ("vic", "viewer")):
        body = {"email": f"{name}@example.org", "role": role}
        assert (await client.post(f"/api/teams/{made['id']}/members", json=body, headers=people["ada"])).is_success
    wanted = {"team_id": made["id"], "name": "UI", "init": True}
    system = (await client.post("/api/design-systems", json=wanted, headers=people["ada"])).json()
    return Team(client, f"/api/design-systems/{system['id']}", people)


async def test_the_life_of_a_protection(team: Team) -> None:
    me = (await team.client.get("/api/auth/me", headers=team.people["bea"])).json()["id"]
    push: dict[str, Any] = {"role": "nobody", "users": [me], "keys": []}
    made = await team.ask("ada", "PUT", "/branches/release/*/protection", push=push, allow_delete=True)
    rule: dict[str, Any] = {"pattern": "release/*", "push": push, "allow_force": False, "allow_delete": True}
    rule["required_approvals"] = 0
    assert (made.status_code, made.json()) == (200, rule)
    assert (await team.ask("ada", "PUT", "/branches/main/protection")).json()["push"]["role"] == "admin"
    listed = await team.ask("vic", "GET", "/protections")
    assert [item["pattern"] for item in listed.json()["items"]] == ["main", "release/*"]
    assert (await team.ask("vic", "GET", "/branches/release/1.0/protection")).json() == rule
    assert (await team.ask("vic", "GET", "/branches/release%2F1.0/protection")).json() == rule
    assert (await team.ask("vic", "GET", "/branches/other/protection")).status_code == 404
    assert (await team.ask("ada", "DELETE", "/branches/release/1.0/protection")).status_code == 404
    assert (await team.ask("ada", "DELETE", "/branches/release/*/protection")).status_code == 204
    assert (await team.ask("ada", "DELETE", "/branches/release/*/protection")).status_code == 404


@pytest.mark.parametrize(
    ("who", "reading", "writing"),
    [("", 401, 401), ("out", 404, 404), ("vic", 200, 403), ("bea", 200, 403), ("ada", 200, 200)],
)
async def test_who_may_see_and_set_protections(team: Team, who: str, reading: int, writing: int) -> None:
    await team.ask("ada", "PUT", "/branches/main/protection")
    for path in ("/protections", "/branches/main/protection"):
        assert (await team.ask(who, "GET", path)).status_code == reading
    assert (await team.ask(who, "PUT", "/branches/main/protection")).status_code == writing
    removed = await team.ask(who, "DELETE", "/branches/main/protection")
    assert removed.status_code == (204 if writing == 200 else writing)


@pytest.mark.parametrize(
    "body",
    [
        {"push": {"role": "viewer"}},
        {"push": {"users": ["x"]}},
        {"push": {"users": [str(UUID(int=1))]}},
        {"push": {"keys": [str(UUID(int=2))]}},
        {"push": {"users": [str(UUID(int=n)) for n in range(51)]}},
        {"allow_force": "maybe"},
        {"required_approvals": 11},
        {"required_approvals": -1},
        {"pattern": "x"},
    ],
    ids=str,
)
async def test_what_is_no_rule_is_refused(team: Team, body: dict[str, Any]) -> None:
    answer = await team.ask("ada", "PUT", "/branches/main/protection", **body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


async def test_a_protected_branch_refuses_with_what_and_why(team: Team) -> None:
    await team.ask("ada", "PUT", "/branches/**/protection")
    refused = await team.ask("bea", "POST", "/tokens", **NEW)
    assert refused.status_code == 403
    (problem,) = refused.json()["problems"]
    assert (problem["code"], problem["subject"]) == ("XDS407", "refs/heads/main")
    assert "only administrators may push" in refused.json()["detail"]
    assert (await team.ask("ada", "POST", "/tokens", **NEW)).status_code == 201


async def test_refusals_of_the_usual_kind_carry_no_problems(team: Team) -> None:
    assert "problems" not in (await team.ask("vic", "POST", "/tokens", **NEW)).json()
