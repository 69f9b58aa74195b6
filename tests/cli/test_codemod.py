"""Guards: what `xds codemod` shows and writes, that it writes once, and where its migrations come from."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from cli.rewriting import RECORD
from tests.cli.conftest import Xds
from tests.cli.folders import commit, git, put


def step(old: str, new: str | None, **more: Any) -> dict[str, Any]:
    return {"old": old, "new": new, "kind": "renamed" if new else "removed", **more}


def migration(*steps: dict[str, Any]) -> str:
    return json.dumps({"schemaVersion": 1, "tokens": steps, "components": [], "check": []})


@pytest.fixture
def code(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    put(folder, "a.css", "a {\r\n  color: var(--a-one);\r\n  gap: var(--a-gone);\r\n}\r\n")
    put(folder, "src/b.ts", "import { aOne } from '@acme/tokens'\nf(aOne)\n")
    put(folder, "dist/c.css", "a { color: var(--a-one) }")
    put(folder, "d.css", b"\xff a { color: var(--a-one) }")
    put(folder, ".gitignore", "dist/\n")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_dry_run_shows_a_diff_and_changes_nothing(xds: Xds, code: Path) -> None:
    put(Path(), "m.json", migration(step("a.one", "b.two"), step("a.gone", None)))
    before = contents(code)
    done = xds("codemod", code, "--migration", "m.json")
    assert (done.exit_code, contents(code)) == (0, before)
    assert done.stdout.splitlines() == [
        "--- a/a.css", "+++ b/a.css", "@@ -1,4 +1,4 @@", " a {", "-  color: var(--a-one);", "+  color: var(--b-two);",
        "   gap: var(--a-gone);", " }",
        "--- a/src/b.ts", "+++ b/src/b.ts", "@@ -1,2 +1,2 @@",
        "-import { aOne } from '@acme/tokens'", "-f(aOne)", "+import { bTwo } from '@acme/tokens'", "+f(bTwo)",
    ]  # fmt: skip
    assert "a.css:3:12 --a-gone: nothing takes its place" in done.stderr
    assert "3 usages in 2 files to rename" in done.stderr


def test_writing_keeps_all_else_and_happens_once(xds: Xds, code: Path) -> None:
    (code / "src/b.ts").chmod(0o755)
    (code / "link.css").symlink_to("a.css")
    wanted = contents(code)
    wanted["a.css"] = wanted["a.css"].replace(b"--a-one", b"--b-two")
    wanted["link.css"] = wanted["a.css"]
    wanted["src/b.ts"] = wanted["src/b.ts"].replace(b"aOne", b"bTwo")
    told = json.loads(
        xds("codemod", code, "--migration", "-", "--write", "--json", text=migration(step("a.one", "b.two"))).stdout
    )
    assert [(file["path"], len(file["renamed"])) for file in told["files"]] == [("a.css", 1), ("src/b.ts", 2)]
    assert told["files"][0]["renamed"][0] == {"line": 2, "column": 14, "old": "--a-one", "new": "--b-two"}
    assert contents(code) == wanted
    assert (code / "src/b.ts").stat().st_mode & 0o777 == 0o755 and (code / "link.css").is_symlink()
    again = xds("codemod", code, "--migration", "-", "--write", text=migration(step("a.one", "b.two")))
    assert "0 usages in 0 files renamed" in again.stderr and contents(code) == wanted


SWAP = migration(step("a.one", "a.two"), step("a.two", "a.one"))


def test_a_swap_is_remembered_and_never_done_twice(xds: Xds, code: Path) -> None:
    put(code, "a.css", "a { b: var(--a-one) var(--a-two) }")
    assert xds("codemod", code, "--migration", "-", "--write", text=SWAP).exit_code == 0
    swapped = contents(code)
    assert swapped["a.css"] == b"a { b: var(--a-two) var(--a-one) }" and RECORD in swapped
    again = xds("codemod", code, "--migration", "-", "--write", text=SWAP)
    assert "carried out here before" in again.stderr and contents(code) == swapped
    assert json.loads(xds("codemod", code, "--migration", "-", "--json", text=SWAP).stdout)["done_before"]


def test_a_swap_that_was_cut_off_is_taken_up_again(xds: Xds, code: Path) -> None:
    put(code, "a.css", "a { b: var(--a-one) var(--a-two) }")
    put(code, "z/z.css", "a { b: var(--a-two) }")
    (code / "z").chmod(0o555)
    if os.access(
        code / "z", os.W_OK
    ):  # root writes everywhere: a file's name that is too long to stand beside it fails
        (code / "z").chmod(0o755)
        name = "z" * 245 + ".css"
        (code / "z/z.css").rename(code / "z" / name)
    else:
        name = "z.css"
    assert xds("codemod", code, "--migration", "-", "--write", text=SWAP).exit_code != 0
    assert (code / "a.css").read_text() == "a { b: var(--a-two) var(--a-one) }"
    (code / "z").chmod(0o755)
    (code / "z" / name).rename(code / "z/z.css")
    assert xds("codemod", code, "--migration", "-", "--write", text=SWAP).exit_code == 0
    assert (code / "a.css").read_text() == "a { b: var(--a-two) var(--a-one) }"
    assert (code / "z/z.css").read_text() == "a { b: var(--a-one) }"


def tokens(**names: Any) -> str:
    return json.dumps({"a": {"$type": "number", **{name: {"$value": value} for name, value in names.items()}}})


def test_versions_of_a_clone_are_joined(xds: Xds, code: Path, tmp_path: Path) -> None:
    system = tmp_path / "system"
    for version, content in (("1.0.0", tokens(one=31)), ("1.1.0", tokens(two=31)), ("2.0.0", tokens(three=31))):
        put(system, "tokens/a.tokens.json", content)
        commit(system, version)
        git(system, "tag", "--annotate", "--message", version, f"v{version}")
    put(system, "tokens/a.tokens.json", tokens(four=31))
    commit(system, "Later")
    for ends in (["--from", "1.0.0", "--to", "2.0.0"], ["--from", "v1.0.0"]):
        found = xds("codemod", code, *ends, "--repository", system)
        assert "+  color: var(--a-three);" in found.stdout.splitlines(), found.stderr
    found = xds("codemod", code, "--from", "v1.0.0", "--to", "main", "--repository", system)
    assert "+  color: var(--a-four);" in found.stdout.splitlines()
    unsure = xds("codemod", code, "--from", "1.0.0", "--repository", system, "--sure", "0.99")
    assert unsure.stdout == ""
    assert "no v7.0.0 in" in xds("codemod", code, "--from", "7.0.0", "--repository", system).stderr


def test_wrong_use_says_what_is_wanted(xds: Xds, code: Path) -> None:
    assert "--migration" in xds("codemod", code).stderr
    for text in (
        "[]",
        "{",
        '{"schemaVersion": 1}',
        migration({"old": 1, "new": "x"}),
        migration(step("a", "b", confidence=3)),
    ):
        done = xds("codemod", code, "--migration", "-", text=text)
        assert done.exit_code == 1 and "no migration" in done.stderr
    put(code, RECORD, "{")
    assert "cannot be read" in xds("codemod", code, "--migration", "-", text=SWAP).stderr
