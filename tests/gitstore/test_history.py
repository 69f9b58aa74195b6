from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gitstore.history import ahead_behind, first_parents, is_ancestor, log, merge_base
from tests.gitstore.helpers import Repo, git

START = datetime(2026, 1, 1, tzinfo=UTC)


def chain(repo: Repo, count: int) -> list[str]:
    oids: list[str] = []
    for number in range(count):
        files = {"a/x" if number % 2 else "b": str(number).encode()}
        oids.append(repo.commit(files, *oids[-1:], message=str(number), when=START + timedelta(minutes=number)))
    return oids


def test_pages_through_a_log_newest_first(repo: Repo) -> None:
    oids = chain(repo, 7)
    pages = [log(repo.git, oids[-1], limit=3)]
    while pages[-1]:
        pages.append(log(repo.git, oids[-1], limit=3, after=pages[-1][-1].oid))
    assert [commit.oid for page in pages for commit in page] == oids[::-1]
    assert log(repo.git, oids[3], after="0" * 40) == []


def test_commits_of_one_second_keep_their_order(repo: Repo) -> None:
    oids: list[str] = []
    for number in range(6):
        oids.append(repo.commit({"b": str(number).encode()}, *oids[-1:], message=str(number), when=START))
    assert [commit.oid for commit in log(repo.git, oids[-1])] == oids[::-1]
    side = repo.commit({"s": b"1"}, oids[2], message="side", when=START)
    merge = repo.commit({"b": b"m"}, oids[-1], side, message="merge", when=START)
    found = [commit.oid for commit in log(repo.git, merge)]
    assert (set(found), len(found)) == ({*oids, side, merge}, 8)
    assert found.index(merge) < found.index(side) and found.index(side) < found.index(oids[0])


def test_a_log_of_a_path_has_what_changed_it(repo: Repo) -> None:
    oids = chain(repo, 6)
    odd = oids[::-1][0::2]
    assert [c.oid for c in log(repo.git, oids[-1], path="a/x")] == odd
    assert [c.oid for c in log(repo.git, oids[-1], path="a")] == odd
    assert [c.oid for c in log(repo.git, oids[-1], path="a", limit=1, after=odd[0])] == [odd[1]]
    assert log(repo.git, oids[-1], path="none") == []
    assert log(repo.git, oids[-1], path="a*") == []


def test_first_parents_lead_from_old_to_new(repo: Repo) -> None:
    oids = chain(repo, 5)
    assert first_parents(repo.git, oids[1], oids[4]) == oids[2:]
    assert first_parents(repo.git, None, oids[4]) == oids
    assert first_parents(repo.git, oids[4], oids[4]) == []
    assert first_parents(repo.git, oids[4], oids[1]) is None
    assert first_parents(repo.git, oids[0], oids[4], limit=3) is None
    assert first_parents(repo.git, oids[1], oids[4], limit=3) == oids[2:]
    assert first_parents(repo.git, None, oids[4], limit=2) == oids[3:]


def test_a_merge_counts_once_and_a_foxtrot_is_no_continuation(repo: Repo) -> None:
    base, ours = chain(repo, 2)
    theirs = repo.commit({"c": b"1"}, base)
    merge = repo.commit({"c": b"1"}, ours, theirs)
    foxtrot = repo.commit({"b": b"0"}, theirs, ours)
    assert first_parents(repo.git, ours, merge) == [merge]
    assert first_parents(repo.git, theirs, merge) is None
    assert first_parents(repo.git, ours, foxtrot) is None
    assert is_ancestor(repo.git, ours, foxtrot)
    told = git("--git-dir", repo.path, "rev-list", "--first-parent", foxtrot).split()
    assert first_parents(repo.git, None, foxtrot) == told[::-1]


def test_ancestry(repo: Repo) -> None:
    base, ours = chain(repo, 2)
    theirs = repo.commit({"c": b"1"}, base)
    assert merge_base(repo.git, ours, theirs) == base
    assert merge_base(repo.git, ours, repo.commit({"z": b""})) is None
    assert is_ancestor(repo.git, base, ours)
    assert is_ancestor(repo.git, ours, ours)
    assert not is_ancestor(repo.git, ours, theirs)
    assert ahead_behind(repo.git, ours, theirs) == (1, 1)
