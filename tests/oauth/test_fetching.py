"""Answers of providers that are slow, long, elsewhere or nonsense."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from services.oauth import discovery, fetching
from services.oauth.discovery import Issuers
from services.oauth.errors import ProviderUnavailable
from services.oauth.fetching import Fetcher
from services.oauth.providers import OAuthSettings, is_safe_url, origin_of
from services.wiring import oauth_of
from settings import Settings
from tests.oauth.issuer import issuing, listening, new_key


async def _endless(_: Request) -> Response:
    async def body() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65536
            await asyncio.sleep(0)  # or the server could never be stopped

    return StreamingResponse(body())


async def _trickle(_: Request) -> Response:
    async def body() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.02)

    return StreamingResponse(body())


async def _elsewhere(_: Request) -> Response:
    return RedirectResponse("/json")


async def _json(_: Request) -> Response:
    return JSONResponse({"ok": True})


async def _html(_: Request) -> Response:
    return Response("<html>", media_type="text/html")


@pytest.fixture
def site() -> Iterator[str]:
    pages = {"endless": _endless, "trickle": _trickle, "elsewhere": _elsewhere, "json": _json, "html": _html}
    with listening(Starlette(routes=[Route(f"/{name}", page) for name, page in pages.items()])) as url:
        yield url


async def test_only_short_and_timely_json_is_an_answer(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 1.0)
    fetcher = Fetcher()
    assert (await fetcher.get(f"{site}/json")).document == {"ok": True}
    for page in ("endless", "trickle", "elsewhere", "html"):
        with pytest.raises(ProviderUnavailable):
            await fetcher.get(f"{site}/{page}")
    for url in ("http://127.0.0.1:1/", "http://192.0.2.1/", "file:///etc/passwd", "https://", "x"):
        with pytest.raises(ProviderUnavailable):
            await fetcher.get(url)
    await fetcher.aclose()


@pytest.mark.parametrize(
    "document",
    [[], None, {}, {"issuer": 1}, {"token_endpoint": 1}, {"jwks_uri": None}, {"authorization_endpoint": []}],
)
async def test_a_description_that_lacks_something_is_none(document: object) -> None:
    with issuing() as issuer:
        whole = {"issuer": issuer.url, "authorization_endpoint": "a", "token_endpoint": "b", "jwks_uri": "c"}
        told = whole | document if isinstance(document, dict) and document else document
        with pytest.raises(ProviderUnavailable):
            discovery._described(issuer.url, told)


@pytest.mark.parametrize(
    "keys", [None, [], {}, {"keys": []}, {"keys": "x"}, {"keys": [1]}, {"keys": [{"kty": "RSA"}]}, {"keys": [{}]}]
)
async def test_keys_that_are_none(keys: object) -> None:
    with pytest.raises(ProviderUnavailable):
        discovery._signing_keys(keys)


async def test_shared_and_encryption_keys_never_sign() -> None:
    good = new_key("first").as_dict(private=False)
    other = new_key("second").as_dict(private=False) | {"use": "enc"}
    found = discovery._signing_keys({"keys": [{"kty": "oct", "k": "c2VjcmV0"}, other, good, {"kty": "PQ"}]})
    assert [key.kid for key in found] == ["first"]


async def test_a_description_is_kept_for_an_hour() -> None:
    now = 0.0
    with issuing() as issuer:
        fetcher = Fetcher()
        issuers = Issuers(fetcher, lambda: now)
        for now in (0.0, 3599.0, 3601.0):  # noqa: B007 - the clock reads it
            await issuers.get(issuer.url)
        assert issuer.asked == ["discovery"] * 2
        await fetcher.aclose()


async def test_origins_in_one_form() -> None:
    assert origin_of("HTTPS://UI.Example.org/x?y#z") == "https://ui.example.org:443"
    assert origin_of("http://[::1]:8080") == "http://[::1]:8080"
    for url in ("", "x", "//x", "https://", "ftp://x", "https://a@x", "https://x:y", "https://:@x"):
        assert origin_of(url) is None, url
    assert is_safe_url("https://x") and is_safe_url("http://localhost:1")
    assert not is_safe_url("http://x") and not is_safe_url("x")


async def test_settings_name_providers_only_whole() -> None:
    for half in ({"github_client_id": "x"}, {"google_client_secret": "y"}):
        with pytest.raises(ValidationError, match=r"CLIENT_ID and XDS_\w+_SECRET belong together"):
            Settings(_env_file=None, **half)
    assert oauth_of(Settings(_env_file=None)).providers == ()
    told = Settings(
        _env_file=None,
        public_url="https://design.example.org/",
        ui_url="https://ui.example.org/app",
        allowed_origins=["*", "null", "http://localhost:3000"],
        github_client_id="x",
        github_client_secret="gh secret",
    )
    found = oauth_of(told)
    origins = {"https://design.example.org:443", "https://ui.example.org:443", "http://localhost:3000"}
    assert found.return_origins == origins
    assert [provider.api_url for provider in found.providers] == ["https://api.github.com"]
    assert "gh secret" not in repr(found)
    assert isinstance(found, OAuthSettings)
