"""Snapshots of systems whose manifest names a resolver."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from gitstore.treewriter import BlobRef
from index.snapshots import Snapshots, load, reader
from tests.index.histories import History
from tests.index.test_snapshots import said, trees_of
from tests.services.themed import BASE, DARK, LIGHT, RESOLVER, manifest, numbers, resolver

CONTENTS: dict[str, list[bytes | None]] = {
    "designsystem.json": [
        None,
        manifest(resolver=RESOLVER),
        manifest(resolver="tokens/b.json"),
        manifest(tokens=["*.json"]),
    ],
    RESOLVER: [None, b"{", resolver(), resolver(sets={"base": {"sources": [{"$ref": DARK}, {"$ref": BASE}]}})],
    "tokens/b.json": [None, resolver(resolutionOrder=[{"$ref": "#/modifiers/theme"}])],
    "tokens/deep/c.resolver.json": [None, resolver()],
    "other/d.resolver.json": [None, resolver()],
    BASE: [numbers(gap=1), numbers(gap=2, ink="{a.gap}"), b"["],
    LIGHT: [None, numbers(ink=1), numbers(ink="{a.gap}")],
    DARK: [None, numbers(ink=2), numbers(ink=3, gap=4)],
}


@pytest.mark.parametrize("seed", range(12))
def test_a_snapshot_grown_from_another_is_the_one_read_whole(tmp_path: Path, seed: int) -> None:
    random, history = Random(seed), History(tmp_path)
    edits = [{path: random.choice(CONTENTS[path]) for path in random.sample(list(CONTENTS), 3)} for _ in range(14)]
    trees = trees_of(history, history.chain({BASE: numbers(gap=0)}, *edits))
    held = Snapshots()
    with history.store.open(history.id) as repo:
        for tree in [*trees, *random.sample(trees, len(trees))]:
            found, whole = held.at(repo, history.id, tree), load(repo, tree)
            assert said(found) == said(whole)
            assert (found.tokens.order, found.resolvers) == (whole.tokens.order, whole.resolvers)


def test_resolvers_lie_in_the_root_in_token_folders_or_where_the_manifest_says(tmp_path: Path) -> None:
    history = History(tmp_path)
    files = {
        "designsystem.json": manifest(resolver="themes/main.json"),
        "themes/main.json": resolver(),
        "a.resolver.json": resolver(),
        "tokens/resolver.json": resolver(),
        "docs/b.resolver.json": resolver(),
        "tokens/link.resolver.json": BlobRef(_blob(history), 0o120000),
    }
    [tree] = trees_of(history, history.chain(files))  # type: ignore[arg-type]
    with history.store.open(history.id) as repo:
        assert load(repo, tree).resolvers == ("a.resolver.json", "themes/main.json", "tokens/resolver.json")


def test_a_reader_reads_each_plain_file_once_and_only_so_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.snapshots.LARGEST_READING", 10)
    history = History(tmp_path)
    files = {"a": b"123456", "b": b"12345", "c": b"1234", "link": BlobRef(_blob(history), 0o120000)}
    [tree] = trees_of(history, history.chain(files))  # type: ignore[arg-type]
    with history.store.open(history.id) as repo:
        read = reader(repo, tree)
        assert [read(path) for path in ("a", "b", "a", "c", "c", "link", "gone")] == [
            b"123456", None, b"123456", b"1234", b"1234", None, None,
        ]  # fmt: skip
        assert reader(repo, None)("a") is None


def _blob(history: History) -> str:
    with history.store.open(history.id) as repo:
        return str(repo.create_blob(b"a.resolver.json"))
