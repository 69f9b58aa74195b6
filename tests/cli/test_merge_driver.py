"""Guards: plain git, with the merge driver set up, merges what it could not merge by lines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Xds
from tests.cli.folders import commit, git, put

TOKENS = {"color": {"$type": "number", "red": {"$value": 1}, "blue": {"$value": 2}}, "x": {"$value": "{color.red}"}}
FILE = "tokens/a.tokens.json"


def clone(origin: Path, folder: Path, xds: Xds | None) -> Path:
    git(origin.parent, "clone", "--quiet", str(origin), str(folder))
    if xds is not None:
        assert xds("init", folder).exit_code == 0
        # whatever started these tests, git calls the code that is tested here
        driver = f"env PYTHONPATH={Path(__file__).parents[2]} {sys.executable} -m cli.main merge-driver %O %A %B %P"
        git(folder, "config", "merge.xds.driver", driver)
    return folder


def written(folder: Path, content: object) -> None:
    put(folder, FILE, json.dumps(content, indent=2) + "\n")


def prepared(tmp_path: Path, xds: Xds) -> Path:
    """A bare repository with tokens and the attributes that name the driver."""
    work = tmp_path / "work"
    work.mkdir()
    git(work, "init", "--quiet")
    assert xds("init", work, "--name", "Acme").exit_code == 0
    written(work, TOKENS)
    commit(work)
    git(tmp_path, "clone", "--quiet", "--bare", str(work), "origin.git")
    return tmp_path / "origin.git"


def test_a_pull_merges_tokens_that_plain_git_could_not(tmp_path: Path, xds: Xds) -> None:
    origin = prepared(tmp_path, xds)
    one, two, plain = (
        clone(origin, tmp_path / name, xds if name != "plain" else None) for name in ("one", "two", "plain")
    )
    added = {"green": {"$value": 3}}
    written(one, {"accent": {**TOKENS["color"], **added}, "x": {"$value": "{accent.red}"}})  # a group renamed ...
    commit(one, "Rename")
    git(one, "push", "--quiet")
    edited = json.loads(json.dumps(TOKENS))
    edited["color"]["red"]["$value"] = 9  # ... a value edited inside it, and a token added at the same place
    edited["color"]["yellow"] = {"$value": 4}
    for folder in (two, plain):
        written(folder, edited)
        commit(folder, "Edit")
    merging = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "pull", "--no-rebase", "--quiet"]
    assert subprocess.run(merging, cwd=plain, capture_output=True, check=False).returncode != 0
    done = subprocess.run(merging, cwd=two, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    merged = json.loads((two / FILE).read_text())
    assert {name: merged["accent"][name]["$value"] for name in ("red", "blue", "green")} == {
        "red": 9,
        "blue": 2,
        "green": 3,
    }
    assert merged["color"]["yellow"]["$value"] == 4
    assert merged["x"] == {"$value": "{accent.red}"}


def test_a_contradiction_is_told_and_left_to_people(tmp_path: Path, xds: Xds) -> None:
    for name, value in (("base", 1), ("ours", 2), ("theirs", 3)):
        put(
            tmp_path,
            name,
            json.dumps({"a": {"$type": "number", "$value": value}, "b": {"$type": "number", "$value": 0}}),
        )
    sides = [tmp_path / name for name in ("base", "ours", "theirs")]
    before = sides[1].read_bytes()
    done = xds("merge-driver", *sides, FILE)
    assert (done.exit_code, sides[1].read_bytes()) == (1, before)
    assert "conflict in tokens/a.tokens.json: a $value: 2 by us, 3 by them" in done.stderr
    assert f"git add {FILE}" in done.stderr
    answer = json.loads(xds("merge-driver", *sides, FILE, "--json").stdout)
    assert [conflict["field"] for conflict in answer["conflicts"]] == ["$value"]
    assert xds("merge-driver", *sides, FILE, "--prefer", "theirs").exit_code == 0
    assert json.loads(sides[1].read_bytes())["a"]["$value"] == 3


def test_colors_are_told_as_a_person_reads_them(tmp_path: Path, xds: Xds) -> None:
    for name, red in (("base", 0), ("ours", 0.5), ("theirs", 1)):
        value = {"colorSpace": "srgb", "components": [red, 0, 0]}
        put(tmp_path, name, json.dumps({"a": {"$type": "color", "$value": value}}))
    done = xds("merge-driver", *(tmp_path / name for name in ("base", "ours", "theirs")), FILE)
    assert "a $value: #800000 by us, #ff0000 by them" in done.stderr


def test_props_are_merged_one_by_one(tmp_path: Path, xds: Xds) -> None:
    for name, props in (
        ("base", '"a": 1,\n"b": 1'),
        ("ours", '"a": 2,\n"b": 1'),
        ("theirs", '"a": 1,\n"b": 3,\n"c": 1'),
    ):
        put(tmp_path, name, f'{{"name": "B", "props": {{{props}}}}}')
    sides = [tmp_path / name for name in ("base", "ours", "theirs")]
    assert xds("merge-driver", *sides, "components/B/component.json").exit_code == 0
    assert json.loads(sides[1].read_bytes())["props"] == {"a": 2, "b": 3, "c": 1}
    put(tmp_path, "base", '{"props": {"a": 0, "b": 3, "c": 1}}')
    put(tmp_path, "theirs", '{"props": {"a": 9, "b": 3, "c": 1}}')
    done = xds("merge-driver", *sides, "components/B/component.json")
    assert done.exit_code == 1 and "components/B/component.json props/a: 2 by us, 9 by them" in done.stderr


def test_what_is_no_json_is_merged_by_lines(tmp_path: Path, xds: Xds) -> None:
    for name, text in (("base", "{,\n1\n2\n3\n"), ("ours", "{,\n1\n2\nours\n"), ("theirs", "theirs\n1\n2\n3\n")):
        put(tmp_path, name, text)
    assert xds("merge-driver", *(tmp_path / name for name in ("base", "ours", "theirs")), FILE).exit_code == 0
    assert (tmp_path / "ours").read_text() == "theirs\n1\n2\nours\n"


def test_setting_up_twice_changes_nothing_and_keeps_what_was_there(tmp_path: Path, xds: Xds) -> None:
    put(tmp_path, ".gitattributes", "*.png binary")
    git(tmp_path, "init", "--quiet")
    put(tmp_path, "designsystem.json", '{"tokens": ["src/**/*.json", "!src/x.json"]}')
    assert json.loads(xds("init", tmp_path, "--json").stdout)["done"]
    text = (tmp_path / ".gitattributes").read_text()
    assert text.splitlines() == [
        "*.png binary",
        "*.tokens.json merge=xds",
        "*.tokens merge=xds",
        "component.json merge=xds",
        "*.resolver.json merge=xds",
        "/designsystem.json merge=xds",
        "/versioning.json merge=xds",
        "src/**/*.json merge=xds",
    ]
    assert json.loads(xds("init", tmp_path, "--json").stdout)["done"] == []
    assert (tmp_path / ".gitattributes").read_text() == text
    assert xds("init", tmp_path.parent).exit_code == 1
