from __future__ import annotations

from pathlib import Path

import pytest

from gitstore.errors import ObjectMissing
from gitstore.mergebases import merge_bases
from tests.index.histories import History


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path)


def bases(history: History, one: str, other: str) -> list[str]:
    with history.store.open(history.id) as repo:
        return merge_bases(repo, one, other)


def test_where_two_parted(history: History) -> None:
    root, left = history.chain({"a": b"1"}, {"a": b"2"})
    right = history.commit({"b": b"1"}, [root])
    assert bases(history, left, right) == [root]
    assert bases(history, left, root) == bases(history, root, left) == [root]
    assert bases(history, left, left) == [left]


def test_unrelated_histories_have_nothing_in_common(history: History) -> None:
    assert bases(history, history.commit({"a": b"1"}), history.commit({"a": b"2"})) == []


def test_histories_merged_crosswise_have_several_in_one_order(history: History) -> None:
    (root,) = history.chain({"a": b"1"})
    one, other = history.commit({"b": b"1"}, [root]), history.commit({"c": b"1"}, [root])
    left, right = history.commit({"c": b"1"}, [one, other]), history.commit({"b": b"1"}, [other, one])
    assert bases(history, left, right) == bases(history, right, left) == sorted([one, other])


def test_what_is_no_commit_is_missing(history: History) -> None:
    with pytest.raises(ObjectMissing):
        bases(history, history.commit({"a": b"1"}), "1" * 40)
