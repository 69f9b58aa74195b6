from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio
from sqlalchemy import text

from gitstore import refs
from gitstore.commits import write_tag
from index import systems
from services import sync
from services.context import Context
from tests.index.histories import ADA
from tests.services.contents import TOKENS, World, make_world, tokens_file

MAIN = "refs/heads/main"


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    return await make_world(context)


def child(world: World, ref: str = MAIN, **values: int) -> str:
    """A commit on top of a branch, made by hand, that no ref leads to."""
    parent = world.git.ref(ref)
    return world.git.commit({TOKENS: tokens_file(**values)}, [parent] if parent else [])


async def test_a_ref_ahead_of_the_index_is_found_at_first_touch(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    world.git.point(MAIN, child(world, x=2, y=3))
    system = await world.system()
    assert system.head == world.git.ref(MAIN)
    assert {path: record.value for path, record in (await world.tokens()).items()} == {"a.x": 2, "a.y": 3}
    assert [action for _, action, _ in await world.events()][-3:] == [
        "branch.updated",
        "token.updated",
        "token.created",
    ]
    await world.check()


async def test_a_write_records_first_what_it_finds(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    world.git.point(MAIN, child(world, x=2))
    await world.add("a.y")
    assert {path: record.value for path, record in (await world.tokens()).items()} == {"a.x": 2, "a.y": 1}
    actions = [action for _, action, _ in await world.events()]
    assert actions[-3:] == ["branch.updated", "token.updated", "token.created"]
    await world.check()


@pytest.mark.parametrize("rewritten", [False, True])
async def test_a_branch_by_hand_may_go_back_or_elsewhere(world: World, rewritten: bool) -> None:
    await world.put({TOKENS: tokens_file(x=1), "components/A/component.json": b'{"name": "A"}'})
    first = world.git.ref(MAIN)
    await world.put({TOKENS: tokens_file(x=2, y=2), "components/B/component.json": b'{"name": "B"}'})
    assert first is not None
    elsewhere = world.git.commit({TOKENS: tokens_file(x=1, z=1), "components/A/component.json": b'{"name": "A"}'}, [])
    world.git.point(MAIN, elsewhere if rewritten else first)
    await world.system()
    told = [(action, details.get("path") or details.get("name")) for _, action, details in (await world.events())]
    wanted = {("token.updated", "a.x"), ("token.deleted", "a.y"), ("component.deleted", "B")}
    if rewritten:
        wanted.add(("token.created", "a.z"))
    assert set(told[told.index(("branch.updated", None)) + 1 :]) == wanted
    await world.check()


async def test_a_default_branch_that_is_gone_empties_the_index_once(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1), "components/A/component.json": b'{"name": "A"}'})
    world.git.point(MAIN, None)
    assert (await world.system()).head is None
    seq = (await world.row()).seq
    assert (await world.system()).head is None
    assert (await world.row()).seq == seq
    assert await world.tokens() == {}
    await world.check()
    await world.add("a.x", 5)
    await world.check()


async def test_sweeping_finds_branches_and_tags_that_came_and_went(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    head = world.git.ref(MAIN)
    assert head is not None
    world.git.point("refs/heads/gone", head)
    await sync.sweep(world.context)
    with world.git.store.open(world.id) as repo:
        tag = write_tag(repo, name="v1.2.3", target=head, tagger=ADA, message="Out")
    world.git.point("refs/tags/v1.2.3", tag)
    world.git.point("refs/heads/side", child(world, x=7))
    world.git.point("refs/heads/gone", None)
    assert await sync.sweep(world.context) == 1
    assert await world.indexed_refs() == {
        MAIN: head,
        "refs/heads/side": world.git.ref("refs/heads/side"),
        "refs/tags/v1.2.3": tag,
    }
    system = await world.system()
    assert (system.version, system.published) == ("1.2.3", True)
    told = [action for _, action, _ in await world.events()]
    assert told[-4:] == ["branch.deleted", "branch.created", "tag.created", "design-system.published"]
    assert await sync.sweep(world.context) == 0
    await world.check()


@pytest.mark.parametrize("touch", ["read", "write", "sweep"])
async def test_a_first_push_of_another_default_branch_that_broke_off(world: World, touch: str) -> None:
    """Git's HEAD and ref had moved, the database did not hear of it: git is right."""
    commit = child(world, x=1)
    with world.git.store.open(world.id) as repo:
        refs.set_head(repo, "refs/heads/master")
    world.git.point("refs/heads/master", commit)
    if touch == "read":
        await world.system()
    elif touch == "write":
        await world.add("a.y")
    else:
        await sync.sweep(world.context)
    system = await world.system()
    assert system.default_branch == "master" and system.head == world.git.ref("refs/heads/master")
    assert "a.x" in await world.tokens()
    await world.check()


async def test_a_head_that_names_another_branch_is_put_right(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    world.git.point("refs/heads/side", world.git.ref(MAIN))
    with world.git.store.open(world.id) as repo:
        refs.set_head(repo, "refs/heads/side")
    await sync.sweep(world.context)
    with world.git.store.open(world.id) as repo:
        assert refs.head_branch(repo) == MAIN
    assert (await world.system()).default_branch == "main"


async def test_reindexing_keeps_ids_and_times_and_says_what_differed(world: World) -> None:
    await world.add("a.x")
    await world.add("a.y")
    before = await world.tokens()
    assert (await sync.reindex(world.context, world.id)).lines == ()
    assert await world.tokens() == before
    async with world.context.engine.begin() as db:
        await db.execute(text("UPDATE design_tokens SET line = 99 WHERE path = 'a.x'"))
    assert (await sync.check(world.context, world.id)).lines == ("token a.x: line differs",)
    assert (await sync.reindex(world.context, world.id)).lines == ("token a.x: line differs",)
    assert await world.tokens() == before


async def test_one_broken_repository_does_not_stop_the_sweep(world: World, context: Context) -> None:
    other = await make_world(context, name="eve")
    await other.put({TOKENS: tokens_file(x=1)})
    await world.put({TOKENS: tokens_file(x=1)})
    head = world.git.ref(MAIN) or ""
    world.git.point(MAIN, child(world, x=2))
    other.git.point(MAIN, child(other, x=2))
    path = context.store.path_of(world.id) / "objects"
    newest = world.git.ref(MAIN) or ""
    (path / newest[:2] / newest[2:]).unlink()
    await sync.sweep(context)
    assert (await other.row()).head == other.git.ref(MAIN)
    assert (await world.row()).head == head


async def test_readers_do_not_queue_behind_a_writer(world: World) -> None:
    """A landing between its ref and its SQL commit looks like drift; who reads then gets the state before it."""
    await world.put({TOKENS: tokens_file(x=1)})
    before = await world.row()
    async with world.context.engine.begin() as db:
        await systems.lock(db, world.id)
        world.git.point(MAIN, child(world, x=2))
        found = await asyncio.wait_for(world.system(), 3)
        assert found.head == before.head
    assert (await world.system()).head == world.git.ref(MAIN)
    await world.check()


async def test_a_head_whose_objects_are_gone_is_repaired_all_the_same(world: World) -> None:
    """A forced move that broke off, and maintenance by hand that dropped what no ref leads to."""
    await world.put({TOKENS: tokens_file(x=1), "components/A/component.json": b'{"name": "A"}'})
    old = world.git.ref(MAIN) or ""
    world.git.point(MAIN, world.git.commit({TOKENS: tokens_file(y=2)}, []))
    with world.git.store.open(world.id) as repo:
        gone = (old, str(repo[old].tree_id))
    for oid in gone:
        (world.context.store.path_of(world.id) / "objects" / oid[:2] / oid[2:]).unlink()
    assert (await world.system()).head == world.git.ref(MAIN)
    assert (await world.tokens()).keys() == {"a.y"}
    await world.add("a.z")
    await world.check()
