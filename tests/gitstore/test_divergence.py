from __future__ import annotations

from pathlib import Path
from random import Random

import pygit2
import pytest

from gitstore.divergence import divergences
from tests.index.histories import History, document


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path)


def exactly(repo: pygit2.Repository, one: str, other: str) -> int:
    """How many commits lead to one and not to the other, by looking at all of them."""
    return len({str(commit.id) for commit in repo.walk(one)} - {str(commit.id) for commit in repo.walk(other)})


@pytest.mark.parametrize("minutes", [1, 0], ids=["one after another", "all in one second"])
@pytest.mark.parametrize("seed", range(4))
def test_counts_are_those_that_git_gives(history: History, seed: int, minutes: int) -> None:
    random = Random(seed)
    commits: list[str] = []
    for number in range(40):
        parents = random.sample(commits[-8:], min(len(commits), random.choice((0, 1, 1, 1, 1, 2, 2))))
        history._minutes *= minutes
        commits.append(history.commit({"tokens/a.tokens.json": document(x={"$value": number})}, parents))
    base, tips = commits[-1], random.sample(commits, 12)
    with history.store.open(history.id) as repo:
        assert divergences(repo, base, tips) == {
            tip: (exactly(repo, tip, base), exactly(repo, base, tip)) for tip in tips
        }


def test_what_is_too_far_apart_is_not_counted_and_the_rest_is(history: History) -> None:
    chain = history.chain(*({"x": b"%d" % number} for number in range(30)))
    with history.store.open(history.id) as repo:
        assert divergences(repo, chain[-1], [chain[-3], chain[0], chain[-1]], most=10) == {
            chain[-3]: (0, 2),
            chain[0]: None,
            chain[-1]: (0, 0),
        }


def test_a_commit_with_a_broken_signature_counts_like_any_other(history: History) -> None:
    first, second = history.chain({"x": b"1"}, {"x": b"2"})
    with history.store.open(history.id) as repo:
        raw = repo.read(second)[1].replace(b"> ", b" ", 1)
        broken = str(repo.odb.write(1, raw))
        assert divergences(repo, first, [broken]) == {broken: (1, 0)}
