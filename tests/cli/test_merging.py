"""Guards: `xds merge` against a running service: conflicts told, settled one by one or all at once, tried first."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.cli.folders import commit, git
from tests.service import Person

NUMBERS = count(1)
FILE = "tokens/a.tokens.json"


def tokens(**values: int) -> str:
    return json.dumps({"a": {name: {"$type": "number", "$value": value} for name, value in values.items()}}, indent=2)


@pytest.fixture
def system(administrator: Person, tmp_path: Path) -> Iterator[str]:
    """``a.x`` and ``a.y`` are 1 where the two parted, 2 on main and 3 on ``warm/red``."""
    folder = tmp_path / "ui"
    for value in (1, 3, 2):
        if value == 3:
            git(folder, "checkout", "--quiet", "-b", "warm/red")
        elif value == 2:
            git(folder, "checkout", "--quiet", "main")
        (folder / "tokens").mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_text(tokens(x=value, y=value), encoding="utf-8")
        commit(folder, f"All {value}")
    slug = f"merging-{os.getpid()}-{next(NUMBERS)}"
    administrator.told("import", folder, "--team", slug, "--name", "UI")
    yield f"{slug}/ui"


def test_conflicts_are_told_and_settled(administrator: Person, system: str) -> None:
    asked = ["merge", "warm/red", "--into", "main", "--system", system]
    refused = administrator.xds(*asked)
    assert refused.returncode == 1
    assert "a.x $value: ours 2, theirs 3, base 1" in refused.stderr and "--take" in refused.stderr
    tried = administrator.xds(*asked, "--dry-run", "--settle", "a.x#$value=theirs")
    assert (tried.returncode, tried.stdout.strip()) == (1, "a.y $value: ours 2, theirs 3, base 1")
    half = ["--settle", "a.x#$value=theirs", "--take", "ours"]
    clean = administrator.xds(*asked, "--dry-run", *half)
    assert clean.returncode == 0 and "nothing stands in the way" in clean.stderr
    done = administrator.xds(*asked, *half)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("merged warm/red into main: ")
    again = administrator.told(*asked)
    assert again["already_merged"] is True
    wrong = administrator.xds(*asked, "--settle", "a.x")
    assert wrong.returncode == 2 and "PATH=theirs" in wrong.stderr
