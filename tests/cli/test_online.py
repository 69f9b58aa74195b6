"""Guards: listing, exporting from the server, keys and reindexing, against a running service."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.cli.folders import git, write_demo
from tests.service import PASSWORD, Person, Service, sign_in

NUMBERS = count(1)


@pytest.fixture
def team(administrator: Person, tmp_path: Path) -> Iterator[str]:
    """A team with the demonstration system, as `acme-ui`."""
    slug = f"online-{os.getpid()}-{next(NUMBERS)}"
    administrator.told("import", write_demo(tmp_path / "demo"), "--team", slug, "--name", "Acme UI")
    yield slug


@pytest.fixture
def clone(administrator: Person, service: Service, team: str) -> Path:
    """A clone of it."""
    key = administrator.told("keys", "create", "clone", "--scope", "write", "--system", f"{team}/acme-ui")["key"]
    url = f"{service.url}/git/{team}/acme-ui.git".replace("http://", f"http://x:{key}@")
    administrator.git("clone", "--quiet", url, administrator.home / "clone", cwd=administrator.home)
    return administrator.home / "clone"


def test_systems_are_listed(administrator: Person, service: Service, team: str) -> None:
    lines = administrator.xds("systems", "--search", "acme").stdout.splitlines()
    url = f"{service.url}/git/{team}/acme-ui.git"
    assert f"{team}/acme-ui\tAcme UI\t\tprivate\t{url}" in lines
    listed = administrator.told("systems")["items"]
    assert url in [system["clone_url"] for system in listed]


def test_strangers_do_not_see_private_systems(service: Service, team: str, tmp_path: Path) -> None:
    stranger = Person(tmp_path / "stranger")
    stranger.home.mkdir()
    done = stranger.xds("clone-url", f"{team}/acme-ui", "--server", service.url)
    assert done.returncode == 1
    assert f"there is no design system {team}/acme-ui at {service.url}, or you may not see it" in done.stderr
    assert "xds login" in done.stderr
    sign_in(stranger, service, service.register("stranger"), PASSWORD)
    assert stranger.xds("clone-url", f"{team}/acme-ui").returncode == 1


def test_server_and_clean_clone_export_the_same_bytes(administrator: Person, team: str, clone: Path) -> None:
    named = administrator.xds("export", "--system", f"{team}/acme-ui", "--format", "css")
    assert named.returncode == 0, named.stderr
    assert "--color-background-default" in named.stdout
    inferred = administrator.xds("export", "--format", "css", cwd=clone)
    offline = administrator.xds("export", ".", "--format", "css", cwd=clone)
    assert named.stdout == inferred.stdout == offline.stdout


def test_a_ref_is_exported(administrator: Person, clone: Path) -> None:
    git(clone, "checkout", "--quiet", "-b", "next")
    palette = clone / "tokens" / "spacing.tokens.json"
    palette.write_text(palette.read_text(encoding="utf-8").replace('"value": 4,', '"value": 5,', 1), encoding="utf-8")
    git(clone, "commit", "--quiet", "--all", "--message", "Wider")
    administrator.git("push", "--quiet", "origin", "next", cwd=clone)
    head = git(clone, "rev-parse", "HEAD")
    assert f"Commit {head}" in administrator.xds("export", "--ref", "next", cwd=clone).stdout
    assert f"Commit {head}" not in administrator.xds("export", "--ref", "main", cwd=clone).stdout
    told = administrator.told("export", "--ref", head, "-f", "json", cwd=clone)
    assert head in told["content"]
    unknown = administrator.xds("export", "--ref", "nowhere", cwd=clone)
    assert unknown.returncode == 1
    assert "'nowhere'" in unknown.stderr
    assert unknown.stdout == ""


def test_keys_are_made_shown_once_and_revoked(administrator: Person, service: Service, team: str) -> None:
    done = administrator.xds("keys", "create", "CI", "--scope", "read", "--team", team, "--days", "7")
    key = done.stdout.strip()
    assert key.startswith("xds_")
    assert "never shown again" in done.stderr
    listed = [entry for entry in administrator.told("keys", "list")["items"] if entry["name"] == "CI"]
    assert [entry["scopes"] for entry in listed] == [["read"]]
    assert listed[0]["expires_at"] is not None
    assert key not in administrator.xds("keys", "list").stdout
    robot = {"XDS_SERVER": service.url, "XDS_TOKEN": key}
    assert administrator.xds("clone-url", f"{team}/acme-ui", env=robot).returncode == 0
    assert administrator.xds("keys", "revoke", "CI").stdout == f"revoked {listed[0]['id']}\n"
    assert administrator.xds("clone-url", f"{team}/acme-ui", env=robot).returncode == 1
    assert administrator.xds("keys", "revoke", "CI").stderr.startswith("xds: no key has the name 'CI'")


def test_the_index_of_a_running_service_is_checked_and_rebuilt(
    administrator: Person, service: Service, team: str
) -> None:
    name = f"{team}/acme-ui"
    told = administrator.told("reindex", "--check", "--data", service.data, "--system", name)
    assert told["checked"] == 1
    assert told["systems"][0]["drift"] == []
    done = administrator.xds("reindex", "--data", service.data)
    assert done.returncode == 0, done.stderr
    assert f"{name}: level with git" in done.stdout


def test_drift_is_found_and_mended(administrator: Person, service: Service, team: str) -> None:
    """A ref that was moved behind the service's back, as a restored backup of one of the two would look."""
    system = administrator.told("clone-url", f"{team}/acme-ui")["id"]
    bare = service.data / "repositories" / system[:2] / system[2:4] / f"{system}.git"
    head = git(bare, "rev-parse", "main")
    git(bare, "update-ref", "refs/heads/behind-its-back", head)
    command = ("reindex", "--data", service.data, "--system", f"{team}/acme-ui")
    found = administrator.xds(*command, "--check")
    assert found.returncode == 1
    assert f"ref refs/heads/behind-its-back: absent in the index, {head} in git" in found.stdout
    assert administrator.xds(*command).returncode == 0
    assert administrator.xds(*command, "--check").returncode == 0
    git(bare, "update-ref", "-d", "refs/heads/behind-its-back")
    assert administrator.xds("reindex", "--data", service.data, "--system", system).returncode == 0
