"""Merges beside one another, beside writes, and cut off in the middle: nothing is lost, and nothing half done."""

from __future__ import annotations

import asyncio
import subprocess
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy.exc import DBAPIError

from designsystem.merging.answers import Resolution
from designsystem.merging.conflict import Side
from gitstore import refs
from services import merges
from services.context import Context
from services.errors import Conflict, InvalidInput, ServiceError, Stale
from services.merges import Merged
from tests.services.contents import TOKENS, World, make_world, tokens_file
from tests.services.test_changes import losing_the_database

MAIN, SIDE = "refs/heads/main", "refs/heads/side"


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    """Both branches went on since they parted: x is 2 on main, y is 2 on side."""
    world = await make_world(context)
    await world.put({TOKENS: tokens_file(x=1, y=1)})
    world.git.point(SIDE, world.git.ref(MAIN))
    await world.put({TOKENS: tokens_file(x=2, y=1)})
    await world.put({TOKENS: tokens_file(x=1, y=2)}, branch="side")
    return world


async def merged(world: World, **more: Any) -> Merged:
    asked: dict[str, Any] = {"source": "side", "into": "main", **more}
    return await merges.merge(world.context, world.ada, world.id, **asked)


def reachable(world: World) -> str:
    """Every object that a ref leads to."""
    command = ["git", "rev-list", "--objects", "--all", "--reflog"]
    path = world.context.store.path_of(world.id)
    return subprocess.run(command, cwd=path, capture_output=True, text=True, check=True).stdout


async def values(world: World) -> dict[str, Any]:
    return {path: record.value for path, record in (await world.tokens()).items()}


async def test_the_same_merge_asked_for_twice_at_once_is_made_once(world: World) -> None:
    done = await asyncio.gather(*(merged(world) for _ in range(4)))
    assert sorted(each.changed for each in done) == [False, False, False, True]
    assert len({each.commit for each in done}) == 1
    assert await values(world) == {"a.x": 2, "a.y": 2}
    await world.check()


async def test_merges_of_several_branches_and_writes_at_once_all_stand(world: World) -> None:
    base = world.git.ref(SIDE)
    for name in "bcd":
        world.git.point(f"refs/heads/{name}", base)
        await world.put({f"tokens/{name}.tokens.json": tokens_file(name, z=1)}, branch=name)
    await asyncio.gather(*(merged(world, source=name) for name in "bcd"), world.add("w.w", 1), merged(world))
    assert await values(world) == {"a.x": 2, "a.y": 2, "b.z": 1, "c.z": 1, "d.z": 1, "w.w": 1}
    await world.check()


async def test_branches_merged_into_each_other_at_once_come_out_alike(world: World) -> None:
    await asyncio.gather(merged(world), merged(world, source="main", into="side"))
    assert world.git.ref(MAIN) == world.git.ref(SIDE)
    assert await values(world) == {"a.x": 2, "a.y": 2}
    await world.check()


async def test_a_crash_between_ref_and_commit_loses_nothing(world: World) -> None:
    with losing_the_database(world.context), pytest.raises(DBAPIError):
        await merged(world)
    assert (await world.row()).head != world.git.ref(MAIN)
    again = await merged(world)  # the repair comes first, and finds it merged
    assert (again.changed, again.commit) == (False, world.git.ref(MAIN))
    assert await values(world) == {"a.x": 2, "a.y": 2}
    await world.check()


async def test_a_crash_before_the_ref_moves_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before, was = reachable(world), world.git.ref(MAIN)

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(refs, "move", killed)
    with pytest.raises(KeyboardInterrupt):
        await merged(world)
    monkeypatch.undo()
    assert (reachable(world), world.git.ref(MAIN)) == (before, was)
    assert (await merged(world)).changed
    await world.check()


async def test_a_branch_moved_behind_our_back_is_not_overwritten(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = world.git.commit({TOKENS: tokens_file(x=9, y=1)}, [world.git.ref(MAIN) or ""])
    prepare = merges.prepare

    def late(*asked: Any) -> Any:
        prepared = prepare(*asked)
        world.git.point(MAIN, theirs)
        return prepared

    monkeypatch.setattr(merges, "prepare", late)
    with pytest.raises(Conflict, match="moved meanwhile"):
        await merged(world)
    monkeypatch.undo()
    assert world.git.ref(MAIN) == theirs
    assert (await merged(world)).changed and (await values(world))["a.x"] == 9
    await world.check()


@pytest.mark.parametrize("why", ["conflict", "broken", "stale"])
async def test_a_refused_merge_leaves_no_ref_no_row_and_no_object_reachable(world: World, why: str) -> None:
    expected: dict[str, str | None] = {}
    if why == "conflict":
        await world.put({TOKENS: tokens_file(x=3, y=2)}, branch="side")
    elif why == "broken":
        await world.put({TOKENS: tokens_file(y=1)})
        await world.put(
            {"tokens/b.tokens.json": tokens_file("b", z="{a.x}"), TOKENS: tokens_file(x=1, y=1)}, branch="side"
        )
    else:
        expected = {"expected": world.git.ref(SIDE)}
    await world.system()
    before = (reachable(world), await world.row(), await world.indexed_refs(), await world.events())
    wanted: type[ServiceError] = {"conflict": Conflict, "broken": InvalidInput, "stale": Stale}[why]
    with pytest.raises(wanted):
        await merged(world, **expected)
    found = (reachable(world), await world.row(), await world.indexed_refs(), await world.events())
    assert found == before
    await world.check()


async def test_an_answer_to_what_has_changed_meanwhile_is_not_taken(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=3, y=2)}, branch="side")
    with pytest.raises(Conflict) as refused:
        await merged(world)
    (clash,) = refused.value.clashes
    await world.put({TOKENS: tokens_file(x=4, y=1)})
    answer = Resolution(id=str(clash.id), take=Side.THEIRS)
    with pytest.raises(InvalidInput, match="settles no conflict"):
        await merged(world, resolutions=[answer])
