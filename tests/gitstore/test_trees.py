from __future__ import annotations

import pytest

from gitstore.errors import ObjectMissing, TooLarge, UnknownRevision
from gitstore.trees import (
    FileChange,
    blob_at,
    changed,
    list_directory,
    read_blob,
    resolve,
    tree_of,
    walk,
)
from tests.gitstore.helpers import Repo, git

FILES = {"a/b/c.txt": b"1", "a/d.txt": b"22", "e.txt": b"333", "z/y.txt": b"4"}


def test_resolves_branches_tags_full_names_and_ids(repo: Repo) -> None:
    one, two = repo.commit(FILES), repo.commit({"x": b""})
    repo.put("refs/heads/main", one)
    repo.put("refs/heads/feature/x", two)
    git("--git-dir", repo.path, "-c", "user.name=a", "-c", "user.email=a@b", "tag", "-a", "-m", "t", "v1", two)
    for revision in ("main", "refs/heads/main", "HEAD", one, one[:7], one[:20]):
        assert resolve(repo.git, revision) == one
    for revision in ("feature/x", "v1", "refs/tags/v1"):
        assert resolve(repo.git, revision) == two


@pytest.mark.parametrize(
    "revision",
    [
        "",
        "nope",
        "main~1",
        "main^",
        "main:e.txt",
        "main@{0}",
        "@",
        "a..b",
        "--all",
        "0" * 40,
        "abcdef1",
        "refs/",
        "HEAD^0",
        "é",
    ],
)
def test_knows_no_other_revisions(repo: Repo, revision: str) -> None:
    repo.put("refs/heads/main", repo.commit(FILES))
    with pytest.raises(UnknownRevision):
        resolve(repo.git, revision)


def test_a_tree_or_file_is_no_revision(repo: Repo) -> None:
    tree = repo.tree(FILES)
    with pytest.raises(UnknownRevision):
        resolve(repo.git, tree)


def test_walks_files_and_skips_directories_on_request(repo: Repo) -> None:
    tree = repo.tree(FILES)
    assert [entry.path for entry in walk(repo.git, tree)] == list(FILES)
    asked: list[str] = []

    def descend(directory: str) -> bool:
        asked.append(directory)
        return directory != "a"

    assert [entry.path for entry in walk(repo.git, repo.commit(FILES), descend)] == ["e.txt", "z/y.txt"]
    assert asked == ["a", "z"]


def test_lists_one_directory(repo: Repo) -> None:
    tree = repo.tree(FILES)
    assert [(e.path, e.is_directory) for e in list_directory(repo.git, tree, "a")] == [
        ("a/b", True),
        ("a/d.txt", False),
    ]
    assert [e.name for e in list_directory(repo.git, tree)] == ["a", "e.txt", "z"]
    assert list_directory(repo.git, tree, "e.txt") == list_directory(repo.git, tree, "gone/x") == []


def test_finds_a_file_with_its_size(repo: Repo) -> None:
    tree = repo.tree(FILES)
    entry = blob_at(repo.git, tree, "a/d.txt")
    assert entry is not None
    assert (entry.size, entry.is_regular, read_blob(repo.git, entry.oid)) == (2, True, b"22")
    for path in ("a", "a/", "", "a/x", "e.txt/x", "/e.txt"):
        assert blob_at(repo.git, tree, path) is None


def test_reads_no_more_than_allowed(repo: Repo) -> None:
    oid = str(repo.git.create_blob(b"12345"))
    assert read_blob(repo.git, oid, limit=5) == b"12345"
    with pytest.raises(TooLarge):
        read_blob(repo.git, oid, limit=4)
    for missing in ("1" * 40, "xyz", repo.tree(FILES)):
        with pytest.raises(ObjectMissing):
            read_blob(repo.git, missing)
    with pytest.raises(ObjectMissing):
        tree_of(repo.git, oid)


def test_tells_what_differs_and_only_that(repo: Repo) -> None:
    old = repo.tree(FILES)
    new = repo.tree({"a/b/c.txt": b"one", "a/d.txt": None, "z": None, "z/new.txt": b"n"}, old)
    paths = [(c.path, c.old_oid is not None, c.new_oid is not None) for c in changed(repo.git, old, new)]
    assert paths == [
        ("a/b/c.txt", True, True),
        ("a/d.txt", True, False),
        ("z/new.txt", False, True),
        ("z/y.txt", True, False),
    ]
    assert changed(repo.git, old, old) == []
    assert (
        [c.path for c in changed(repo.git, None, old)] == [c.path for c in changed(repo.git, old, None)] == list(FILES)
    )


def test_a_file_that_becomes_a_directory_is_both_changes(repo: Repo) -> None:
    old = repo.tree({"x": b"1", "x-": b"2"})
    new = repo.tree({"x": None, "x/y": b"1"}, old)
    assert [(c.path, bool(c.old_oid), bool(c.new_oid)) for c in changed(repo.git, old, new)] == [
        ("x", True, False),
        ("x/y", False, True),
    ]


def test_a_mode_alone_is_a_change(repo: Repo) -> None:
    from gitstore.commits import BlobRef

    old = repo.tree({"run": b"#!"})
    oid = str(repo.git.create_blob(b"#!"))
    new = repo.tree({"run": BlobRef(oid, 0o100755)}, old)
    assert changed(repo.git, old, new) == [FileChange("run", oid, oid, 0o100644, 0o100755)]


def test_agrees_with_git_on_large_directories(repo: Repo) -> None:
    files: dict[str, bytes | None] = {f"components/C{number:04d}/index.tsx": b"%d" % number for number in range(1500)}
    old = repo.tree(files)
    edits: dict[str, bytes | None] = {
        "components/C0000/index.tsx": b"first",
        "components/C0700/index.tsx": None,
        "components/C0701 new/index.tsx": b"between",
        "components/C1499/index.tsx": b"last",
        "components/D": b"after",
        "components/B": b"before",
    }
    new = repo.tree(edits, old)
    told = git("--git-dir", repo.path, "diff-tree", "-r", "--name-only", "-z", old, new).split("\0")[:-1]
    assert [change.path for change in changed(repo.git, old, new)] == sorted(told) == sorted(edits)


def test_keeps_names_that_are_not_utf8(repo: Repo) -> None:
    blob = git("--git-dir", repo.path, "hash-object", "-w", "--stdin", stdin=b"x").strip()
    line = b"100644 blob " + blob.encode() + b"\tcaf\xe9\0"
    tree = git("--git-dir", repo.path, "mktree", "-z", stdin=line).strip()
    assert [entry.path for entry in walk(repo.git, tree)] == ["caf\udce9"]
    assert [c.path for c in changed(repo.git, None, tree)] == ["caf\udce9"]
    both = repo.tree({"new": b"y"}, tree)
    assert [entry.path for entry in walk(repo.git, both)] == ["caf\udce9", "new"]
