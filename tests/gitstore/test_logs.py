"""Logs come newest first, in pages that go on where the one before ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gitstore import logs
from gitstore.errors import ObjectMissing
from gitstore.logs import Mark, log
from tests.gitstore.helpers import Repo, git

START = datetime(2026, 1, 1, tzinfo=UTC)


def chain(repo: Repo, count: int, *parents: str, step: int = 60) -> list[str]:
    oids: list[str] = list(parents)
    for number in range(count):
        files = {"a/x" if number % 2 else "b": str(number).encode()}
        when = START + timedelta(seconds=step * number)
        oids.append(repo.commit(files, *oids[-1:], message=str(number), when=when))
    return oids[len(parents) :]


def paged(repo: Repo, start: str, limit: int, path: str | None = None) -> list[str]:
    """A whole log, read in pages."""
    found: list[str] = []
    mark: Mark | None = None
    while True:
        page = log(repo.git, start, path=path, limit=limit, after=mark)
        found += [commit.oid for commit in page.commits]
        mark = page.rest
        if mark is None:
            return found
        assert len(page.commits) == limit


def whole(repo: Repo, start: str, path: str | None = None) -> list[str]:
    return [commit.oid for commit in log(repo.git, start, path=path, limit=1000).commits]


@pytest.mark.parametrize("step", [60, 0])
def test_pages_through_a_log_newest_first(repo: Repo, step: int) -> None:
    oids = chain(repo, 7, step=step)
    assert whole(repo, oids[-1]) == oids[::-1]
    assert paged(repo, oids[-1], 3) == oids[::-1]
    assert paged(repo, oids[-1], 7) == oids[::-1]


def test_a_page_goes_on_without_the_commits_before_it(repo: Repo) -> None:
    oids = chain(repo, 6)
    rest = log(repo.git, oids[-1], limit=2).rest
    assert rest == Mark(oids[4], (oids[3],), (oids[4],), int((START + timedelta(minutes=4)).timestamp()))
    # the start is not so much as looked at
    assert [commit.oid for commit in log(repo.git, "0" * 40, limit=2, after=rest).commits] == [oids[3], oids[2]]


def test_an_end_that_is_not_in_this_history_ends_the_list(repo: Repo) -> None:
    oids = chain(repo, 3)
    assert log(repo.git, oids[-1], after=Mark("0" * 40)).commits == []
    assert [commit.oid for commit in log(repo.git, oids[-1], after=Mark(oids[1])).commits] == [oids[0]]
    with pytest.raises(ObjectMissing):
        log(repo.git, oids[-1], after=Mark(oids[1], ("0" * 40,)))


def test_commits_of_one_second_keep_their_order(repo: Repo) -> None:
    oids = chain(repo, 6, step=0)
    side = repo.commit({"s": b"1"}, oids[2], message="side", when=START)
    merge = repo.commit({"b": b"m"}, oids[-1], side, message="merge", when=START)
    found = whole(repo, merge)
    assert (set(found), len(found)) == ({*oids, side, merge}, 8)
    assert found.index(merge) < found.index(side) and found.index(side) < found.index(oids[0])
    for limit in range(1, 9):
        assert paged(repo, merge, limit) == found


def test_merges_are_paged_as_they_are_read_whole(repo: Repo) -> None:
    trunk = chain(repo, 4)
    tip = trunk[-1]
    for number in range(4):
        when = START + timedelta(minutes=10 + 3 * number)
        side = repo.commit({f"s{number}": b"1"}, trunk[number], when=when - timedelta(minutes=number))
        ours = repo.commit({"b": f"o{number}".encode()}, tip, when=when)
        tip = repo.commit({f"s{number}": b"1"}, ours, side, when=when + timedelta(minutes=1))
    found = whole(repo, tip)
    assert len(found) == len(set(found)) == 16
    for limit in (1, 2, 3, 5):
        assert paged(repo, tip, limit) == found
        for path in ("b", "a", "s2"):
            assert paged(repo, tip, limit, path) == whole(repo, tip, path)


def test_a_wrong_clock_gives_nothing_twice(repo: Repo) -> None:
    trunk = chain(repo, 5)
    side = repo.commit({"s": b"1"}, trunk[1], when=START + timedelta(minutes=2))
    side = repo.commit({"s": b"2"}, side, when=datetime(1970, 1, 2, tzinfo=UTC))
    merge = repo.commit({"s": b"2"}, trunk[-1], side, when=START + timedelta(minutes=6))
    found = whole(repo, merge)
    assert len(found) == len(set(found)) == 8
    for limit in (1, 2, 3):
        assert paged(repo, merge, limit) == found


def test_more_lines_side_by_side_than_a_mark_holds(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MOST_MARKED", 2)
    root = repo.commit({"b": b"0"}, when=START)
    sides = [repo.commit({"b": str(n).encode()}, root, when=START + timedelta(minutes=n)) for n in range(1, 5)]
    octopus = repo.commit({"b": b"all"}, *sides, when=START + timedelta(hours=1))
    first = log(repo.git, octopus, limit=1)
    assert first.rest == Mark(octopus)
    assert paged(repo, octopus, 1) == [octopus, *sides[::-1], root]
    assert paged(repo, octopus, 1, "b") == [octopus, *sides[::-1], root]


def test_a_log_of_a_path_has_what_changed_it(repo: Repo) -> None:
    oids = chain(repo, 6)
    odd = oids[::-1][0::2]
    assert whole(repo, oids[-1], "a/x") == odd
    assert whole(repo, oids[-1], "a") == odd
    assert paged(repo, oids[-1], 1, "a") == odd
    assert whole(repo, oids[-1], "none") == []
    assert whole(repo, oids[-1], "a*") == []


def test_a_log_of_a_path_is_gits_own(repo: Repo) -> None:
    oids = chain(repo, 6)
    side = repo.commit({"a/x": b"side"}, oids[2], when=START + timedelta(minutes=9))
    merge = repo.commit({"a/x": b"side", "b": b"4"}, oids[-1], side, when=START + timedelta(minutes=10))
    for path in ("a/x", "b", "a"):
        told = git("--git-dir", repo.path, "rev-list", "--date-order", merge, "--", path).split()
        assert whole(repo, merge, path) == told
        for oid, parents in logs.path_history(repo.git, [merge], path):
            assert all(told.index(oid) < told.index(parent) for parent in parents)
