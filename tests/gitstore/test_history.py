from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gitstore.history import ahead_behind, first_parents, is_ancestor, merge_base
from tests.gitstore.helpers import Repo, git

START = datetime(2026, 1, 1, tzinfo=UTC)


def chain(repo: Repo, count: int) -> list[str]:
    oids: list[str] = []
    for number in range(count):
        files = {"a/x" if number % 2 else "b": str(number).encode()}
        oids.append(repo.commit(files, *oids[-1:], message=str(number), when=START + timedelta(minutes=number)))
    return oids


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
