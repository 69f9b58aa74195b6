from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from pygit2.enums import ObjectType

from gitstore.commits import write_commit
from gitstore.treewriter import BlobRef, write_tree
from services import components
from services.components import ComponentWritten, Seen
from services.context import Context
from services.design_tokens import Where
from services.errors import Conflict, InvalidInput, NotFound, Stale
from services.views import ComponentView
from tests.index.histories import ADA, IDS, component
from tests.services.contents import World, make_world, tokens_file

FILE = "components/A/component.json"


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    return await make_world(context)


async def create(world: World, **fields: Any) -> ComponentView:
    made = await components.create_component(world.context, world.ada, world.id, fields, where=Where())
    assert made.component is not None
    return made.component


async def update(world: World, identity: UUID, seen: Seen | None = None, **fields: Any) -> ComponentWritten:
    return await components.update_component(
        world.context, world.ada, world.id, identity, fields, seen=seen or Seen(), where=Where()
    )


async def delete(world: World, identity: UUID, seen: Seen | None = None, branch: str | None = None) -> ComponentWritten:
    return await components.delete_component(
        world.context, world.ada, world.id, identity, seen=seen or Seen(), where=Where(branch=branch)
    )


async def standing(world: World) -> dict[str, ComponentView]:
    _, read = await components.list_components(
        world.context, world.ada, world.id, ref=None, category=None, q=None, limit=100, cursor=None
    )
    return {view.directory: view for view in (await read()).items}


async def test_an_update_touches_only_its_file(world: World) -> None:
    source = b'{ "name":"A",\n\t"props": {"b": {"type": "string"},   "a": {}}, "mine": [1,2] }'
    await world.put({FILE: source, "components/A/index.tsx": b"1\r\n", "components/A/README.md": b"# A"})
    (view,) = (await standing(world)).values()
    await update(world, view.id, category="actions")
    assert b'"props": {"b": {"type": "string"},   "a": {}}' in (world.blob(FILE) or b"")
    assert b'"mine": [1,2]' in (world.blob(FILE) or b"")
    done = await update(world, view.id, code="2\r\n")
    assert world.blob("components/A/index.tsx") == b"2\r\n" and done.changed
    again = await update(world, view.id, code="2\r\n", category="actions", name="A")
    assert (again.changed, again.commit) == (False, done.commit)
    await world.check()


async def test_both_writers_changes_stay(world: World) -> None:
    view = await create(world, name="Button", props={"size": {"type": "string"}}, code="1")
    await update(world, view.id, props={"size": {"type": "string"}, "tone": {}}, documentation="# B")
    done = await update(world, view.id, Seen(version=1), props={"size": {"type": "number"}}, code="2")
    assert done.component is not None
    assert done.component.props == {"size": {"type": "number"}, "tone": {}}
    assert (done.component.code, done.component.documentation, done.component.version) == ("2", "# B", 3)
    with pytest.raises(Conflict) as caught:
        await update(world, view.id, Seen(version=1), code="3")
    assert [(clash.field, clash.base, clash.ours, clash.theirs) for clash in caught.value.clashes] == [
        ("code", "1", "2", "3")
    ]
    with pytest.raises(InvalidInput):
        await update(world, view.id, Seen(version=99), code="3")
    with pytest.raises(Conflict):
        await delete(world, view.id, Seen(version=1))
    await delete(world, view.id, Seen(version=3))
    with pytest.raises(Conflict):
        await update(world, view.id, Seen(version=3), code="4")
    with pytest.raises(NotFound):
        await update(world, view.id, code="4")
    await world.check()


async def test_code_and_documentation_are_merged_by_lines(world: World) -> None:
    lines = "one\ntwo\nthree\n"
    view = await create(world, name="Button", code=lines, documentation="# B\n\nOne.\n\nTwo.\n")
    await update(world, view.id, code=lines.replace("one", "1"), documentation="# B\n\n1.\n\nTwo.\n")
    mine = {"code": lines.replace("three", "3"), "documentation": "# B\n\nOne.\n\n2.\n"}
    done = await update(world, view.id, Seen(version=1), **mine)
    assert done.component is not None
    assert (done.component.code, done.component.documentation) == ("1\ntwo\n3\n", "# B\n\n1.\n\n2.\n")
    with pytest.raises(Conflict) as caught:
        await update(world, view.id, Seen(version=1), code=lines.replace("one", "I"), documentation="# B\n\nOne.\n")
    assert {clash.field for clash in caught.value.clashes} == {"code", "documentation"}
    with pytest.raises(Conflict) as caught:
        await update(world, view.id, Seen(version=1), code=None)
    assert [(clash.field, clash.theirs) for clash in caught.value.clashes] == [("code", None)]
    await world.check()


async def test_a_state_without_the_component_is_no_base(world: World) -> None:
    other = await world.put({"x.txt": b"1"})
    view = await create(world, name="A", code="1")
    with pytest.raises(Stale):
        await update(world, view.id, Seen(commit=other.commit), code="2")
    with pytest.raises(Stale):
        await delete(world, view.id, Seen(commit=other.commit))


async def test_a_base_is_found_where_the_component_was_then(world: World) -> None:
    await world.put({FILE: component("A", id=IDS[0]), "components/A/index.tsx": b"1"})
    seen = Seen(version=1)
    moved = {FILE: None, "components/A/index.tsx": None}
    await world.put({**moved, "components/B/component.json": component("A", id=IDS[0]), "components/B/index.tsx": b"2"})
    with pytest.raises(Conflict) as caught:
        await update(world, IDS[0], seen, code="3")
    assert [(clash.base, clash.ours, clash.theirs) for clash in caught.value.clashes] == [("1", "2", "3")]
    done = await update(world, IDS[0], seen, documentation="# A")
    assert done.component is not None and (done.component.directory, done.component.code) == ("components/B", "2")
    await world.check()


async def test_a_component_that_moved_on_a_branch_is_found_there(world: World) -> None:
    await world.put({FILE: component("A", id=IDS[0])})
    world.git.point("refs/heads/side", world.git.ref("refs/heads/main"))
    await world.put({FILE: None, "components/B/component.json": component("A", id=IDS[0])}, branch="side")
    where = Where(branch="side")
    done = await components.update_component(
        world.context, world.ada, world.id, IDS[0], {"code": "x"}, seen=Seen(), where=where
    )
    assert done.component is not None and done.component.directory == "components/B"
    assert (await standing(world)).keys() == {"components/A"}


async def test_a_folder_goes_with_all_that_is_in_it(world: World) -> None:
    """Also files whose names nobody could write through the service, and tokens that lie inside."""
    manifest = {"tokens": ["tokens/*.json", "components/*/*.tokens.json"], "components": ["components/*"]}
    with world.git.store.open(world.id) as repo:
        blob = str(repo.create_blob(b"1"))
        base = write_tree(
            repo,
            None,
            {
                "designsystem.json": json.dumps(manifest).encode(),
                FILE: component("A"),
                "components/A/deep/er/x.txt": b"x",
                "components/A/own.tokens.json": tokens_file(x=1),
                "components/AB/index.tsx": b"1",
            },
        )
        latin = b"100644 caf\xe9.txt\0" + bytes.fromhex(blob)  # sorts before all others in that folder
        folder = str(repo.write(ObjectType.TREE, latin + repo.odb.read(repo[base]["components/A"].id)[1]))
        base = write_tree(repo, base, {"components/A": None})
        tree = write_tree(repo, base, {"components/A": BlobRef(folder, 0o040000)})
        commit = write_commit(repo, tree=tree, parents=[], author=ADA, committer=ADA, message="By hand")
    world.git.point("refs/heads/main", commit)
    shown = await standing(world)
    assert shown.keys() == {"components/A", "components/AB"} and (await world.tokens()).keys() == {"a.x"}
    await delete(world, shown["components/A"].id)
    assert (await standing(world)).keys() == {"components/AB"} and await world.tokens() == {}
    assert world.blob("components/A/deep/er/x.txt") is None
    await world.check()


async def test_a_component_deleted_and_made_again_goes_on_counting(world: World) -> None:
    view = await create(world, name="A", code="1")
    await delete(world, view.id)
    again = await create(world, name="A", code="2")
    assert (again.id, again.version) == (view.id, 3)
    await world.check()


@pytest.mark.parametrize("name", ["button", "BUTTON", "Button", "  Button "])
async def test_a_folder_is_made_once_whatever_the_file_system_folds(world: World, name: str) -> None:
    await create(world, name="Button")
    with pytest.raises(Conflict):
        await create(world, name=name)


@pytest.mark.parametrize("names", [("Bu\u0301tton", "B\u00fatton"), ("Stra\u00dfe", "STRASSE")])
async def test_unicode_names_that_mean_one_folder_meet(world: World, names: tuple[str, str]) -> None:
    await create(world, name=names[0])
    with pytest.raises(Conflict):
        await create(world, name=names[1])


@pytest.mark.parametrize(
    "name", ["", " ", "a/b", "..", ".", "a\\b", "CON", ".git", "a\0b", "\ud800", "x" * 300, "-x", "a:b"]
)
async def test_names_that_cannot_be_folders_are_refused(world: World, name: str) -> None:
    with pytest.raises(InvalidInput):
        await create(world, name=name)
    assert world.git.ref("refs/heads/main") is None


@pytest.mark.parametrize(
    "fields",
    [
        {"code": "a\0b"},
        {"code": "\ud800"},
        {"documentation": "a\0b"},
        {"props": {"size": 5}},
        {"props": {"size": {"default": float("nan")}}},
        {"props": {"\ud800": {}}},
        {"category": "a\nb"},
        {"code": "x" * 1_100_000},
    ],
)
async def test_what_would_not_read_back_is_refused(world: World, fields: dict[str, Any]) -> None:
    view = await create(world, name="A", code="1")
    before = await world.row()
    with pytest.raises(InvalidInput):
        await update(world, view.id, **fields)
    with pytest.raises(InvalidInput):
        await create(world, **{"name": "B", **fields})
    assert await world.row() == before


async def test_a_component_without_a_file_gets_one_only_when_it_needs_it(world: World) -> None:
    await world.put({"components/A/index.tsx": b"1"})
    (view,) = (await standing(world)).values()
    await update(world, view.id, code="2")
    assert world.blob(FILE) is None
    done = await update(world, view.id, props={"a": {"type": "string"}})
    assert done.component is not None and done.component.id == view.id and world.blob(FILE) is not None
    await world.check()


async def test_code_can_be_taken_away(world: World) -> None:
    view = await create(world, name="A", code="1", documentation="# A")
    done = await update(world, view.id, code=None, documentation=None, category=None)
    assert done.component is not None
    assert (done.component.code, done.component.documentation, done.component.category) == (None, None, "")
    assert (await update(world, view.id, code=None, category=None)).changed is False
    await world.check()
