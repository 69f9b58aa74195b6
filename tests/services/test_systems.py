from __future__ import annotations

import asyncio
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import event

from services import design_tokens, systems, teams
from services.context import Context, opened
from services.design_tokens import Filter
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.systems import NewSystem, SystemChanges
from tests.services.conftest import person
from tests.services.contents import TOKENS, World, make_world, tokens_file


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    return await make_world(context)


async def create(world: World, **fields: Any) -> systems.SystemRecord:
    return await systems.create_system(world.context, world.ada, NewSystem(team_id=world.team_id, **fields))


async def test_slugs_are_derived_and_unique(world: World) -> None:
    assert [(await create(world, name="UI")).slug for _ in range(3)] == ["ui-2", "ui-3", "ui-4"]
    with pytest.raises(Conflict):
        await create(world, name="Other", slug="ui")
    made = await asyncio.gather(*(create(world, name="Same") for _ in range(6)))
    assert len({system.slug for system in made}) == 6


async def test_renaming_is_logged_in_order_with_edits(world: World) -> None:
    async def rename(n: int) -> None:
        await systems.update_system(world.context, world.ada, world.id, SystemChanges(name=f"UI {n}"))

    await asyncio.gather(*(rename(n) for n in range(5)), *(world.add(f"a.t{n}") for n in range(5)))
    await world.check()
    assert (await world.row()).head == world.git.ref("refs/heads/main")


async def test_a_slug_that_is_taken_changes_nothing(world: World) -> None:
    await create(world, name="Other", slug="other")
    before = await world.row()
    with pytest.raises(Conflict):
        await systems.update_system(world.context, world.ada, world.id, SystemChanges(slug="other", name="New"))
    assert await world.row() == before


async def test_a_deleted_system_takes_repository_rows_and_cache(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    path = world.context.store.path_of(world.id)
    assert path.exists()
    await systems.delete_system(world.context, world.ada, world.id)
    assert not path.exists()
    for call in (world.system(), world.add("a.y"), systems.delete_system(world.context, world.ada, world.id)):
        with pytest.raises(NotFound):
            await call
    assert await world.events() == []


async def test_a_write_that_waits_for_a_deletion_finds_nothing(world: World) -> None:
    outcomes = await asyncio.gather(
        systems.delete_system(world.context, world.ada, world.id),
        *(world.add(f"a.t{n}") for n in range(4)),
        return_exceptions=True,
    )
    assert all(outcome is None or isinstance(outcome, NotFound | design_tokens.TokenWritten) for outcome in outcomes)


async def test_who_may_do_what(world: World) -> None:
    eve = await person(world.context, "eve")
    context = world.context
    with pytest.raises(NotFound):
        await systems.create_system(context, eve, NewSystem(team_id=world.team_id, name="X"))
    await teams.add_member(context, world.ada, world.team_id, email="eve@example.org", role="editor")  # type: ignore[arg-type]
    await systems.create_system(context, eve, NewSystem(team_id=world.team_id, name="X"))
    for refused in (
        systems.create_system(context, eve, NewSystem(team_id=world.team_id, name="X", visibility="public")),
        systems.update_system(context, eve, world.id, SystemChanges(visibility="public")),
        systems.delete_system(context, eve, world.id),
    ):
        with pytest.raises(Forbidden):
            await refused
    for text in ("", " ", "x" * 201, "a\0b", "a\x1b", "\ud800"):
        with pytest.raises(InvalidInput):
            await systems.update_system(context, eve, world.id, SystemChanges(name=text))
    for description in ("x" * 10_001, "a\0b", "\ud800"):
        with pytest.raises(InvalidInput):
            await create(world, name="D", description=description)


async def test_lists_hold_one_connection_each(context: Context, database_url: str, redis_url: str) -> None:
    """As many readers as the pool has places, twice over, all get their answer."""
    world = await make_world(context)
    async with opened(
        database_url=database_url,
        redis_url=redis_url,
        repositories=context.store.root,
        access_tokens=context.access_tokens,
        vault=context.vault,
        pool_size=2,
        max_overflow=0,
    ) as small:
        listing = (systems.list_systems(small, world.ada, team_id=None, q=None, limit=9, cursor=None) for _ in range(8))
        pages = await asyncio.wait_for(asyncio.gather(*listing), 5)
        assert all(len(page.items) == 1 for page in pages)


async def test_readers_and_writers_share_a_small_pool(context: Context, database_url: str, redis_url: str) -> None:
    world = await make_world(context)
    async with opened(
        database_url=database_url,
        redis_url=redis_url,
        repositories=context.store.root,
        access_tokens=context.access_tokens,
        vault=context.vault,
        pool_size=2,
        max_overflow=0,
    ) as small:
        busy = World(small, world.ada, world.team_id, world.id, world.git)

        async def read() -> None:
            _, page = await design_tokens.list_tokens(
                small, world.ada, world.id, ref=None, wanted=Filter(), limit=9, cursor=None
            )
            await page()

        await asyncio.wait_for(
            asyncio.gather(*(busy.add(f"a.t{n}") for n in range(10)), *(read() for _ in range(20))), 20
        )
    assert len(await world.tokens()) == 10
    await world.check()


async def statements(context: Context, call: Any) -> list[str]:
    sent: list[str] = []

    def note(*told: Any) -> None:
        sent.append(told[2])

    event.listen(context.engine.sync_engine, "before_cursor_execute", note)
    try:
        await call
    finally:
        event.remove(context.engine.sync_engine, "before_cursor_execute", note)
    return sent


async def test_an_edit_sends_as_many_statements_in_a_large_system_as_in_a_small_one(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    few = await statements(world.context, world.add("b.small"))
    await world.put(
        {
            TOKENS: tokens_file(**{f"t{n}": n for n in range(1500)}),
            **{f"components/C{n}/index.tsx": b"1" for n in range(300)},
        }
    )
    many = await statements(world.context, world.add("b.large"))
    assert len(many) == len(few) < 12, many
    reads = await statements(world.context, world.system())
    assert len(reads) == 1


async def test_renaming_behind_a_long_write_takes_no_place_from_others(
    context: Context, database_url: str, redis_url: str
) -> None:
    world = await make_world(context)
    async with opened(
        database_url=database_url,
        redis_url=redis_url,
        repositories=context.store.root,
        access_tokens=context.access_tokens,
        vault=context.vault,
        pool_size=3,
        max_overflow=0,
    ) as small:
        async with small.turns.of(world.id):
            renames = [
                asyncio.create_task(systems.update_system(small, world.ada, world.id, SystemChanges(name=f"N{n}")))
                for n in range(6)
            ]
            await asyncio.sleep(0.2)
            await asyncio.wait_for(systems.get_system(small, world.ada, world.id), 2)
        await asyncio.wait_for(asyncio.gather(*renames), 10)
    await world.check()
