from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from gitstore import maintenance
from gitstore.maintenance import maintain, needs_maintenance, packs_changed
from gitstore.refs import list_refs, read_ref
from gitstore.store import open_repository
from gitstore.trees import resolve, walk
from tests.gitstore.helpers import Repo, fsck, git

MAIN = "refs/heads/main"


def make_old(path: Path) -> None:
    os.utime(path, (time.time() - 90_000,) * 2)


def grow(repo: Repo, count: int) -> str:
    tip = read_ref(repo.git, MAIN)
    for number in range(count):
        old, tip = tip, repo.commit({"a/b": f"{number} {tip}".encode()}, *([tip] if tip else []))
        repo.move(MAIN, old, tip)
    return str(tip)


def test_many_edits_become_few_packs(repo: Repo, tmp_path: Path) -> None:
    assert not needs_maintenance(repo.path)
    grow(repo, 10)
    files = [tmp_path / str(number) for number in range(3000)]
    for file in files:
        file.write_text(file.name)
    git("--git-dir", repo.path, "hash-object", "-w", "--stdin-paths", stdin="\n".join(map(str, files)).encode())
    assert needs_maintenance(repo.path)
    report = maintain(repo.path)
    assert report.loose_before > 2000
    assert report.loose_after == 0
    assert report.packs_after == 1
    assert not needs_maintenance(repo.path)
    grow(repo, 10)
    assert maintain(repo.path).packs_after <= 2
    assert (repo.path / "packed-refs").exists()
    assert fsck(repo.path) == ""


def test_many_packs_or_references_are_enough(repo: Repo) -> None:
    tip = grow(repo, 1)
    for number in range(41):
        (repo.path / "objects" / "pack" / f"pack-{number:040d}.pack").touch()
    assert needs_maintenance(repo.path)
    for pack in (repo.path / "objects" / "pack").iterdir():
        pack.unlink()
    assert not needs_maintenance(repo.path)
    lines = "".join(f"create refs/tags/t{number} {tip}\n" for number in range(201))
    git("--git-dir", repo.path, "update-ref", "--stdin", stdin=lines.encode())
    assert needs_maintenance(repo.path)
    maintain(repo.path)
    assert not needs_maintenance(repo.path)


def test_a_large_push_is_mapped_once(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintenance, "LARGE_PACK", 1)
    grow(repo, 3)
    assert not needs_maintenance(repo.path)
    before = packs_changed(repo.path)
    git("--git-dir", repo.path, "repack", "-d", "-q")  # as a push brings it: a pack, and no commit-graph
    assert packs_changed(repo.path) != before
    assert needs_maintenance(repo.path)
    maintain(repo.path)
    assert (repo.path / maintenance.CHAIN).exists()
    assert not needs_maintenance(repo.path)
    for pack in (repo.path / "objects/pack").glob("*.pack"):  # as one that brings no commit does
        os.utime(pack, (time.time(), time.time()))
    assert needs_maintenance(repo.path)
    maintain(repo.path)
    assert not needs_maintenance(repo.path)


def test_sweeps_what_killed_processes_left_and_nothing_younger(repo: Repo) -> None:
    grow(repo, 1)
    objects = repo.path / "objects"
    quarantine = objects / "tmp_objdir-incoming-abc"
    (quarantine / "pack").mkdir(parents=True)
    keep = objects / "pack" / f"pack-{'1' * 40}.keep"
    keep.write_text("receive-pack 123 on host\n")
    ours = objects / "pack" / f"pack-{'2' * 40}.keep"
    ours.write_text("kept by hand\n")
    leftovers = [
        quarantine,
        keep,
        objects / "tmp_object_git2_0011",
        objects / "pack" / "tmp_pack_x",
        repo.path / ".HEAD.1-x",
    ]
    for leftover in leftovers[2:]:
        leftover.write_bytes(b"half")
    assert maintain(repo.path).removed == ()
    for leftover in [*leftovers, ours]:
        make_old(leftover)
    assert len(maintain(repo.path).removed) == len(leftovers)
    assert not any(leftover.exists() for leftover in leftovers)
    assert ours.exists()


def test_clears_dead_locks_before_it_packs_references(repo: Repo) -> None:
    grow(repo, 1)
    (repo.path / "packed-refs.lock").touch()
    (repo.path / f"{MAIN}.lock").touch()
    maintain(repo.path)
    assert list(repo.path.rglob("*.lock")) == [repo.path / "writers.lock"]
    assert (repo.path / "packed-refs").exists()


def test_drops_unreachable_objects_only_when_old(repo: Repo) -> None:
    grow(repo, 1)
    young, old = str(repo.git.create_blob(b"young")), str(repo.git.create_blob(b"old"))
    make_old(repo.path / "objects" / old[:2] / old[2:])
    maintain(repo.path)
    with open_repository(repo.path) as fresh:
        assert (young in fresh, old in fresh) == (True, False)


def test_readers_and_writers_go_on_during_maintenance(repo: Repo) -> None:
    grow(repo, 60)
    done, failures = threading.Event(), []

    def read() -> None:
        while not done.is_set():
            try:
                with open_repository(repo.path) as own:
                    tip = resolve(own, "main")
                    for entry in walk(own, tip):
                        own[entry.oid].read_raw()
            except Exception as error:
                failures.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(2)]
    maintainer = threading.Thread(target=lambda: [maintain(repo.path) for _ in range(3)])
    for thread in [*readers, maintainer]:
        thread.start()
    tip = ""
    while maintainer.is_alive():
        tip = grow(repo, 1)
    done.set()
    for thread in readers:
        thread.join()
    assert failures == []
    assert list_refs(repo.git)[MAIN].oid == tip
    assert fsck(repo.path) == ""
