"""Guards: merges tried from outside: two clones with plain git and the merge driver, and the service beside them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.workbench import Git, System

ROOT = Path(__file__).parents[2]
TOKENS = "tokens/color.tokens.json"
BUTTON = "components/Button"
ID = "8c6d3f0e-3c55-4b8e-9a5e-0f3a1c2b4d5e"
LINES = "".join(f"const line{number} = {number};\n" for number in range(12))


def tokens(group: str = "brand", **values: Any) -> str:
    tree = {name: {"$value": value} for name, value in values.items()}
    return json.dumps({"size": {"$type": "number", group: tree}}, indent=2) + "\n"


def button(code: str = LINES, **props: Any) -> dict[str, str]:
    about = {"id": ID, "name": "Button", "category": "", "props": props}
    return {"component.json": json.dumps(about, indent=2) + "\n", "index.tsx": code}


def within(folder: str, files: dict[str, str]) -> dict[str, str | bytes | None]:
    return {f"{folder}/{name}": content for name, content in files.items()}


@pytest.fixture
def clones(system: System, git: Git, tmp_path: Path) -> tuple[Path, Path, Path]:
    """Two clones that are set up for merges, and one that is not."""
    git("init", "-q", "-b", "main", tmp_path / "first", cwd=tmp_path)
    subprocess.run([sys.executable, "-m", "cli.main", "init", tmp_path / "first"], cwd=ROOT, check=True)
    git.commit(tmp_path / "first", {TOKENS: tokens(a=1, b=2), **within(BUTTON, button(size={"type": "string"}))})
    git("push", "-q", system.url(), "main", cwd=tmp_path / "first")
    found = [system.clone(tmp_path / name) for name in ("one", "two", "plain")]
    for work in found[:2]:
        subprocess.run([sys.executable, "-m", "cli.main", "init", work], cwd=ROOT, check=True)
        driver = f"env PYTHONPATH={ROOT} {sys.executable} -m cli.main merge-driver %O %A %B %P"
        git("config", "merge.xds.driver", driver, cwd=work)
    return found[0], found[1], found[2]


def test_a_pull_with_the_driver_resolves_what_plain_git_could_not(
    system: System, git: Git, clones: tuple[Path, Path, Path]
) -> None:
    one, two, plain = clones
    git.commit(one, {TOKENS: tokens("accent", a=1, b=2, c=3), **within(BUTTON, button(size={"type": "number"}))})
    git("push", "-q", "origin", "main", cwd=one)
    other = {TOKENS: tokens(a=1, b=9), **within(BUTTON, button(size={"type": "string"}, kind={"type": "string"}))}
    for work in (two, plain):
        git.commit(work, other)
    assert git.run("pull", "-q", "--no-rebase", cwd=plain).status != 0
    git("pull", "-q", "--no-rebase", "--no-edit", cwd=two)
    git("push", "-q", "origin", "main", cwd=two)
    assert {path: token["value"] for path, token in system.tokens().items()} == {
        "size.accent.a": 1,
        "size.accent.b": 9,
        "size.accent.c": 3,
    }
    (found,) = system.items("/components")
    assert found["props"] == {"size": {"type": "number"}, "kind": {"type": "string"}}
    system.check_level()
    system.check_repository()


def test_the_service_merges_what_was_pushed_and_a_clone_pulls_it(
    system: System, git: Git, clones: tuple[Path, Path, Path]
) -> None:
    one, two, _ = clones
    manifest = json.loads((one / "designsystem.json").read_text()) | {"components": ["components/*", "lib/*"]}
    moving = {
        "designsystem.json": json.dumps(manifest, indent=2),
        **dict.fromkeys(within(BUTTON, button())),
        **within("lib/Button", button(size={"type": "string"})),
    }
    git("checkout", "-q", "-b", "warm/red", cwd=one)
    git.commit(one, {**moving, TOKENS: tokens(a=5, b=2)}, "Move the button")
    git("push", "-q", "origin", "warm/red", cwd=one)
    code = LINES.replace("line3 = 3", "line3 = 33")
    edited = {**within(BUTTON, {**button(code, size={"type": "string"}), "README.md": "# Button\n"})}
    git.commit(two, {**edited, TOKENS: tokens(a=6, b=2, c=3)}, "Edit it")
    git("push", "-q", "origin", "main", cwd=two)

    before = system.bare("for-each-ref"), system.seq()
    refused = system.rest("POST", "/branches/warm/red/merge", json={"into": "main"}, status=409).json()
    assert [(each["path"], each["field"]) for each in refused["conflicts"]] == [("size.brand.a", "$value")]
    assert (system.bare("for-each-ref"), system.seq()) == before
    settled = [{"id": refused["conflicts"][0]["id"], "take": "theirs"}]
    done = system.rest("POST", "/branches/warm/red/merge", json={"into": "main", "resolutions": settled}).json()

    git("pull", "-q", cwd=two)
    assert git.head(two) == done["commit"]
    assert (two / "lib/Button/index.tsx").read_text() == code
    assert (two / "lib/Button/README.md").read_text() == "# Button\n"
    assert not (two / BUTTON).exists()
    assert json.loads((two / TOKENS).read_text())["size"]["brand"] == {
        "a": {"$value": 5},
        "b": {"$value": 2},
        "c": {"$value": 3},
    }
    parents = git("log", "-1", "--format=%P %cn", cwd=two).split()
    assert parents[:2] == [refused["commit"], git.head(one)]
    assert git("merge-base", "--is-ancestor", git.head(one), "main", cwd=two) == ""
    system.check_level()
    system.check_repository()
    system.check_log()
