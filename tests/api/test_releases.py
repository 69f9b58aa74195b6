"""Publishing and releases over REST."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import httpx
import pytest_asyncio
from fastapi import FastAPI

from tests.api.conftest import sign_up


@dataclass
class Site:
    """Ada's system, with a token in it."""

    client: httpx.AsyncClient
    app: FastAPI
    url: str
    people: dict[str, dict[str, str]]

    async def ask(self, method: str, path: str, who: str = "ada", **more: Any) -> httpx.Response:
        headers = self.people.get(who, {}) | more.pop("headers", {})
        return await self.client.request(method, self.url + path, headers=headers, **more)

    async def add(self, name: str, value: int = 1) -> None:
        body = {"category": "size", "name": name, "type": "number", "value": value}
        assert (await self.ask("POST", "/tokens", json=body)).status_code == 201

    async def publish(self, **body: Any) -> httpx.Response:
        return await self.ask("POST", "/publish", json=body)


@pytest_asyncio.fixture
async def site(client: httpx.AsyncClient, app: FastAPI) -> Site:
    people = {name: await sign_up(client, name) for name in ("ada", "vic")}
    team = (await client.post("/api/teams", json={"name": "Acme"}, headers=people["ada"])).json()
    body = {"email": "vic@example.org", "role": "viewer"}
    assert (await client.post(f"/api/teams/{team['id']}/members", json=body, headers=people["ada"])).is_success
    wanted = {"team_id": team["id"], "name": "UI", "init": True}
    system = (await client.post("/api/design-systems", json=wanted, headers=people["ada"])).json()
    site = Site(client, app, f"/api/design-systems/{system['id']}", people)
    await site.add("a")
    return site


async def test_the_life_of_a_release(site: Site) -> None:
    made = await site.publish(message="The *first* one")
    assert made.status_code == 201, made.text
    assert made.headers["Location"] == f"{site.url}/releases/0.1.0"
    body = made.json()
    assert (body["version"], body["tag"], body["previous"], body["source"]) == ("0.1.0", "v0.1.0", None, "service")
    assert body["changelog"].startswith("## 0.1.0 - ") and "The *first* one" in body["changelog"]
    assert (await site.ask("GET", "/releases/0.1.0")).json() == body
    system = (await site.ask("GET", "")).json()
    assert (system["version"], system["published"], system["head"]) == ("0.1.0", True, body["commit"])
    await site.add("b", 7)  # of the same value it would be a rename
    token = (await site.ask("GET", "/tokens?q=size.a")).json()["items"][0]
    assert (await site.ask("DELETE", f"/tokens/{token['id']}")).is_success
    low = await site.publish(version="0.1.1")
    assert low.status_code == 422
    assert [problem["subject"] for problem in low.json()["problems"]] == ["", "size.a"]
    second = (await site.publish(version="1.0.0")).json()
    assert (second["previous"], second["bump"]) == ("0.1.0", "major")
    assert [change["subject"] for change in second["breaking"]] == ["size.a"]
    assert second["reasons"] == ["size.a: removed"]
    listed = (await site.ask("GET", "/releases?limit=1", "vic")).json()
    assert [item["version"] for item in listed["items"]] == ["1.0.0"]
    rest = (await site.ask("GET", f"/releases?cursor={listed['next_cursor']}", "vic")).json()
    assert [item["version"] for item in rest["items"]] == ["0.1.0"]
    assert (await site.ask("GET", "/releases?cursor=x")).status_code == 422


async def test_refusals(site: Site) -> None:
    assert (await site.ask("GET", "/releases/1.0.0")).status_code == 404
    assert (await site.ask("POST", "/publish", "vic", json={})).status_code == 403
    assert (await site.ask("POST", "/publish", "nobody", json={})).status_code == 401
    first = (await site.publish(version="1.0.0")).json()
    taken = await site.publish(version="1.0.0")
    assert (taken.status_code, taken.json()["commit"]) == (409, first["commit"])
    (conflict,) = taken.json()["conflicts"]
    assert (conflict["subject"], conflict["ours"]["version"]) == ("refs/tags/v1.0.0", "1.0.0")
    for body in ({"version": "one"}, {"bump": "huge"}, {"version": "2.0.0", "bump": "major"}, {"ref": "side"}):
        assert (await site.publish(**body)).status_code == 422, body
    assert (await site.publish(version="2.0.0", expected="0" * 40)).status_code == 409


async def test_what_would_be_published(site: Site) -> None:
    looked = await site.publish(dry_run=True)
    assert looked.status_code == 200, looked.text
    found = looked.json()
    assert (found["version"], found["previous"], found["bump"]) == ("0.1.0", None, None)
    assert "`size.a`" in found["changelog"] and found["sections"][0]["title"] == "Added"
    assert (await site.ask("GET", "/releases")).json()["items"] == []
    made = await site.publish(expected=found["commit"])
    assert (made.status_code, made.json()["version"]) == (201, "0.1.0")
    assert (await site.publish(dry_run=True)).status_code == 409
    assert (await site.ask("POST", "/publish", "vic", json={"dry_run": True})).status_code == 403


async def test_artifacts_are_the_same_for_good(site: Site) -> None:
    await site.publish(version="1.0.0")
    await site.add("b", 2)
    made = (await site.publish(version="1.1.0", message="More")).json()
    files = {each["name"]: each for each in made["artifacts"]}
    assert sorted(files) == [
        "CHANGELOG.md",
        "migration.json",
        "source.tar.gz",
        "source.zip",
        "tokens.css",
        "tokens.dtcg.json",
        "tokens.json",
        "tokens.scss",
        "tokens.ts",
    ]
    got = {name: await site.client.get(each["url"], headers=site.people["vic"]) for name, each in files.items()}
    for name, answer in got.items():
        assert answer.status_code == 200
        assert (
            sha256(answer.content).hexdigest() == files[name]["sha256"] and len(answer.content) == files[name]["size"]
        )
        assert "immutable" in answer.headers["Cache-Control"]
        again = {"If-None-Match": answer.headers["ETag"]}
        assert (await site.client.get(files[name]["url"], headers=site.people["vic"] | again)).status_code == 304
    assert "--size-b: 2" in got["tokens.css"].text and "1.1.0" in got["tokens.css"].text
    page = got["CHANGELOG.md"].text
    assert page.index("## 1.1.0") < page.index("More") < page.index("`size.b`") < page.index("## 1.0.0")
    moved = json.loads(got["migration.json"].text)
    assert (moved["from"], moved["to"], moved["tokens"]) == ("1.0.0", "1.1.0", [])
    with zipfile.ZipFile(io.BytesIO(got["source.zip"].content)) as packed:
        assert "source/designsystem.json" in packed.namelist()
    with tarfile.open(fileobj=io.BytesIO(got["source.tar.gz"].content)) as packed:
        stated = packed.extractfile("source/designsystem.json")
        assert stated is not None and json.load(stated)["version"] == "1.1.0"
    assert (await site.ask("GET", "/releases/1.1.0/artifacts/tokens.exe")).status_code == 404
    assert (await site.ask("GET", "/releases/9.9.9/artifacts/tokens.css")).status_code == 404
    # what is kept may go: a system that was renamed, and a release that was yanked since, give the same bytes
    await site.ask("PUT", "", json={"name": "Another name", "slug": "another"})
    await site.ask("POST", "/releases/1.0.0/yank", json={"reason": "Wrong"})
    shelf = site.app.state.context.store.root
    for kept in list(shelf.glob("*/*/*.git/shelf/*/*")):
        for file in kept.iterdir():
            file.write_bytes(b"")
    fresh = (await site.ask("GET", "/releases/1.1.0")).json()
    assert fresh["artifacts"] == made["artifacts"]


async def test_yanking(site: Site) -> None:
    await site.publish(version="1.0.0")
    await site.add("b")
    await site.publish(version="1.1.0")
    first = await site.ask("GET", "/releases/1.1.0")
    assert (await site.ask("POST", "/releases/1.1.0/yank", "vic", json={"reason": "No"})).status_code == 403
    assert (await site.ask("POST", "/releases/1.2.0/yank", json={"reason": "No"})).status_code == 404
    assert (await site.ask("POST", "/releases/1.1.0/yank", json={"reason": "  "})).status_code == 422
    for _ in range(2):
        yanked = await site.ask("POST", "/releases/1.1.0/yank", json={"reason": "Unreadable"})
        assert (yanked.status_code, yanked.json()["yanked"], yanked.json()["yank_reason"]) == (200, True, "Unreadable")
    assert (await site.ask("GET", "")).json()["version"] == "1.0.0"
    assert (await site.ask("GET", "/releases/1.1.0")).headers["ETag"] != first.headers["ETag"]
    listed = (await site.ask("GET", "/releases?yanked=false")).json()["items"]
    assert [each["version"] for each in listed] == ["1.0.0"]
    assert (await site.ask("GET", "/tokens?ref=v1.1.0")).status_code == 200
    assert (await site.publish(version="1.1.0")).status_code == 409
    assert (await site.publish(bump="minor")).json()["version"] == "1.2.0"
    restored = await site.ask("POST", "/releases/1.1.0/unyank")
    assert (restored.status_code, restored.json()["yanked"], restored.json()["yank_reason"]) == (200, False, None)
    system = (await site.ask("GET", "")).json()
    audit = (await site.client.get(f"/api/teams/{system['team_id']}/audit", headers=site.people["ada"])).json()["items"]
    acts = [(each["action"], each["details"]) for each in audit if each["action"].startswith("release.")]
    assert sorted(acts) == [
        ("release.restored", {"version": "1.1.0"}),
        ("release.yanked", {"version": "1.1.0", "reason": "Unreadable"}),
    ]


async def test_a_system_too_large_for_an_archive_ships_the_rest(site: Site) -> None:
    context = site.app.state.context
    site.app.state.context = replace(context, limits=replace(context.limits, archive_bytes=100))
    made = (await site.publish(version="1.0.0")).json()
    assert "source.zip" not in {each["name"] for each in made["artifacts"]} and len(made["artifacts"]) == 7
    for kind in ("zip", "tar.gz", "json"):
        assert (await site.ask("GET", f"/export?format={kind}")).status_code == 413
