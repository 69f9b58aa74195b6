"""Guards: `xds import` brings a repository with its history, changes nothing of it, and shows refusals as they are."""

from __future__ import annotations

import json
import os
from itertools import count
from pathlib import Path

import pytest

from tests.cli.folders import RED, commit, git, put, write_demo
from tests.service import PASSWORD, Person, Service, sign_in

NUMBERS = count(1)


@pytest.fixture
def team() -> str:
    """A team that there is not yet."""
    return f"importers-{os.getpid()}-{next(NUMBERS)}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_demo(tmp_path / "Their Repository")


def clone(person: Person, service: Service, url: str) -> Path:
    """A clone made as a newcomer makes it, with a key as password."""
    key = person.told("keys", "create", "clone", "--scope", "write")["key"]
    person.git("clone", "--quiet", url.replace("http://", f"http://x:{key}@"), person.home / "clone", cwd=person.home)
    return person.home / "clone"


def test_a_folder_becomes_one_commit_by_the_importer(
    administrator: Person, service: Service, folder: Path, team: str
) -> None:
    put(folder, ".gitignore", "*.log\n")
    put(folder, "noise.log", "noise")
    put(folder, "node_modules/x/index.js", "")
    done = administrator.xds("import", folder, "--team", team, "--name", "Acme UI")
    assert done.returncode == 0, done.stderr
    assert f"made team {team}" in done.stderr
    assert f"made private design system {team}/acme-ui" in done.stderr
    url = f"{service.url}/git/{team}/acme-ui.git"
    assert done.stdout == f"imported 1 branch into {team}/acme-ui\ngit clone {url}\n"
    assert administrator.xds("clone-url", f"{team}/acme-ui").stdout == f"{url}\n"
    assert not (folder / ".git").exists()
    copy = clone(administrator, service, url)
    assert git(copy, "log", "--format=%an <%ae> %s") == f"Administrator <{service.admin_email}> Import Their Repository"
    assert "noise.log" not in git(copy, "ls-files").split()
    assert "node_modules" not in git(copy, "ls-files")


def test_a_repository_comes_with_history_branches_and_tags(
    administrator: Person, service: Service, folder: Path, team: str
) -> None:
    commit(folder)
    put(folder, "tokens/red.tokens.json", RED)
    head = commit(folder, "Add red")
    git(folder, "branch", "next")
    git(folder, "tag", "--annotate", "--message", "First", "v1.0.0")
    git(folder, "config", "remote.origin.url", "https://elsewhere.example/x.git")
    (folder / ".git" / "hooks").mkdir(exist_ok=True)
    hook = folder / ".git" / "hooks" / "pre-push"
    hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    config = (folder / ".git" / "config").read_bytes()
    refs = git(folder, "for-each-ref")
    told = administrator.told("import", folder, "--team", team, "--name", "Acme UI", "--slug", "ui", "--public")
    assert told["refs"] == ["refs/heads/main", "refs/heads/next", "refs/tags/v1.0.0"]
    assert (told["made_team"], told["made_system"]) == (True, True)
    assert told["system"]["head"] == head
    assert told["system"]["version"] == "1.0.0"
    assert told["system"]["visibility"] == "public"
    assert (folder / ".git" / "config").read_bytes() == config
    assert git(folder, "for-each-ref") == refs
    with service.sign_in() as client:
        tokens = client.get(f"/api/design-systems/{told['system']['id']}/tokens", params={"q": "color.red"}).json()
    assert [token["path"] for token in tokens["items"]] == ["color.red"]


def test_a_second_import_brings_what_is_new(administrator: Person, folder: Path, team: str) -> None:
    commit(folder)
    administrator.told("import", folder, "--team", team, "--name", "Acme UI")
    put(folder, "tokens/red.tokens.json", RED)
    head = commit(folder, "Add red")
    told = administrator.told("import", folder, "--team", team, "--name", "Acme UI")
    assert (told["made_team"], told["made_system"]) == (False, False)
    assert told["system"]["head"] == head


def test_the_branch_that_is_checked_out_becomes_the_default(administrator: Person, folder: Path, team: str) -> None:
    commit(folder)
    git(folder, "branch", "--move", "zebra")
    git(folder, "branch", "antelope")
    told = administrator.told("import", folder, "--team", team, "--name", "Acme UI")
    assert told["system"]["default_branch"] == "zebra"


def test_a_bare_repository_is_imported(administrator: Person, folder: Path, tmp_path: Path, team: str) -> None:
    head = commit(folder)
    git(tmp_path, "clone", "--quiet", "--bare", str(folder), "bare.git")
    told = administrator.told("import", tmp_path / "bare.git", "--team", team, "--name", "Acme UI")
    assert told["system"]["head"] == head


def test_more_refs_than_one_push_may_bring_are_imported(administrator: Person, folder: Path, team: str) -> None:
    head = commit(folder)
    (folder / ".git" / "packed-refs").write_text(
        "# pack-refs with: peeled fully-peeled sorted \n"
        + "".join(sorted(f"{head} refs/tags/build-{number}\n" for number in range(1100))),
        encoding="utf-8",
    )
    told = administrator.told("import", folder, "--team", team, "--name", "Acme UI")
    assert len(told["refs"]) == 1101


def test_a_refused_push_shows_the_servers_lines(administrator: Person, folder: Path, team: str) -> None:
    put(folder, "tokens/a.tokens.json", '{"a": {"$type": "color", "$value": "{nowhere}"}}')
    done = administrator.xds("import", folder, "--team", team, "--name", "Acme UI")
    assert done.returncode == 1
    assert "remote:   tokens/a.tokens.json:1:36 a: alias {nowhere} does not exist" in done.stderr
    assert f"{team}/acme-ui exists now and is empty" in done.stderr
    assert done.stdout == ""
    quiet = administrator.xds("import", folder, "--team", team, "--name", "Acme UI", "--json")
    assert quiet.returncode == 1
    assert "tokens/a.tokens.json:1:36 a: alias {nowhere} does not exist" in quiet.stderr
    assert quiet.stdout == ""
    said = administrator.xds("validate", folder).stdout
    assert "tokens/a.tokens.json:1:36 a: alias {nowhere} does not exist" in said


def test_what_cannot_be_imported_is_said_before_anything_is_made(
    administrator: Person, folder: Path, tmp_path: Path, team: str
) -> None:
    commit(folder)
    put(folder, "a", "a")
    commit(folder, "More")
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{folder}", "shallow")
    (tmp_path / "empty").mkdir()
    (tmp_path / "new").mkdir()
    git(tmp_path / "new", "init", "--quiet")
    for name, reason in {
        "shallow": "is a shallow clone without its history; first run: git fetch --unshallow",
        "empty": "holds no files that could be imported",
        "new": "has no branch with a commit; commit something first",
        "nowhere": "there is no folder",
    }.items():
        done = administrator.xds("import", tmp_path / name, "--team", team, "--name", "X")
        assert done.returncode == 1, name
        assert reason in done.stderr
    assert team not in administrator.xds("whoami").stdout


def test_a_team_of_others_is_not_joined(
    administrator: Person, service: Service, folder: Path, team: str, tmp_path: Path
) -> None:
    administrator.told("import", folder, "--team", team, "--name", "Acme UI")
    stranger = Person(tmp_path / "stranger")
    stranger.home.mkdir()
    sign_in(stranger, service, service.register("stranger"), PASSWORD)
    done = stranger.xds("import", folder, "--team", team, "--name", "Mine")
    assert done.returncode == 1
    assert done.stderr == f"xds: team {team} exists and you are not a member; ask one of its admins to add you\n"


def test_the_credential_is_in_no_argument_and_no_url(administrator: Person, folder: Path, team: str) -> None:
    commit(folder)
    wrapper = administrator.home / "bin" / "git"
    log = administrator.home / "argv.txt"
    put(wrapper.parent, "git", f'#!/bin/sh\nprintf "%s\\n" "$*" >> "{log}"\nPATH="${{PATH#*:}}" exec git "$@"\n')
    wrapper.chmod(0o755)
    path = {"PATH": f"{wrapper.parent}:{os.environ['PATH']}"}
    assert administrator.told("import", folder, "--team", team, "--name", "Acme UI", env=path)
    said = log.read_text(encoding="utf-8")
    token = json.loads((administrator.home / ".config" / "xds" / "credentials.json").read_text(encoding="utf-8"))
    assert "push --no-verify" in said
    assert "Bearer" not in said
    for entry in token["servers"].values():
        assert entry["access_token"] not in said
