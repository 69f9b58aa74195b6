"""Guards: nothing starts with a missing or guessable secret, and URLs are understood as people write them."""

from __future__ import annotations

from traceback import format_exception

import pytest
from pydantic import ValidationError

from settings import Settings, SettingsError

STRONG = "k3y-0123456789-abcdefghijklmnopqrstuvwxyz"
URLS = {"database_url": "postgresql://u:p@h/d", "redis_url": "redis://h/0"}


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        (None, "not set"),
        ("short", "shorter than 32"),
        ("a" * 64, "too few characters"),
        ("changeme-0123456789-abcdefghijklmnop", "placeholder"),
        ("Secret-0123456789-abcdefghijklmnopqr", "placeholder"),
    ],
)
def test_weak_secrets_are_refused(secret: str | None, reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        Settings(secret_key=secret).require_secret()
    with pytest.raises(ValidationError):
        Settings(environment="production", secret_key=secret, **URLS)


def test_production_names_everything_that_is_missing() -> None:
    with pytest.raises(ValidationError, match="XDS_DATABASE_URL, XDS_REDIS_URL, XDS_SECRET_KEY"):
        Settings(environment="production")
    assert Settings(environment="production", secret_key=STRONG, **URLS).require_secret() == STRONG


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_the_driver_is_ours_to_choose(scheme: str) -> None:
    assert Settings(database_url=f"{scheme}://u@h/d").database_url == "postgresql+asyncpg://u@h/d"


def test_other_databases_are_refused() -> None:
    with pytest.raises(ValidationError, match="only PostgreSQL"):
        Settings(database_url="sqlite:///x.db")


def test_a_secret_is_not_in_the_representation() -> None:
    assert STRONG not in repr(Settings(secret_key=STRONG))


def test_base_url() -> None:
    assert Settings(host="::1", port=1).base_url == "http://[::1]:1"
    assert Settings(public_url="https://ds.example/").base_url == "https://ds.example"


def test_given_values_overrule_the_environment_and_none_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDS_PORT", "1234")
    assert Settings.read(port=None).port == 1234
    assert Settings.read(port=99).port == 99


@pytest.mark.parametrize("environment", ["development", "production"])
def test_earlier_secrets_are_judged_too(environment: str) -> None:
    strong = {"environment": environment, "secret_key": STRONG, **URLS}
    with pytest.raises(ValidationError, match="XDS_PREVIOUS_SECRET_KEYS has one that is shorter"):
        Settings(previous_secret_keys=[STRONG[::-1], "weak"], **strong)
    assert Settings(previous_secret_keys=[STRONG[::-1]], **strong).earlier_secrets == [STRONG[::-1]]


@pytest.mark.parametrize("rate", ["", "60", "0/minute", "60 per minute", "60/day", "-1/minute", "1;2/minute"])
def test_rates_are_a_count_in_a_second_a_minute_or_an_hour(rate: str) -> None:
    with pytest.raises(ValidationError):
        Settings(rate_limit_sign_in=rate)
    assert Settings(rate_limit_sign_in="1/hour").rate_limit_sign_in == "1/hour"


def test_every_secret_is_known_to_the_logs() -> None:
    urls = {"database_url": "postgresql://u:p%40ss@h/d", "redis_url": "redis://:word@h/0"}
    found = Settings(secret_key=STRONG, previous_secret_keys=[STRONG[::-1]], smtp_password="smtp", **urls).all_secrets()
    assert set(found) == {STRONG, STRONG[::-1], "smtp", "p@ss", "word"}


@pytest.mark.parametrize(
    "origin", ["https://a.example/", "a.example", "https://*.a.example", "https://a.example/x", ""]
)
def test_an_origin_that_no_browser_would_send_is_refused(origin: str) -> None:
    with pytest.raises(ValidationError, match="is no origin"):
        Settings(allowed_origins=[origin])
    fine = ["https://a.example", "http://localhost:3000", "http://[::1]:8080", "*"]
    assert Settings(allowed_origins=fine).allowed_origins == fine


def test_a_list_that_is_no_json_is_told_by_name_and_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDS_PREVIOUS_SECRET_KEYS", STRONG)
    with pytest.raises(SettingsError, match="XDS_PREVIOUS_SECRET_KEYS is not well-formed JSON") as refused:
        Settings.read()
    assert STRONG not in "".join(format_exception(refused.value))


def test_a_certificate_and_its_key_belong_together() -> None:
    with pytest.raises(ValidationError, match="belong together"):
        Settings(tls_certificate="c.pem")
    assert Settings(tls_certificate="c.pem", tls_key="k.pem").base_url.startswith("https://")
