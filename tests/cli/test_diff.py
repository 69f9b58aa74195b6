"""Guards: what `xds diff` prints for folders and for revisions, and the status that it ends with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Xds
from tests.cli.folders import commit, git, put
from tests.services.themed import DARK, numbers, themed_files

ROOT = Path(__file__).parents[2]

OLD = '{"size": {"$type": "number", "s": {"$value": 1}, "m": {"$value": 2}}}'
NEW = '{"size": {"$type": "number", "s": {"$value": 3}}}'


def test_two_folders_are_compared(xds: Xds, tmp_path: Path) -> None:
    put(tmp_path, "old/tokens/a.tokens.json", OLD)
    put(tmp_path, "new/tokens/a.tokens.json", NEW)
    done = xds("diff", tmp_path / "old", tmp_path / "new")
    assert done.exit_code == 0
    assert done.stdout == "major\ttoken-removed\tsize.m\t\t2\t\t\npatch\ttoken-value\tsize.s\t\t1\t3\t\n"
    assert "The next version is a major one." in done.stderr
    answer = json.loads(xds("diff", tmp_path / "old", tmp_path / "new", "--json").stdout)
    assert (answer["bump"], [change["kind"] for change in answer["changes"]]) == (
        "major",
        ["token-removed", "token-value"],
    )
    assert answer["reasons"] == ["size.m: removed"]
    assert xds("diff", tmp_path / "old", tmp_path / "new", "--format", "json").stdout == json.dumps(answer) + "\n"
    assert "### Breaking" in xds("diff", tmp_path / "old", tmp_path / "new", "--format", "markdown").stdout


def test_revisions_are_compared_also_with_what_lies_here(xds: Xds) -> None:
    here = Path.cwd()
    put(here, "tokens/a.tokens.json", OLD)
    put(here, "components/Card/component.json", '{"name": "Card", "props": {}}')
    commit(here)
    git(here, "tag", "v1.0.0")
    put(here, "tokens/a.tokens.json", NEW)
    commit(here, "Change")
    put(here, "components/Card/component.json", '{"name": "Card", "props": {"x": {"type": "string"}}}')
    lines = xds("diff", "v1.0.0..HEAD").stdout.splitlines()
    assert [line.split("\t")[1] for line in lines] == ["token-removed", "token-value"]
    lines = xds("diff", "v1.0.0..").stdout.splitlines()
    assert [line.split("\t")[1] for line in lines] == ["token-removed", "token-value", "prop-added"]
    assert xds("diff", "HEAD..").stdout.split("\t")[:4] == ["minor", "prop-added", "components/Card", "x"]


def test_status_1_where_more_is_asked_than_allowed(xds: Xds, tmp_path: Path) -> None:
    put(tmp_path, "old/tokens/a.tokens.json", OLD)
    put(tmp_path, "new/tokens/a.tokens.json", OLD.replace("1", "4"))
    for least, status in (("major", 0), ("minor", 0), ("patch", 1)):
        assert xds("diff", tmp_path / "old", tmp_path / "new", "--fail-on", least).exit_code == status


def test_themes_and_the_newer_policy_count(xds: Xds, tmp_path: Path) -> None:
    for name, ink in (("old", 90), ("new", 95)):
        for path, content in {**themed_files(), DARK: numbers(ink=ink)}.items():
            put(tmp_path, f"{name}/{path}", content.decode())
    put(tmp_path, "new/versioning.json", '{"changes": {"token-resolved": "minor"}}')
    done = xds("diff", tmp_path / "old", tmp_path / "new")
    assert done.stdout.splitlines() == [
        "patch\ttoken-value\ta.ink\t\t90\t95\ttheme=dark",
        "minor\ttoken-resolved\ta.text\t\t{a.ink} = 90\t{a.ink} = 95\ttheme=dark",
    ]


def test_a_terminal_gets_a_table_with_colours(tmp_path: Path) -> None:
    red, blue = ({"colorSpace": "srgb", "components": [value, 0, 1 - value]} for value in (1, 0))
    for name, value in (("old", red), ("new", blue)):
        put(tmp_path, f"{name}/tokens/a.tokens.json", json.dumps({"c": {"$type": "color", "$value": value}}))
    variables = os.environ | {"FORCE_COLOR": "1", "COLORTERM": "truecolor", "TERM": "xterm-256color", "COLUMNS": "120"}
    command = [sys.executable, "-m", "cli.main", "diff", tmp_path / "old", tmp_path / "new"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, env=variables, cwd=ROOT).stdout
    assert "48;2;255;0;0m  \x1b[0m #ff0000" in shown and "48;2;0;0;255m  \x1b[0m #0000ff" in shown
    assert "has another value" in shown and "before" in shown


def test_wrong_use_says_what_is_wanted(xds: Xds) -> None:
    assert "A..B" in xds("diff", "HEAD").stderr
    commit_here = Path.cwd()
    put(commit_here, "a.txt", "x")
    commit(commit_here)
    assert "there is no revision nothing here" in xds("diff", "nothing..HEAD").stderr
    assert xds("diff", "--output=x..HEAD").exit_code != 0
