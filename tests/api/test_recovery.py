"""Passwords and addresses over REST, with a real mail server at the other end."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services import mail
from services.context import Context
from services.smtp import MailSettings
from tests.api.conftest import PASSWORD, sign_up
from tests.mailserver import MailServer

NEW = "a quiet harbour at seven"
ADA = "ada@example.org"


@pytest.fixture
async def mailing(app: FastAPI, mail_server: MailServer) -> Context:
    """The application's context, sending mails through the server of this test; the queue is empty."""
    settings = MailSettings(
        host="127.0.0.1",
        port=mail_server.port,
        security="none",
        sender="noreply@example.org",
        base_url="http://xds.test",
        ui_url="https://design.example.org",
    )
    context: Context = replace(app.state.context, mail=settings)
    app.state.context = context
    await context.redis.delete(mail.QUEUE)
    return context


async def mailed(context: Context, mail_server: MailServer) -> str:
    """What the worker does with the oldest mail; the token in it."""
    sealed = await context.redis.lpop(mail.QUEUE)
    assert isinstance(sealed, bytes)
    assert await asyncio.to_thread(mail.send, context, sealed.decode())
    return await asyncio.to_thread(mail_server.token)


async def waiting(context: Context) -> int:
    length: Any = context.redis.llen(mail.QUEUE)
    return int(await length)


async def login(client: httpx.AsyncClient, password: str) -> httpx.Response:
    return await client.post("/api/auth/login", json={"email": ADA, "password": password})


def problem(answer: httpx.Response) -> tuple[str, str]:
    assert answer.status_code == 422, answer.text
    (found,) = answer.json()["problems"]
    return found["code"], found["pointer"]


async def test_changing_a_password_leaves_one_sign_in_and_names_the_keys_that_stay(client: httpx.AsyncClient) -> None:
    headers = await sign_up(client, "ada")
    other = (await login(client, PASSWORD)).json()
    key = (await client.post("/api/api-keys", json={"name": "CI", "scopes": ["read"]}, headers=headers)).json()
    body = {"current_password": PASSWORD, "new_password": NEW}
    answer = await client.post("/api/auth/password", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    pair = answer.json()
    assert pair["api_keys"] == [{"id": key["id"], "name": "CI", "prefix": key["prefix"]}]
    for dead in (headers["Authorization"], f"Bearer {other['access_token']}"):
        assert (await client.get("/api/auth/me", headers={"Authorization": dead})).status_code == 401
    refreshed = await client.post("/api/auth/refresh", json={"refresh_token": other["refresh_token"]})
    assert refreshed.status_code == 401
    for living in (pair["access_token"], key["key"]):
        assert (await client.get("/api/auth/me", headers={"Authorization": f"Bearer {living}"})).status_code == 200
    assert ((await login(client, PASSWORD)).status_code, (await login(client, NEW)).status_code) == (401, 200)


async def test_a_password_change_names_what_is_wrong_with_it(client: httpx.AsyncClient) -> None:
    headers = await sign_up(client, "ada")
    wrong = {"current_password": "wrong", "new_password": NEW}
    assert problem(await client.post("/api/auth/password", json=wrong, headers=headers)) == (
        "wrong-password",
        "/current_password",
    )
    weak = {"current_password": PASSWORD, "new_password": "ada@example"}
    assert problem(await client.post("/api/auth/password", json=weak, headers=headers)) == (
        "password-too-weak",
        "/new_password",
    )
    assert (await client.post("/api/auth/password", json=wrong)).status_code == 401
    assert (await client.get("/api/auth/me", headers=headers)).status_code == 200


async def test_a_forgotten_password_is_reset_by_mail_once(
    client: httpx.AsyncClient, mailing: Context, mail_server: MailServer
) -> None:
    headers = await sign_up(client, "ada")
    await mailed(mailing, mail_server)  # that of the registration
    assert (await client.post("/api/auth/password/forgot", json={"email": "ADA@example.org"})).status_code == 202
    body = {"token": await mailed(mailing, mail_server), "new_password": NEW}
    assert (await client.post("/api/auth/password/reset", json=body)).status_code == 204
    assert problem(await client.post("/api/auth/password/reset", json=body)) == ("token-spoilt", "/token")
    assert (await client.get("/api/auth/me", headers=headers)).status_code == 401
    assert ((await login(client, PASSWORD)).status_code, (await login(client, NEW)).status_code) == (401, 200)


async def test_nobody_learns_which_addresses_have_accounts(client: httpx.AsyncClient, mailing: Context) -> None:
    await sign_up(client, "ada")
    await mailing.redis.delete(mail.QUEUE)
    said = [await client.post("/api/auth/password/forgot", json={"email": f"{n}@example.org"}) for n in ("ada", "bob")]
    assert [answer.status_code for answer in said] == [202, 202]
    assert said[0].json() == said[1].json()
    assert await waiting(mailing) == 1
    nonsense = await client.post("/api/auth/password/forgot", json={"email": "no address"})
    assert problem(nonsense) == ("bad-email", "/email")


async def test_without_mail_the_answer_names_who_can_help(client: httpx.AsyncClient) -> None:
    headers = await sign_up(client, "ada")
    answer = await client.post("/api/auth/password/forgot", json={"email": ADA})
    assert answer.status_code == 202 and "operator" in answer.json()["message"]
    answer = await client.post("/api/auth/email/verification", headers=headers)
    assert answer.status_code == 409 and "operator" in answer.json()["detail"]


async def test_an_address_is_confirmed_by_the_mail_of_the_registration(
    client: httpx.AsyncClient, mailing: Context, mail_server: MailServer
) -> None:
    headers = await sign_up(client, "ada")
    token = await mailed(mailing, mail_server)
    assert not (await client.get("/api/auth/me", headers=headers)).json()["email_verified"]
    assert (await client.post("/api/auth/email/verify", json={"token": token})).status_code == 204
    assert (await client.get("/api/auth/me", headers=headers)).json()["email_verified"]
    assert problem(await client.post("/api/auth/email/verify", json={"token": token})) == ("token-spoilt", "/token")
    asked = await client.post("/api/auth/email/verification", headers=headers)
    assert (asked.status_code, asked.json()["message"]) == (202, "Your address is confirmed already.")
    assert await waiting(mailing) == 0
    assert (await client.post("/api/auth/email/verification")).status_code == 401


async def test_a_newer_confirmation_replaces_the_older(
    client: httpx.AsyncClient, mailing: Context, mail_server: MailServer
) -> None:
    headers = await sign_up(client, "ada")
    first = await mailed(mailing, mail_server)
    assert (await client.post("/api/auth/email/verification", headers=headers)).status_code == 202
    second = await mailed(mailing, mail_server)
    assert problem(await client.post("/api/auth/email/verify", json={"token": first})) == ("token-spoilt", "/token")
    assert (await client.post("/api/auth/email/verify", json={"token": second})).status_code == 204


async def test_no_token_or_password_reaches_a_log(
    client: httpx.AsyncClient, mailing: Context, mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    headers = await sign_up(client, "ada")
    tokens = [await mailed(mailing, mail_server)]
    await client.post("/api/auth/password/forgot", json={"email": ADA})
    tokens.append(await mailed(mailing, mail_server))
    for body in ({"token": tokens[1], "new_password": "short"}, {"token": tokens[1], "new_password": NEW}):
        await client.post("/api/auth/password/reset", json=body)
    await client.post("/api/auth/email/verify", json={"token": tokens[0]})
    body = {"current_password": NEW, "new_password": PASSWORD}
    await client.post("/api/auth/password", json=body, headers=headers)
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name != "mail.log")
    assert [secret for secret in (*tokens, NEW, PASSWORD) if secret in ours] == []


@pytest.mark.parametrize("path", ["password/reset", "email/verify"])
@pytest.mark.parametrize("token", ["", "x", "a.b.c", "x" * 10_000, "\x00", "é", "eyJhbGciOiJub25lIn0.e30."])
async def test_nonsense_instead_of_a_token_is_refused(client: httpx.AsyncClient, path: str, token: str) -> None:
    body = {"token": token} | ({"new_password": NEW} if path == "password/reset" else {})
    assert problem(await client.post(f"/api/auth/{path}", json=body)) == ("token-spoilt", "/token")
