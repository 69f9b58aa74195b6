"""Providers that an administrator adds while the service runs."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from services import identity_providers
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.oauth.errors import ProviderUnavailable
from services.policy import ANONYMOUS, SYSTEM, Actor
from services.vault import Vault
from tests.oauth.conftest import Browser, bearer, run_sql
from tests.oauth.github import GitHub
from tests.oauth.issuer import CLIENT_ID, CLIENT_SECRET, LyingIssuer, issuing


async def _add(context: Context, issuer: str, name: str = "added", **more: str) -> None:
    given = {"name": name, "kind": "oidc", "title": "Added", "issuer": issuer}
    await identity_providers.add(
        context,
        SYSTEM,
        **(given | {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET} | more),  # type: ignore[arg-type]
    )


async def test_people_sign_in_at_once_and_no_more_once_it_is_removed(
    browser: Browser, context: Context, issuer: LyingIssuer
) -> None:
    await _add(context, issuer.url)
    listed = (await browser.http.get("/api/auth/providers")).json()["items"]
    assert [each["title"] for each in listed] == ["Added", "GitHub", "Google", "Other"]
    assert (await browser.sign_in("added")).status_code == 200
    [(sealed,)] = await run_sql(context, "SELECT sealed_secret FROM identity_providers")
    assert CLIENT_SECRET not in sealed
    halfway = await browser.callback("added")
    await identity_providers.remove(context, SYSTEM, "added")
    assert (await browser.http.get(halfway)).status_code == 404
    assert (await browser.http.get("/api/auth/oauth/added")).status_code == 404
    acts = await run_sql(context, "SELECT action, details FROM audit_log WHERE action LIKE 'identity-provider.%'")
    assert sorted(act for act, _ in acts) == ["identity-provider.added", "identity-provider.removed"]
    assert CLIENT_SECRET not in str(acts)


async def test_github_enterprise_is_added_with_its_own_api(browser: Browser, context: Context, github: GitHub) -> None:
    await _add(context, github.url, name="ghe", kind="github")
    assert (await browser.sign_in("ghe")).status_code == 200


async def test_another_issuer_under_an_old_name_opens_nobodys_account(browser: Browser, context: Context) -> None:
    with issuing() as before, issuing() as after:
        await _add(context, before.url)
        first = bearer(await browser.sign_in("added"))
        await identity_providers.remove(context, SYSTEM, "added")
        await _add(context, after.url)
        after.person |= {"email": "mallory@example.org"}
        second = bearer(await browser.sign_in("added"))
    ids = {(await browser.http.get("/api/auth/me", headers=each)).json()["id"] for each in (first, second)}
    assert len(ids) == 2


async def test_the_settings_win(context: Context, issuer: LyingIssuer) -> None:
    with pytest.raises(Conflict):
        await _add(context, issuer.url, name="google")
    await _add(context, issuer.url, name="late", title="Added")
    [google] = [each for each in context.oauth.providers if each.name == "google"]
    late = replace(context, oauth=replace(context.oauth, providers=(replace(google, name="late", title="Set"),)))
    assert await identity_providers.names_and_titles(late) == [("late", "Set")]
    assert (await identity_providers.find(late, "late")).title == "Set"


async def test_of_two_added_at_once_one_is(context: Context, issuer: LyingIssuer) -> None:
    done = await asyncio.gather(*(_add(context, issuer.url) for _ in range(4)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["Conflict", "Conflict", "Conflict", "NoneType"]


async def test_what_cannot_be_a_provider_is_refused(context: Context, issuer: LyingIssuer) -> None:
    for name in ("", "Okta", "1a", "a b", "a/b", "password", "token", "x" * 64, "a\n"):
        with pytest.raises(InvalidInput):
            await _add(context, issuer.url, name=name)
    for url in ("http://accounts.example.com", "ftp://x", "accounts.example.com", "", "https://a:b@example.com"):
        with pytest.raises(InvalidInput):
            await _add(context, url)
    for field in ("client_id", "client_secret"):
        with pytest.raises(InvalidInput):
            await _add(context, issuer.url, **{field: ""})
    with pytest.raises(ProviderUnavailable):
        await _add(context, f"{issuer.url}/not-here")
    with pytest.raises(NotFound):
        await identity_providers.remove(context, SYSTEM, "never")
    assert await identity_providers.list_added(context, SYSTEM) == []


async def test_only_administrators_manage_them(context: Context, issuer: LyingIssuer) -> None:
    given = {"name": "a", "kind": "oidc", "title": "A", "issuer": issuer.url, "client_id": "x", "client_secret": "y"}
    for actor in (ANONYMOUS, Actor(name="somebody")):
        with pytest.raises(Forbidden):
            await identity_providers.add(context, actor, **given)  # type: ignore[arg-type]
        with pytest.raises(Forbidden):
            await identity_providers.remove(context, actor, "google")
        with pytest.raises(Forbidden):
            await identity_providers.list_added(context, actor)


async def test_a_secret_sealed_under_a_lost_key_hides_the_provider_and_is_logged(
    context: Context, issuer: LyingIssuer, caplog: pytest.LogCaptureFixture
) -> None:
    await _add(context, issuer.url)
    other = replace(context, vault=Vault("another secret altogether, and long enough"))
    with pytest.raises(NotFound):
        await identity_providers.find(other, "added")
    assert "XDS_SECRET_KEY" in caplog.text
    rotated = replace(
        context, vault=Vault("a new secret, long enough for it", ["0123456789abcdef-of-these-tests-only"])
    )
    assert (await identity_providers.find(rotated, "added")).client_secret == CLIENT_SECRET
