"""One commit undone, or a whole earlier state restored: always as a new commit, through the one way in."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import pytest_asyncio

from designsystem.merging.answers import Resolution
from designsystem.merging.conflict import Side
from gitstore import trees
from gitstore.commits import read_commit
from services import design_tokens, protections, reverts, teams
from services.context import Context
from services.design_tokens import Where
from services.errors import Conflict, Forbidden, InvalidInput, NotFound, Stale
from services.policy import Role
from services.protection import Protection
from services.reverts import Reverted
from tests.services.conftest import person
from tests.services.contents import TOKENS, World, make_world, tokens_file

ONE = tokens_file(x=1, y=1, z=1)


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    made = await make_world(context)
    await made.put({TOKENS: ONE, "notes.txt": b"one\ntwo\nthree\n"}, message="Begin")
    return made


async def put(world: World, message: str, **values: Any) -> str:
    done = await world.put({TOKENS: tokens_file(**{"x": 1, "y": 1, "z": 1, **values})}, message=message)
    return str(done.commit)


async def undo(world: World, commit: str, **more: Any) -> Reverted:
    where = more.pop("where", Where())
    return await reverts.revert_commit(world.context, world.ada, world.id, commit=commit, where=where, **more)


async def restore(world: World, ref: str, **more: Any) -> Reverted:
    where = more.pop("where", Where())
    return await reverts.revert_to(world.context, world.ada, world.id, ref=ref, where=where, **more)


async def test_a_commit_is_undone_and_what_came_since_stays(world: World) -> None:
    first = await put(world, "Raise x", x=2)
    await put(world, "Raise y", x=2, y=2)
    done = await undo(world, first)
    assert (done.branch, done.changed) == ("main", True)
    assert world.blob(TOKENS) == tokens_file(x=1, y=2, z=1)
    with world.git.store.open(world.id) as repo:
        made = read_commit(repo, str(done.commit))
    assert made.message == f'Revert "Raise x"\n\nThis reverts commit {first}.\n'
    assert (made.author.email, len(made.parents)) == ("ada@example.org", 1)
    await world.check()


async def test_edit_then_revert_gives_identical_bytes_and_a_second_revert_changes_nothing(world: World) -> None:
    odd = b'{ "a":{\n\t"x": {"$type":"number",  "$value": 1.0}}, "$description":  "d" }'
    await world.put({TOKENS: odd})
    changed = await world.put({TOKENS: odd.replace(b"1.0", b"2"), "new.txt": b"n"})
    done = await undo(world, str(changed.commit))
    assert world.blob(TOKENS) == odd and world.blob("new.txt") is None
    again = await undo(world, str(changed.commit))
    assert (again.changed, again.commit) == (False, done.commit)


async def test_the_first_commit_can_be_undone_too(world: World) -> None:
    with world.git.store.open(world.id) as repo:
        first = read_commit(repo, trees.resolve(repo, "main")).oid
    await undo(world, first)
    assert world.blob(TOKENS) is None and await world.tokens() == {}
    await world.check()


async def test_what_was_changed_again_is_a_conflict_that_a_resolution_settles(world: World) -> None:
    first = await put(world, "Raise x", x=2)
    head = await put(world, "Raise x more", x=3)
    with pytest.raises(Conflict) as caught:
        await undo(world, first)
    (clash,) = caught.value.clashes
    assert (clash.subject, clash.base, clash.ours, clash.theirs) == ("a.x", 2, 3, 1)
    assert caught.value.commit == head == (await world.row()).head
    with pytest.raises(InvalidInput):
        await undo(world, first, resolutions=[Resolution(path="a.y", take=Side.THEIRS)])
    await undo(world, first, resolutions=[Resolution(path="a.x", take=Side.THEIRS)])
    assert world.blob(TOKENS) == ONE
    assert not (await undo(world, head, take=Side.OURS)).changed


async def test_an_alias_made_since_follows_a_rename_that_is_undone(world: World) -> None:
    identity = (await world.tokens())["a.x"].id
    renamed = await design_tokens.rename_token(
        world.context, world.ada, world.id, identity, "a.new", keep_alias=False, seen=None, where=Where()
    )
    await world.add("a.alias", "{a.new}", type="number")
    await undo(world, str(renamed.commit))
    tokens = await world.tokens()
    assert (tokens["a.x"].id, tokens["a.alias"].value) == (identity, "{a.x}")
    await world.check()


async def test_owners_are_asked(world: World) -> None:
    first = await put(world, "Raise x", x=2)
    await world.put({"OWNERS": b"token:a.** @ada\n"})
    bea = await person(world.context, "bea")
    await teams.add_member(world.context, world.ada, world.team_id, role=Role.EDITOR, user_id=bea.user_id)
    with pytest.raises(Forbidden) as caught:
        await reverts.revert_commit(world.context, bea, world.id, commit=first, where=Where())
    assert {problem.subject for problem in caught.value.problems} == {"a.x"}


async def test_a_revert_that_breaks_something_else_is_refused_and_changes_nothing(world: World) -> None:
    added = await put(world, "Add w", w=5)
    head = await put(world, "Use w", w=5, v="{a.w}")
    with pytest.raises(InvalidInput) as caught:
        await undo(world, added)
    assert "a.v" in {problem.subject for problem in caught.value.problems}
    assert (await world.row()).head == head
    await world.check()


async def test_of_a_merge_one_says_which_side_to_go_back_to(world: World) -> None:
    base = (await world.row()).head or ""
    ours = await put(world, "Raise x", x=2)
    side = world.git.commit({"side.txt": b"s"}, [base])
    both = world.git.commit({TOKENS: tokens_file(x=2, y=1, z=1)}, [side, ours])
    for mainline in (None, 0, 3):
        with pytest.raises(InvalidInput):
            await undo(world, both, mainline=mainline)
    with pytest.raises(InvalidInput):
        await undo(world, ours, mainline=2)
    await undo(world, both, mainline=1)
    assert world.blob(TOKENS) == ONE


async def test_every_file_becomes_what_it_was(world: World) -> None:
    begin = (await world.row()).head or ""
    await world.put({TOKENS: None, "tokens/b.tokens.json": tokens_file("b", q=1), "notes.txt": None})
    await world.put({"notes.txt/deep": b"a folder now", "components/A/component.json": b'{"name": "A"}'})
    done = await restore(world, begin)
    with world.git.store.open(world.id) as repo:
        assert trees.tree_of(repo, str(done.commit)) == trees.tree_of(repo, begin)
        assert len(read_commit(repo, str(done.commit)).parents) == 1
    assert set(await world.tokens()) == {"a.x", "a.y", "a.z"}
    assert not (await restore(world, "main")).changed
    await world.check()


async def test_a_stale_writer_is_told_before_what_others_did_is_undone(world: World) -> None:
    begin = (await world.row()).head or ""
    first = await put(world, "Raise x", x=2)
    head = await put(world, "Raise y", x=2, y=2)
    with pytest.raises(Stale) as caught:
        await restore(world, begin, seen=first)
    assert caught.value.current == head
    with pytest.raises(Stale):
        await undo(world, first, seen="0" * 40)
    assert (await undo(world, first, seen=first)).changed
    assert world.blob(TOKENS) == tokens_file(x=1, y=2, z=1)


async def test_protection_and_rights_hold(world: World) -> None:
    first = await put(world, "Raise x", x=2)
    with pytest.raises(NotFound):
        await undo(world, "nothing")
    with pytest.raises(NotFound):
        await undo(world, first, where=Where(branch="nothing"))
    eve = await person(world.context, "eve")
    with pytest.raises(NotFound):
        await reverts.revert_to(world.context, eve, world.id, ref=first, where=Where())
    await protections.set_protection(world.context, world.ada, world.id, Protection(pattern="main", role="nobody"))
    with pytest.raises(Forbidden):
        await undo(world, first)


async def test_two_reverts_at_once_undo_it_once(world: World) -> None:
    first = await put(world, "Raise x", x=2)
    done = await asyncio.gather(*(undo(world, first) for _ in range(3)))
    assert sorted(each.changed for each in done) == [False, False, True]
    assert world.blob(TOKENS) == ONE
    await world.check()
