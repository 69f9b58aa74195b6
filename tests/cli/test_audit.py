"""Guards: `xds audit` shows a team's acts to its admin, everything to an administrator, and nothing to others."""

from __future__ import annotations

from pathlib import Path

from cli.audit import audit_row
from tests.service import PASSWORD, Person, Service, sign_in

DETAILS = "scopes=read,write holder=key_id:k1 role=editor days=90"


def ada(home: Path, service: Service) -> tuple[Person, str]:
    """Somebody who is no administrator, and their address."""
    made, email = Person(home), service.register("ada")
    home.mkdir()
    sign_in(made, service, email, PASSWORD)
    return made, email


def test_an_administrator_reads_everything(administrator: Person) -> None:
    told = administrator.told("audit", "--action", "sign-in.begun", "--limit", "3")["items"]
    assert 1 <= len(told) <= 3
    assert {entry["action"] for entry in told} == {"sign-in.begun"}
    line = administrator.xds("audit", "--action", "sign-in.begun", "--limit", "1").stdout
    assert line.split("\t")[2:4] == ["sign-in.begun", "ok"]
    assert line.count("\n") == 1


def test_details_are_told_without_brackets_and_quotes() -> None:
    details = {"scopes": ["read", "write"], "holder": {"key_id": "k1"}, "role": "editor", "days": 90}
    entry = {"user": None, "key_id": None, "subject_id": None, "address": None, "details": details}
    row = audit_row(entry | {"created_at": "2026-11-22T14:48:16.1Z", "action": "grant.given", "outcome": "ok"})
    assert row == ("2026-11-22 14:48:16", "", "grant.given", "ok", "", "", DETAILS)


def test_a_teams_admin_reads_the_teams(service: Service, tmp_path: Path) -> None:
    person, email = ada(tmp_path / "ada", service)
    with service.sign_in(email, PASSWORD) as client:
        slug = client.post("/api/teams", json={"name": "Auditors"}).json()["slug"]
    (told,) = person.told("audit", "--team", slug)["items"]
    assert (told["action"], told["user"]["name"]) == ("team.created", "ada")


def test_others_are_refused_in_one_line(service: Service, tmp_path: Path) -> None:
    person, _ = ada(tmp_path / "ada", service)
    done = person.xds("audit")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Only administrators" in done.stderr
    assert "you have no team nowhere" in person.xds("audit", "--team", "nowhere").stderr
