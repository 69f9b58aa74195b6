"""Whatever writes a credential to a log, in whatever form, the line is written without it."""

from __future__ import annotations

import logging
import secrets

import pytest

from services.logs import Redactor

SECRET = "s3cr3t-value-0123456789"


@pytest.mark.parametrize(
    "line",
    [
        f"key xds_{SECRET} of a script",
        f"xds_{SECRET}",
        f"eyJhbGciOi.{SECRET}.{SECRET}",
        f"sealed gAAAAA{SECRET}==",
        f"Authorization: Bearer {SECRET}",
        f"{{'authorization': 'Basic {SECRET}'}}",
        f"[(b'Authorization', b'Basic {SECRET}')]",
        f"[(b'cookie', b'flow={SECRET}; other={SECRET}')]",
        f"Set-Cookie: flow={SECRET}; HttpOnly",
        f"basic {SECRET}",
        f"redis://:{SECRET}@127.0.0.1:6379/0",
        f"postgresql+asyncpg://xds:{SECRET}@db/xds",
        f"GET /api/auth/oauth/github/callback?code={SECRET}&state={SECRET} HTTP/1.1",
        f"https://ui.example.org/?code={SECRET}",
        f'{{"email": "a@b.c", "password": "{SECRET}"}}',
        f'{{"current_password":"{SECRET}","new_password":"with \\" quote {SECRET}"}}',
        f"{{'refresh_token': '{SECRET}', 'id_token': '{SECRET}'}}",
        f"grant_type=refresh_token&refresh_token={SECRET}&client_secret={SECRET}",
        f"login(email='a', password='{SECRET}')",
        f"xdi_{SECRET} invites",
        f"https://ui.example.org/?link_code={SECRET}",
        f'{{"link_code": "{SECRET}"}}',
        f"new_password={SECRET}",
        f"configured to use {SECRET} as ever",
    ],
)
def test_credentials_are_hidden(line: str) -> None:
    assert SECRET not in Redactor([SECRET] if "configured" in line else []).redact(line)


def test_random_words_of_ours_are_hidden_without_any_name() -> None:
    token = secrets.token_urlsafe(29) + "aA1-"
    assert token not in Redactor().redact(f"of no use: ({token})")
    for kept in ("a" * 40, "0" * 64, "a-branch-name-that-happens-to-be-so-long-43"):
        assert kept in Redactor().redact(f"at {kept}")


@pytest.mark.parametrize(
    "line",
    [
        "answered with status_code=404",
        "request 5f0c failed: GET /api/design-systems/1/tokens",
        '127.0.0.1:5000 - "GET /api/teams?limit=50&cursor=abc HTTP/1.1" 200',
        "a token of the set was renamed: color.brand",
        "https://example.org/docs",
    ],
)
def test_the_rest_stays_readable(line: str) -> None:
    assert Redactor(["short"]).redact(line) == line


def test_tracebacks_and_arguments_are_hidden_too() -> None:
    try:
        raise ValueError(f"password={SECRET}")
    except ValueError as error:
        found = logging.LogRecord(
            "x", logging.ERROR, "f", 1, "with %s", (f"xds_{SECRET}",), (type(error), error, error.__traceback__)
        )
    text = Redactor().format(found)
    assert SECRET not in text and "ValueError" in text
