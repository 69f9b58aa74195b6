from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from gitstore.commits import write_tag
from services import changes, sync
from services.changes import Change
from services.drafts import Draft
from tests.api.conftest import sign_up
from tests.index.histories import ADA, IDS, History, component
from tests.services.contents import tokens_file

MAIN = "refs/heads/main"


class Site:
    """One system over REST, and its repository behind the service's back."""

    def __init__(self, app: FastAPI, client: httpx.AsyncClient, system: dict[str, Any], actor: Any) -> None:
        self.context = app.state.context
        self.client = client
        self.base = f"/api/design-systems/{system['id']}"
        self.id = UUID(system["id"])
        self.actor = actor
        self.git = History(self.context.store.root, self.id)

    async def put(self, files: dict[str, bytes | None], branch: str | None = None) -> None:
        def edit(draft: Draft) -> None:
            for path, data in files.items():
                draft.put(path, data)

        change = Change(system_id=self.id, edit=edit, message="Put", branch=branch)
        await changes.apply(self.context, self.actor, change)

    async def one(self, what: str) -> str:
        items = (await self.client.get(f"{self.base}/{what}")).json()["items"]
        return f"{self.base}/{what}/{items[0]['id']}"


@pytest_asyncio.fixture
async def site(app: FastAPI, client: httpx.AsyncClient) -> Site:
    client.headers.update(await sign_up(client, "ada"))
    bearer = client.headers["authorization"].removeprefix("Bearer ")
    team = (await client.post("/api/teams", json={"name": "Acme"})).json()
    system = (await client.post("/api/design-systems", json={"team_id": team["id"], "name": "UI", "init": True})).json()
    context = app.state.context
    made = Site(app, client, system, context.access_tokens.verify(bearer, context.clock()))
    await made.put(
        {
            "tokens/a.tokens.json": tokens_file(x=1, y="{b.z}"),
            "tokens/b.tokens.json": tokens_file("b", z=5),
            "components/A/component.json": component("A", id=IDS[0]),
        }
    )
    made.git.point("refs/heads/side", made.git.ref(MAIN))
    return made


Step = Callable[[Site, Random], Awaitable[None]]


async def edit_value(site: Site, random: Random) -> None:
    await site.put({"tokens/b.tokens.json": tokens_file("b", z=random.randint(0, 10**6))})


async def shift_lines(site: Site, random: Random) -> None:
    with site.git.store.open(site.id) as repo:
        source = repo[repo.references[MAIN].peel().tree["tokens/a.tokens.json"].id].data
    await site.put({"tokens/a.tokens.json": b"\n" * random.randint(0, 2) + source.lstrip()})


async def move_file(site: Site, random: Random) -> None:
    with site.git.store.open(site.id) as repo:
        source = repo[repo.references[MAIN].peel().tree["tokens/a.tokens.json"].id].data
    other = {"tokens/a.tokens.json": None, "tokens/moved.tokens.json": source}
    await site.put(other)
    if random.random() < 0.7:
        await site.put({"tokens/moved.tokens.json": None, "tokens/a.tokens.json": source})
    else:
        await site.put({"tokens/a.tokens.json": source, "tokens/moved.tokens.json": None})


async def rename_token(site: Site, random: Random) -> None:
    url = await site.one("tokens")
    path = (await site.client.get(url)).json()["path"]
    new = path + "r" if len(path) < 6 else path[:3]
    await site.client.post(f"{url}/rename", json={"path": new})
    await site.client.post(f"{url}/rename", json={"path": path})
    if random.random() < 0.5:
        await site.put({"tokens/a.tokens.json": tokens_file(x=1, y="{b.z}")})


async def describe_system(site: Site, random: Random) -> None:
    await site.client.put(site.base, json={"name": f"UI {random.random()}", "description": str(random.random())})


async def publish(site: Site, random: Random) -> None:
    with site.git.store.open(site.id) as repo:
        name = f"v1.0.{random.randint(0, 10**9)}"
        tag = write_tag(repo, name=name, target=site.git.ref(MAIN) or "", tagger=ADA, message="Out")
    site.git.point(f"refs/tags/{name}", tag)
    await sync.repair(site.context, site.id)


async def edit_component(site: Site, random: Random) -> None:
    await site.client.put(await site.one("components"), json={"code": str(random.random())})


async def move_component(site: Site, random: Random) -> None:
    folder = random.choice("BCDE")
    old = (await site.client.get(await site.one("components"))).json()["directory"]
    if old == f"components/{folder}":
        return
    edits: dict[str, bytes | None] = {f"{old}/component.json": None, f"{old}/index.tsx": None}
    await site.put({**edits, f"components/{folder}/component.json": component("A", id=IDS[0])})


async def edit_side(site: Site, random: Random) -> None:
    await site.put({"tokens/b.tokens.json": tokens_file("b", z=random.random())}, branch="side")


async def side_follows(site: Site, random: Random) -> None:
    site.git.point("refs/heads/side", site.git.ref(MAIN))
    await sync.repair(site.context, site.id)


async def go_back(site: Site, random: Random) -> None:
    with site.git.store.open(site.id) as repo:
        parents = repo.references[MAIN].peel().parent_ids
    if len(parents) and random.random() < 0.8:
        site.git.point(MAIN, str(parents[0]))


STEPS: tuple[Step, ...] = (
    edit_value,
    shift_lines,
    move_file,
    rename_token,
    describe_system,
    publish,
    edit_component,
    move_component,
    edit_side,
    side_follows,
    go_back,
)


@pytest.mark.parametrize("seed", range(int(os.environ.get("XDS_TEST_SEEDS", "2"))))
async def test_a_304_never_hides_a_change(site: Site, seed: int) -> None:
    random = Random(seed)
    first = site.git.ref(MAIN)
    with site.git.store.open(site.id) as repo:
        tag = write_tag(repo, name="v0.1.0", target=first or "", tagger=ADA, message="Out")
    site.git.point("refs/tags/v0.1.0", tag)
    listed = (await site.client.get(f"{site.base}/tokens")).json()["items"]
    urls = [
        "/tokens",
        "/tokens?category=a",
        "/tokens?q=z&limit=1",
        "/tokens/resolved",
        "/components",
        "/components?q=A",
    ]
    urls += [f"/tokens/{token['id']}" for token in listed] + [f"/components/{IDS[0]}"]
    urls += ["/tokens/export?format=css", "/tokens/export?format=json&prefix=p", "/export?format=json"]
    refs = ["", "ref=main", "ref=side", "ref=v0.1.0", f"ref={first}"]
    every = [f"{site.base}{url}{'&' if '?' in url else '?'}{ref}" for url in urls for ref in refs]
    kept: dict[str, tuple[str, bytes]] = {}
    immutable: set[str] = set()
    for number in range(14):
        for url in every:
            told = await site.client.get(url, headers={"If-None-Match": kept[url][0]} if url in kept else {})
            now = await site.client.get(url)
            assert now.status_code in (200, 404), now.text
            if now.status_code == 404:
                kept.pop(url, None)
                continue
            if told.status_code == 304:
                assert now.content == kept[url][1], (seed, number, url)
            if url in immutable:
                assert now.content == kept[url][1] or "json" in url or "export" in url, (seed, number, url)
            if "immutable" in now.headers["cache-control"]:
                immutable.add(url)
            kept[url] = (now.headers["etag"], now.content)
        await random.choice(STEPS)(site, random)
    assert any("ref=v0.1.0" in url for url in immutable) and not any("ref=main" in url for url in immutable)


async def test_what_did_not_change_is_not_sent_again(site: Site) -> None:
    for url in ("/tokens", "/components", "/tokens/export?format=css", "/tokens/resolved", "/export?format=json"):
        first = await site.client.get(site.base + url)
        again = await site.client.get(site.base + url, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b""), url
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["cache-control"] == first.headers["cache-control"]


async def test_a_write_returns_the_etag_that_the_next_read_has(site: Site) -> None:
    token, part = await site.one("tokens"), await site.one("components")
    for url, body in ((token, {"value": 77}), (part, {"code": "x"})):
        written = await site.client.put(url, json=body)
        read = await site.client.get(url)
        assert written.headers["etag"] == read.headers["etag"] and written.json() == read.json()
        fresh = await site.client.put(url, json=body, headers={"If-Match": read.headers["etag"]})
        assert fresh.status_code == 200 and fresh.headers["etag"] == read.headers["etag"]


async def test_a_public_system_may_be_kept_by_anybody_and_a_private_one_not(site: Site) -> None:
    assert (await site.client.get(f"{site.base}/tokens")).headers["cache-control"].startswith("private")
    await site.client.put(site.base, json={"visibility": "public"})
    anonymous = httpx.AsyncClient(transport=site.client._transport, base_url="http://xds.test")
    answer = await anonymous.get(f"{site.base}/tokens")
    assert answer.status_code == 200 and answer.headers["cache-control"].startswith("public")
    writes = [("POST", "/tokens", {"category": "a", "value": 1}), ("PUT", "", {"name": "n"}), ("DELETE", "", None)]
    for method, url, body in [*writes, ("POST", "/components", {"name": "n"})]:
        refused = await anonymous.request(method, site.base + url, json=body)
        assert refused.status_code == 401, (method, url, refused.text)
    await site.client.put(site.base, json={"visibility": "private"})
    assert (await anonymous.get(f"{site.base}/tokens")).status_code == 401
    assert (
        await anonymous.get(f"{site.base}/tokens", headers={"If-None-Match": answer.headers["etag"]})
    ).status_code == 401
