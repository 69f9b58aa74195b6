"""Whose account a person proven by a provider gets into."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import httpx
from sqlalchemy import text

from services import mail
from services.context import Context
from services.oauth import flow, linking, transactions
from services.oauth.profiles import Profile
from services.smtp import MailSettings
from tests.oauth.conftest import PAGE, PASSWORD, SITE, Browser, bearer, code_in, query_of, registered, run_sql
from tests.oauth.issuer import LyingIssuer

CONFIRM = "UPDATE users SET email_verified_at = now() WHERE email = 'ada@example.org'"


async def _me(browser: Browser, headers: dict[str, str]) -> str:
    answer = await browser.http.get("/api/auth/me", headers=headers)
    assert answer.status_code == 200
    return str(answer.json()["id"])


async def test_an_account_whose_address_is_confirmed_is_linked_by_it(browser: Browser, context: Context) -> None:
    headers = await registered(browser)
    await run_sql(context, CONFIRM)
    assert await _me(browser, bearer(await browser.sign_in())) == await _me(browser, headers)
    again = await browser.http.post("/api/auth/login", json={"email": "ada@example.org", "password": PASSWORD})
    assert again.status_code == 200, "the password goes on working"


async def test_an_account_registered_with_somebody_elses_address_is_not_shared_with_them(
    browser: Browser, context: Context
) -> None:
    """Pre-registration hijack: the attacker waits in the account for its owner to come by the provider."""
    await registered(browser)
    victim = await browser.another()
    answer = await victim.sign_in()
    assert answer.status_code == 409
    assert "confirm" in answer.json()["detail"]
    assert await run_sql(context, "SELECT id FROM external_identities") == []
    answer = await victim.http.get(await victim.callback(redirect_to=PAGE))
    assert query_of(answer.headers["location"])["error"] == "account_unconfirmed"


async def test_an_address_that_the_provider_has_not_verified_counts_for_nothing(
    browser: Browser, context: Context, issuer: LyingIssuer
) -> None:
    await registered(browser)
    await run_sql(context, CONFIRM)
    for verified in (False, None, "false", "yes", 1.5, []):
        issuer.person["email_verified"] = verified
        assert (await browser.sign_in()).status_code == 403, verified
    issuer.person = {"sub": "new"}
    assert (await browser.sign_in()).status_code == 403
    assert await run_sql(context, "SELECT id FROM external_identities") == []


async def test_the_same_subject_at_two_issuers_is_two_people(
    browser: Browser, issuer: LyingIssuer, other_issuer: LyingIssuer
) -> None:
    other_issuer.person = issuer.person | {"email": "other@example.org"}
    ids = [await _me(browser, bearer(await browser.sign_in(name))) for name in ("google", "other")]
    assert ids[0] != ids[1]


async def test_two_first_sign_ins_at_once_make_one_account(browser: Browser, context: Context) -> None:
    callbacks = [await browser.callback() for _ in range(4)] + [await browser.callback("other") for _ in range(4)]
    answers = await asyncio.gather(*(browser.http.get(url) for url in callbacks))
    assert [answer.status_code for answer in answers] == [200] * 8
    assert len({await _me(browser, bearer(answer)) for answer in answers}) == 1
    assert len(await run_sql(context, "SELECT id FROM users")) == 1
    assert len(await run_sql(context, "SELECT id FROM external_identities")) == 2


async def test_an_erased_account_is_not_entered_again(browser: Browser, context: Context) -> None:
    first = await _me(browser, bearer(await browser.sign_in()))
    erase = "UPDATE users SET deleted_at = now(), email = 'erased-1@erased.invalid', username = 'erased-1'"
    await run_sql(context, erase)
    assert await _me(browser, bearer(await browser.sign_in())) != first


async def _code_for_linking(browser: Browser, headers: dict[str, str], provider: str = "google") -> str:
    answer = await browser.http.post(f"/api/auth/oauth/{provider}/link", headers=headers)
    assert answer.status_code == 200, answer.text
    shown = await browser.http.get(await browser.there_and_back(answer.json()["url"]))
    assert shown.status_code == 200, shown.text
    return str(shown.json()["link_code"])


async def _linked(browser: Browser, headers: dict[str, str], code: str) -> httpx.Response:
    return await browser.http.post("/api/auth/identities", json={"code": code}, headers=headers)


async def test_a_person_links_an_identity_whatever_its_address(browser: Browser, issuer: LyingIssuer) -> None:
    issuer.person |= {"email": "private@example.com", "email_verified": False}
    headers = await registered(browser)
    made = await _linked(browser, headers, await _code_for_linking(browser, headers))
    assert made.status_code == 201
    assert set(made.json()) == {"id", "provider", "email", "created_at", "last_used_at"}
    listed = await browser.http.get("/api/auth/identities", headers=headers)
    assert listed.json() == {"items": [made.json()], "next_cursor": None}
    assert await _me(browser, bearer(await (await browser.another()).sign_in())) == await _me(browser, headers)


async def test_a_page_is_handed_the_code_for_linking(browser: Browser) -> None:
    headers = await registered(browser)
    begun = await browser.http.post("/api/auth/oauth/google/link", params={"redirect_to": PAGE}, headers=headers)
    code = code_in(await browser.http.get(await browser.there_and_back(begun.json()["url"])))
    assert (await browser.redeem(code)).status_code == 401, "it signs nobody in"
    code = await _code_for_linking(browser, headers)
    assert (await _linked(browser, headers, code)).status_code == 201
    wrong = {"redirect_to": "https://evil.example/"}
    refused = await browser.http.post("/api/auth/oauth/google/link", params=wrong, headers=headers)
    assert refused.status_code == 422


async def test_nobody_is_made_to_link_their_identity_to_another_account(
    browser: Browser, other_issuer: LyingIssuer
) -> None:
    """The attacker begins; the victim, led to the URL, is asked by their provider and comes back with the code."""
    attacker, victim = await registered(browser, "eve@example.org", "Eve"), await registered(browser)
    code = await _code_for_linking(browser, attacker)
    assert (await _linked(browser, victim, code)).status_code == 403
    assert (await _linked(browser, attacker, code)).status_code == 422, "used up"
    other_issuer.person["email"] = "new@example.org"
    sign_in_code = await browser.code("other")
    assert (await _linked(browser, victim, sign_in_code)).status_code == 422


async def test_an_identity_opens_one_account(browser: Browser) -> None:
    ada, bob = await registered(browser), await registered(browser, "bob@example.org", "Bob")
    assert (await _linked(browser, ada, await _code_for_linking(browser, ada))).status_code == 201
    assert (await _linked(browser, ada, await _code_for_linking(browser, ada))).status_code == 409
    assert (await _linked(browser, bob, await _code_for_linking(browser, bob))).status_code == 409


async def test_an_api_key_cannot_open_another_way_in(browser: Browser) -> None:
    headers = await registered(browser)
    body = {"name": "all", "scopes": ["admin"]}
    key = (await browser.http.post("/api/api-keys", json=body, headers=headers)).json()["key"]
    by_key = {"Authorization": f"Bearer {key}"}
    code = await _code_for_linking(browser, headers)
    assert (await browser.http.post("/api/auth/oauth/google/link", headers=by_key)).status_code == 403
    assert (await _linked(browser, by_key, code)).status_code == 403
    made = await _linked(browser, headers, code)
    assert made.status_code == 201, "a refused key does not use the code up"
    own = f"/api/auth/identities/{made.json()['id']}"
    assert (await browser.http.delete(own, headers=by_key)).status_code == 403
    assert (await browser.http.get("/api/auth/identities", headers=by_key)).status_code == 200


async def test_a_signed_out_person_links_nothing(browser: Browser) -> None:
    headers = await registered(browser)
    code = await _code_for_linking(browser, headers)
    session = (await browser.http.get("/api/auth/sessions", headers=headers)).json()["items"][0]["id"]
    await browser.http.delete(f"/api/auth/sessions/{session}", headers=headers)
    assert (await _linked(browser, headers, code)).status_code == 401
    assert (await browser.http.post("/api/auth/oauth/google/link", headers=headers)).status_code == 401
    assert (await browser.http.get("/api/auth/identities", headers=headers)).status_code == 401


async def test_an_identity_is_unlinked(browser: Browser, context: Context) -> None:
    headers, eve = await registered(browser), await registered(browser, "eve@example.org", "Eve")
    made = (await _linked(browser, headers, await _code_for_linking(browser, headers))).json()
    own = f"/api/auth/identities/{made['id']}"
    assert (await browser.http.delete(own, headers=eve)).status_code == 404
    assert (await browser.http.delete(own, headers=headers)).status_code == 204
    assert (await browser.http.delete(own, headers=headers)).status_code == 404
    assert (await browser.sign_in()).status_code == 409, "the address alone proves nothing here"
    acts = await run_sql(context, "SELECT action FROM audit_log WHERE action LIKE 'identity.%' ORDER BY position")
    assert [act for (act,) in acts] == ["identity.linked", "identity.unlinked"]


async def test_the_last_way_in_stays(browser: Browser, context: Context) -> None:
    headers = bearer(await browser.sign_in())
    await browser.sign_in("other")  # the same address, verified on both sides
    items = (await browser.http.get("/api/auth/identities", headers=headers)).json()["items"]
    assert [each["provider"] for each in items] == ["other", "google"]
    urls = [f"/api/auth/identities/{each['id']}" for each in items]
    answers = await asyncio.gather(*(browser.http.delete(url, headers=headers) for url in urls))
    assert sorted(answer.status_code for answer in answers) == [204, 409]
    assert len(await run_sql(context, "SELECT id FROM external_identities")) == 1


async def test_an_identity_at_a_provider_that_is_gone_is_no_way_in(browser: Browser, context: Context) -> None:
    headers = bearer(await browser.sign_in())
    await browser.sign_in("other")
    await run_sql(context, "UPDATE external_identities SET provider = 'gone' WHERE provider = 'google'")
    items = (await browser.http.get("/api/auth/identities", headers=headers)).json()["items"]
    statuses = {
        each["provider"]: (await browser.http.delete(f"/api/auth/identities/{each['id']}", headers=headers)).status_code
        for each in items
    }
    assert statuses == {"other": 409, "gone": 204}


async def test_identities_are_paged(browser: Browser) -> None:
    headers = bearer(await browser.sign_in())
    await browser.sign_in("other")
    found, cursor = [], ""
    for _ in range(2):
        page = await browser.http.get("/api/auth/identities", params={"limit": 1, "cursor": cursor}, headers=headers)
        found += [each["provider"] for each in page.json()["items"]]
        cursor = page.json()["next_cursor"] or ""
    assert (found, cursor) == (["other", "google"], "")
    bad = await browser.http.get("/api/auth/identities", params={"cursor": "x"}, headers=headers)
    assert bad.status_code == 422


async def test_the_owner_is_told_of_a_new_way_in(browser: Browser, context: Context) -> None:
    smtp = MailSettings(host="127.0.0.1", port=25, security="none", sender="xds@example.org", base_url=SITE)
    browser.app.state.context = told = replace(context, mail=smtp)
    await registered(browser)
    await run_sql(context, CONFIRM)
    await context.redis.delete(mail.QUEUE)
    for _ in range(2):
        assert (await browser.sign_in()).status_code == 200
    [sealed] = await context.redis.lrange(mail.QUEUE, 0, -1)
    sent = told.vault.open(mail.PURPOSE, sealed.decode())
    assert "ada@example.org" in sent and "google" in sent
    await context.redis.delete(mail.QUEUE)


async def test_what_was_settled_before_a_crash_is_found_after_it(browser: Browser, context: Context) -> None:
    """The process dies after the account was made, before the person was told."""
    callback = query_of(await browser.callback())
    begun = await transactions.resume(context, callback["state"], browser.http.cookies["xds-oauth"])
    arrival = flow.Arrival(callback["state"], "", callback["code"], iss=callback["iss"])
    user = await linking.account_of(context, await flow._profile(context, begun, arrival))
    assert await run_sql(context, "SELECT id FROM sign_ins") == []
    assert await _me(browser, bearer(await browser.sign_in())) == str(user.id)


async def test_an_account_that_is_erased_at_this_moment_is_not_linked(browser: Browser, context: Context) -> None:
    await registered(browser)
    await run_sql(context, CONFIRM)
    profile = Profile("google", "https://accounts.example.com|1", "ada@example.org", "Ada")
    async with context.engine.connect() as db:
        erase = "UPDATE users SET deleted_at = now(), email = 'erased@erased.invalid', username = 'erased' RETURNING id"
        erased = (await db.execute(text(erase))).scalar_one()
        linking_now = asyncio.create_task(linking.account_of(context, profile))
        waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        async with asyncio.timeout(20):
            while not await run_sql(context, waiting):
                await asyncio.sleep(0.01)
        await db.commit()
    user = await linking_now
    assert user.id != erased
    owners = await run_sql(context, "SELECT user_id FROM external_identities")
    assert [owner for (owner,) in owners] == [user.id]
