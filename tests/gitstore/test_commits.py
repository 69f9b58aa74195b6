from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from gitstore.commits import BlobRef, Person, read_commit, write_commit, write_tag
from gitstore.errors import InvalidPath, ObjectMissing
from gitstore.trees import blob_at, list_directory, read_blob, tree_of, walk
from tests.gitstore.helpers import ADA, Repo, fsck, git


def paths(repo: Repo, tree: str) -> list[str]:
    return [entry.path for entry in walk(repo.git, tree)]


def test_edits_touch_only_their_own_directories(repo: Repo) -> None:
    base = repo.tree({"a/b/c": b"1", "a/d": b"2", "e/f": b"3"})
    new = repo.tree({"a/b/c": b"x"}, base)
    entry = blob_at(repo.git, new, "a/b/c")
    assert entry is not None
    assert read_blob(repo.git, entry.oid) == b"x"
    old_entries = {e.path: e.oid for e in list_directory(repo.git, base)}
    new_entries = {e.path: e.oid for e in list_directory(repo.git, new)}
    assert old_entries["e"] == new_entries["e"]
    assert old_entries["a"] != new_entries["a"]


def test_removing_the_last_file_removes_its_directories(repo: Repo) -> None:
    base = repo.tree({"a/b/c": b"1", "d": b"2"})
    assert paths(repo, repo.tree({"a/b/c": None}, base)) == ["d"]
    assert paths(repo, repo.tree({"a": None}, base)) == ["d"]
    assert repo.tree({"a/b/c": None, "d": None}, base) == "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    assert repo.tree({"gone/x": None, "d/x": None}, base) == base


def test_an_edit_that_changes_nothing_gives_the_same_tree(repo: Repo) -> None:
    base = repo.tree({"a/b": b"1"})
    assert repo.tree({"a/b": b"1"}, base) == base
    assert repo.tree({}, base) == base


def test_an_executable_stays_one_and_a_link_becomes_a_file(repo: Repo) -> None:
    oid = str(repo.git.create_blob(b"x"))
    base = repo.tree({"run": BlobRef(oid, 0o100755), "link": BlobRef(oid, 0o120000)})
    new = repo.tree({"run": b"y", "link": b"y"}, base)
    assert {e.path: e.mode for e in walk(repo.git, new)} == {"run": 0o100755, "link": 0o100644}


def test_a_file_and_a_directory_never_share_a_name(repo: Repo) -> None:
    base = repo.tree({"a/b": b"1", "c": b"2"})
    for edits in ({"a": b"x"}, {"c/d": b"x"}, {"n": b"x", "n/m": b"y"}):
        with pytest.raises(InvalidPath):
            repo.tree(edits, base)
    assert paths(repo, repo.tree({"a/b": None, "a": b"x"}, base)) == ["a", "c"]
    assert paths(repo, repo.tree({"c": None, "c/d": b"x"}, base)) == ["a/b", "c/d"]
    assert paths(repo, repo.tree({"a": None, "a/n": b"x"}, base)) == ["a/n", "c"]


@pytest.mark.parametrize(
    "bad",
    [
        *("", "/a", "a/", "a//b", ".", "a/..", "../a", ".git", "a/.GIT/b", "git~1", ".git ", ".git.", ".g\u200cit"),
        *("a\0b", "a\nb", "a\\b", ".git::$INDEX_ALLOCATION", "a\x7fb", "a\udce9"),
        *("x" * 256, "a/" * 600 + "b", ".gitmodules"),
    ],
)
def test_refuses_paths_nobody_may_write(repo: Repo, bad: str) -> None:
    with pytest.raises(InvalidPath):
        repo.tree({bad: b"x"})


def test_refuses_a_reference_to_no_object(repo: Repo) -> None:
    with pytest.raises(ObjectMissing):
        repo.tree({"a": BlobRef("1" * 40)})
    with pytest.raises(InvalidPath):
        repo.tree({"a": BlobRef("1" * 40, 0o777)})
    with pytest.raises(ObjectMissing):
        repo.tree({"a": b""}, "1" * 40)


def test_a_commit_reads_back_as_it_was_written(repo: Repo) -> None:
    parent = repo.commit({"a": b"1"})
    when = datetime(2026, 2, 3, 4, 5, 6, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    oid = write_commit(
        repo.git,
        tree=repo.tree({"a": b"2"}),
        parents=[parent],
        author=Person("Zoë <admin> \n", "zoe @x>"),
        committer=ADA,
        message="Ändere\r\n\r\nCo-authored-by: X <x@y>\n\n\n",
        when=when,
    )
    commit = read_commit(repo.git, oid)
    assert commit.author == Person("Zoë  admin", "zoe@x")
    assert commit.parents == (parent,)
    assert commit.committer == ADA
    assert commit.author_time == commit.committed_at == when
    assert commit.committed_at.utcoffset() == timedelta()
    assert commit.message == "Ändere\n\nCo-authored-by: X <x@y>\n"
    assert commit.subject == "Ändere"
    assert "-0330" in git("--git-dir", repo.path, "cat-file", "commit", oid)
    assert commit.tree == tree_of(repo.git, oid)
    repo.put("refs/heads/main", oid)
    assert fsck(repo.path) == ""


def test_reads_old_and_broken_commits(repo: Repo) -> None:
    tree = repo.tree({"a": b""})
    raw = (
        f"tree {tree}\nauthor ".encode()
        + "Zoë <zoe@x>".encode("latin-1")
        + b" 99999999999999999 +0000\ncommitter nobody\nencoding ISO-8859-1\ngpgsig -----\n parent x\n\n"
        + "Grüße".encode("latin-1")
    )
    oid = git("--git-dir", repo.path, "hash-object", "-w", "-t", "commit", "--literally", "--stdin", stdin=raw).strip()
    commit = read_commit(repo.git, oid)
    assert (commit.author.name, commit.message, commit.parents) == ("Zoë", "Grüße", ())
    assert commit.author_time == commit.committed_at == datetime(1970, 1, 1, tzinfo=UTC)


def test_empty_names_and_strange_messages_still_make_sound_commits(repo: Repo) -> None:
    oid = write_commit(
        repo.git,
        tree=repo.tree({"a": b""}),
        parents=[],
        author=Person("", ""),
        committer=Person(".", "<>"),
        message="a\0\ud800",
    )
    repo.put("refs/heads/main", oid)
    assert read_commit(repo.git, oid).message == "a?\n"
    assert fsck(repo.path) == ""


def test_an_annotated_tag_is_sound(repo: Repo) -> None:
    commit = repo.commit({"a": b"1"})
    when = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    tag = write_tag(repo.git, name="v1.0.0", target=commit, tagger=ADA, message="First", when=when)
    repo.put("refs/tags/v1.0.0", tag)
    assert "+0530" in git("--git-dir", repo.path, "cat-file", "tag", "v1.0.0")
    assert git("--git-dir", repo.path, "rev-parse", "v1.0.0^{commit}").strip() == commit
    assert fsck(repo.path) == ""
    with pytest.raises(ObjectMissing):
        write_tag(repo.git, name="v2", target=tag, tagger=ADA, message="")
