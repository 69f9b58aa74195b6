"""What differs between two states of a component is found wherever its folder lay."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
import pytest_asyncio

from services import component_versions
from services.component_versions import ComponentDiff
from services.context import Context
from services.errors import NotFound
from tests.services.contents import World, make_world

IDENTITY = uuid4()


def described(**more: object) -> bytes:
    return json.dumps({"name": "A", "id": str(IDENTITY), **more}).encode()


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    """A component with a folder, then another folder, then none."""
    made = await make_world(context)
    await made.put({"components/A/component.json": described(), "components/A/README.md": b"one\n"})
    moved = {"components/B/component.json": described(category="x"), "components/B/README.md": b"two\n"}
    await made.put({"components/A": None, **moved})
    await made.put({"components/B": None})
    return made


async def diff(world: World, base: str | None = None, head: str | None = None) -> ComponentDiff:
    return (await component_versions.diff(world.context, world.ada, world.id, IDENTITY, base=base, head=head))[1]


async def commit_of(world: World, number: int) -> str:
    return (await component_versions.get_version(world.context, world.ada, world.id, IDENTITY, number))[1].commit


async def test_a_folder_that_was_moved_is_followed(world: World) -> None:
    first, second = await commit_of(world, 1), await commit_of(world, 2)
    for base, head in (("1", "2"), (first, second), ("1", second)):
        found = await diff(world, base, head)
        assert found.documentation.endswith("@@ -1 +1 @@\n-one\n+two\n"), (base, head)
        assert (found.base.category, found.head.category) == ("", "x")
    assert (await diff(world, first, second)).head.version is None


async def test_one_that_is_gone_has_nothing_left(world: World) -> None:
    found = await diff(world)
    assert (found.base.version, found.head.version, found.head.removed) == (2, 3, True)
    assert found.documentation.endswith("-two\n")
    with pytest.raises(NotFound):
        await diff(world, "3", "main")
    with pytest.raises(NotFound):
        await diff(world, "1", "4")
