from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gitstore.errors import InvalidPath, InvalidRefName, RepositoryMissing
from gitstore.refs import head_branch, set_head
from gitstore.store import RepositoryStore, open_repository
from tests.gitstore.helpers import Repo, fsck, git


def test_a_repository_lies_two_levels_deep_by_its_id(store: RepositoryStore) -> None:
    number = uuid.UUID("0123abcd-0000-4000-8000-000000000000")
    assert store.path_of(number) == store.root / "01" / "23" / f"{number}.git"


def test_creates_once_and_leaves_an_existing_one_alone(store: RepositoryStore, system_id: uuid.UUID) -> None:
    path = store.create(system_id, "trunk")
    assert store.create(system_id, "other") == path
    with store.open(system_id) as repo:
        assert head_branch(repo) == "refs/heads/trunk"
        set_head(repo, "refs/heads/next")
        assert head_branch(repo) == "refs/heads/next"
    assert git("--git-dir", path, "rev-parse", "--is-bare-repository").strip() == "true"
    assert fsck(path) == ""


def test_many_creators_of_one_repository_agree(store: RepositoryStore, system_id: uuid.UUID) -> None:
    with ThreadPoolExecutor(8) as pool:
        paths = set(pool.map(lambda _: store.create(system_id), range(16)))
    assert len(paths) == 1
    assert list((store.root / ".new").iterdir()) == []


def test_refuses_a_default_branch_git_would_not_take(store: RepositoryStore, system_id: uuid.UUID) -> None:
    with pytest.raises(InvalidRefName):
        store.create(system_id, "a..b")
    assert not store.exists(system_id)


def test_deletes_and_forgets(store: RepositoryStore, system_id: uuid.UUID, path: Path) -> None:
    store.delete(system_id)
    store.delete(system_id)
    assert not store.exists(system_id)
    assert not path.exists()
    with pytest.raises(RepositoryMissing), store.open(system_id):
        pass
    (store.root / ".trash" / "left").mkdir()
    store.sweep()
    assert not (store.root / ".trash").exists()


def test_never_finds_a_repository_in_a_parent_directory(tmp_path: Path) -> None:
    git("init", "-q", tmp_path)
    (tmp_path / "inside").mkdir()
    with pytest.raises(RepositoryMissing), open_repository(tmp_path / "inside"):
        pass


def test_reads_a_quarantine_of_its_own_only(store: RepositoryStore, repo: Repo, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    link = repo.path / "objects" / "link"
    link.symlink_to(other)
    for bad in (other, link, repo.path / "objects", repo.path / "objects" / "gone"):
        with pytest.raises(InvalidPath), open_repository(repo.path, quarantine=bad):
            pass
    inside = repo.path / "objects" / "tmp_objdir-incoming-x"
    oid = git("--git-dir", repo.path, "hash-object", "-w", "--stdin", stdin=b"hidden").strip()
    inside.mkdir()
    (repo.path / "objects" / oid[:2]).rename(inside / oid[:2])
    with open_repository(repo.path) as plain:
        assert oid not in plain
    with open_repository(repo.path, quarantine=inside) as judged:
        assert judged[oid].data == b"hidden"
