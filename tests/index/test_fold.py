from __future__ import annotations

from pathlib import Path
from random import Random
from uuid import uuid5

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from designsystem.components.component import component_id
from designsystem.tokens.ids import default_id, ids
from index import mirror
from index.contents import all_directories, component_at
from index.fold import fold
from index.snapshots import empty_snapshot, load
from tests.index.histories import FILES, IDS, History, component, document, random_edits, token
from tests.index.rows_made import make_system

A, B = FILES[:2]


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path)


def paths(history: History, commits: list[str]) -> dict[str, str]:
    """Path and id of every token that the mirror would hold."""
    return {row.path: str(row.id) for row in history.state(commits).tokens}


def standing(history: History, commits: list[str]) -> dict[str, str]:
    """Folder and id of every component that the mirror would show."""
    state = history.state(commits)
    return {row.directory: str(row.id) for row in state.components if row.removed_commit is None}


def test_a_token_that_hands_its_id_over_leaves_no_row_behind(history: History) -> None:
    held = default_id(history.id, "a.x")
    commits = history.chain(
        {A: document(x=token(1), y=token(2, id=held))},  # y claims what x would be called
        {A: document(x=token(3))},  # y goes, and x, which changes too, gets its id back
    )
    assert paths(history, commits) == {"a.x": str(held)}


def test_an_id_that_is_given_by_hand_replaces_the_row(history: History) -> None:
    commits = history.chain({A: document(x=token(1))}, {A: document(x=token(1, id=IDS[0]))})
    assert paths(history, commits) == {"a.x": str(IDS[0])}


def test_of_two_tokens_with_one_id_the_one_that_stays_keeps_it(history: History) -> None:
    commits = history.chain(
        {A: document(x=token(1, id=IDS[0])), B: document(y=token(2, id=IDS[0]))},
        {A: document()},
    )
    assert paths(history, commits) == {"a.y": str(IDS[0])}


def test_a_renamed_token_keeps_row_and_creation(history: History) -> None:
    held = default_id(history.id, "a.x")
    commits = history.chain({A: document(x=token(1))}, {A: document(y=token(1, id=held))})
    (row,) = history.state(commits).tokens
    assert (row.path, row.id, row.commit) == ("a.y", held, commits[1])
    assert row.created_at < row.updated_at


def test_a_component_whose_folder_is_no_longer_named_is_gone(history: History) -> None:
    commits = history.chain(
        {"components/A/component.json": component("A")},
        {"designsystem.json": b'{"components": ["lib/*"]}'},
        {"designsystem.json": None},
    )
    assert standing(history, commits[:1]).keys() == {"components/A"}
    assert standing(history, commits[:2]) == {}
    assert standing(history, commits).keys() == {"components/A"}
    versions = history.state(commits).component_versions
    assert [(row.commit, row.removed) for row in versions] == list(zip(commits, [False, True, False], strict=True))


def test_a_copied_component_does_not_take_the_original_with_it(history: History) -> None:
    commits = history.chain(
        {"components/A/component.json": component("A", id=IDS[0])},
        {"components/B/component.json": component("B", id=IDS[0])},
        {"components/B/component.json": component("B", id=IDS[1])},
    )
    assert standing(history, commits) == {"components/A": str(IDS[0]), "components/B": str(IDS[1])}


def test_a_moved_component_with_an_id_is_the_same(history: History) -> None:
    commits = history.chain(
        {"components/A/component.json": component("A", id=IDS[0])},
        {"components/A/component.json": None, "components/B/component.json": component("A", id=IDS[0])},
    )
    assert standing(history, commits) == {"components/B": str(IDS[0])}
    assert [row.removed for row in history.state(commits).component_versions] == [False, False]


def test_a_component_that_comes_back_keeps_id_and_versions(history: History) -> None:
    made = {"components/A/component.json": component("A")}
    commits = history.chain(made, {"components/A/component.json": None}, made)
    state = history.state(commits)
    assert [row.id for row in state.components] == [uuid5(history.id, "component:components/A")]
    assert [row.removed for row in state.component_versions] == [False, True, False]
    assert state.components[0].removed_commit is None


def test_the_second_parent_of_a_merge_is_no_step_of_its_own(history: History) -> None:
    (root,) = history.chain({A: document(x=token(1))})
    side = history.commit({B: document(y=token(2))}, [root])
    merge = history.commit({B: document(y=token(2))}, [root, side])
    rows = {row.path: row.commit for row in history.state([root, merge]).tokens}
    assert rows == {"a.x": root, "a.y": merge}


async def mirrored(db: AsyncConnection, history: History) -> list[tuple[object, ...]]:
    """Every mirrored row of the system, comparable."""
    rows: list[tuple[object, ...]] = []
    for query in (
        "SELECT 1, t.* FROM design_tokens AS t WHERE design_system_id = :id ORDER BY t.path",
        "SELECT 2, t.* FROM components AS t WHERE design_system_id = :id ORDER BY t.id",
        "SELECT 3, t.* FROM component_versions AS t WHERE design_system_id = :id ORDER BY component_id, version",
    ):
        rows.extend(tuple(row) for row in await db.execute(text(query), {"id": history.id}))
    return rows


@pytest.mark.parametrize("seed", range(25))
async def test_step_by_step_is_at_once_is_what_the_tree_holds(seed: int, tmp_path: Path, db: AsyncConnection) -> None:
    """Any history, however broken, folded in pieces of any size gives one mirror: what stands at the end."""
    random = Random(seed)
    system = await make_system(db)
    history = History(tmp_path, system.id)
    pool = [*IDS[:2], *(default_id(history.id, f"a.{name}") for name in "ux")]
    commits = history.chain(*(random_edits(random, pool) for _ in range(random.randint(4, 14))))
    snapshot = empty_snapshot()
    start = 0
    while start < len(commits):
        end = start + random.choice((1, 1, 2, 5))
        with history.store.open(history.id) as repo:
            folded = fold(repo, history.id, snapshot, commits[start:end], {})
        await mirror.apply(db, history.id, folded.delta)
        await mirror.apply(db, history.id, folded.delta)  # once more changes nothing
        snapshot, start = folded.snapshot, end
        assert await mirror.compare(db, history.id, history.state(commits[:end])) == [], (seed, end)
    rows = await mirrored(db, history)
    state = history.state(commits)
    await mirror.replace(db, history.id, state)
    assert await mirrored(db, history) == rows
    with history.store.open(history.id) as repo:
        whole = load(repo, str(repo[commits[-1]].tree_id))
        found = [component_at(repo, whole.tree, each)[0] for each in all_directories(repo, whole.tree, whole.manifest)]
    assert {row.id: row.path for row in state.tokens} == ids(history.id, whole.tokens)
    shown = {row.id for row in state.components if row.removed_commit is None}
    assert shown == {component_id(history.id, each) for each in found if each is not None}
