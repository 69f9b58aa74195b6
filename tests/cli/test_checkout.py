"""Guards: a folder is read as the server would read a push of it: the same files, the same verdict word for word."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from cli.checkout import commit_of, open_checkout, version_of
from cli.errors import CommandFailed
from designsystem import rules
from designsystem.demo import demo_files
from designsystem.problem import Problem
from gitstore.store import RepositoryStore
from index import snapshots
from services.validation import judge_content, judge_files
from tests.cli.folders import RED, commit, git, put, write_demo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_demo(tmp_path / "system")


def test_a_plain_folder_is_read_whole(folder: Path) -> None:
    checkout = open_checkout(folder)
    assert sorted(checkout.files) == sorted(demo_files())
    assert len(checkout.components) == 6
    assert checkout.problems() == []


@pytest.mark.parametrize("in_git", [True, False], ids=["repository", "plain folder"])
def test_what_git_ignores_is_not_there(folder: Path, in_git: bool) -> None:
    if in_git:
        commit(folder)
    put(folder, ".gitignore", "/tokens/made.tokens.json\n")
    put(folder, "tokens/made.tokens.json", "{broken")
    put(folder, "node_modules/kit/tokens/a.tokens.json", "{broken")
    put(folder, "components/Alert/node_modules/x/index.js", "")
    put(folder, "tokens/new.tokens.json", RED)
    checkout = open_checkout(folder)
    assert "tokens/new.tokens.json" in checkout.files
    assert not [path for path in checkout.files if "made" in path or "node_modules" in path]
    assert checkout.problems() == []


def test_a_folder_that_its_repository_ignores_is_read_all_the_same(tmp_path: Path, folder: Path) -> None:
    put(tmp_path, ".gitignore", "/system\n")
    put(tmp_path, "a", "a")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "Begin")
    assert len(open_checkout(folder).components) == 6
    assert commit_of(folder) is None


def test_a_folder_inside_a_repository_is_a_system_of_its_own(tmp_path: Path, folder: Path) -> None:
    put(tmp_path, "tokens/outside.tokens.json", "{broken")
    commit(tmp_path)
    checkout = open_checkout(folder)
    assert sorted(checkout.files) == sorted(demo_files())
    assert commit_of(folder) == git(tmp_path, "rev-parse", "HEAD")


def test_without_git_everything_counts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, "node_modules/kit/tokens/a.tokens.json", "{broken")
    monkeypatch.setenv("PATH", "")
    checkout = open_checkout(folder)
    assert sorted(checkout.files) == sorted(demo_files())
    assert commit_of(folder) is None


def test_a_hook_that_runs_us_does_not_lend_us_its_repository(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    put(other, "a", "a")
    commit(other)
    commit(folder)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    assert sorted(open_checkout(folder).files) == sorted(demo_files())
    assert commit_of(folder) == git(folder, f"--git-dir={folder}/.git", "rev-parse", "HEAD")


def test_links_are_seen_and_not_followed(folder: Path, tmp_path: Path) -> None:
    put(tmp_path, "outside/x.tokens.json", "{broken")
    (folder / "tokens" / "linked").symlink_to(tmp_path / "outside")
    (folder / "components" / "Alert" / "notes.md").symlink_to("README.md")
    (folder / "link-elsewhere").symlink_to("nowhere")
    codes = {(problem.path, problem.code) for problem in open_checkout(folder).problems()}
    assert codes == {("components/Alert/notes.md", "XDS401")}
    (folder / "tokens" / "b.tokens.json").symlink_to("color.tokens.json")
    assert ("tokens/b.tokens.json", "XDS401") in {(p.path, p.code) for p in open_checkout(folder).problems()}


def test_a_folder_that_became_a_link_after_its_files_were_tracked_is_not_entered(folder: Path, tmp_path: Path) -> None:
    commit(folder)
    (folder / "tokens").rename(tmp_path / "moved")
    (folder / "tokens").symlink_to(tmp_path / "moved")
    assert not open_checkout(folder).tokens.documents


def test_deleted_files_are_gone_though_git_tracks_them(folder: Path) -> None:
    commit(folder)
    (folder / "tokens" / "palette.tokens.json").unlink()
    assert "tokens/palette.tokens.json" not in open_checkout(folder).files


def test_a_submodule_in_a_component_is_refused(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    put(other, "a", "a")
    commit(other)
    commit(folder)
    git(folder, "submodule", "--quiet", "add", str(other), "components/Alert/vendored")
    found = open_checkout(folder).problems()
    assert [(problem.path, problem.code) for problem in found] == [("components/Alert/vendored", "XDS401")]
    assert "submodule" in found[0].message


def test_reading_changes_nothing(folder: Path) -> None:
    commit(folder)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    open_checkout(folder).problems()
    commit_of(folder)
    version_of(folder)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_changes_since_the_commit_are_told(folder: Path) -> None:
    assert commit_of(folder) is None
    commit(folder)
    head = git(folder, "rev-parse", "HEAD")
    assert commit_of(folder) == head
    put(folder, "tokens/new.tokens.json", RED)
    assert commit_of(folder) == f"{head}-dirty"


def test_the_version_is_the_newest_annotated_tag(folder: Path) -> None:
    commit(folder)
    assert version_of(folder) is None
    for name in ("v1.2.0", "v1.10.0", "other"):
        git(folder, "tag", "--annotate", "--message", name, name)
    git(folder, "tag", "v9.0.0")
    assert version_of(folder) == "1.10.0"


def test_what_is_no_folder_is_said(tmp_path: Path) -> None:
    put(tmp_path, "file", "")
    with pytest.raises(CommandFailed, match="there is no folder"):
        open_checkout(tmp_path / "nowhere")
    with pytest.raises(CommandFailed, match="is no folder"):
        open_checkout(tmp_path / "file")


def test_files_with_names_that_are_no_utf8_are_read(folder: Path) -> None:
    name = b"tokens/\xff.tokens.json".decode("utf-8", "surrogateescape")
    put(folder, name, "{")
    assert [problem.path for problem in open_checkout(folder).problems()] == [name]


def server_says(folder: Path, tmp_path: Path) -> list[Problem]:
    """The verdict of the server's own code on a first push of the folder."""
    store = RepositoryStore(tmp_path / "store")
    system = uuid4()
    bare = store.create(system)
    commit(folder)
    git(folder, "push", "--quiet", str(bare), "main")
    with store.open(system) as repo:
        tree = git(folder, "rev-parse", "HEAD^{tree}")
        before = snapshots.empty_snapshot()
        changes = snapshots.differing(repo, None, tree)
        problems = judge_files(repo, before, tree, changes, rules.FileLimits())
        return problems or judge_content(repo, before, snapshots.load(repo, tree), changes)


EDITS: dict[str, dict[str, str]] = {
    "broken alias": {"tokens/a.tokens.json": '{"a": {"$type": "color", "b": {"$value": "{color.nowhere}"}}}'},
    "no JSON": {"tokens/a.tokens.json": '{"a": '},
    "draft syntax": {"tokens/a.tokens.json": '{"a": {"$type": "color", "b": {"$value": "#f00"}}}'},
    "strict manifest": {
        "designsystem.json": '{"name": "X", "strict": true}',
        "tokens/a.tokens.json": '{"a": {"$type": "color", "b": {"$value": "#f00"}}}',
    },
    "bad manifest": {"designsystem.json": '{"name": 3, "tokens": ["../x"]}'},
    "other globs": {
        "designsystem.json": '{"tokens": ["src/**/*.json"], "components": ["packages/*"]}',
        "src/a.json": '{"a": {"$value": 1}}',
        "packages/One/index.tsx": "",
        "packages/Two/component.json": '{"entry": "missing.tsx"}',
    },
    "bad component": {"components/Alert/component.json": '{"name": "", "props": {"a": {"type": "nothing"}}}'},
    "twins": {
        f"components/{name}/component.json": '{"id": "8c6d3f0e-3c55-4b8e-9a5e-0f3a1c2b4d5e"}' for name in ("Ax", "Bx")
    },
    "too deep": {"/".join(["d"] * 40) + "/x.txt": "x"},
    "binary documentation": {"components/Alert/README.md": "\0"},
    "bad policy": {"versioning.json": '{"changes": {"token-valued": "major"}, "privateTokens": ["a..b"]}'},
    "huge policy": {"versioning.json": " " * 70_000},
}


@pytest.mark.parametrize("edits", EDITS.values(), ids=EDITS.keys())
def test_the_verdict_is_the_servers_word_for_word(folder: Path, tmp_path: Path, edits: dict[str, str]) -> None:
    for path, text in edits.items():
        put(folder, path, text)
    ours = open_checkout(folder).problems()
    theirs = server_says(folder, tmp_path)
    assert sorted(map(repr, ours)) == sorted(map(repr, theirs))
    assert ours


def test_what_is_too_large_is_never_parsed(folder: Path) -> None:
    put(folder, "tokens/big.tokens.json", "[" * 3000)
    put(folder, "assets/big.bin", "x" * 5000)
    limits = rules.FileLimits(file_bytes=4500, token_file_bytes=2500, token_total_bytes=1000)
    found = [(problem.code, problem.path) for problem in open_checkout(folder).problems(limits)]
    assert ("XDS402", "tokens/big.tokens.json") in found
    assert ("XDS402", "assets/big.bin") in found
    assert ("XDS402", "designsystem.json") in found, "the token files together"
    assert {code for code, _ in found} == {"XDS402"}


def test_a_manifest_that_is_too_large_is_not_read(folder: Path) -> None:
    found = open_checkout(folder).problems(rules.FileLimits(token_file_bytes=10))
    assert [(problem.code, problem.path) for problem in found] == [("XDS402", "designsystem.json")]
