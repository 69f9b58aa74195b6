"""Guards: the log, blame and reverts at a terminal, against a running service."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.cli.folders import write_demo
from tests.service import Person, Service

NUMBERS = count(1)
FILE = "tokens/spacing.tokens.json"


@pytest.fixture
def clone(administrator: Person, service: Service, tmp_path: Path) -> Iterator[Path]:
    """A clone of the demonstration system, whose spacing was changed by a second commit."""
    slug = f"history-{os.getpid()}-{next(NUMBERS)}"
    administrator.told("import", write_demo(tmp_path / "demo"), "--team", slug, "--name", "Acme UI")
    key = administrator.told("keys", "create", "clone", "--scope", "write", "--system", f"{slug}/acme-ui")["key"]
    url = f"{service.url}/git/{slug}/acme-ui.git".replace("http://", f"http://x:{key}@")
    folder = administrator.home / f"clone-{slug}"
    administrator.git("clone", "--quiet", url, folder, cwd=administrator.home)
    spacing = folder / FILE
    spacing.write_text(spacing.read_text(encoding="utf-8").replace('"value": 4,', '"value": 5,', 1), encoding="utf-8")
    administrator.git("commit", "--quiet", "--all", "--message", "Wider", cwd=folder)
    administrator.git("push", "--quiet", "origin", "HEAD", cwd=folder)
    yield folder


def changed_token(administrator: Person, clone: Path) -> str:
    patch = administrator.git("show", "--unified=0", "HEAD", cwd=clone)
    assert "+" in patch
    found = administrator.told("diff", "HEAD~1..HEAD", cwd=clone)["changes"]
    return next(str(each["subject"]) for each in found if each["kind"] == "token-value")


def test_commits_are_listed_blamed_and_undone(administrator: Person, clone: Path) -> None:
    head = administrator.git("rev-parse", "HEAD", cwd=clone).strip()
    lines = administrator.xds("log", FILE, cwd=clone).stdout.splitlines()
    assert lines[0].startswith(f"{head[:10]}\t") and lines[0].endswith("\tWider")
    assert len(administrator.told("log", "-n", "1", cwd=clone)["items"]) == 1
    token = changed_token(administrator, clone)
    told = {each["name"]: each for each in administrator.told("blame", token, cwd=clone)["properties"]}
    assert told["value"]["commit"]["commit"] == head != told["path"]["commit"]["commit"]
    assert "\tWider" in administrator.xds("blame", token, cwd=clone).stdout
    done = administrator.xds("revert", head, "-m", "Narrow again", cwd=clone)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("reverted in commit ")
    assert administrator.xds("revert", head, cwd=clone).stdout == "nothing to undo: it is so already\n"
    administrator.git("pull", "--quiet", cwd=clone)
    assert '"value": 5,' not in (clone / FILE).read_text(encoding="utf-8")
    assert administrator.xds("revert", head, "--take", "ours", cwd=clone).returncode == 0
    again = administrator.xds("revert", head, "--token", token, cwd=clone)
    assert again.returncode == 0, again.stderr
    twice = administrator.xds("revert", head, "--token", token, cwd=clone)
    assert twice.stdout == "nothing to undo: it is so already\n", twice.stderr
    back = administrator.told("revert", "--to", head, "--branch", "main", cwd=clone)
    assert (back["changed"], back["branch"]) == (False, "main")


def test_a_component_goes_back_and_what_makes_no_sense_is_told(administrator: Person, clone: Path) -> None:
    done = administrator.xds("revert", "1", "--component", "Button", cwd=clone)
    assert done.returncode == 0, done.stderr
    assert administrator.xds("revert", "1", "--component", "Nothing", cwd=clone).returncode == 1
    assert "there is no token no.such" in administrator.xds("blame", "no.such", cwd=clone).stderr
    for wrong in (("revert",), ("revert", "HEAD", "--to", "main"), ("revert", "--to", "main", "--token", "a")):
        assert administrator.xds(*wrong, cwd=clone).returncode == 2, wrong
