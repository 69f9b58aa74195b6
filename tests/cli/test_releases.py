"""Guards: publishing and reading releases with `xds`, and with plain git beside it, against a running service."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.cli.folders import git, write_demo
from tests.service import Person, Service

NUMBERS = count(1)


@pytest.fixture
def team(administrator: Person, tmp_path: Path) -> Iterator[str]:
    """A team with the demonstration system, as `acme-ui`."""
    slug = f"releases-{os.getpid()}-{next(NUMBERS)}"
    administrator.told("import", write_demo(tmp_path / "demo"), "--team", slug, "--name", "Acme UI")
    yield slug


@pytest.fixture
def clone(administrator: Person, service: Service, team: str) -> Path:
    """A clone of it that may publish."""
    key = administrator.told("keys", "create", "clone", "--scope", "publish", "--system", f"{team}/acme-ui")["key"]
    url = f"{service.url}/git/{team}/acme-ui.git".replace("http://", f"http://x:{key}@")
    folder = administrator.home / f"clone-{team}"
    administrator.git("clone", "--quiet", url, folder, cwd=administrator.home)
    return folder


def test_the_life_of_a_release(administrator: Person, clone: Path, tmp_path: Path) -> None:
    def xds(*arguments: str | Path) -> list[str]:
        done = administrator.xds(*arguments, cwd=clone)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    assert xds("publish", "--dry-run")[0] == "0.1.0"
    assert xds("releases", "list") == []
    assert xds("publish", "1.0.0", "-m", "The first one") == ["1.0.0"]
    git(clone, "pull", "--quiet", "--tags")
    assert git(clone, "describe", "--tags").strip() == "v1.0.0"
    again = administrator.xds("publish", cwd=clone)
    assert again.returncode == 1 and "Nothing changed since 1.0.0" in again.stderr

    spacing = clone / "tokens" / "spacing.tokens.json"
    spacing.unlink()
    git(clone, "commit", "--quiet", "--all", "--message", "No more spacing")
    administrator.git("push", "--quiet", "origin", "main", cwd=clone)
    low = administrator.xds("publish", "v1.1.0", cwd=clone)
    assert low.returncode == 1 and "asks for 2.0.0 or higher" in low.stderr and "removed" in low.stderr

    git(clone, "tag", "--annotate", "--message", "x", "v1.1.0")
    refused = administrator.git("push", "origin", "v1.1.0", cwd=clone, ok=False)
    assert "1.1.0 is too low: what changed since 1.0.0" in refused
    manifest = clone / "designsystem.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"1.0.0"', '"2.0.0"'), "utf-8")
    git(clone, "commit", "--quiet", "--all", "--message", "Version 2")
    git(clone, "tag", "--annotate", "--message", "Out with it", "v2.0.0")
    administrator.git("push", "--quiet", "origin", "main", "v2.0.0", cwd=clone)
    forced = administrator.git("push", "--force", "origin", ":v2.0.0", cwd=clone, ok=False)
    assert "it is published and stays as it is" in forced

    listed = [line.split("\t") for line in xds("releases", "list")]
    assert [line[0] for line in listed] == ["2.0.0", "1.0.0"]
    shown = xds("releases", "show", "2.0.0")
    assert shown[0].startswith("## 2.0.0 - ") and any(line.startswith("tokens.css\t") for line in shown)
    xds("releases", "download", "2.0.0", "tokens.css", "-o", tmp_path / "tokens.css")
    assert "2.0.0" in (tmp_path / "tokens.css").read_text(encoding="utf-8")
    assert administrator.xds("releases", "download", "2.0.0", "nothing", cwd=clone).returncode == 1

    xds("releases", "yank", "2.0.0", "--reason", "Spacing was needed")
    assert [line.split("\t")[0] for line in xds("releases", "list")] == ["1.0.0"]
    assert any("yanked: Spacing was needed" in line for line in xds("releases", "list", "--all"))
    assert administrator.told("releases", "unyank", "v2.0.0", cwd=clone)["yanked"] is False
    assert administrator.xds("releases", "show", "9.9.9", cwd=clone).returncode == 1
