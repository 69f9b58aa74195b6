"""Guards: `xds account export` writes what is known of a person, `erase` takes the password and forgets the sign-in."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.service import PASSWORD, Person, Service, sign_in


@pytest.fixture
def ada(person: Person, service: Service) -> Person:
    sign_in(person, service, service.register("ada"), PASSWORD)
    return person


def test_the_export_goes_to_stdout_or_into_a_private_file(ada: Person) -> None:
    told = ada.told("account", "export")
    assert told["account"]["name"] == "ada"
    done = ada.xds("account", "export", "--output", "me.json")
    assert (done.returncode, done.stdout) == (0, "")
    written = ada.home / "me.json"
    assert json.loads(written.read_text(encoding="utf-8"))["account"] == told["account"]
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    again = ada.xds("account", "export", "--output", "me.json")
    assert (again.returncode, again.stderr) == (1, "xds: me.json is there already\n")


def test_erasing_takes_yes_and_the_password(ada: Person, service: Service) -> None:
    unsure = ada.xds("account", "erase", text=PASSWORD)
    assert unsure.returncode == 2
    assert "--yes" in unsure.stderr
    wrong = ada.xds("account", "erase", "--yes", text="a wrong harbour at eight\n")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "This is not your password." in wrong.stderr
    done = ada.xds("account", "erase", "--yes", text=PASSWORD + "\n")
    assert (done.returncode, done.stdout) == (0, f"your account at {service.url} is erased\n")
    assert "not signed in" in ada.xds("whoami", "--server", service.url).stderr


def test_whoever_is_not_signed_in_has_nothing_to_take(service: Service, tmp_path: Path) -> None:
    stranger = Person(tmp_path / "stranger")
    stranger.home.mkdir()
    for command in ("export", "erase"):
        assert stranger.xds("account", command, "--server", service.url).returncode == 1
