"""Who made each property of a token what it is."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from services import blames, design_tokens
from services.blames import Blame
from services.context import Context
from services.design_tokens import Where
from services.errors import NotFound
from tests.index.histories import document, token
from tests.services.contents import TOKENS, World, make_world, tokens_file


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    return await make_world(context)


async def put(world: World, files: dict[str, bytes | None], message: str = "Put") -> str:
    return str((await world.put(files, message=message)).commit)


async def blame(world: World, path: str = "a.x", ref: str | None = None) -> Blame:
    identity = (await world.tokens())[path].id
    return (await blames.blame_token(world.context, world.ada, world.id, identity, ref=ref))[1]


def told(found: Blame) -> dict[str, str | None]:
    return {each.name: each.commit.oid if each.commit is not None else None for each in found.properties}


async def test_each_property_has_the_commit_that_set_it(world: World) -> None:
    first = await put(world, {TOKENS: document(x=token(1))})
    second = await put(world, {TOKENS: document(x=token(2, description="d"))})
    await put(world, {TOKENS: document(x=token(3, description="d"))})
    fourth = await put(world, {TOKENS: document(x=token(2, description="d"), y=token(1))})
    fifth = await put(world, {TOKENS: document(y=token(1), x=token(2, description="d", deprecated=True))})
    await put(world, {TOKENS: document(y=token(9), x=token(2, description="d", deprecated=True))})
    found = await blame(world)
    assert told(found) == {
        "path": first, "file": first, "type": first, "value": fourth, "description": second, "deprecated": fifth,
    }  # fmt: skip
    assert (found.older_than, found.stated) == (None, True)
    (value,) = (each for each in found.properties if each.name == "value")
    assert value.value == 2 and value.commit is not None and value.commit.author.email == "ada@example.org"
    assert value.changed_by == world.ada.user_id
    assert told(await blame(world, ref=first))["value"] == first


async def test_groups_and_parts_of_values_count(world: World) -> None:
    shadow = {"color": "{b.c}", "offsetX": "{b.d}", "offsetY": "{b.d}", "blur": "{b.d}", "spread": "{b.d}"}
    base = {
        "c": {"$type": "color", "$value": {"colorSpace": "srgb", "components": [0, 0, 0]}},
        "d": {"$type": "dimension", "$value": {"value": 1, "unit": "px"}},
        "e": {"$type": "dimension", "$value": {"value": 2, "unit": "px"}},
    }

    def files(**more: Any) -> dict[str, bytes | None]:
        group = {"$type": "shadow", "x": {"$value": {**shadow, **more.pop("parts", {})}}, **more}
        return {TOKENS: json.dumps({"a": group, "b": base}).encode()}

    first = await put(world, files())
    second = await put(world, files(parts={"blur": "{b.e}"}))
    third = await put(world, files(parts={"blur": "{b.e}"}, **{"$deprecated": "gone soon"}))
    found = told(await blame(world))
    assert (found["value/blur"], found["value/spread"], found["type"]) == (second, first, first)
    assert found["deprecated"] == third


async def test_renames_and_moves_are_followed(world: World) -> None:
    first = await put(world, {TOKENS: document(x=token(1), y=token(1))})
    identity = (await world.tokens())["a.x"].id
    renamed = await design_tokens.rename_token(
        world.context, world.ada, world.id, identity, "a.new", keep_alias=False, seen=None, where=Where()
    )
    fresh = world.blob(TOKENS)
    moved = await put(world, {TOKENS: None, "tokens/b.tokens.json": fresh})
    last = await put(world, {"tokens/b.tokens.json": (fresh or b"").replace(b'"$value": 1', b'"$value": 2', 1)})
    found = told(await blame(world, "a.new"))
    assert (found["path"], found["file"], found["type"]) == (renamed.commit, moved, first)
    assert found["value"] in (first, last)
    assert "extensions" not in found


async def test_of_a_merge_each_side_has_its_own(world: World) -> None:
    base = await put(world, {TOKENS: document(x=token(1), y=token(1))})
    ours = world.git.commit({TOKENS: document(x=token(2), y=token(1))}, [base])
    theirs = world.git.commit({TOKENS: document(x=token(1, description="d"), y=token(1))}, [base])
    both = world.git.commit({TOKENS: document(x=token(2, description="d"), y=token(1))}, [ours, theirs])
    found = told(await blame(world, ref=both))
    assert found == {"path": base, "file": base, "type": base, "value": ours, "description": theirs}


async def test_the_search_ends_and_says_where(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    commits = [await put(world, {TOKENS: tokens_file(x=1, y=number)}) for number in range(6)]
    monkeypatch.setattr(blames, "MOST_COMMITS", 3)
    found = await blame(world)
    assert found.older_than == commits[2] and set(told(found).values()) == {None}
    rest = await blame(world, ref=found.older_than)
    assert set(told(rest).values()) == {commits[0]} and rest.older_than is None


async def test_a_token_that_no_file_states_says_so(world: World) -> None:
    files = {"a": {"$extends": "{b}"}, "b": {"x": {"$type": "number", "$value": 1}}}
    await put(world, {TOKENS: json.dumps(files).encode()})
    found = await blame(world)
    assert (found.stated, found.properties) == (False, ())
    with pytest.raises(NotFound):
        await blames.blame_token(world.context, world.ada, world.id, uuid4())
