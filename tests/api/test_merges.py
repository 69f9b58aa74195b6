"""Merges over REST: made, refused with conflicts, settled, tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import pytest_asyncio

from tests.api.conftest import sign_up


@dataclass
class Team:
    """Ada and a system of hers with a branch ``side/one``."""

    client: httpx.AsyncClient
    url: str
    headers: dict[str, str]

    async def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return await self.client.request(method, self.url + path, headers=self.headers, json=body)

    async def merge(self, **body: Any) -> httpx.Response:
        return await self.ask("POST", "/branches/side/one/merge", {"into": "main", **body})


@pytest_asyncio.fixture
async def team(client: httpx.AsyncClient) -> Team:
    """``color.red`` is 1 where the two parted, 2 on main and 3 on the branch."""
    headers = await sign_up(client, "ada")
    made = (await client.post("/api/teams", json={"name": "Acme"}, headers=headers)).json()
    wanted = {"team_id": made["id"], "name": "UI", "init": True}
    system = (await client.post("/api/design-systems", json=wanted, headers=headers)).json()
    team = Team(client, f"/api/design-systems/{system['id']}", headers)
    token = {"category": "color", "name": "red", "type": "number", "value": 1}
    red = (await team.ask("POST", "/tokens", token)).json()
    assert (await team.ask("POST", "/branches", {"name": "side/one", "from": "main"})).status_code == 201
    for value, where in ((2, {}), (3, {"branch": "side/one"})):
        assert (await team.ask("PUT", f"/tokens/{red['id']}", {"value": value, **where})).is_success
    return team


async def red(team: Team) -> Any:
    return (await team.ask("GET", "/tokens")).json()["items"][0]["value"]


async def test_a_conflict_is_told_settled_and_gone(team: Team) -> None:
    refused = await team.merge()
    assert refused.status_code == 409
    (conflict,) = refused.json()["conflicts"]
    about = {"resource": "token", "kind": "changed", "path": "color.red", "field": "$value"}
    assert conflict.items() >= {**about, "base": 1, "ours": 2, "theirs": 3}.items()
    assert await red(team) == 2
    answer = await team.merge(resolutions=[{"id": conflict["id"], "take": "theirs"}])
    assert (answer.status_code, answer.json()["already_merged"], answer.json()["fast_forward"]) == (200, False, False)
    assert await red(team) == 3
    again = (await team.merge()).json()
    assert (again["already_merged"], again["commit"]) == (True, answer.json()["commit"])


async def test_a_trial_tells_the_conflicts_and_moves_nothing(team: Team) -> None:
    tried = await team.merge(dry_run=True)
    assert tried.status_code == 200
    (conflict,) = tried.json()["conflicts"]
    assert (conflict["path"], tried.json()["problems"]) == ("color.red", [])
    settled = await team.merge(dry_run=True, resolutions=[{"path": "color.red", "value": 7}])
    assert settled.json()["conflicts"] == []
    assert await red(team) == 2
    standing = {"expected": tried.json()["commit"], "expected_source": tried.json()["source_commit"]}
    assert (await team.merge(resolutions=[{"path": "color.red", "field": "$value", "value": 7}], **standing)).is_success
    assert await red(team) == 7


async def test_a_trial_tells_what_the_merged_whole_would_break(team: Team) -> None:
    alias = {"category": "color", "name": "warm", "value": "{color.red}", "branch": "side/one"}
    assert (await team.ask("POST", "/tokens", alias)).status_code == 201
    gone = (await team.ask("GET", "/tokens")).json()["items"][0]["id"]
    assert (await team.ask("DELETE", f"/tokens/{gone}")).status_code == 204
    tried = await team.merge(dry_run=True, resolutions=[{"path": "color.red", "take": "ours"}])
    assert [problem["code"] for problem in tried.json()["problems"]] == ["XDS020"]
    refused = await team.merge(resolutions=[{"path": "color.red", "take": "ours"}])
    assert (refused.status_code, refused.json()["problems"][0]["subject"]) == (422, "color.warm")


async def test_resolutions_that_say_nothing_or_too_much_are_told_all_at_once(team: Team) -> None:
    wrong = [{"take": "ours"}, {"path": "color.red"}, {"path": "a", "take": "ours"}, {"path": "a", "take": "ours"}]
    refused = await team.merge(resolutions=wrong)
    assert refused.status_code == 422
    assert [each["pointer"] for each in refused.json()["problems"]] == [f"/resolutions/{at}" for at in (0, 1, 3)]
    for value in ("red", {"$description": "no value"}):
        refused = await team.merge(resolutions=[{"path": "color.red", "field": "", "value": value}])
        assert refused.status_code == 422


async def test_a_branch_that_has_moved_is_stale(team: Team) -> None:
    refused = await team.merge(expected="0" * 40)
    assert (refused.status_code, len(refused.json()["current"])) == (412, 40)
    assert (await team.merge(expected_source="0" * 40, dry_run=True)).status_code == 412


async def test_branches_that_are_not_there(team: Team) -> None:
    assert (await team.ask("POST", "/branches/none/merge", {"into": "main"})).status_code == 404
    assert (await team.merge(into="none")).status_code == 404
    assert (await team.merge(into="a..b")).status_code == 422


async def test_no_branch_is_made_that_no_path_leads_to(team: Team) -> None:
    before = (await team.ask("GET", "/branches")).json()
    for name in ("side/merge", "a/b/protection"):
        for refused in (
            await team.ask("POST", "/branches", {"name": name}),
            await team.ask("PATCH", "/branches/side/one", {"name": name}),
        ):
            assert refused.status_code == 422 and "choose another name" in refused.json()["detail"]
            assert refused.json()["problems"][0]["pointer"] == "/name"
    assert (await team.ask("GET", "/branches")).json() == before
    for name in ("merge", "protection", "merge/x"):
        assert (await team.ask("POST", "/branches", {"name": name})).status_code == 201
        assert (await team.ask("GET", f"/branches/{name}")).json()["name"] == name
        assert (await team.ask("DELETE", f"/branches/{name}")).status_code == 204
