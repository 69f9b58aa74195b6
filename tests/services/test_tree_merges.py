"""Merges of trees in git: what differs is found, criss-cross histories are merged, and nothing at all is written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from designsystem.merging import state
from designsystem.merging.conflict import Side
from gitstore import trees
from gitstore.mergebases import merge_bases
from gitstore.treewriter import write_tree
from services import tree_merges
from services.errors import TooLarge
from services.tree_merges import clashes_of, merge_commits, merge_trees, told, tree_edits
from tests.index.histories import IDS, History, random_edits
from tests.services.contents import TOKENS, tokens_file

README = "README.md"
LINES = b"one\ntwo\nthree\nfour\nfive\n"


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path)


def merged(history: History, ours: str, theirs: str, by_default: Side | None = None) -> tuple[dict[str, bytes], int]:
    """The files that a merge of two commits comes to, and how many conflicts are open."""
    with history.store.open(history.id) as repo:
        before = objects(history)
        found = merge_commits(repo, ours, theirs, merge_bases(repo, ours, theirs), by_default=by_default)
        assert objects(history) == before
        tree = trees.tree_of(repo, ours)
        result = write_tree(repo, tree, tree_edits(repo, found, lambda path: mode(history, tree, path)))
        files = {file.path: trees.read_blob(repo, file.oid) for file in trees.walk(repo, result)}
        return files, len(found.conflicts)


def objects(history: History) -> int:
    return sum(1 for path in (history.store.path_of(history.id) / "objects").rglob("*") if path.is_file())


def mode(history: History, tree: str, path: str) -> int | None:
    with history.store.open(history.id) as repo:
        entry = trees.entry_at(repo, tree, path)
        return entry.mode if entry is not None else None


def crossed(history: History, one: Mapping[str, bytes | None], other: Mapping[str, bytes | None]) -> tuple[str, str]:
    """Two commits that each merge the same two: their best common ancestors are both of those."""
    (root,) = history.chain({TOKENS: tokens_file(x=1, y=1, z=1), README: LINES})
    a, b = history.commit(one, [root]), history.commit(other, [root])
    files, _ = merged(history, a, b)
    return history.commit({TOKENS: files[TOKENS]}, [a, b]), history.commit({TOKENS: files[TOKENS]}, [b, a])


def test_histories_merged_crosswise_have_what_both_had_for_their_ancestor(history: History) -> None:
    left, right = crossed(history, {TOKENS: tokens_file(x=2, y=1, z=1)}, {TOKENS: tokens_file(x=1, y=2, z=1)})
    left = history.commit({TOKENS: tokens_file(x=1, y=2, z=1)}, [left])  # takes the other's x back
    right = history.commit({TOKENS: tokens_file(x=2, y=2, z=3)}, [right])
    with history.store.open(history.id) as repo:
        assert len(merge_bases(repo, left, right)) == 2
    files, conflicts = merged(history, left, right)
    assert (files[TOKENS], conflicts) == (tokens_file(x=1, y=2, z=3), 0)


def test_what_the_ancestors_disagree_about_is_not_decided_by_either(history: History) -> None:
    (root,) = history.chain({TOKENS: tokens_file(x=1), README: LINES})
    a = history.commit({TOKENS: tokens_file(x=2), README: LINES + b"a\n"}, [root])
    b = history.commit({TOKENS: tokens_file(x=3), README: LINES + b"b\n"}, [root])
    left = history.commit({}, [a, b])
    right = history.commit({}, [b, a])
    assert merged(history, left, right)[1] == 2
    files, _ = merged(history, left, right, Side.THEIRS)
    assert (files[TOKENS], files[README]) == (tokens_file(x=3), LINES + b"b\n")


def test_more_common_ancestors_than_are_merged_leave_the_first_alone(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree_merges, "MOST_BASES", 1)
    left, right = crossed(history, {TOKENS: tokens_file(x=2, y=1, z=1)}, {TOKENS: tokens_file(x=1, y=2, z=1)})
    assert merged(history, left, right) == ({TOKENS: tokens_file(x=2, y=2, z=1), README: LINES}, 0)


def test_a_folder_that_became_a_file_there_and_a_file_that_became_a_folder(history: History) -> None:
    (root,) = history.chain({"a/x": b"x\n", "a/y": b"y\n", "b": b"b\n", README: LINES})
    ours = history.commit({README: LINES + b"six\n"}, [root])
    theirs = history.commit({"a": None, "b": None}, [root])
    theirs = history.commit({"a": b"now a file\n", "b/c": b"c\n"}, [theirs])
    want = {"a": b"now a file\n", "b/c": b"c\n", README: LINES + b"six\n"}
    assert merged(history, ours, theirs) == (want, 0)
    assert merged(history, theirs, ours) == (want, 0)
    edited = history.commit({"a/x": b"X\n"}, [root])
    assert merged(history, edited, theirs)[1] == 2
    kept = {"a/x": b"X\n", "b/c": b"c\n", README: LINES}
    assert merged(history, edited, theirs, Side.OURS) == (kept, 0)
    assert merged(history, theirs, edited, Side.THEIRS) == (kept, 0)
    gone = {"a": b"now a file\n", "b/c": b"c\n", README: LINES}
    assert merged(history, edited, theirs, Side.THEIRS) == (gone, 0)
    assert merged(history, theirs, edited, Side.OURS) == (gone, 0)


def test_links_and_submodules_are_taken_as_they_are(history: History) -> None:
    (root,) = history.chain({README: LINES})
    blob = history.commit({"x": b"README.md"}, [root])
    with history.store.open(history.id) as repo:
        entry = trees.entry_at(repo, blob, "x")
        assert entry is not None
    link, module = tree_merges.BlobRef(entry.oid, 0o120000), tree_merges.BlobRef("1" * 40, 0o160000)
    ours = history.commit({README: LINES + b"six\n"}, [root])
    theirs = history.commit({"link": link, "module": module}, [root])  # type: ignore[dict-item]
    with history.store.open(history.id) as repo:
        found = merge_trees(repo, base=root, ours=ours, theirs=theirs)
        edits = tree_edits(repo, found, lambda path: None)
        result = write_tree(repo, trees.tree_of(repo, ours), edits)
        modes = {file.path: file.mode for file in trees.walk(repo, result)}
    assert modes == {README: 0o100644, "link": 0o120000, "module": 0o160000}


def test_a_mode_reaches_the_tree(history: History) -> None:
    (root,) = history.chain({README: LINES})
    ours = history.commit({README: LINES + b"six\n"}, [root])
    with history.store.open(history.id) as repo:
        entry = trees.entry_at(repo, trees.tree_of(repo, root), README)
        assert entry is not None
    theirs = history.commit({README: tree_merges.BlobRef(entry.oid, 0o100755)}, [root])  # type: ignore[dict-item]
    with history.store.open(history.id) as repo:
        found = merge_trees(repo, base=root, ours=ours, theirs=theirs)
        edits = tree_edits(repo, found, lambda path: 0o100644)
        result = trees.entry_at(repo, write_tree(repo, trees.tree_of(repo, ours), edits), README)
        assert result is not None and result.mode == 0o100755
        assert trees.read_blob(repo, result.oid) == LINES + b"six\n"


def test_only_what_differs_is_looked_at(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"components/C{number}" for number in range(200)]
    root = history.commit({f"{name}/component.json": b'{"name": "%b"}' % name[11:].encode() for name in names})
    ours = history.commit({"components/C7/component.json": b'{"name": "C7", "category": "x"}'}, [root])
    theirs = history.commit({"components/C7/component.json": b'{"name": "C7", "props": {"a": {}}}'}, [root])
    read, asked = trees.read_blob, []

    def counted(repo: Any, oid: str, limit: int | None = None) -> bytes:
        asked.append(oid)
        return read(repo, oid, limit)

    monkeypatch.setattr(trees, "read_blob", counted)
    with history.store.open(history.id) as repo:
        found = merge_trees(repo, base=root, ours=ours, theirs=theirs)
    assert list(found.edits) == ["components/C7/component.json"]
    assert len(set(asked)) == 3


def test_more_texts_than_are_merged_at_once_are_refused(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("a.md", "b.md", "c.md")
    (root,) = history.chain(dict.fromkeys(names, LINES))
    ours = history.commit(dict.fromkeys(names, LINES.replace(b"one", b"1")), [root])
    theirs = history.commit(dict.fromkeys(names, LINES.replace(b"five", b"5")), [root])
    monkeypatch.setattr(state, "MOST_TEXTS", 3)
    assert merged(history, ours, theirs)[1] == 0
    monkeypatch.setattr(state, "MOST_TEXTS", 2)
    with pytest.raises(TooLarge, match="more than 2 texts"):
        merged(history, ours, theirs)


def test_what_conflicts_tell_is_bounded(history: History) -> None:
    values = {f"t{number}": number for number in range(6)}
    (root,) = history.chain({TOKENS: tokens_file(**values)})
    ours = history.commit({TOKENS: tokens_file(**{name: 100 + value for name, value in values.items()})}, [root])
    theirs = history.commit({TOKENS: tokens_file(**{name: 200 + value for name, value in values.items()})}, [root])
    with history.store.open(history.id) as repo:
        conflicts = merge_trees(repo, base=root, ours=ours, theirs=theirs).conflicts
    assert len(clashes_of(conflicts)) == len(told(conflicts)) == 6
    assert len(told(conflicts, most=4)) == 4
    assert len(told(conflicts, most=4, quoted=20)) == 2
    assert len(told(conflicts, most=4, quoted=0)) == 1


@pytest.mark.parametrize("seed", range(40))
def test_any_two_histories_are_merged(history: History, seed: int) -> None:
    """Whatever is in them: shadowed, moved, broken, claimed twice, and with the manifest another on each side."""
    random = Random(seed)
    root = history.commit(random_edits(random, IDS))
    sides = []
    for _ in range(2):
        tip = root
        for _ in range(random.choice((1, 2, 4))):
            tip = history.commit(random_edits(random, IDS), [tip])
        sides.append(tip)
    for ours, theirs in (sides, sides[::-1]):
        merged(history, ours, theirs)
        for side in Side:
            assert merged(history, ours, theirs, side)[1] == 0
