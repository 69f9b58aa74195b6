from __future__ import annotations

import multiprocessing
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gitstore.commits import write_commit, write_tag, write_tree
from gitstore.errors import InvalidRefName, ObjectMissing, RefLocked, RefMoved
from gitstore.reffiles import hold_writers_lock
from gitstore.refs import RefTarget, RefUpdate, check_ref_name, list_refs, move, read_ref
from gitstore.store import open_repository
from gitstore.trees import tree_of
from tests.gitstore.helpers import ADA, Repo, fsck, git

MAIN = "refs/heads/main"


@pytest.mark.parametrize(
    "name", [MAIN, "refs/tags/v1.0.0", "refs/heads/feature/ä-b_c", "refs/heads/a@b", "refs/heads/x.y"]
)
def test_accepts_names_git_accepts(name: str) -> None:
    assert check_ref_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *(
            "main",
            "HEAD",
            "refs/heads/",
            "refs/notes/x",
            "refs/replace/x",
            "refs/heads/HEAD",
            "refs/heads/" + "x" * 240,
        ),
        *("refs/heads/a..b", "refs/heads/a b", "refs/heads/a.lock", "refs/heads/a.lock/b", "refs/heads/.a"),
        *("refs/heads//a", "refs/heads/a/", "refs/heads/a.", "refs/heads/a@{b", "refs/heads/a\\b", "refs/heads/a\0"),
        *("refs/heads/-a", "refs/heads/a~1", "refs/heads/a\udce9"),
    ],
)
def test_refuses_other_names(repo: Repo, name: str) -> None:
    with pytest.raises(InvalidRefName):
        check_ref_name(name)
    with pytest.raises(InvalidRefName):
        repo.move(name, None, repo.commit({"a": b""}))


def test_creates_moves_and_deletes_with_a_reflog(repo: Repo) -> None:
    one = repo.commit({"a": b"1"})
    two = repo.commit({"a": b"2"}, one)
    repo.move(MAIN, None, one)
    repo.move(MAIN, one, two)
    assert read_ref(repo.git, MAIN) == two
    lines = (repo.path / "logs" / MAIN).read_text().splitlines()
    assert [line.split()[:2] for line in lines] == [["0" * 40, one], [one, two]]
    assert "Ada Lovelace <ada@example.org>" in lines[0]
    repo.move(MAIN, two, None)
    assert read_ref(repo.git, MAIN) is None
    assert not (repo.path / "logs" / MAIN).exists()


def test_a_writer_who_saw_something_else_moves_nothing(repo: Repo) -> None:
    one, two = repo.commit({"a": b"1"}), repo.commit({"a": b"2"})
    repo.move(MAIN, None, one)
    for old, new in ((None, two), (two, one), (two, None)):
        with pytest.raises(RefMoved) as caught:
            repo.move(MAIN, old, new)
        assert (caught.value.name, caught.value.expected, caught.value.actual) == (MAIN, old, one)
    with pytest.raises(RefMoved):
        repo.move("refs/heads/gone", one, None)
    assert {name: target.oid for name, target in list_refs(repo.git).items()} == {MAIN: one}


def test_several_move_all_or_none(repo: Repo) -> None:
    one, two = repo.commit({"a": b"1"}), repo.commit({"a": b"2"})
    names = ["refs/heads/a", "refs/heads/b", "refs/heads/c"]
    move(repo.git, [RefUpdate(name, None, one) for name in names], who=ADA, reason="x")
    with pytest.raises(RefMoved):
        move(repo.git, [RefUpdate(names[0], one, two), RefUpdate(names[1], two, None)], who=ADA, reason="x")
    assert {target.oid for target in list_refs(repo.git).values()} == {one}
    assert list((repo.path / "refs").rglob("*.lock")) == []
    move(repo.git, [RefUpdate(names[0], one, two), RefUpdate(names[1], one, None)], who=ADA, reason="x")
    assert sorted(list_refs(repo.git)) == [names[0], names[2]]
    with pytest.raises(InvalidRefName):
        move(repo.git, [RefUpdate(names[0], two, one), RefUpdate(names[0], two, None)], who=ADA, reason="x")


def test_a_branch_stands_at_a_commit_that_exists(repo: Repo) -> None:
    commit = repo.commit({"a": b"1"})
    tag = write_tag(repo.git, name="t", target=commit, tagger=ADA, message="t")
    for bad in ("1" * 40, tree_of(repo.git, commit), tag, "xyz"):
        with pytest.raises(ObjectMissing):
            repo.move(MAIN, None, bad)
    repo.move("refs/tags/t", None, tag)
    assert list_refs(repo.git) == {"refs/tags/t": RefTarget(tag, commit)}


@pytest.mark.parametrize("packed", [False, True])
def test_a_name_never_stands_below_or_above_another(repo: Repo, packed: bool) -> None:
    one = repo.commit({"a": b"1"})
    repo.move("refs/heads/a/b", None, one)
    if packed:
        git("--git-dir", repo.path, "pack-refs", "--all", "--prune")
    for name in ("refs/heads/a", "refs/heads/a/b/c"):
        with pytest.raises(InvalidRefName, match="refs/heads/a/b exists"):
            repo.move(name, None, one)
    repo.move("refs/heads/a/b", one, None)
    repo.move("refs/heads/a", None, one)
    repo.move("refs/heads/a", one, None)
    repo.move("refs/heads/a/b/c", None, one)
    assert list(list_refs(repo.git)) == ["refs/heads/a/b/c"]
    assert fsck(repo.path) == ""


def test_lists_loose_over_packed_in_byte_order_by_prefix(repo: Repo) -> None:
    one, two = repo.commit({"a": b"1"}), repo.commit({"a": b"2"})
    tag = write_tag(repo.git, name="v1", target=one, tagger=ADA, message="t")
    for name in ("refs/heads/b", "refs/heads/a/x", "refs/heads/a-x", "refs/heads/ä"):
        repo.put(name, one)
    repo.put("refs/tags/v1", tag)
    git("--git-dir", repo.path, "pack-refs", "--all", "--prune")
    repo.put("refs/heads/b", two)
    repo.put("refs/tags/v2", tag)
    told = git("--git-dir", repo.path, "for-each-ref", "--format=%(refname) %(objectname) %(*objectname)").splitlines()
    ours = [f"{name} {target.oid} {target.peeled or ''}" for name, target in list_refs(repo.git).items()]
    assert ours == told
    assert list(list_refs(repo.git, "refs/heads/a")) == ["refs/heads/a-x", "refs/heads/a/x"]
    assert list(list_refs(repo.git, "refs/tags/")) == ["refs/tags/v1", "refs/tags/v2"]
    assert list_refs(repo.git, "refs/none/x") == {}


def race(path: Path, old: str, tip: int, start: float) -> bool:
    with open_repository(path) as repo:
        tree = write_tree(repo, None, {"who": str(tip).encode()})
        new = write_commit(repo, tree=tree, parents=[old], author=ADA, committer=ADA, message=str(tip))
        time.sleep(max(0.0, start - time.time()))
        try:
            move(repo, [RefUpdate(MAIN, old, new)], who=ADA, reason="race")
        except RefMoved:
            return False
        return True


def test_of_many_processes_exactly_one_wins(repo: Repo) -> None:
    base = repo.commit({"a": b"1"})
    repo.move(MAIN, None, base)
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        for _ in range(5):
            old = str(read_ref(repo.git, MAIN))
            start = time.time() + 0.1
            won = pool.starmap(race, [(repo.path, old, number, start) for number in range(4)])
            assert won.count(True) == 1
    assert fsck(repo.path) == ""


def test_of_many_creators_exactly_one_wins(repo: Repo) -> None:
    tips = [repo.commit({"a": str(number).encode()}) for number in range(8)]

    def create(tip: str) -> bool:
        with open_repository(repo.path) as own:
            try:
                move(own, [RefUpdate(MAIN, None, tip)], who=ADA, reason="race")
            except RefMoved:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(create, tips)).count(True) == 1


def test_locks_of_killed_writers_are_cleared_away(repo: Repo) -> None:
    one, two = repo.commit({"a": b"1"}), repo.commit({"a": b"2"})
    repo.move(MAIN, None, one)
    git("--git-dir", repo.path, "pack-refs", "--all")
    (repo.path / f"{MAIN}.lock").write_text("half a")
    repo.move(MAIN, one, two)
    assert read_ref(repo.git, MAIN) == two
    (repo.path / "packed-refs.lock").write_text("half")
    (repo.path / f"{MAIN}.lock").touch()
    repo.move(MAIN, two, None)
    assert list_refs(repo.git) == {}
    (repo.path / "objects" / "tmp_object_git2_0123456789abcdef").write_bytes(b"half an object")
    (repo.path / "logs" / "refs" / "heads").mkdir(parents=True, exist_ok=True)
    (repo.path / "logs" / MAIN).write_text("torn li")
    repo.move(MAIN, None, one)
    assert list(repo.path.rglob("*.lock")) == [repo.path / "writers.lock"]


def write_forever(path: Path, seed: int) -> None:
    while True:
        with open_repository(path) as repo:
            old = read_ref(repo, MAIN)
            tree = write_tree(repo, tree_of(repo, str(old)), {f"d/{time.time_ns() % 50}": os.urandom(40)})
            new = write_commit(repo, tree=tree, parents=[str(old)], author=ADA, committer=ADA, message=str(seed))
            move(repo, [RefUpdate(MAIN, old, new), RefUpdate(f"refs/tags/{new}", None, new)], who=ADA, reason="x")
            move(repo, [RefUpdate(f"refs/tags/{new}", new, None)], who=ADA, reason="x")
            if time.time_ns() % 7 == 0:
                git("--git-dir", path, "pack-refs", "--all", "--prune")


def test_a_repository_survives_kill_9_at_any_moment(repo: Repo) -> None:
    repo.move(MAIN, None, repo.commit({"a": b"1"}))
    context = multiprocessing.get_context("spawn")
    for number in range(8):
        process = context.Process(target=write_forever, args=(repo.path, number))
        before = read_ref(repo.git, MAIN)
        process.start()
        while read_ref(repo.git, MAIN) == before:
            time.sleep(0.005)
        time.sleep(0.013 * number)
        os.kill(int(process.pid or 0), signal.SIGKILL)
        process.join()
        old = str(read_ref(repo.git, MAIN))
        repo.move(MAIN, old, repo.commit({"after": str(number).encode()}, old))
    assert fsck(repo.path) == ""


def hold_forever(path: Path, ready: str) -> None:
    with hold_writers_lock(path):
        Path(ready).touch()
        time.sleep(60)


def test_a_living_writer_is_waited_for_and_a_killed_one_is_not(repo: Repo, tmp_path: Path) -> None:
    one = repo.commit({"a": b"1"})
    ready = tmp_path / "ready"
    process = multiprocessing.get_context("spawn").Process(target=hold_forever, args=(repo.path, str(ready)))
    process.start()
    while not ready.exists():
        time.sleep(0.01)
    with pytest.raises(RefLocked), hold_writers_lock(repo.path, seconds=0.1):
        pass
    os.kill(int(process.pid or 0), signal.SIGKILL)
    process.join()
    repo.move(MAIN, None, one)
    assert read_ref(repo.git, MAIN) == one
