"""What others try with a sign-in through a provider, and what they get."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from services.context import Context
from tests.oauth.challenges import pair_of_challenge
from tests.oauth.conftest import PAGE, SITE, Browser, query_of, run_sql
from tests.oauth.issuer import CLIENT_SECRET, Claims, LyingIssuer, new_key, signed


async def _nobody_got_in(context: Context) -> None:
    assert await run_sql(context, "SELECT id FROM sign_ins") == []
    assert await run_sql(context, "SELECT id FROM users") == []


async def test_a_callback_works_once(browser: Browser, context: Context) -> None:
    callback = await browser.callback()
    assert (await browser.http.get(callback)).status_code == 200
    assert (await browser.http.get(callback)).status_code == 401
    assert len(await run_sql(context, "SELECT id FROM sign_ins")) == 1


async def test_a_stolen_state_is_of_no_use_in_another_browser_and_still_of_use_in_its_own(browser: Browser) -> None:
    callback = await browser.callback()
    thief = await browser.another()
    assert (await thief.http.get(callback)).status_code == 401
    await thief.begin()  # with a cookie of their own
    assert (await thief.http.get(callback)).status_code == 401
    assert (await browser.http.get(callback)).status_code == 200


async def test_an_attacker_cannot_have_a_victim_complete_their_sign_in(browser: Browser, context: Context) -> None:
    """Login CSRF: the victim would work in the attacker's account."""
    attackers = await browser.callback()
    victim = await browser.another()
    assert (await victim.http.get(attackers)).status_code == 401
    await _nobody_got_in(context)


async def test_invented_states_are_unknown(browser: Browser) -> None:
    for state in ("", "x", "x" * 200, "link.", "link." + "x" * 43, "ä", "\x00"):
        answer = await browser.http.get("/api/auth/oauth/google/callback", params={"state": state, "code": "x"})
        assert answer.status_code == 401, state
        assert answer.headers["content-type"] == "application/problem+json"


async def test_somebody_elses_code_does_not_fit_the_verifier(browser: Browser) -> None:
    """Code injection: a code that leaked from the victim's browser, put into the attacker's own sign-in."""
    victims = query_of(await (await browser.another()).callback())["code"]
    own = query_of(await browser.callback())
    answer = await browser.http.get(f"/api/auth/oauth/google/callback?{urlencode(own | {'code': victims})}")
    assert answer.status_code == 401


async def test_an_issuer_cannot_pass_its_answer_off_as_anothers(browser: Browser, context: Context) -> None:
    """Mix-up (RFC 9207): each callback has its own path, and each answer names its issuer."""
    at_other = query_of(await browser.callback("other"))
    crossed = await browser.http.get(f"/api/auth/oauth/google/callback?{urlencode(at_other)}")
    assert crossed.status_code == 401
    at_other = query_of(await browser.callback("other"))
    at_google = query_of(await browser.callback("google"))
    mixed = at_google | {"code": at_other["code"], "iss": at_other["iss"]}
    assert (await browser.http.get(f"/api/auth/oauth/google/callback?{urlencode(mixed)}")).status_code == 401
    await _nobody_got_in(context)


async def test_an_answer_that_names_no_issuer_counts_only_where_the_issuer_never_does(
    browser: Browser, issuer: LyingIssuer, other_issuer: LyingIssuer
) -> None:
    issuer.says_iss = None
    assert (await browser.sign_in("google")).status_code == 401
    other_issuer.says_iss = None
    other_issuer.metadata = {"authorization_response_iss_parameter_supported": False}
    assert (await browser.sign_in("other")).status_code == 200
    other_issuer.says_iss = issuer.url
    assert (await browser.sign_in("other")).status_code == 401


def _without(*names: str) -> Callable[[Claims], Claims]:
    return lambda claims: {name: value for name, value in claims.items() if name not in names}


def _with(**changed: Any) -> Callable[[Claims], Claims]:
    return lambda claims: claims | changed


LIES = {
    "wrong nonce": _with(nonce="x"),
    "no nonce": _without("nonce"),
    "nonce that is no text": _with(nonce=["x"]),
    "wrong audience": _with(aud="somebody-else"),
    "several audiences, for none of them": _with(aud=["xds at the tests", "b"]),
    "authorized for another": _with(aud=["xds at the tests", "b"], azp="b"),
    "another is authorized": _with(azp="b"),
    "no audience": _without("aud"),
    "wrong issuer": _with(iss="https://accounts.example.com"),
    "no issuer": _without("iss"),
    "expired": _with(exp=1_600_000_000),
    "never expires": _without("exp"),
    "expires at a word": _with(exp="tomorrow"),
    "from the future": _with(iat=4_000_000_000),
    "not yet": _with(nbf=4_000_000_000),
    "nobody": _without("sub"),
    "empty": _with(sub=""),
    "a list": _with(sub=["ada-1"]),
    "endless": _with(sub="x" * 256),
}


async def test_claims_that_prove_nothing(browser: Browser, issuer: LyingIssuer, context: Context) -> None:
    believed = []
    for lie, claimed in LIES.items():
        issuer.claimed = claimed
        if (await browser.sign_in()).status_code != 401:
            believed.append(lie)
    assert not believed
    await _nobody_got_in(context)


def _encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def _unsigned(_: LyingIssuer, claims: Claims) -> str:
    return f"{_encoded({'alg': 'none', 'typ': 'JWT'})}.{_encoded(claims)}."


def _by_secret(_: LyingIssuer, claims: Claims) -> str:
    key = OctKey.import_key(CLIENT_SECRET * 3)
    return jwt.encode({"alg": "HS256"}, claims, key, algorithms=["HS256"])


def _by_public_key(issuer: LyingIssuer, claims: Claims) -> str:
    """The classic confusion: an HMAC whose secret is the public key that everybody knows."""
    signed_part = f"{_encoded({'alg': 'HS256', 'kid': issuer.key.kid})}.{_encoded(claims)}"
    mac = hmac.digest(issuer.key.as_pem(private=False), signed_part.encode(), "sha256")
    return f"{signed_part}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def _by_stranger(issuer: LyingIssuer, claims: Claims) -> str:
    return jwt.encode({"alg": "RS256", "kid": issuer.key.kid}, claims, new_key.__wrapped__("first"))


def _by_own_header(_: LyingIssuer, claims: Claims) -> str:
    stranger = new_key("mine")
    return jwt.encode({"alg": "RS256", "jwk": stranger.as_dict(private=False)}, claims, stranger)


def _tampered(issuer: LyingIssuer, claims: Claims) -> str:
    head, _, tail = signed(issuer, claims).split(".")
    return f"{head}.{_encoded(claims | {'sub': 'root'})}.{tail}"


FORGERIES = [_unsigned, _by_secret, _by_public_key, _by_stranger, _by_own_header, _tampered]


async def test_signatures_that_prove_nothing(browser: Browser, issuer: LyingIssuer, context: Context) -> None:
    believed = []
    for forge in FORGERIES:
        issuer.sign = forge
        if (await browser.sign_in()).status_code != 401:
            believed.append(forge.__name__)
    assert not believed
    await _nobody_got_in(context)


async def test_tokens_that_are_none(browser: Browser, issuer: LyingIssuer) -> None:
    for garbage in ("", "x", "x.y.z", "e30.e30.", "....", "ä"):
        issuer.sign = lambda _issuer, _claims, text=garbage: text
        assert (await browser.sign_in()).status_code == 401, garbage


async def test_a_new_key_is_fetched_once_when_a_token_names_it(browser: Browser, issuer: LyingIssuer) -> None:
    from services.oauth import discovery

    assert (await browser.sign_in()).status_code == 200
    assert (await browser.sign_in()).status_code == 200
    assert issuer.asked.count("jwks") == 1
    assert issuer.asked.count("discovery") == 1
    issuers = browser.app.state.context.issuers
    began = issuers._clock()
    issuers._clock = lambda: began + discovery.REFETCH_SECONDS + 1
    issuer.key = new_key("second")
    assert (await browser.sign_in()).status_code == 200
    assert issuer.asked.count("jwks") == 2
    issuer.shown, issuer.key = [issuer.key], new_key("unknown")
    for _ in range(3):
        assert (await browser.sign_in()).status_code == 401
    assert issuer.asked.count("jwks") == 2, "unknown key ids must not make us a hammer"


EVIL = [
    "https://evil.example/",
    "https://ui.example.org.evil.example/",
    "https://ui.example.org@evil.example/",
    "https://ui.example.org:443@evil.example/",
    "http://ui.example.org/",
    "https://ui.example.org:8443/",
    "https://sub.ui.example.org/",
    "//ui.example.org/",
    "/welcome",
    "https:///ui.example.org",
    "https:ui.example.org",
    "https://ui.example.org\\@evil.example/",
    "https://evil.example\\.ui.example.org/",
    "https://ui.example.org/\r\nLocation: https://evil.example/",
    "https://ui.example.org\t.evil.example/",
    " https://evil.example/",
    "https://ui.example.org/#fragment",
    "https://other.example.org/",
    "https://ui。example.org/",
    "https://[::1/",
    "https://ui.example.org:99999/",
    "https://ui.example.org:x/",
    "javascript:alert(1)//https://ui.example.org/",
    "data:text/html,x",
    "null",
    "*",
    "",
]


async def test_people_are_sent_to_named_origins_only(browser: Browser) -> None:
    for url in EVIL:
        answer = await browser.http.get("/api/auth/oauth/google", params={"redirect_to": url})
        assert answer.status_code == 422, (url, answer.headers.get("location"))
        assert "set-cookie" not in answer.headers


async def test_people_are_sent_to_pages_of_named_origins(browser: Browser) -> None:
    own = (f"{SITE}/docs", "http://xds.test:80/docs")
    for url in ("https://ui.example.org", "https://UI.example.org:443/a?b=c", "https://other.example.org:8443/x", *own):
        answer = await browser.http.get(await browser.callback(redirect_to=url))
        assert answer.status_code == 303, url
        assert httpx.URL(answer.headers["location"]).host == httpx.URL(url).host


async def test_a_code_planted_in_the_page_is_replaced(browser: Browser) -> None:
    answer = await browser.http.get(await browser.callback(redirect_to=PAGE + "&code=attackers&error=x"))
    location = answer.headers["location"]
    assert "attackers" not in location and "error" not in location and location.count("code=") == 1


async def test_a_code_dies_with_its_first_use_even_a_wrong_one(browser: Browser) -> None:
    verifier, challenge = pair_of_challenge()
    code = await browser.code(code_challenge=challenge)
    assert (await browser.redeem(code, code_verifier="y" * 43)).status_code == 401
    assert (await browser.redeem(code, code_verifier=verifier)).status_code == 401


async def test_a_code_handed_out_before_the_password_was_changed_is_dead(browser: Browser, context: Context) -> None:
    code = await browser.code()
    await run_sql(context, "UPDATE users SET token_version = token_version + 1")
    assert (await browser.redeem(code)).status_code == 401


async def test_codes_and_states_are_kept_where_nobody_can_use_them(browser: Browser, context: Context) -> None:
    url = await browser.begin(redirect_to=PAGE)
    code = await browser.code()
    kept = {key: await context.redis.get(key) for key in await context.redis.keys("xds:oauth-*")}
    assert len(kept) >= 2
    secrets = (query_of(url)["state"], query_of(url)["nonce"], code, "ui.example.org", "google")
    for secret in secrets:
        assert not any(secret.encode() in key + value for key, value in kept.items())
    for key in kept:
        assert 0 < await context.redis.ttl(key) <= 600


async def test_nothing_secret_reaches_a_log(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG", logger="xds"):
        callback = await browser.callback(redirect_to=PAGE)
        code = query_of((await browser.http.get(callback)).headers["location"])["code"]
        pair = (await browser.redeem(code)).json()
        await browser.http.get(callback)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("httpcore")]
    logged = "\n".join(line for line in ours if "xds.test" not in line)  # the test's own browser
    for secret in (code, pair["access_token"], pair["refresh_token"], CLIENT_SECRET, *query_of(callback).values()):
        assert secret not in logged or secret.startswith("http")


async def test_refusals_are_in_the_audit_log(browser: Browser, issuer: LyingIssuer, context: Context) -> None:
    issuer.claimed = _with(nonce="x")
    await browser.sign_in()
    rows = await run_sql(context, "SELECT action, outcome, details->>'method', details->>'reason' FROM audit_log")
    assert [tuple(row) for row in rows] == [("sign-in.begun", "refused", "google", "invalid_answer")]
