from __future__ import annotations

from pathlib import Path
from random import Random

import pygit2
import pytest

from gitstore.divergence import MOST_CARRIED, carried, divergences
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


@pytest.mark.parametrize("minutes", [1, 0], ids=["one after another", "all in one second"])
@pytest.mark.parametrize("seed", range(4))
def test_counts_are_carried_on_as_the_base_moves(history: History, seed: int, minutes: int) -> None:
    random = Random(seed)
    commits: list[str] = []
    for number in range(40):
        parents = random.sample(commits[-8:], min(len(commits), random.choice((0, 1, 1, 1, 1, 1, 2))))
        history._minutes *= minutes
        commits.append(history.commit({"tokens/a.tokens.json": document(x={"$value": number})}, parents))
    tips = random.sample(commits, 12)
    with history.store.open(history.id) as repo:
        lines = 0
        pairs = [(old, new) for at, old in enumerate(commits) for new in commits[at:] if not exactly(repo, old, new)]
        for old, new in random.sample(pairs, 20):
            following = carried(repo, old, new, divergences(repo, old, tips))
            lines += len(following)
            assert following == {tip: (exactly(repo, tip, new), exactly(repo, new, tip)) for tip in following}
        assert lines > 20


def test_a_branch_that_came_to_be_the_base_is_counted_on(history: History) -> None:
    chain = history.chain(*({"x": b"%d" % number} for number in range(6)))
    other = history.commit({"x": b"other"}, [chain[1]])
    with history.store.open(history.id) as repo:
        known = divergences(repo, chain[2], [chain[5], other, chain[0]])
        assert known == {chain[5]: (3, 0), other: (1, 1), chain[0]: (0, 2)}
        assert carried(repo, chain[2], chain[4], known) == {chain[5]: (1, 0), other: (1, 3), chain[0]: (0, 4)}


def test_what_was_too_far_to_count_stays_so_unless_it_was_merged(history: History) -> None:
    chain = history.chain(*({"x": b"%d" % number} for number in range(30)))
    side = history.commit({"x": b"side"}, [chain[-1]])
    merged = history.commit({"x": b"merged"}, [chain[-1], side])
    with history.store.open(history.id) as repo:
        assert carried(repo, chain[-1], merged, {chain[0]: None, side: None}) == {chain[0]: None}
        assert carried(repo, chain[-1], merged, {side: (MOST_CARRIED + 1, 0)}) == {}
