"""Branches and proposals over REST: the whole way of a change, and every write on a branch of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from tests.api.conftest import sign_up

RED = {"category": "color", "name": "red", "type": "number", "value": 1}


@dataclass
class Team:
    """Ada is the admin, bea and carl editors, vic a viewer; ``url`` is a system of the team with one token."""

    client: httpx.AsyncClient
    url: str
    people: dict[str, dict[str, str]]
    token: str

    async def ask(
        self, who: str, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        asked = self.people.get(who, {}) | (headers or {})
        return await self.client.request(method, self.url + path, headers=asked, json=body)

    async def told(self, who: str, method: str, path: str, body: Any = None, **more: Any) -> Any:
        answer = await self.ask(who, method, path, body, **more)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def proposed(self, name: str = "warmer/red", value: int = 2) -> dict[str, Any]:
        """A branch of bea's with another value, and a proposal for it."""
        await self.told("bea", "POST", "/branches", {"name": name})
        await self.told("bea", "PUT", f"/tokens/{self.token}", {"value": value, "branch": name})
        found: dict[str, Any] = await self.told("bea", "POST", "/proposals", {"title": "Warmer", "source": name})
        return found


@pytest_asyncio.fixture
async def team(client: httpx.AsyncClient) -> Team:
    people = {name: await sign_up(client, name) for name in ("ada", "bea", "carl", "vic")}
    made = (await client.post("/api/teams", json={"name": "Acme"}, headers=people["ada"])).json()
    for name, role in (("bea", "editor"), ("carl", "editor"), ("vic", "viewer")):
        body = {"email": f"{name}@example.org", "role": role}
        assert (await client.post(f"/api/teams/{made['id']}/members", json=body, headers=people["ada"])).is_success
    wanted = {"team_id": made["id"], "name": "UI", "init": True}
    system = (await client.post("/api/design-systems", json=wanted, headers=people["ada"])).json()
    found = Team(client, f"/api/design-systems/{system['id']}", people, "")
    found.token = (await found.told("ada", "POST", "/tokens", RED))["id"]
    return found


async def test_the_life_of_a_branch(team: Team) -> None:
    made = await team.ask("bea", "POST", "/branches", {"name": "warmer/red", "from": "main"})
    branch = made.json()
    assert made.status_code == 201 and made.headers["location"].endswith("/branches/warmer/red")
    assert (branch["ahead"], branch["behind"], branch["default"], branch["protected"]) == (0, 0, False, False)
    assert branch["last_commit"]["author_email"] == "ada@example.org"
    seen = await team.ask("vic", "GET", "/branches/warmer/red")
    assert seen.json() == branch
    etag = {"If-None-Match": seen.headers["etag"]}
    assert (await team.ask("vic", "GET", "/branches/warmer/red", headers=etag)).status_code == 304
    await team.told("ada", "PUT", f"/tokens/{team.token}", {"value": 5})
    newer = await team.ask("vic", "GET", "/branches/warmer/red", headers=etag)
    assert (newer.status_code, newer.json()["behind"]) == (200, 1), "its commit is the same, the answer is not"
    await team.told("bea", "PUT", f"/tokens/{team.token}", {"value": 6, "branch": "warmer/red"})
    stale = {"If-Match": newer.headers["etag"]}
    assert (await team.ask("bea", "DELETE", "/branches/warmer/red", headers=stale)).status_code == 412
    fresh = (await team.ask("bea", "GET", "/branches/warmer/red")).headers["etag"]
    renamed = await team.ask("bea", "PATCH", "/branches/warmer/red", {"name": "warm"}, headers={"If-Match": fresh})
    assert renamed.json()["name"] == "warm"
    listed = await team.told("vic", "GET", "/branches?q=WAR")
    assert [item["name"] for item in listed["items"]] == ["warm"]
    gone = await team.ask("bea", "DELETE", "/branches/warm", headers={"If-Match": renamed.headers["etag"]})
    assert gone.status_code == 204
    assert (await team.ask("bea", "GET", "/branches/warm")).status_code == 404


async def test_a_change_is_proposed_reviewed_and_merged(team: Team) -> None:
    rule = {"push": {"role": "editor"}, "required_approvals": 1}
    assert (await team.ask("ada", "PUT", "/branches/main/protection", rule)).is_success
    direct = await team.ask("ada", "PUT", f"/tokens/{team.token}", {"value": 9})
    assert (direct.status_code, direct.json()["problems"][0]["code"]) == (403, "XDS407")
    made = await team.proposed()
    assert (made["number"], made["state"], made["author"]["username"]) == (1, "open", "bea")
    seen = await team.told("vic", "GET", "/proposals/1")
    assert seen["mergeability"]["state"] == "clean"
    assert (seen["summary"]["patch"], seen["summary"]["ahead"], seen["summary"]["bump"]) == (1, 1, "patch")
    assert (seen["approvals"], seen["blocked_by"]) == ({"required": 1, "given": 0}, ["approvals"])
    assert (await team.ask("bea", "POST", "/proposals/1/merge", {})).status_code == 403
    review = {"verdict": "approve", "commit": seen["source_commit"]}
    assert (await team.ask("bea", "POST", "/proposals/1/reviews", review)).status_code == 403
    assert (await team.ask("vic", "POST", "/proposals/1/reviews", review)).status_code == 403
    said = await team.ask("carl", "POST", "/proposals/1/reviews", review)
    assert (said.status_code, said.json()["reviewer"]["username"]) == (201, "carl")
    seen = await team.told("vic", "GET", "/proposals/1")
    assert [(each["verdict"], each["counts"]) for each in seen["reviews"]] == [("approve", True)]
    assert seen["blocked_by"] == []
    late = await team.ask("bea", "POST", "/proposals/1/merge", {"commit": "0" * 40})
    assert late.status_code == 412
    wanted = {"commit": seen["source_commit"], "delete_source": True}
    done = await team.told("bea", "POST", "/proposals/1/merge", wanted)
    assert (done["proposal"]["state"], done["source_deleted"]) == ("merged", True)
    assert (await team.told("vic", "GET", f"/tokens/{team.token}"))["value"] == 2
    after = await team.told("vic", "GET", "/proposals/1")
    assert (after["mergeability"], after["summary"]["patch"], after["ended_by"]["username"]) == (None, 1, "bea")
    assert [item["verdict"] for item in (await team.told("vic", "GET", "/proposals/1/reviews"))["items"]] == ["approve"]


async def test_conflicts_are_told_and_settled(team: Team) -> None:
    await team.proposed()
    await team.told("ada", "PUT", f"/tokens/{team.token}", {"value": 7})
    seen = await team.told("vic", "GET", "/proposals/1")
    assert seen["mergeability"]["state"] == "conflicting"
    (conflict,) = seen["mergeability"]["conflicts"]
    assert (conflict["subject"], conflict["base"], conflict["ours"], conflict["theirs"]) == ("color.red", 1, 7, 2)
    refused = await team.ask("bea", "POST", "/proposals/1/merge", {})
    assert (refused.status_code, refused.json()["conflicts"][0]["id"]) == (409, conflict["id"])
    answer = {"resolutions": [{"id": conflict["id"], "value": 8}]}
    assert (await team.told("bea", "POST", "/proposals/1/merge", answer))["proposal"]["state"] == "merged"
    assert (await team.told("vic", "GET", f"/tokens/{team.token}"))["value"] == 8


async def test_lists_closing_and_opening_again(team: Team) -> None:
    await team.proposed("one")
    await team.proposed("two", 3)
    await team.told("carl", "PATCH", "/proposals/2", {"title": "Warm", "draft": True})
    assert (await team.told("carl", "POST", "/proposals/1/close"))["closed_because"] == "closed"
    opened = (await team.told("vic", "GET", "/proposals?state=open"))["items"]
    assert [(item["number"], item["title"], item["draft"]) for item in opened] == [(2, "Warm", True)]
    first = await team.told("vic", "GET", "/proposals?limit=1")
    rest = await team.told("vic", "GET", f"/proposals?limit=1&cursor={first['next_cursor']}")
    assert [first["items"][0]["number"], rest["items"][0]["number"], rest["next_cursor"]] == [2, 1, None]
    assert (await team.told("bea", "POST", "/proposals/1/reopen"))["state"] == "open"
    again = await team.ask("bea", "POST", "/proposals", {"title": "Again", "source": "one"})
    assert again.status_code == 409
    assert (await team.ask("bea", "GET", "/proposals/99")).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": "x"},
        {"title": "", "source": "one"},
        {"title": "x", "source": "main"},
        {"title": "x", "source": "a..b"},
        {"title": "x", "source": "one", "state": "merged"},
        {"title": "x" * 201, "source": "one"},
        {"title": "x", "source": "one", "description": "x" * 20_001},
    ],
    ids=str,
)
async def test_what_is_no_proposal_is_told(team: Team, body: dict[str, Any]) -> None:
    answer = await team.ask("bea", "POST", "/proposals", body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


async def test_every_write_goes_to_the_branch_that_it_names_and_nowhere_else(team: Team, app: FastAPI) -> None:
    """Each operation that takes a branch, by the body's member or by the query's."""
    base = await team.told("ada", "POST", "/components", {"name": "Base", "code": "export {}"})
    await team.told("bea", "POST", "/branches", {"name": "side"})
    main = (await team.told("vic", "GET", "/branches/main"))["commit"]
    tips = [(await team.told("vic", "GET", "/branches/side"))["commit"]]
    written = set()

    async def writes(operation: str, method: str, path: str, body: Any) -> Any:
        found = await team.told("bea", method, path, body)
        tip = (await team.told("vic", "GET", "/branches/side"))["commit"]
        assert tip not in tips, f"{operation} made no commit on side"
        assert (await team.told("vic", "GET", "/branches/main"))["commit"] == main, f"{operation} moved main"
        tips.append(tip)
        written.add(operation)
        return found

    there = {"branch": "side"}
    blue = await writes("create_token", "POST", "/tokens", {**RED, "name": "blue", **there})
    await writes("update_token", "PUT", f"/tokens/{blue['id']}?branch=side", {"value": 4})
    await writes("revert_token", "POST", f"/tokens/{blue['id']}/revert", {"commit": tips[1], **there})
    await writes("rename_token", "POST", f"/tokens/{blue['id']}/rename", {"path": "color.navy", **there})
    operations = [{"op": "create", "path": "color.green", "type": "number", "value": 1}]
    await writes("batch_tokens", "POST", "/tokens/batch", {"operations": operations, **there})
    await writes("delete_token", "DELETE", f"/tokens/{blue['id']}?branch=side", None)
    await writes("revert_design_system", "POST", "/revert", {"commit": tips[-1], **there})
    card = await writes("create_component", "POST", "/components", {"name": "Card", "code": "export {}", **there})
    await writes("update_component", "PUT", f"/components/{card['id']}?branch=side", {"documentation": "# Card"})
    await writes("delete_component", "DELETE", f"/components/{card['id']}?branch=side", None)
    await writes("update_component", "PUT", f"/components/{base['id']}?branch=side", {"documentation": "# Base"})
    await writes("revert_component", "POST", f"/components/{base['id']}/revert/1", there)
    read = (await team.told("vic", "GET", "/tokens?ref=side"))["items"]
    assert [token["path"] for token in read] == ["color.green", "color.navy", "color.red"]
    assert len((await team.told("vic", "GET", "/tokens"))["items"]) == 1
    assert written == taking_branches(app)


def taking_branches(app: FastAPI) -> set[str]:
    """The operations with a parameter or body member `branch`."""
    document, found = app.openapi(), set()
    for methods in document["paths"].values():
        for operation in methods.values():
            names = {parameter["name"] for parameter in operation.get("parameters", [])}
            for media in operation.get("requestBody", {}).get("content", {}).values():
                schema = document["components"]["schemas"].get(media["schema"].get("$ref", "").rpartition("/")[2], {})
                names |= set(schema.get("properties", {}))
            if "branch" in names:
                found.add(operation["operationId"])
    return found


async def test_a_write_to_a_branch_that_is_not_there_is_refused(team: Team) -> None:
    for method, path in (("POST", "/tokens"), ("POST", "/components")):
        body = {**RED, "name": "Other"} if path == "/tokens" else {"name": "Other"}
        assert (await team.ask("bea", method, path, {**body, "branch": "nowhere"})).status_code == 404
