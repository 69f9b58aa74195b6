from __future__ import annotations

import os
from pathlib import Path

import pytest

from gitstore.errors import RepositoryMissing
from gitstore.shelf import discard, shelved, shelving, trim


def put(repository: Path, text: str) -> None:
    with shelving(repository, "kind-1", "abc") as folder:
        (folder / "file").write_text(text)


def read(repository: Path) -> str | None:
    folder = shelved(repository, "kind-1", "abc")
    return (folder / "file").read_text() if folder is not None else None


def test_what_is_kept_stays_until_it_is_thrown_away(tmp_path: Path) -> None:
    assert read(tmp_path) is None
    put(tmp_path, "one")
    assert read(tmp_path) == "one"
    discard(tmp_path, "kind-1", "abc")
    discard(tmp_path, "kind-1", "abc")
    assert read(tmp_path) is None


def test_what_was_not_finished_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), shelving(tmp_path, "kind-1", "abc") as folder:
        (folder / "file").write_text("half")
        assert read(tmp_path) is None
        raise ZeroDivisionError
    assert read(tmp_path) is None
    assert list((tmp_path / "shelf" / "kind-1").iterdir()) == []


def test_of_two_at_once_the_first_stays(tmp_path: Path) -> None:
    with shelving(tmp_path, "kind-1", "abc") as folder:
        (folder / "file").write_text("late")
        put(tmp_path, "first")
    assert read(tmp_path) == "first"
    assert [path.name for path in (tmp_path / "shelf" / "kind-1").iterdir()] == ["abc"]


@pytest.mark.parametrize("key", ["", "..", "a/b", ".hidden", "A"])
def test_keys_are_plain_names(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="plain names"):
        shelved(tmp_path, "kind-1", key)


def test_a_repository_that_was_deleted_does_not_come_back(tmp_path: Path) -> None:
    with pytest.raises(RepositoryMissing):
        put(tmp_path / "gone", "one")
    assert not (tmp_path / "gone").exists()


def test_what_was_not_asked_for_the_longest_makes_room(tmp_path: Path) -> None:
    folders = {}
    for number, key in enumerate("abcd"):
        with shelving(tmp_path, "kind-1", key) as folder:
            (folder / "file").write_bytes(b"x" * 100)
        folders[key] = tmp_path / "shelf" / "kind-1" / key
        os.utime(folders[key], (number * 1e6, number * 1e6))
    assert shelved(tmp_path, "kind-1", "b") == folders["b"]  # which makes it the one that was used last
    assert trim(tmp_path, 400, keep=folders["d"]) == 0
    assert trim(tmp_path, 250, keep=folders["d"]) == 2
    assert [key for key, folder in folders.items() if folder.exists()] == ["b", "d"]
    assert trim(tmp_path, 10, keep=folders["d"]) == 1
    assert [key for key, folder in folders.items() if folder.exists()] == ["d"]
    assert trim(tmp_path / "nowhere", 10, keep=folders["d"]) == 0
