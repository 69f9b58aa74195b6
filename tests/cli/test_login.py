"""Guards: signing in lasts over commands, is renewed unseen, and ends where it should."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.service import PASSWORD, Person, Service, sign_in


def kept(person: Person) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(credentials(person).read_text(encoding="utf-8"))
    return content


def credentials(person: Person) -> Path:
    return person.home / ".config" / "xds" / "credentials.json"


def expire(person: Person) -> None:
    content = kept(person)
    for entry in content["servers"].values():
        entry["expires_at"] = 0
        entry["access_token"] = "expired"
    credentials(person).write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def ada(person: Person, service: Service) -> Person:
    sign_in(person, service, service.register("ada"), PASSWORD)
    return person


def test_whoami_names_person_server_and_teams(ada: Person, service: Service) -> None:
    told = ada.told("whoami")
    assert told["server"] == service.url
    assert told["name"] == "ada"
    text = ada.xds("whoami").stdout
    assert f"ada <{told['email']}> at {service.url}" in text


def test_signing_in_makes_the_server_the_current_one(person: Person, service: Service) -> None:
    email = service.register("bob")
    done = person.xds("login", "--server", service.url + "/", "--email", email, "--password-stdin", text=PASSWORD)
    assert (done.returncode, done.stdout) == (0, f"signed in at {service.url} as {email}\n")
    assert credentials(person).stat().st_mode & 0o077 == 0
    assert person.told("whoami")["email"] == email


def test_a_wrong_password_is_one_line(person: Person, service: Service) -> None:
    email = service.register("bob")
    done = person.xds("login", "--server", service.url, "--email", email, "--password-stdin", text="wrong\n")
    assert done.returncode == 1
    assert done.stderr.startswith("xds: ")
    assert done.stderr.count("\n") == 1
    assert not credentials(person).exists()


def test_without_a_terminal_nothing_is_asked(person: Person, service: Service) -> None:
    assert "--email" in person.xds("login", "--server", service.url).stderr
    done = person.xds("login", "--server", service.url, "--email", "a@b.c")
    assert done.returncode == 2
    assert "--password-stdin" in done.stderr


def test_an_expired_sign_in_is_renewed_unseen(ada: Person) -> None:
    before = next(iter(kept(ada)["servers"].values()))["refresh_token"]
    expire(ada)
    assert ada.told("whoami")["name"] == "ada"
    after = next(iter(kept(ada)["servers"].values()))
    assert after["refresh_token"] != before
    assert after["expires_at"] > 0


def test_commands_at_once_renew_it_only_once(ada: Person) -> None:
    """A refresh token works once; used twice it would end the sign-in."""
    expire(ada)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: ada.xds("whoami"), range(4)))
    assert [each.returncode for each in done] == [0] * 4, done
    assert ada.xds("whoami").returncode == 0


def test_a_sign_in_that_ended_says_how_to_begin_again(ada: Person, service: Service) -> None:
    content = kept(ada)
    content["servers"][service.url]["refresh_token"] = "never-handed-out"
    credentials(ada).write_text(json.dumps(content), encoding="utf-8")
    expire(ada)
    done = ada.xds("whoami")
    assert done.returncode == 1
    assert done.stderr == f"xds: your sign-in at {service.url} has ended; run: xds login --server {service.url}\n"


def test_logout_ends_the_sign_in_here_and_there(ada: Person, service: Service) -> None:
    session = kept(ada)["servers"][service.url]
    assert ada.told("logout")["signed_out"] is True
    assert kept(ada)["servers"] == {}
    content = {"current": service.url, "servers": {service.url: {**session, "expires_at": 0}}}
    credentials(ada).write_text(json.dumps(content), encoding="utf-8")
    assert ada.xds("whoami").returncode == 1
    assert ada.told("logout", "--server", service.url)["signed_out"] is False


def test_the_environment_overrides_what_is_kept(ada: Person, service: Service) -> None:
    key = ada.told("keys", "create", "robot")["key"]
    someone = {"XDS_SERVER": service.url, "XDS_TOKEN": key, "XDG_CONFIG_HOME": str(ada.home / "elsewhere")}
    assert ada.told("whoami", env=someone)["name"] == "ada"
    wrong = ada.xds("whoami", env={"XDS_TOKEN": "xds_wrong"})
    assert wrong.returncode == 1
    assert f"{service.url} refuses your credential: " in wrong.stderr


def test_a_server_that_is_down_is_one_line(person: Person) -> None:
    done = person.xds("systems", "--server", "http://127.0.0.1:1")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "xds: cannot reach http://127.0.0.1:1: Connection refused\n"
