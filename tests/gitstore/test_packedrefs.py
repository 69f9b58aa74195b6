"""Guards: very many references move at once by the rules of few, and git itself agrees with what is there then."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from gitstore import refs
from gitstore.commits import write_tag
from gitstore.errors import InvalidRefName, RefMoved
from gitstore.refs import MANY, RefTarget, RefUpdate, list_refs, move, read_ref
from gitstore.store import open_repository
from tests.gitstore.helpers import ADA, Repo, fsck, git

NAMES = [f"refs/tags/build/{number:03d}" for number in range(MANY)]


def moved(repo: Repo, old: str | None, new: str | None, *more: RefUpdate) -> None:
    move(repo.git, [*(RefUpdate(name, old, new) for name in NAMES), *more], who=ADA, reason="many\nat once")


def seen_by_git(repo: Repo) -> dict[str, str]:
    listed = git("--git-dir", repo.path, "for-each-ref", "--format=%(refname) %(objectname)")
    return dict(line.split() for line in listed.splitlines())


def test_many_are_created_moved_and_deleted_with_a_reflog(repo: Repo) -> None:
    one, two = repo.commit({"a": b"1"}), repo.commit({"a": b"2"})
    tag = write_tag(repo.git, name="v1", target=one, tagger=ADA, message="t")
    repo.put("refs/heads/main", one)
    moved(repo, None, one, RefUpdate("refs/tags/v1", None, tag), RefUpdate("refs/heads/main", one, two))
    assert list_refs(repo.git)["refs/tags/v1"] == RefTarget(tag, one)
    assert seen_by_git(repo) == {**dict.fromkeys(NAMES, one), "refs/tags/v1": tag, "refs/heads/main": two}
    assert git("--git-dir", repo.path, "rev-parse", "v1^{}").strip() == one
    log = (repo.path / "logs" / NAMES[0]).read_text()
    assert log.startswith(f"{'0' * 40} {one} Ada Lovelace <ada@example.org> ")
    assert log.endswith("\tmany at once\n")
    moved(repo, one, two)
    assert {read_ref(repo.git, name) for name in NAMES} == {two}
    moved(repo, two, None)
    assert seen_by_git(repo) == {"refs/heads/main": two, "refs/tags/v1": tag}
    assert not (repo.path / "logs" / NAMES[0]).exists()
    assert not (repo.path / "refs/tags/build").exists()
    assert fsck(repo.path) == ""


def test_a_file_of_its_own_does_not_hide_the_new_value(repo: Repo) -> None:
    one, two = repo.commit({"a": b"1"}), repo.commit({"a": b"2"})
    moved(repo, None, one)
    repo.move(NAMES[0], one, two)
    assert (repo.path / NAMES[0]).exists()
    moves = [RefUpdate(NAMES[0], two, one), *(RefUpdate(name, one, two) for name in NAMES[1:])]
    move(repo.git, moves, who=ADA, reason="x")
    assert seen_by_git(repo) == {NAMES[0]: one, **dict.fromkeys(NAMES[1:], two)}
    repo.move(NAMES[0], one, None)
    assert read_ref(repo.git, NAMES[0]) is None


def test_one_that_is_elsewhere_moves_none(repo: Repo) -> None:
    one, two = repo.commit({"a": b"1"}), repo.commit({"a": b"2"})
    repo.put("refs/heads/main", one)
    for update in (RefUpdate("refs/heads/main", two, one), RefUpdate("refs/heads/main", None, two)):
        with pytest.raises(RefMoved) as caught:
            moved(repo, None, one, update)
        assert (caught.value.name, caught.value.actual) == ("refs/heads/main", one)
    assert seen_by_git(repo) == {"refs/heads/main": one}
    assert [lock for lock in repo.path.rglob("*.lock") if lock.name != "writers.lock"] == []


@pytest.mark.parametrize("name", ["refs/tags/build", "refs/tags/build/000/deeper", "refs/heads/main/below"])
def test_no_name_stands_below_or_above_another(repo: Repo, name: str) -> None:
    one = repo.commit({"a": b"1"})
    repo.put("refs/heads/main", one)
    with pytest.raises(InvalidRefName, match="exists"):
        moved(repo, None, one, RefUpdate(name, None, one))
    assert seen_by_git(repo) == {"refs/heads/main": one}


def test_locks_of_killed_writers_are_cleared_away(repo: Repo) -> None:
    one = repo.commit({"a": b"1"})
    (repo.path / NAMES[3]).parent.mkdir(parents=True)
    (repo.path / f"{NAMES[3]}.lock").write_text("half a")
    (repo.path / "packed-refs.lock").write_text("half")
    (repo.path / "packed-refs.new").write_text("half")
    moved(repo, None, one)
    assert seen_by_git(repo) == dict.fromkeys(NAMES, one)
    assert [lock for lock in repo.path.rglob("*.lock") if lock.name != "writers.lock"] == []


def move_forever(path: Path) -> None:
    while True:
        with open_repository(path) as repo:
            main = str(read_ref(repo, "refs/heads/main"))
            for old, new in ((None, main), (main, None)):
                standing = list_refs(repo, "refs/tags/")
                updates = [RefUpdate(name, old, new) for name in NAMES if (name in standing) == (old is not None)]
                refs.move(repo, updates, who=ADA, reason="x")


def test_a_repository_survives_kill_9_at_any_moment(repo: Repo) -> None:
    one = repo.commit({"a": b"1"})
    repo.move("refs/heads/main", None, one)
    context = multiprocessing.get_context("spawn")
    for number in range(6):
        process = context.Process(target=move_forever, args=(repo.path,))
        process.start()
        while list_refs(repo.git, "refs/tags/") == {}:
            time.sleep(0.005)
        time.sleep(0.017 * number)
        os.kill(int(process.pid or 0), signal.SIGKILL)
        process.join()
        standing = list_refs(repo.git, "refs/tags/")
        assert set(seen_by_git(repo).values()) == {one}
        left = [RefUpdate(name, target.oid, None) for name, target in standing.items()]
        move(repo.git, left, who=ADA, reason="clear")
        assert list(seen_by_git(repo)) == ["refs/heads/main"]
    assert fsck(repo.path) == ""
