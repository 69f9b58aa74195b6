"""People sign in through a provider, to a page or without one."""

from __future__ import annotations

import httpx

from services.context import Context
from tests.oauth.challenges import pair_of_challenge
from tests.oauth.conftest import PAGE, SITE, Browser, bearer, query_of, registered, run_sql, running
from tests.oauth.github import GitHub
from tests.oauth.issuer import LyingIssuer


async def test_the_providers_are_listed_for_everybody(browser: Browser) -> None:
    answer = await browser.http.get("/api/auth/providers")
    assert answer.json()["items"] == [
        {"name": "github", "title": "GitHub", "url": f"{SITE}/api/auth/oauth/github"},
        {"name": "google", "title": "Google", "url": f"{SITE}/api/auth/oauth/google"},
        {"name": "other", "title": "Other", "url": f"{SITE}/api/auth/oauth/other"},
    ]


async def test_somebody_new_gets_an_account_and_tokens(browser: Browser, context: Context) -> None:
    pair = await browser.sign_in()
    me = (await browser.http.get("/api/auth/me", headers=bearer(pair))).json()
    assert (me["email"], me["name"], me["username"]) == ("ada@example.org", "Ada Lovelace", "ada-lovelace")
    [row] = await run_sql(context, "SELECT password_hash, email_verified_at IS NOT NULL FROM users")
    assert tuple(row) == (None, True)
    acts = await run_sql(context, "SELECT action, details->>'provider' FROM audit_log ORDER BY position")
    assert [tuple(act) for act in acts] == [
        ("account.registered", "google"),
        ("identity.linked", "google"),
        ("sign-in.begun", None),
    ]


async def test_the_same_person_finds_the_same_account_whatever_their_address_is_now(
    browser: Browser, issuer: LyingIssuer
) -> None:
    first = await browser.sign_in()
    issuer.person |= {"email": "ada@elsewhere.example", "email_verified": False}
    second = await (await browser.another()).sign_in()
    ids = [(await browser.http.get("/api/auth/me", headers=bearer(each))).json()["id"] for each in (first, second)]
    assert ids[0] == ids[1]


async def test_a_page_trades_its_code_for_tokens_once(browser: Browser) -> None:
    answer = await browser.http.get(await browser.callback(redirect_to=PAGE))
    location = answer.headers["location"]
    assert location.startswith("https://ui.example.org/welcome?tab=1&code=")
    assert "access_token" not in answer.text + location
    code = query_of(location)["code"]
    sessions = await browser.http.get("/api/auth/sessions", headers=bearer(await browser.redeem(code)))
    assert [each["method"] for each in sessions.json()["items"]] == ["google"]
    again = await browser.redeem(code)
    assert again.status_code == 401


async def test_a_code_with_a_challenge_is_of_use_with_its_verifier_only(browser: Browser) -> None:
    verifier, challenge = pair_of_challenge()
    for given, status in (({}, 401), ({"code_verifier": "x" * 43}, 401), ({"code_verifier": verifier}, 200)):
        code = await browser.code(code_challenge=challenge)
        assert (await browser.redeem(code, **given)).status_code == status
    alone = await browser.http.get("/api/auth/oauth/google", params={"code_challenge": challenge})
    assert alone.status_code == 422


async def test_github_signs_in_by_its_primary_verified_address(browser: Browser, github: GitHub) -> None:
    pair = await browser.sign_in("github")
    me = (await browser.http.get("/api/auth/me", headers=bearer(pair))).json()
    assert (me["email"], me["name"], me["username"]) == ("octocat@example.org", "The Octocat", "octocat")
    github.user["login"] = "renamed"
    again = (await browser.http.get("/api/auth/me", headers=bearer(await browser.sign_in("github")))).json()
    assert again["id"] == me["id"]
    github.user["id"] = 2  # somebody else took the old name
    github.emails = [{"email": "stranger@example.org", "primary": True, "verified": True}]
    other = (await browser.http.get("/api/auth/me", headers=bearer(await browser.sign_in("github")))).json()
    assert other["id"] != me["id"]


async def test_github_accounts_without_a_verified_primary_address_are_refused(
    browser: Browser, github: GitHub, context: Context
) -> None:
    for emails in ([], [{"email": "a@example.org", "primary": True, "verified": False}], {}, [{"email": 1}], ["x"]):
        github.emails = emails
        assert (await browser.sign_in("github")).status_code == 403, emails
    for user in ({}, {"id": "1"}, {"id": True}, []):
        github.user = user
        assert (await browser.sign_in("github")).status_code == 401, user
    assert await run_sql(context, "SELECT id FROM users") == []


async def test_claims_may_come_from_the_userinfo_endpoint(browser: Browser, issuer: LyingIssuer) -> None:
    issuer.in_userinfo = True
    assert (await browser.sign_in()).status_code == 200
    issuer.userinfo_sub = "somebody-else"
    refused = await browser.sign_in()
    assert refused.status_code == 401


async def test_names_that_we_do_not_take_become_others(browser: Browser, issuer: LyingIssuer) -> None:
    issuer.person |= {"name": "<script>", "preferred_username": "Ada\x00"}
    me = await browser.http.get("/api/auth/me", headers=bearer(await browser.sign_in()))
    assert (me.json()["name"], me.json()["username"]) == ("ada", "ada")


async def test_a_taken_user_name_gets_a_number(browser: Browser) -> None:
    await registered(browser, "other@example.org", "Ada Lovelace")
    me = await browser.http.get("/api/auth/me", headers=bearer(await browser.sign_in()))
    assert me.json()["username"] == "ada-lovelace-2"


async def test_while_registration_is_closed_only_known_people_sign_in(
    browser: Browser, app: object, issuer: LyingIssuer
) -> None:
    assert (await browser.sign_in()).status_code == 200
    from dataclasses import replace

    state = app.state  # type: ignore[attr-defined]
    state.context = replace(state.context, limits=replace(state.context.limits, registration_open=False))
    assert (await browser.sign_in()).status_code == 200
    issuer.person = {"sub": "new", "email": "new@example.org", "email_verified": True}
    assert (await browser.sign_in()).status_code == 403
    answer = await browser.http.get(await browser.callback(redirect_to=PAGE))
    assert query_of(answer.headers["location"])["error"] == "registration_closed"


async def test_two_tabs_sign_in_at_once(browser: Browser) -> None:
    first, second = await browser.callback(), await browser.callback()
    assert [(await browser.http.get(url)).status_code for url in (first, second)] == [200, 200]


async def test_over_https_the_cookie_is_of_this_host_alone(settings: object) -> None:
    from settings import Settings

    assert isinstance(settings, Settings)
    async with running(settings.model_copy(update={"public_url": "https://xds.test"})) as app:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="https://xds.test") as client:
            answer = await client.get("/api/auth/oauth/google")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-xds-oauth=")
    for attribute in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=600"):
        assert attribute in cookie
    assert "Domain" not in cookie


async def test_what_the_provider_refuses_is_told(browser: Browser, issuer: LyingIssuer) -> None:
    issuer.refuses = "access_denied"
    assert (await browser.sign_in()).status_code == 403
    answer = await browser.http.get(await browser.callback(redirect_to=PAGE))
    assert answer.headers["location"] == "https://ui.example.org/welcome?tab=1&error=access_denied"
    issuer.refuses = "<script>"
    answer = await browser.http.get(await browser.callback(redirect_to=PAGE))
    assert query_of(answer.headers["location"])["error"] == "server_error"


async def test_a_provider_that_is_away_or_odd_is_503_and_not_500(
    browser: Browser, issuer: LyingIssuer, other_issuer: LyingIssuer
) -> None:
    other_issuer.metadata = {"issuer": issuer.url}
    assert (await browser.http.get("/api/auth/oauth/other")).status_code == 503
    for place in ("javascript:alert(1)", "http://accounts.example.com/authorize", "/authorize"):
        other_issuer.metadata = {"authorization_endpoint": place}
        browser.app.state.context.issuers._found.clear()
        assert (await browser.http.get("/api/auth/oauth/other")).status_code == 503, place
    browser.app.state.context.issuers._found.clear()
    other_issuer.metadata = {"token_endpoint": "http://example.org/token"}  # in the clear
    answer = await browser.http.get(await browser.callback("other"))
    assert answer.status_code == 503
    assert (await browser.http.get("/api/auth/oauth/nobody")).status_code == 404
