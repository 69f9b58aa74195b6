"""Inviting people, and joining, over REST."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import httpx
import pytest_asyncio
from fastapi import FastAPI

from index import users
from services.rate_limits import Kind, RateLimits
from services.smtp import MailSettings
from services.wiring import limits_of
from settings import Settings
from tests.api.conftest import PASSWORD, sign_up

GRACE = {"email": "grace@example.org", "password": PASSWORD, "name": "Grace"}


@pytest_asyncio.fixture
async def ada(app: FastAPI, client: httpx.AsyncClient) -> dict[str, str]:
    """Ada, whose address is confirmed: in her name strangers are mailed."""
    signed_up, now = await sign_up(client, "ada"), app.state.context.clock()
    async with app.state.context.engine.begin() as db:
        found = await users.by_email(db, "ada@example.org")
        assert found is not None
        await users.change(db, found.id, {"email_verified_at": now}, now)
    return signed_up


async def make_team(client: httpx.AsyncClient, headers: dict[str, str]) -> str:
    made = await client.post("/api/teams", json={"name": "Acme"}, headers=headers)
    return f"/api/teams/{made.json()['id']}"


async def test_an_invitation_is_made_shown_once_and_accepted(client: httpx.AsyncClient, ada: dict[str, str]) -> None:
    team = await make_team(client, ada)
    made = await client.post(f"{team}/invitations", json={"email": "grace@example.org", "role": "editor"}, headers=ada)
    assert made.status_code == 201, made.text
    token = made.json()["token"]
    assert token.startswith("xdi_")
    (listed,) = (await client.get(f"{team}/invitations", headers=ada)).json()["items"]
    assert listed == made.json() | {"token": None}
    grace = await sign_up(client, "grace")
    assert (await client.get("/api/invitations", headers=grace)).json() == {"items": [], "next_cursor": None}
    joined = await client.post("/api/invitations/accept", json={"token": token}, headers=grace)
    assert (joined.status_code, joined.json()["role"]) == (200, "editor")
    assert (await client.get(team, headers=grace)).json() == joined.json()
    again = await client.post(f"{team}/invitations", json={"email": "grace@example.org", "role": "editor"}, headers=ada)
    assert again.status_code == 409


async def test_bad_invitations_are_refused(client: httpx.AsyncClient, ada: dict[str, str]) -> None:
    team = await make_team(client, ada)
    for body in ({"email": "nonsense", "role": "editor"}, {"email": "a@example.org", "role": "owner"}, {}):
        assert (await client.post(f"{team}/invitations", json=body, headers=ada)).status_code == 422
    for body in ({}, {"token": "x", "id": str(uuid4())}, {"token": "x" * 201}):
        assert (await client.post("/api/invitations/accept", json=body, headers=ada)).status_code == 422
    for unknown in ({"token": "xdi_x"}, {"id": str(uuid4())}):
        assert (await client.post("/api/invitations/accept", json=unknown, headers=ada)).status_code == 404
    assert (await client.post("/api/invitations/accept", json={"token": "xdi_x"})).status_code == 401
    assert (await client.delete(f"{team}/invitations/{uuid4()}", headers=ada)).status_code == 404
    unknown_person = await client.post(
        f"{team}/members", json={"email": "nobody@example.org", "role": "viewer"}, headers=ada
    )
    assert unknown_person.status_code == 422
    assert "/invitations" in unknown_person.json()["detail"]


async def test_a_revoked_invitation_registers_nobody(client: httpx.AsyncClient, ada: dict[str, str]) -> None:
    team = await make_team(client, ada)
    made = (
        await client.post(f"{team}/invitations", json={"email": "grace@example.org", "role": "viewer"}, headers=ada)
    ).json()
    assert (await client.delete(f"{team}/invitations/{made['id']}", headers=ada)).status_code == 204
    refused = await client.post("/api/auth/register", json=GRACE | {"invitation": made["token"]})
    assert refused.status_code == 422
    assert [problem["pointer"] for problem in refused.json()["problems"]] == ["/invitation"]
    assert made["token"] not in refused.text


async def test_who_registers_by_invitation_is_a_member_at_once(client: httpx.AsyncClient, ada: dict[str, str]) -> None:
    team = await make_team(client, ada)
    made = await client.post(f"{team}/invitations", json={"email": "grace@example.org", "role": "viewer"}, headers=ada)
    answer = await client.post("/api/auth/register", json=GRACE | {"invitation": made.json()["token"]})
    assert answer.status_code == 201
    members = (await client.get(f"{team}/members", headers=ada)).json()["items"]
    assert [(each["user"]["name"], each["role"]) for each in members] == [("Ada", "admin"), ("Grace", "viewer")]


def test_the_settings_say_how_long_an_invitation_is_good() -> None:
    assert limits_of(Settings(_env_file=None, invitation_days=3)).invitation_days == 3


async def test_no_answer_shows_the_token_where_mail_is_sent(
    app: FastAPI, client: httpx.AsyncClient, ada: dict[str, str]
) -> None:
    team = await make_team(client, ada)
    settings = MailSettings(host="mail.invalid", sender="noreply@example.org", base_url="http://xds.test")
    app.state.context = replace(app.state.context, mail=settings)
    made = await client.post(f"{team}/invitations", json={"email": "grace@example.org", "role": "viewer"}, headers=ada)
    assert (made.status_code, made.json()["token"]) == (201, None)


async def test_one_address_is_mailed_only_so_often_and_strangers_use_nothing_up(
    app: FastAPI, client: httpx.AsyncClient, ada: dict[str, str]
) -> None:
    team, eve = await make_team(client, ada), await sign_up(client, "eve")
    settings = MailSettings(host="mail.invalid", sender="noreply@example.org", base_url="http://xds.test")
    context = app.state.context
    rates = RateLimits(context.redis, {Kind.MAIL: "2/hour"}, b"a key of this test")
    app.state.context = replace(context, mail=settings, rate_limits=rates)
    body = {"email": f"{uuid4().hex}@example.org", "role": "viewer"}
    for _ in range(3):
        assert (await client.post(f"{team}/invitations", json=body, headers=eve)).status_code == 404
    answers = [await client.post(f"{team}/invitations", json=body, headers=ada) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
    another = body | {"email": f"{uuid4().hex}@example.org"}
    assert (await client.post(f"{team}/invitations", json=another, headers=ada)).status_code == 201
