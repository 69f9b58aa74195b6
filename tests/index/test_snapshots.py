from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from random import Random
from threading import Thread

import pytest

from designsystem.tokens.ids import ids
from gitstore.commits import read_commit
from gitstore.treewriter import BlobRef, write_tree
from index.snapshots import Snapshot, Snapshots, load
from tests.index.histories import FILES, IDS, History, document, random_edits, token

A, B = FILES[:2]


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path)


def trees_of(history: History, commits: list[str]) -> list[str]:
    with history.store.open(history.id) as repo:
        return [read_commit(repo, oid).tree for oid in commits]


def said(snapshot: Snapshot) -> tuple[object, ...]:
    """What a snapshot means, comparable."""
    tokens = snapshot.tokens
    values = {path: (each, tokens.resolve(path), tokens.dependents(path)) for path, each in tokens.tokens.items()}
    return snapshot.tree, snapshot.manifest, snapshot.manifest_problems, values, tokens.check()


@pytest.mark.parametrize("seed", range(6))
def test_a_snapshot_grown_from_another_is_the_one_read_whole(history: History, seed: int) -> None:
    random = Random(seed)
    trees = trees_of(history, history.chain(*(random_edits(random, IDS) for _ in range(12))))
    held = Snapshots()
    with history.store.open(history.id) as repo:
        for tree in random.sample(trees, len(trees)):
            found = held.at(repo, history.id, tree)
            assert said(found) == said(load(repo, tree))
            assert ids(history.id, found.tokens) == ids(history.id, load(repo, tree).tokens)
            assert held.at(repo, history.id, tree) is found


def test_links_submodules_and_other_files_hold_no_tokens(history: History) -> None:
    with history.store.open(history.id) as repo:
        blob = str(repo.create_blob(document(x=token(1))))
        edits = {A: BlobRef(blob, 0o120000), B: BlobRef(blob, 0o160000), "tokens/c.json": BlobRef(blob)}
        tree = write_tree(repo, None, edits)
        assert not load(repo, tree).tokens.tokens
        assert not Snapshots().at(repo, history.id, tree).tokens.documents


def test_little_used_snapshots_go_first_and_shared_documents_count_once(history: History) -> None:
    large = json.dumps({"a": {f"t{n}": {"$value": n} for n in range(200)}}).encode()
    steps = [{A: large, B: document(x=token(0))}, *({B: document(x=token(n))} for n in range(1, 9))]
    trees = trees_of(history, history.chain(*steps))
    with history.store.open(history.id) as repo:
        held = Snapshots(most=3)
        first = held.at(repo, history.id, trees[0])
        for tree in trees[1:]:
            held.at(repo, history.id, trees[0])
            held.at(repo, history.id, tree)
        assert held.at(repo, history.id, trees[0]) is first
        for budget, wanted in ((10**9, 9), (900_000, 7), (1, 1)):
            held = Snapshots(budget)
            kept = {tree: held.at(repo, history.id, tree) for tree in trees}
            still = sum(held.at(repo, history.id, tree) is kept[tree] for tree in reversed(trees))
            assert still >= min(wanted, len(trees)), (budget, still)
    held.forget(history.id)
    assert held._weight == 0 and not held._held and not held._holders and not held._newest


def test_the_estimate_of_memory_is_no_fiction(history: History) -> None:
    color = {"colorSpace": "srgb", "components": [0.1, 0.2, 0.3], "alpha": 1}
    for value, kind, indent in ((color, "color", 2), (1, "number", None)):
        groups = {f"g{n}": {f"t{m}": {"$type": kind, "$value": value} for m in range(20)} for n in range(50)}
        (tree,) = trees_of(history, [history.commit({A: json.dumps(groups, indent=indent).encode()})])
        with history.store.open(history.id) as repo:
            held = Snapshots()
            tracemalloc.start()
            try:
                snapshot = held.at(repo, history.id, tree)
                for path in snapshot.tokens.tokens:
                    snapshot.tokens.resolve(path)
                ids(history.id, snapshot.tokens)
                taken = tracemalloc.get_traced_memory()[0]
            finally:
                tracemalloc.stop()
        assert taken / 2 < held._weight < taken * 2, (kind, taken, held._weight)


def test_threads_share_snapshots(history: History) -> None:
    random = Random(7)
    trees = trees_of(history, history.chain(*({A: document(x=token(n))} for n in range(20))))
    held = Snapshots(most=4)
    wrong: list[object] = []

    def read(order: list[str]) -> None:
        for tree in order:
            with history.store.open(history.id) as repo:
                value = held.at(repo, history.id, tree).tokens.tokens["a.x"].value
            if value != trees.index(tree):
                wrong.append((tree, value))

    threads = [Thread(target=read, args=(random.sample(trees, 20),)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == [] and len(held._held) <= 4
