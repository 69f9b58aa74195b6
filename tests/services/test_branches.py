from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio
from sqlalchemy.exc import DBAPIError

from gitstore.commits import write_tag
from services import branches, sync
from services.branches import Branch
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidInput, NotFound, Stale
from services.policy import Actor
from services.protection import Protection
from services.protections import set_protection
from tests.index.histories import ADA
from tests.services.contents import TOKENS, World, make_world, tokens_file
from tests.services.guarded import Guarded, make_guarded
from tests.services.test_changes import losing_the_database

MAIN = "refs/heads/main"


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    made = await make_world(context)
    await made.put({TOKENS: tokens_file(x=1)})
    return made


@pytest_asyncio.fixture
async def guarded(context: Context) -> Guarded:
    made = await make_guarded(context)
    await made.world.put({TOKENS: tokens_file(x=1)})
    return made


async def create(world: World, name: str, start: str | None = None, actor: Actor | None = None) -> Branch:
    return await branches.create_branch(world.context, actor or world.ada, world.id, name, start)


async def delete(world: World, name: str, seen: str | None = None) -> None:
    await branches.delete_branch(world.context, world.ada, world.id, name, seen=seen)


async def rename(world: World, name: str, new: str, seen: str | None = None) -> Branch:
    return await branches.rename_branch(world.context, world.ada, world.id, name, new, seen=seen)


async def listed(world: World, q: str | None = None, limit: int = 50) -> list[Branch]:
    found: list[Branch] = []
    cursor: str | None = None
    while True:
        page = await branches.list_branches(world.context, world.ada, world.id, q=q, limit=limit, cursor=cursor)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


async def test_a_branch_lives_beside_the_default_one(world: World) -> None:
    made = await create(world, "side/one")
    assert (made.commit, made.ahead, made.behind) == (world.git.ref(MAIN), 0, 0)
    await world.put({TOKENS: tokens_file(x=2)}, branch="side/one")
    await world.put({TOKENS: tokens_file(x=1, y=2)})
    await world.put({TOKENS: tokens_file(x=1, y=3)})
    found = {branch.name: branch for branch in await listed(world)}
    assert (found["side/one"].ahead, found["side/one"].behind, found["side/one"].default) == (1, 2, False)
    assert (found["main"].ahead, found["main"].behind, found["main"].default) == (0, 0, True)
    assert found["side/one"].last.subject == "Put"
    renamed = await rename(world, "side/one", "side-one", found["side/one"].commit)
    assert (renamed.name, renamed.ahead) == ("side-one", 1)
    await delete(world, "side-one", renamed.commit)
    assert [branch.name for branch in await listed(world)] == ["main"]
    told = [action for _, action, _ in await world.events() if action.startswith("branch.")]
    assert told == [
        "branch.created",
        "branch.updated",
        "branch.created",
        "branch.deleted",
        "branch.renamed",
        "branch.deleted",
    ]
    await world.check()


async def test_how_far_branches_have_gone_follows_the_default_one(world: World) -> None:
    """Looked at between edits, so that each count goes on from the one before; a fresh service counts the same."""
    await create(world, "early")
    await create(world, "own")
    await world.put({TOKENS: tokens_file(x=2)}, branch="own")
    for number in range(3, 9):
        await world.put({TOKENS: tokens_file(x=number)})
        if number == 5:
            await create(world, "late")
        await listed(world)
    found = {branch.name: (branch.ahead, branch.behind) for branch in await listed(world)}
    assert found == {"main": (0, 0), "early": (0, 6), "own": (1, 6), "late": (0, 3)}
    world.context.divergences.clear()
    assert {branch.name: (branch.ahead, branch.behind) for branch in await listed(world)} == found


async def test_pages_hold_every_branch_once(world: World) -> None:
    head = world.git.ref(MAIN)
    names = [f"b{number:02}" for number in range(11)] + ["Main-too"]
    for name in names:
        world.git.point(f"refs/heads/{name}", head)
    await sync.sweep(world.context)
    assert [branch.name for branch in await listed(world, limit=5)] == sorted([*names, "main"])
    assert [branch.name for branch in await listed(world, q="MAIN")] == ["Main-too", "main"]
    assert await listed(world, q="refs/heads") == []


async def test_a_branch_that_a_hand_moved_or_took_is_shown_as_it_is(world: World) -> None:
    await create(world, "moved")
    await create(world, "gone")
    moved = world.git.commit({TOKENS: tokens_file(x=9)}, [world.git.ref(MAIN) or ""])
    world.git.point("refs/heads/moved", moved)
    world.git.point("refs/heads/gone", None)
    assert {branch.name: branch.commit for branch in await listed(world)} == {
        "main": world.git.ref(MAIN),
        "moved": moved,
    }


@pytest.mark.parametrize("name", ["a..b", "-x", "x.lock", "a\0b", "\ud800", "x" * 300, "v1.2.3", "HEAD", "a b"])
async def test_no_branch_has_such_a_name(world: World, name: str) -> None:
    await create(world, "side")
    before = await world.row()
    with pytest.raises(InvalidInput):
        await create(world, name)
    with pytest.raises(InvalidInput):
        await rename(world, "side", name)
    with pytest.raises(NotFound):
        await branches.get_branch(world.context, world.ada, world.id, name)
    with pytest.raises((NotFound, InvalidInput)):
        await delete(world, name)
    assert await world.row() == before


async def test_what_cannot_be_is_refused_and_changes_nothing(world: World) -> None:
    await create(world, "side")
    before, refs = await world.row(), await world.indexed_refs()
    with pytest.raises(Conflict):
        await create(world, "side")
    with pytest.raises(Conflict):
        await rename(world, "side", "main")
    with pytest.raises(Conflict, match="default branch"):
        await delete(world, "main")
    with pytest.raises(Conflict, match="default branch"):
        await rename(world, "main", "trunk")
    with pytest.raises(NotFound):
        await create(world, "other", "nowhere")
    with pytest.raises(InvalidInput):
        await create(world, "side/below")
    with pytest.raises(NotFound):
        await rename(world, "nowhere", "elsewhere")
    assert (await world.row(), await world.indexed_refs()) == (before, refs)
    assert (await rename(world, "side", "side")).name == "side"
    assert await world.row() == before


async def test_nobody_deletes_or_renames_what_he_has_not_seen(world: World) -> None:
    seen = (await create(world, "side")).commit
    done = await world.put({TOKENS: tokens_file(x=2)}, branch="side")
    for act in (delete(world, "side", seen), rename(world, "side", "other", seen)):
        with pytest.raises(Stale) as caught:
            await act
        assert caught.value.current == done.commit
    assert world.git.ref("refs/heads/side") == done.commit


async def test_a_branch_begins_at_a_commit_or_tag_that_is_sound(world: World) -> None:
    """A push judges where its branches end, not what it passes through on the way."""
    first = world.git.ref(MAIN) or ""
    broken = world.git.commit({TOKENS: tokens_file(x="{a.none}")}, [first])
    mended = world.git.commit({TOKENS: tokens_file(x=3)}, [broken])
    world.git.point(MAIN, mended)
    with world.git.store.open(world.id) as repo:
        tag = write_tag(repo, name="start", target=first, tagger=ADA, message="t")
    world.git.point("refs/tags/start", tag)
    await sync.sweep(world.context)
    assert (await create(world, "old", "start")).commit == first
    with pytest.raises(InvalidInput) as caught:
        await create(world, "bad", broken)
    assert caught.value.problems[0].subject == "a.x"
    assert world.git.ref("refs/heads/bad") is None


async def test_an_empty_system_has_nothing_to_begin_at(context: Context) -> None:
    world = await make_world(context)
    with pytest.raises(Conflict, match="Nothing was committed"):
        await create(world, "side")
    assert await listed(world) == []


async def test_protections_bind_rest_as_they_bind_pushes(guarded: Guarded) -> None:
    world, bea = guarded.world, guarded.bea
    await set_protection(world.context, world.ada, world.id, Protection(pattern="kept/*", role="admin"))
    with pytest.raises(Forbidden) as caught:
        await create(world, "kept/one", actor=bea)
    assert caught.value.problems[0].subject == "refs/heads/kept/one"
    await create(world, "kept/one")
    await create(world, "side", actor=bea)
    with pytest.raises(Forbidden, match="may not be deleted"):
        await delete(world, "kept/one")
    with pytest.raises(Forbidden):
        await rename(world, "kept/one", "free")
    with pytest.raises(Forbidden):
        await branches.rename_branch(world.context, bea, world.id, "side", "kept/two", seen=None)
    assert {branch.name: branch.protected for branch in await listed(world)} == {
        "kept/one": True,
        "main": False,
        "side": False,
    }


async def test_owners_have_their_say_on_what_a_new_protected_branch_holds(guarded: Guarded) -> None:
    world, bea = guarded.world, guarded.bea
    await world.put({"OWNERS": b"token:a @ada\n"})
    await set_protection(world.context, world.ada, world.id, Protection(pattern="kept/*", role="editor"))
    await create(world, "side", actor=bea)
    await world.put({TOKENS: tokens_file(x=2)}, branch="side", actor=bea)
    with pytest.raises(Forbidden) as caught:
        await create(world, "kept/two", "side", actor=bea)
    assert caught.value.problems[0].subject == "a.x"
    await create(world, "kept/one", "main", actor=bea)


@pytest.mark.parametrize("act", ["create", "rename", "delete"])
async def test_a_crash_between_ref_and_commit_loses_no_commit(world: World, act: str) -> None:
    await create(world, "side")
    done = await world.put({TOKENS: tokens_file(x=2)}, branch="side")
    with losing_the_database(world.context), pytest.raises(DBAPIError):
        if act == "create":
            await create(world, "new", "side")
        elif act == "rename":
            await rename(world, "side", "new")
        else:
            await delete(world, "side")
    await sync.sweep(world.context)
    names = {"create": {"main", "side", "new"}, "rename": {"main", "new"}, "delete": {"main"}}[act]
    assert {branch.name for branch in await listed(world)} == names
    assert world.git.ref("refs/heads/new") == (done.commit if act != "delete" else None)
    await world.check()


async def test_of_two_who_make_or_delete_the_same_branch_one_does(world: World) -> None:
    async def outcome(act: object) -> str:
        try:
            await act  # type: ignore[misc]
        except (Conflict, NotFound) as error:
            return type(error).__name__
        return "done"

    made = await asyncio.gather(*(outcome(create(world, "side")) for _ in range(3)))
    assert sorted(made) == ["Conflict", "Conflict", "done"]
    gone = await asyncio.gather(*(outcome(delete(world, "side")) for _ in range(3)))
    assert sorted(gone) == ["NotFound", "NotFound", "done"]
    await world.check()
