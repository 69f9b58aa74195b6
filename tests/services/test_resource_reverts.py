"""A component or token made what it was, and everything else left alone."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from index import components as component_index
from services import components, design_tokens, resource_reverts
from services.components import ComponentWritten, Seen
from services.context import Context
from services.design_tokens import TokenWritten, Where
from services.errors import Conflict, InvalidInput, NotFound, Stale
from tests.services.conftest import person
from tests.services.contents import TOKENS, World, make_world, tokens_file

A = "components/A"
ODD = b'{ "name":"A",\n\t"props": {"b": {"type": "string"}},  "mine": [1,2] }'


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    return await make_world(context)


async def back(world: World, identity: UUID, number: int, seen: Seen | None = None, **where: Any) -> ComponentWritten:
    return await resource_reverts.revert_component(
        world.context, world.ada, world.id, identity, number, seen=seen or Seen(), where=Where(**where)
    )


async def the_component(world: World) -> UUID:
    async with world.context.engine.connect() as db:
        (record,) = (await component_index.list_page(db, world.id)).items
    return record.id


async def two_versions(world: World) -> UUID:
    """Version 1 with odd bytes and two files, version 2 with another component.json, code, and a file more."""
    await world.put({f"{A}/component.json": ODD, f"{A}/index.tsx": b"1\r\n", f"{A}/parts/a.ts": b"a"})
    identity = await the_component(world)
    files = {f"{A}/component.json": b'{"name": "A", "category": "x"}', f"{A}/index.tsx": b"2", f"{A}/new.css": b"n"}
    await world.put({**files, f"{A}/parts/a.ts": None})
    return identity


async def test_a_component_gets_every_file_back_byte_for_byte(world: World) -> None:
    identity = await two_versions(world)
    await world.put({"notes.txt": b"stay"})
    done = await back(world, identity, 1)
    assert done.component is not None and done.component.version == 3
    assert world.blob(f"{A}/component.json") == ODD and world.blob(f"{A}/index.tsx") == b"1\r\n"
    assert (world.blob(f"{A}/parts/a.ts"), world.blob(f"{A}/new.css")) == (b"a", None)
    assert world.blob("notes.txt") == b"stay"
    again = await back(world, identity, 1)
    assert (again.changed, again.commit) == (False, done.commit)
    await world.check()


async def test_one_that_is_gone_comes_back_where_it_was(world: World) -> None:
    identity = await two_versions(world)
    await components.delete_component(world.context, world.ada, world.id, identity, seen=Seen(), where=Where())
    with pytest.raises(InvalidInput):
        await back(world, identity, 3)
    done = await back(world, identity, 1)
    assert done.component is not None and (done.component.id, done.component.version) == (identity, 4)
    assert world.blob(f"{A}/index.tsx") == b"1\r\n"
    await world.check()


async def test_its_place_may_have_been_taken(world: World) -> None:
    identity = await two_versions(world)
    other = json.dumps({"name": "Other", "id": str(uuid4())}).encode()
    await world.put({f"{A}/component.json": other})
    with pytest.raises(Conflict) as caught:
        await back(world, identity, 1)
    assert caught.value.clashes[0].subject == A


async def test_a_folder_that_was_moved_is_put_right_where_it_lies(world: World) -> None:
    identity = uuid4()
    first = json.dumps({"name": "A", "id": str(identity)}).encode()
    await world.put({f"{A}/component.json": first, f"{A}/index.tsx": b"1"})
    await world.put({A: None})
    await world.put({"components/B/component.json": first, "components/B/index.tsx": b"2"})
    done = await back(world, identity, 1)
    assert done.component is not None and done.component.directory == "components/B"
    assert (world.blob("components/B/index.tsx"), world.blob(f"{A}/index.tsx")) == (b"1", None)
    await world.check()


async def test_one_named_by_its_folder_keeps_its_id_elsewhere(world: World) -> None:
    identity = await two_versions(world)
    moved = json.dumps({"name": "A", "id": str(identity)}).encode()
    await world.put({f"{A}/component.json": None, f"{A}/index.tsx": None, f"{A}/new.css": None})
    await world.put({"components/B/component.json": moved})
    done = await back(world, identity, 1)
    assert done.component is not None and (done.component.id, done.component.directory) == (identity, "components/B")
    assert b'"mine": [1,2]' in (world.blob("components/B/component.json") or b"")
    await world.check()


async def test_what_others_did_meanwhile_stays_or_clashes(world: World) -> None:
    identity = await two_versions(world)
    await world.put({f"{A}/README.md": b"# by others"})
    done = await back(world, identity, 1, Seen(version=2))
    assert done.changed and world.blob(f"{A}/README.md") == b"# by others"
    assert world.blob(f"{A}/index.tsx") == b"1\r\n" and world.blob(f"{A}/component.json") == ODD
    await world.put({f"{A}/index.tsx": b"3"})
    with pytest.raises(Conflict) as caught:
        await back(world, identity, 2, Seen(version=4))
    assert caught.value.clashes[0].subject.startswith(A)
    with pytest.raises(Stale):
        await back(world, identity, 2, Seen("0" * 40))
    with pytest.raises(InvalidInput):
        await back(world, identity, 2, Seen(version=99))


async def test_a_branch_has_its_own(world: World) -> None:
    identity = await two_versions(world)
    world.git.point("refs/heads/side", (await world.row()).head or "")
    done = await back(world, identity, 1, branch="side")
    assert done.changed and world.blob(f"{A}/index.tsx", "side") == b"1\r\n"
    assert world.blob(f"{A}/index.tsx") == b"2"
    for missing in (9, 2**40):
        with pytest.raises(NotFound):
            await back(world, identity, missing)
    eve = await person(world.context, "eve")
    with pytest.raises(NotFound):
        await resource_reverts.revert_component(world.context, eve, world.id, identity, 1, seen=Seen(), where=Where())


async def undo(world: World, token_id: UUID, ref: str, seen: str | None = None) -> TokenWritten:
    return await resource_reverts.revert_token(
        world.context, world.ada, world.id, token_id, ref=ref, seen=seen, where=Where()
    )


async def set_token(world: World, token_id: UUID, **fields: Any) -> TokenWritten:
    return await design_tokens.update_token(
        world.context, world.ada, world.id, token_id, fields, seen=None, where=Where()
    )


async def test_a_token_gets_its_value_back_and_the_file_its_bytes(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1, y=1)})
    token, begin = (await world.tokens())["a.x"], (await world.row()).head or ""
    await set_token(world, token.id, value=2, description="Larger", deprecated=True)
    await world.put({"notes.txt": b"n"})
    done = await undo(world, token.id, begin)
    assert done.token is not None and (done.token.value, done.token.description) == (1, None)
    assert world.blob(TOKENS) == tokens_file(x=1, y=1)
    assert not (await undo(world, token.id, begin)).changed
    await world.check()


async def test_a_renamed_token_keeps_its_path_and_a_deleted_one_comes_back(world: World) -> None:
    made = await world.add("a.x", 1)
    assert made.token is not None
    identity, begin = made.token.id, str(made.commit)
    await set_token(world, identity, value=2)
    await design_tokens.rename_token(
        world.context, world.ada, world.id, identity, "a.moved", keep_alias=False, seen=None, where=Where()
    )
    done = await undo(world, identity, begin)
    assert done.token is not None and (done.token.id, done.token.path, done.token.value) == (identity, "a.moved", 1)
    head = str(done.commit)
    await design_tokens.delete_token(world.context, world.ada, world.id, identity, seen=None, where=Where())
    with pytest.raises(Conflict):
        await undo(world, identity, begin, seen=head)
    done = await undo(world, identity, head)
    assert done.token is not None and (done.token.id, done.token.path) == (identity, "a.moved")
    with pytest.raises(NotFound):
        await undo(world, uuid4(), begin)
    with pytest.raises(NotFound):
        await undo(world, identity, "nothing")
    await world.check()


async def test_a_stale_writer_of_a_token_is_merged_or_told(world: World) -> None:
    made = await world.add("a.x", 1)
    assert made.token is not None
    begin = str(made.commit)
    second = await set_token(world, made.token.id, value=2)
    await set_token(world, made.token.id, description="By others")
    done = await undo(world, made.token.id, begin, seen=second.commit)
    assert done.token is not None and (done.token.value, done.token.description) == (1, "By others")
    await set_token(world, made.token.id, value=7)
    with pytest.raises(Conflict):
        await undo(world, made.token.id, str(second.commit), seen=done.commit)


async def test_reverts_at_once_are_one_commit(world: World) -> None:
    identity = await two_versions(world)
    done = await asyncio.gather(*(back(world, identity, 1) for _ in range(3)))
    assert sorted(each.changed for each in done) == [False, False, True]
    await world.check()
