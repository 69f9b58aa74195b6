"""`xds admin providers` against real servers."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.cli.conftest import Xds
from tests.oauth.issuer import LyingIssuer, issuing


@pytest.fixture
def issuer() -> Iterator[LyingIssuer]:
    with issuing() as made:
        yield made


@pytest.fixture
def here(xds: Xds, monkeypatch: pytest.MonkeyPatch, database_url: str, redis_url: str) -> Xds:
    """`xds` on the machine of a service."""
    monkeypatch.setenv("XDS_DATABASE_URL", database_url)
    monkeypatch.setenv("XDS_REDIS_URL", redis_url)
    monkeypatch.setenv("XDS_SECRET_KEY", "0123456789abcdef-of-these-tests-only")
    monkeypatch.setenv("XDS_PUBLIC_URL", "https://design.example.org")
    return xds


def test_a_provider_is_added_listed_and_removed(here: Xds, issuer: LyingIssuer) -> None:
    add = ("admin", "providers", "add", "okta", "--issuer", issuer.url, "--client-id", "xds", "--secret-stdin")
    done = here(*add, "--json", text="a client secret\n")
    assert done.exit_code == 0, done.output
    callback = "https://design.example.org/api/auth/oauth/okta/callback"
    assert json.loads(done.stdout) == {"name": "okta", "callback_url": callback}
    again = here(*add, text="a client secret\n")
    assert again.exit_code == 1
    assert "okta already" in again.stderr
    listed = here("admin", "providers", "list", "--json")
    [found] = json.loads(listed.stdout)["items"]
    assert (found["name"], found["issuer"], found["origin"]) == ("okta", issuer.url, "added")
    assert "a client secret" not in listed.output + done.output
    assert here("admin", "providers", "remove", "okta").exit_code == 0
    assert here("admin", "providers", "remove", "okta").exit_code == 1
    assert json.loads(here("admin", "providers", "list", "--json").stdout) == {"items": []}


def test_a_provider_without_issuer_or_secret_is_refused(here: Xds) -> None:
    assert here("admin", "providers", "add", "okta", "--client-id", "xds", "--secret-stdin").exit_code == 2
    asked = here("admin", "providers", "add", "okta", "--issuer", "https://x.example", "--client-id", "xds")
    assert asked.exit_code == 2, "no terminal to ask at"
