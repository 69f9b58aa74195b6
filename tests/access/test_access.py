"""The table of who gets what, walked against the application: every entry, every caller, every cell."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from index import users
from services import sign_ins
from tests.access import table
from tests.access.ask import Ask, path_ids, plainly
from tests.access.asks import ASKS, CONSUMING
from tests.access.entries import Entry, entries
from tests.access.gitasks import GIT_ASKS, Bench
from tests.access.people import GUESTS, PASSWORD, Credential, People, register
from tests.access.table import Row
from tests.access.variants import VARIANTS, registration_closed, varied
from tests.access.world import NAME, World, bare_world, fingerprint

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROWS = table.read()
REST = [row for row in ROWS if row.name not in GIT_ASKS]
GIT = [row for row in ROWS if row.name in GIT_ASKS]
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SEES_ALL = {"root"}
"""Callers to whom nothing is hidden: a 404 tells them of something else that is missing."""


async def test_every_entry_has_a_row_and_every_row_an_entry(app: FastAPI) -> None:
    named = {row.entry for row in ROWS}
    assert named == set(entries(app)), "rows and entries differ"


async def test_whatever_concerns_a_system_is_said_of_a_public_one_too(app: FastAPI) -> None:
    public = [row for row in ROWS if row.visibility == "public"]
    assert {row.name for row in public} <= {row.name for row in ROWS if row.visibility == "private"}
    of_systems = {name for name, entry in entries(app).items() if re.search(r"{system_id}|{system}", entry.path)}
    assert not of_systems - {row.entry for row in public}


async def test_whatever_is_asked_in_its_own_way_has_a_row() -> None:
    names = {row.name for row in ROWS}
    assert not {*ASKS, *GIT_ASKS, *CONSUMING, *VARIANTS} - names


async def test_the_columns_are_the_callers(worlds: dict[str, World]) -> None:
    for row in ROWS:
        assert set(row.cells) == set(worlds[row.visibility].credentials) - {"founder", "colleague"}


@pytest.mark.parametrize("row", REST, ids=str)
async def test_rest(row: Row, app: FastAPI, client: httpx.AsyncClient, worlds: dict[str, World]) -> None:
    with varied(app, row.name):
        wrong = await walk(row, entries(app)[row.entry], client, worlds[row.visibility])
    assert not wrong


async def walk(row: Row, entry: Entry, client: httpx.AsyncClient, world: World) -> dict[str, str]:
    """Where callers get something else than the row says; those who are refused come first, and change nothing."""
    refused = [caller for caller, cell in row.cells.items() if cell not in ("ok", "none")]
    bare = await _bare(row, world) if row.name in CONSUMING else None
    asks = [(caller, await asked(client, entry, row, caller, bare or world)) for caller in refused]
    before = await fingerprint(bare or world)
    got = {caller: await tell(client, entry, caller, bare or world, ask) for caller, ask in asks}
    changed = (
        {"everybody who is refused": "and yet did something"} if await fingerprint(bare or world) != before else {}
    )
    for caller in row.cells.keys() - got.keys():
        if row.name in CONSUMING:
            bare = bare or await _bare(row, world)
        here = bare or world
        got[caller] = await tell(client, entry, caller, here, await asked(client, entry, row, caller, here))
        if got[caller] == "ok":
            bare = None
    wrong = {caller: cell for caller, cell in got.items() if cell != row.cells[caller]}
    return {caller: f"{cell} where the table says {row.cells[caller]}" for caller, cell in wrong.items()} | changed


async def _bare(row: Row, world: World) -> World:
    return await bare_world(world.people, world.visibility, empty=row.entry == "delete_team")


async def asked(client: httpx.AsyncClient, entry: Entry, row: Row, caller: str, world: World) -> Ask:
    """What the caller is to send, and whatever it needs to be there."""
    found = ASKS.get(row.name, plainly)(world, caller)
    ask: Ask = await found if inspect.isawaitable(found) else found
    if row.name.endswith("(seen before)"):  # by somebody who may, or before one was removed
        ask.etag = (await send(client, entry, "founder", world, _url(entry, world, ask), ask)).headers["ETag"]
    return ask


def _url(entry: Entry, world: World, ask: Ask) -> str:
    return entry.path.format_map({**path_ids(world), **ask.path})


async def tell(client: httpx.AsyncClient, entry: Entry, caller: str, world: World, ask: Ask) -> str:
    """What the caller gets, as the table would say it; a refusal tells nothing."""
    url = _url(entry, world, ask)
    answer = await send(client, entry, caller, world, url, ask)
    if answer.status_code in (ask.answers or ((304,) if ask.etag else (entry.success,))):
        return await shown(client, entry, caller, world, url, ask, answer) if ask.shown else "ok"
    if answer.status_code in (401, 404) and caller not in SEES_ALL:
        assert NAME not in answer.text, f"tells {caller} what is hidden"
        await like_what_does_not_exist(client, entry, caller, world, url, ask, answer)
    return str(answer.status_code)


async def send(
    client: httpx.AsyncClient, entry: Entry, caller: str, world: World, url: str, ask: Ask, **query: Any
) -> httpx.Response:
    return await client.request(
        entry.method,
        url,
        headers=world.credentials[caller].rest | ask.headers | ({"If-None-Match": ask.etag} if ask.etag else {}),
        json=ask.body,
        params={**ask.query, **query},
    )


async def shown(
    client: httpx.AsyncClient, entry: Entry, caller: str, world: World, url: str, ask: Ask, answer: httpx.Response
) -> str:
    """Whether a list holds what was looked for, on whichever page."""
    while True:
        page = answer.json()
        if any(item["id"] == str(ask.shown) for item in page["items"]):
            return "ok"
        if page["next_cursor"] is None:
            return "none"
        answer = await send(client, entry, caller, world, url, ask, cursor=page["next_cursor"])


async def like_what_does_not_exist(
    client: httpx.AsyncClient, entry: Entry, caller: str, world: World, url: str, ask: Ask, answer: httpx.Response
) -> None:
    """The same words for what is hidden as for what never was, whatever it is: each id that is named stands for it.
    But the team and system by way of which a row goes stay: there the caller may know of them."""
    elsewhere = {str(world.elsewhere.team_id), str(world.elsewhere.system_id)} if world.elsewhere else set()

    def absent(text: str) -> str:
        return ID.sub(lambda found: found[0] if found[0] in elsewhere else str(uuid4()), text)

    body = json.loads(absent(json.dumps(ask.body)))
    twin = Ask(body, {name: absent(str(value)) for name, value in ask.query.items()}, headers=ask.headers)
    other = await send(client, entry, caller, world, absent(url), twin)
    mine, its = answer.json(), other.json()
    assert {**its, "request_id": ""} == {**mine, "request_id": ""}, f"{caller} can tell hidden from absent"


@pytest.mark.parametrize("caller", [*GUESTS, "granted-key"])
async def test_guests_learn_of_one_system_and_of_no_team(
    caller: str, client: httpx.AsyncClient, worlds: dict[str, World]
) -> None:
    world = worlds["private"]

    async def listed(path: str, **query: Any) -> list[Any]:
        answer = await client.get(path, headers=world.credentials[caller].rest, params={"limit": 200, **query})
        found: list[Any] = answer.json()["items"]
        return found

    systems = {system["id"] for system in await listed("/api/design-systems", team_id=world.team_id)}
    assert str(world.system_id) in systems
    assert str(world.other_id) not in systems
    assert str(world.team_id) not in {team["id"] for team in await listed("/api/teams")}
    me = (await client.get("/api/auth/me", headers=world.credentials[caller].rest)).json()
    assert str(world.team_id) not in {team["id"] for team in me["teams"]}


@pytest.mark.parametrize("row", GIT, ids=str)
async def test_git(row: Row, client: httpx.AsyncClient, url: str, workbench: Path, worlds: dict[str, World]) -> None:
    world, bench, turns = worlds[row.visibility], Bench(client, url, workbench), asyncio.Semaphore(4)

    async def cell_of(caller: str) -> tuple[str, str]:
        async with turns:
            return caller, await GIT_ASKS[row.name](bench, world, world.credentials[caller])

    refused = [caller for caller, cell in row.cells.items() if cell != "ok"]
    before = await fingerprint(world)
    got = dict(await asyncio.gather(*map(cell_of, refused)))
    assert "ok" in got.values() or await fingerprint(world) == before, "refused everybody, and yet did something"
    got |= await asyncio.gather(*map(cell_of, row.cells.keys() - refused))
    assert got == row.cells


async def test_closed_registration_asks_the_account_not_the_access_token(
    app: FastAPI, client: httpx.AsyncClient, people: People
) -> None:
    """Somebody who is administrator no more, with an access token from when they were."""
    former = await register(people.context, "former", is_admin=True)
    token = (await sign_ins.login(people.context, email=former.email, password=PASSWORD)).access_token
    body = {"email": "friend@example.org", "password": PASSWORD, "name": "Friend"}
    async with people.context.engine.begin() as db:
        await users.change(db, former.id, {"is_admin": False}, people.context.clock())
    with registration_closed(app):
        answer = await client.post("/api/auth/register", json=body, headers=Credential(token).rest)
    assert answer.status_code == 403
