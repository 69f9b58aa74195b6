"""Guards: inviting, granting and removing at a terminal, against a running service."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
import typer

from cli.keys import end_of
from tests.cli.folders import write_demo
from tests.service import PASSWORD, Person, Service, sign_in

NUMBERS = count(1)


@pytest.fixture
def team(administrator: Person, tmp_path: Path) -> Iterator[str]:
    """A team with the demonstration system, as `acme-ui`."""
    slug = f"teams-{os.getpid()}-{next(NUMBERS)}"
    administrator.told("import", write_demo(tmp_path / "demo"), "--team", slug, "--name", "Acme UI")
    yield slug


@pytest.fixture
def grace(service: Service, tmp_path: Path) -> Iterator[tuple[Person, str]]:
    """Somebody with an account and a terminal, and their e-mail address."""
    someone = Person(tmp_path / "grace")
    someone.home.mkdir()
    email = service.register("grace")
    sign_in(someone, service, email, PASSWORD)
    yield someone, email


def test_somebody_is_invited_joins_and_is_removed(
    administrator: Person, grace: tuple[Person, str], service: Service, team: str
) -> None:
    guest, email = grace
    made = administrator.xds("team", "invite", team, email, "--role", "editor")
    token = made.stdout.strip()
    assert token.startswith("xdi_"), made.stderr
    assert "xds team join" in made.stderr
    assert f"\t{email}\teditor\t" in administrator.xds("team", "invitations", team).stdout
    joined = guest.xds("team", "join", text=f"{token}\n")
    assert joined.returncode == 0, joined.stderr
    assert joined.stdout.startswith("you are editor of ")
    assert administrator.xds("team", "invitations", team).stdout == ""
    assert administrator.told("team", "role", team, email, "viewer")["role"] == "viewer"
    listed = {each["user"]["email"]: each["role"] for each in administrator.told("team", "members", team)["items"]}
    assert listed[email] == "viewer"
    refused = guest.xds("team", "invite", team, "x@example.org")
    assert refused.returncode == 1 and "members.manage" in refused.stderr
    key = guest.xds("keys", "create", "CI", "--team", team).stdout.strip()
    assert administrator.xds("team", "remove", team, email.upper()).returncode == 0
    robot = {"XDS_SERVER": service.url, "XDS_TOKEN": key}
    refused = guest.xds("clone-url", f"{team}/acme-ui", env=robot)
    assert refused.returncode == 1 and "revoked" in refused.stderr
    assert administrator.xds("team", "remove", team, email).stderr == f"xds: {email} is no member of {team}\n"


def test_somebody_new_makes_an_account_by_invitation(
    administrator: Person, service: Service, team: str, tmp_path: Path
) -> None:
    stranger = Person(tmp_path / "stranger")
    stranger.home.mkdir()
    email = f"new-{os.getpid()}@example.org"
    token = administrator.told("team", "invite", team, email)["token"]
    answers = f"{token}\n{email}\nNewcomer\n{PASSWORD}\n"
    done = stranger.xds("team", "join", "--new", "--server", service.url, text=answers)
    assert done.returncode == 0, done.stderr
    assert token not in done.stdout + done.stderr
    members = administrator.told("team", "members", team)["items"]
    assert [each["role"] for each in members if each["user"]["email"] == email] == ["viewer"]


def test_an_invitation_is_taken_back(administrator: Person, grace: tuple[Person, str], team: str) -> None:
    guest, email = grace
    token = administrator.told("team", "invite", team, email)["token"]
    assert administrator.told("team", "uninvite", team, email)["revoked"] is True
    assert guest.xds("team", "join", text=token).returncode == 1
    assert guest.xds("team", "join").stderr == "xds: Token: nothing came on stdin\n"
    assert administrator.xds("team", "uninvite", team, email).returncode == 1


def test_a_role_on_one_system_is_given_changed_and_ended(
    administrator: Person, grace: tuple[Person, str], team: str
) -> None:
    guest, email = grace
    system = f"{team}/acme-ui"
    assert guest.xds("clone-url", system).returncode == 1
    given = administrator.xds("grant", "give", system, email)
    assert given.stdout == f"{email} is viewer of {system} now\n", given.stderr
    assert guest.xds("clone-url", system).returncode == 0
    assert administrator.told("grant", "give", system, email, "--role", "editor")["role"] == "editor"
    key = guest.told("keys", "create", "CI", "--scope", "write")
    administrator.told("grant", "give", system, key["id"], "--role", "admin")
    rows = [line.split("\t") for line in administrator.xds("grant", "list", system).stdout.splitlines()]
    assert [row[:4] for row in rows] == [
        [email, "", "editor", "editor"],
        [email, f"CI ({key['prefix']}…)", "admin", "admin"],
    ]
    ended = administrator.xds("grant", "revoke", system, email)
    assert f"which stays: xds grant revoke {system} {key['id']}" in ended.stderr
    assert administrator.told("grant", "revoke", system, key["id"])["revoked"] is True
    assert guest.xds("clone-url", system).returncode == 1
    assert administrator.xds("grant", "revoke", system, email).returncode == 1


def test_keys_say_where_they_work_and_when_they_end(
    administrator: Person, grace: tuple[Person, str], team: str
) -> None:
    guest, email = grace
    system = f"{team}/acme-ui"
    administrator.told("grant", "give", system, email)
    key = guest.told("keys", "create", "CI", "--system", system, "--expires", "90d")
    (row,) = [line.split("\t") for line in guest.xds("keys", "list").stdout.splitlines()]
    assert row[2] == key["prefix"] and row[4] == system
    assert row[6] == "" and row[7] == key["expires_at"][:16].replace("T", " ")
    (seen,) = [line.split("\t") for line in administrator.xds("keys", "list", "--team", team).stdout.splitlines()]
    assert (seen[0], seen[-1]) == (key["id"], key["user_id"])
    assert guest.xds("keys", "create", "CI", "--expires", "soon").returncode == 2
    assert guest.xds("keys", "create", "CI", "--expires", "1d", "--days", "1").returncode == 2


@pytest.mark.parametrize(
    ("span", "ends"),
    [
        ("12h", "2026-11-23T00:00:00+00:00"),
        ("90d", "2027-02-20T12:00:00+00:00"),
        ("8w", "2027-01-17T12:00:00+00:00"),
        ("2027-01-31", "2027-01-31T23:59:59.999999+00:00"),
        ("2026-11-22", "2026-11-22T23:59:59.999999+00:00"),
    ],
)
def test_an_end_is_a_span_or_a_day(span: str, ends: str) -> None:
    assert end_of(span, datetime(2026, 11, 22, 12, tzinfo=UTC)).isoformat() == ends


@pytest.mark.parametrize("span", ["", "90", "0d", "-1d", "1y", "999999w", "2026-11-21", "2027-02-30", "tomorrow"])
def test_what_is_no_end_is_refused(span: str) -> None:
    with pytest.raises(typer.BadParameter):
        end_of(span, datetime(2026, 11, 22, 12, tzinfo=UTC))
