"""Guards: branches and proposals at a terminal, in a clone and beside one, against a running service."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.cli.folders import put, write_demo
from tests.service import PASSWORD, Person, Service, sign_in

NUMBERS = count(1)
NOTE = "notes/red.md"


@pytest.fixture
def system(administrator: Person, tmp_path: Path) -> Iterator[str]:
    """The demonstration system, of the administrator's team."""
    slug = f"proposals-{os.getpid()}-{next(NUMBERS)}"
    administrator.told("import", write_demo(tmp_path / "demo"), "--team", slug, "--name", "Acme UI")
    yield f"{slug}/acme-ui"


@pytest.fixture
def grace(administrator: Person, service: Service, system: str, tmp_path: Path) -> Person:
    """An editor of it."""
    someone = Person(tmp_path / "grace")
    someone.home.mkdir()
    email = service.register("grace")
    sign_in(someone, service, email, PASSWORD)
    administrator.told("grant", "give", system, email, "--role", "editor")
    return someone


@pytest.fixture
def clone(grace: Person, service: Service, system: str) -> Path:
    """A clone of hers."""
    key = grace.told("keys", "create", "clone", "--scope", "write", "--system", system)["key"]
    url = f"{service.url}/git/{system}.git".replace("http://", f"http://x:{key}@")
    grace.git("clone", "--quiet", url, grace.home / "clone", cwd=grace.home)
    return grace.home / "clone"


def pushed(person: Person, clone: Path, branch: str, text: str) -> str:
    """A branch with one commit, made and pushed by plain git; the commit."""
    person.git("checkout", "--quiet", "-B", branch, "origin/main", cwd=clone)
    put(clone, NOTE, text)
    person.git("add", "--all", cwd=clone)
    person.git("commit", "--quiet", "--message", f"Note on {branch}", cwd=clone)
    person.git("push", "--quiet", "origin", branch, cwd=clone)
    return person.git("rev-parse", "HEAD", cwd=clone).strip()


def test_branches_are_made_listed_renamed_and_deleted(administrator: Person, system: str) -> None:
    at = ("--system", system)
    tip = administrator.xds("branch", "create", "warm/red", *at).stdout.strip()
    assert re.fullmatch(r"[0-9a-f]{40}", tip)
    rows = [line.split("\t") for line in administrator.xds("branch", "list", *at).stdout.splitlines()]
    assert [(row[0], row[1], row[2], row[6]) for row in rows] == [
        ("main", "0", "0", "default"),
        ("warm/red", "0", "0", ""),
    ]
    beside = administrator.xds("branch", "rename", "warm/red", "warm", *at)
    assert beside.returncode == 1 and "refs/heads/warm/red exists" in beside.stderr
    assert administrator.xds("branch", "rename", "warm/red", "warmer", *at).stdout == "warm/red is warmer now\n"
    assert [item["name"] for item in administrator.told("branch", "list", "-q", "WAR", *at)["items"]] == ["warmer"]
    stale = administrator.xds("branch", "delete", "warmer", "--expect", "0" * 40, *at)
    assert stale.returncode == 1 and "has moved since you looked" in stale.stderr
    assert administrator.xds("branch", "delete", "warmer", "--expect", tip, *at).stdout == "deleted warmer\n"
    refused = administrator.xds("branch", "delete", "main", *at)
    assert refused.returncode == 1 and "The default branch cannot be deleted." in refused.stderr


def test_a_change_goes_from_a_clone_to_the_default_branch(
    administrator: Person, grace: Person, system: str, clone: Path
) -> None:
    commit = pushed(grace, clone, "warmer", "warm\n")
    number = grace.xds("proposal", "open", "A warmer red", "-m", "As agreed", cwd=clone).stdout.strip()
    assert number == "1"
    rows = [line.split("\t") for line in grace.xds("proposal", "list", cwd=clone).stdout.splitlines()]
    assert [row[:4] + row[5:6] for row in rows] == [["1", "A warmer red", "warmer", "main", "open"]]
    own = grace.xds("proposal", "review", "1", "approve", cwd=clone)
    assert own.returncode == 1 and "own change" in own.stderr
    at = ("--system", system)
    asked = administrator.xds("proposal", "review", "1", "request-changes", "-m", "Too warm", *at)
    assert asked.stdout == f"asked for changes of proposal 1 at {commit[:10]}\n", asked.stderr
    administrator.told("proposal", "review", "1", "approve", "--commit", commit, *at)
    shown = administrator.xds("proposal", "show", "1", *at).stdout
    assert "1 commits ahead" in shown and "Too warm" in shown and "merging: clean" in shown
    merged = administrator.xds("proposal", "merge", "1", "--delete-source", "--expect", commit, *at)
    assert merged.stdout.strip() == commit, merged.stderr
    assert grace.xds("proposal", "list", cwd=clone).stdout == ""
    assert grace.told("proposal", "show", "1", cwd=clone)["state"] == "merged"
    grace.git("fetch", "--quiet", "--prune", cwd=clone)
    assert grace.git("branch", "--remotes", "--format=%(refname:short)", cwd=clone).split()[-1] == "origin/main"


def test_a_conflict_is_told_and_settled_by_taking_a_side(grace: Person, system: str, clone: Path) -> None:
    for branch in ("one", "two"):
        pushed(grace, clone, branch, f"{branch}\n")
        grace.told("proposal", "open", branch, "--source", branch, cwd=clone)
    grace.told("proposal", "merge", "1", cwd=clone)
    refused = grace.xds("proposal", "merge", "2", cwd=clone)
    assert refused.returncode == 1 and NOTE in refused.stderr
    assert "merging: conflicting" in grace.xds("proposal", "show", "2", cwd=clone).stdout
    done = grace.told("proposal", "merge", "2", "--take", "theirs", "-m", "Both", cwd=clone)
    assert done["proposal"]["state"] == "merged"
    grace.git("pull", "--quiet", "origin", "main", cwd=clone)
    assert (clone / NOTE).read_text(encoding="utf-8") == "two\n"


def test_a_merge_by_plain_git_and_what_is_closed(grace: Person, system: str, clone: Path) -> None:
    pushed(grace, clone, "plain", "plain\n")
    grace.told("proposal", "open", "By hand", "--draft", cwd=clone)
    assert grace.xds("proposal", "edit", "1", "--ready", cwd=clone).stdout == "proposal 1 is open: By hand\n"
    assert grace.xds("proposal", "close", "1", cwd=clone).stdout == "proposal 1 is closed: By hand\n"
    assert grace.told("proposal", "reopen", "1", cwd=clone)["state"] == "open"
    grace.git("checkout", "--quiet", "main", cwd=clone)
    grace.git("merge", "--quiet", "--no-ff", "-m", "Merge plain", "plain", cwd=clone)
    grace.git("push", "--quiet", "origin", "main", cwd=clone)
    found = grace.told("proposal", "show", "1", cwd=clone)
    assert (found["state"], found["merge_commit"]) == ("merged", grace.git("rev-parse", "HEAD", cwd=clone).strip())


def test_who_stands_in_no_clone_says_which_system_and_branch(grace: Person, system: str) -> None:
    lost = grace.xds("proposal", "open", "Lost", "--system", system)
    assert lost.returncode == 1 and "--source" in lost.stderr
    lost = grace.xds("branch", "list")
    assert lost.returncode == 1 and "--system" in lost.stderr
