"""An access token that was signed out opens nothing any more, wherever it is sent, though it has not expired."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import event

from tests.api.conftest import PASSWORD, sign_up

TOKEN = {"category": "size", "name": "small", "type": "number", "value": 1}
LS_REFS = b"0014command=ls-refs\n00010000"


class Site:
    """Ada's public system, and two of her sign-ins: one that goes on and one to sign out of."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.ids: dict[str, str] = {}
        self.names = ("", "")
        self.alive: dict[str, str] = {}
        self.dead: dict[str, str] = {}
        self._refresh = ""

    async def begin(self) -> None:
        self.alive = await sign_up(self.client, "ada")
        body = {"email": "ada@example.org", "password": PASSWORD}
        pair = (await self.client.post("/api/auth/login", json=body)).json()
        self.dead, self._refresh = {"Authorization": f"Bearer {pair['access_token']}"}, pair["refresh_token"]
        team = await self.made("/api/teams", {"name": "Team"})
        fields = {"team_id": team["id"], "name": "UI", "visibility": "public", "init": True}
        system = await self.made("/api/design-systems", fields)
        below = f"/api/design-systems/{system['id']}"
        token = await self.made(f"{below}/tokens", TOKEN)
        component = await self.made(f"{below}/components", {"name": "Button"})
        self.ids = {"team_id": team["id"], "system_id": system["id"]}
        self.ids |= {"token_id": token["id"], "component_id": component["id"]}
        self.names = (team["slug"], system["slug"])

    async def made(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.post(path, json=body, headers=self.alive)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def sign_out(self) -> None:
        answer = await self.client.post("/api/auth/logout", json={"refresh_token": self._refresh})
        assert answer.status_code == 204

    def path(self, path: str, operation: dict[str, Any]) -> str:
        """The operation's URL with what exists here in it."""
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                name = parameter["name"]
                other = "1" if parameter["schema"].get("type") == "integer" else "main"
                given = self.ids.get(name, str(uuid4()) if name.endswith("id") else other)
                path = path.replace(f"{{{name}}}", given)
        return path

    @property
    def git(self) -> str:
        return "/git/{}/{}.git".format(*self.names)


@pytest_asyncio.fixture
async def site(client: httpx.AsyncClient) -> Site:
    made = Site(client)
    await made.begin()
    return made


def without_bodies(app: FastAPI) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every read and every deletion that knows credentials."""
    for path, operations in app.openapi()["paths"].items():
        for method, operation in operations.items():
            if operation.get("security") and path.startswith("/api/") and method in ("get", "delete"):
                if "requestBody" in operation:
                    continue  # a body that does not fit is told first
                yield method.upper(), path, operation


async def test_every_read_and_every_deletion_refuses_it(app: FastAPI, site: Site) -> None:
    asked = list(without_bodies(app))
    assert len(asked) > 20
    for method, path, operation in asked:
        url = site.path(path, operation)
        if method == "GET":
            before = await site.client.get(url, headers=site.dead)
            assert before.status_code != 401, f"{url} refuses a living token: {before.text}"
    await site.sign_out()
    for method, path, operation in asked:
        url = site.path(path, operation)
        answer = await site.client.request(method, url, headers=site.dead)
        assert answer.status_code == 401, f"{method} {url}: {answer.status_code} {answer.text}"
        assert "www-authenticate" in answer.headers
    # also where nobody at all may read, and nothing of it was carried out
    assert (await site.client.get(f"/api/design-systems/{site.ids['system_id']}")).status_code == 200


WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/api/auth/register", {"email": "eve@example.org", "password": PASSWORD, "name": "Eve"}),
    ("POST", "/api/auth/email/verification", {}),
    ("PATCH", "/api/auth/me", {"name": "Eve"}),
    ("POST", "/api/api-keys", {"name": "CI", "scopes": ["read"]}),
    ("POST", "/api/teams", {"name": "Another"}),
    ("PUT", "/api/teams/{team_id}", {"name": "Another"}),
    ("POST", "/api/teams/{team_id}/members", {"email": "ada@example.org", "role": "viewer"}),
    ("PUT", "/api/design-systems/{system_id}", {"name": "Another"}),
    ("POST", "/api/design-systems/{system_id}/tokens", {**TOKEN, "name": "large"}),
    ("POST", "/api/design-systems/{system_id}/components", {"name": "Input"}),
]


@pytest.mark.parametrize(("method", "path", "body"), WRITES, ids=[f"{method} {path}" for method, path, _ in WRITES])
async def test_writes_refuse_it(site: Site, method: str, path: str, body: dict[str, Any]) -> None:
    await site.sign_out()
    url = path.format(**site.ids)
    answer = await site.client.request(method, url, json=body, headers=site.dead)
    assert answer.status_code == 401, answer.text
    again = await site.client.request(method, url, json=body, headers=site.alive)
    assert again.status_code != 401, again.text


async def test_it_finds_out_nothing_of_what_there_is(site: Site) -> None:
    """Teams and systems have names that can be guessed: what is there is refused like what never was."""
    await site.sign_out()
    there = [f"/api/teams/{site.ids['team_id']}", f"/api/design-systems/{site.ids['system_id']}", site.git]
    absent = [f"/api/teams/{uuid4()}", f"/api/design-systems/{uuid4()}", "/git/no-such-team/ui.git"]
    for urls in (there, absent):
        asked = [*urls[:2], f"{urls[2]}/info/refs?service=git-upload-pack"]
        answers = [await site.client.get(url, headers=site.dead) for url in asked]
        assert [answer.status_code for answer in answers] == [401, 401, 401]


async def test_git_refuses_it_even_where_strangers_may_read(site: Site) -> None:
    v2 = {"git-protocol": "version=2", "content-type": "application/x-git-upload-pack-request"}

    async def statuses(headers: dict[str, str]) -> list[int]:
        answers = [
            await site.client.get(f"{site.git}/info/refs", params={"service": service}, headers=headers)
            for service in ("git-upload-pack", "git-receive-pack")
        ]
        answers.append(
            await site.client.post(f"{site.git}/git-upload-pack", content=LS_REFS, headers={**v2, **headers})
        )
        return [answer.status_code for answer in answers]

    assert await statuses(site.dead) == [200, 200, 200]
    await site.sign_out()
    assert await statuses(site.dead) == [401, 401, 401]
    assert await statuses(site.alive) == [200, 200, 200]
    assert await statuses({}) == [200, 401, 200]


async def test_a_revoked_key_is_refused_in_every_way_that_git_sends_it(site: Site) -> None:
    made = await site.made("/api/api-keys", {"name": "CI", "scopes": ["read"]})
    ways = [
        {"Authorization": f"Bearer {made['key']}"},
        *(
            {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
            for pair in (f"anyone:{made['key']}", f"{made['key']}:", f"{made['key']}:x")
        ),
    ]
    url = f"{site.git}/info/refs?service=git-upload-pack"
    assert [(await site.client.get(url, headers=way)).status_code for way in ways] == [200] * 4
    assert (await site.client.delete(f"/api/api-keys/{made['id']}", headers=site.alive)).status_code == 204
    assert [(await site.client.get(url, headers=way)).status_code for way in ways] == [401] * 4


async def test_that_it_could_be_revoked_costs_a_request_no_query(app: FastAPI, site: Site) -> None:
    """The standing comes with the one query that finds what is asked for, in REST as in git."""
    sent: list[str] = []

    def note(*told: Any) -> None:
        sent.append(told[2])

    async def queries(path: str, headers: dict[str, str]) -> int:
        await site.client.get(path, headers=headers)  # what is remembered between requests is not counted
        sent.clear()
        assert (await site.client.get(path, headers=headers)).status_code == 200
        return len(sent)

    engine = app.state.context.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        for path in (
            f"/api/design-systems/{site.ids['system_id']}",
            f"/api/design-systems/{site.ids['system_id']}/tokens",
            f"{site.git}/info/refs?service=git-upload-pack",
        ):
            assert await queries(path, site.alive) == await queries(path, {}), path
        assert await queries(f"{site.git}/info/refs?service=git-upload-pack", site.alive) == 1
    finally:
        event.remove(engine, "before_cursor_execute", note)
