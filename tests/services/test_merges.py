"""Merges as the service makes them: what lands, who may, what is refused and leaves nothing behind."""

from __future__ import annotations

import json
from typing import Any

import pytest
import pytest_asyncio

from designsystem.merging.answers import Resolution
from designsystem.merging.conflict import Side
from gitstore.commits import read_commit
from services import merges
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidInput, NotFound, Stale
from services.merges import Merged, Preview
from services.policy import Actor
from tests.index.histories import component
from tests.services.conftest import person
from tests.services.contents import TOKENS, World, make_world, tokens_file

MAIN, SIDE = "refs/heads/main", "refs/heads/side"
README = "README.md"
BUTTON = "components/Button"


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    return await make_world(context)


async def parted(world: World, base: dict[str, bytes | None], ours: Any, theirs: Any) -> None:
    """A branch ``side`` that left ``main``, and what happened on both since."""
    await world.put(base)
    world.git.point(SIDE, world.git.ref(MAIN))
    if ours:
        await world.put(ours, message="Ours")
    if theirs:
        await world.put(theirs, branch="side", message="Theirs")


async def merged(world: World, *, actor: Actor | None = None, **more: Any) -> Merged:
    asked: dict[str, Any] = {"source": "side", "into": "main", **more}
    return await merges.merge(world.context, actor or world.ada, world.id, **asked)


async def tried(world: World, *, actor: Actor | None = None, **more: Any) -> Preview:
    asked: dict[str, Any] = {"source": "side", "into": "main", **more}
    return await merges.trial(world.context, actor or world.ada, world.id, **asked)


async def test_a_branch_that_only_one_side_went_on_with_is_followed(world: World) -> None:
    await parted(world, {TOKENS: tokens_file(x=1)}, None, {TOKENS: tokens_file(x=2)})
    done = await merged(world)
    assert done == Merged(str(world.git.ref(SIDE)), "main", True, str(world.git.ref(SIDE)), fast_forward=True)
    assert world.git.ref(MAIN) == world.git.ref(SIDE)
    assert (await world.tokens())["a.x"].value == 2
    await world.check()


async def test_a_message_asks_for_a_commit_of_its_own(world: World) -> None:
    await parted(world, {TOKENS: tokens_file(x=1)}, None, {TOKENS: tokens_file(x=2)})
    was = world.git.ref(MAIN)
    done = await merged(world, message="Take the new x")
    with world.git.store.open(world.id) as repo:
        commit = read_commit(repo, done.commit)
    assert (commit.parents, commit.subject) == ((was, world.git.ref(SIDE)), "Take the new x")
    assert commit.author.email == "ada@example.org" and not done.fast_forward
    await world.check()


async def test_the_default_branch_keeps_its_own_line_where_a_branch_took_it_in(world: World) -> None:
    await parted(world, {TOKENS: tokens_file(x=1)}, {TOKENS: tokens_file(x=1, y=1)}, {TOKENS: tokens_file(x=2)})
    was = world.git.ref(MAIN)
    await merged(world, source="main", into="side")
    done = await merged(world)
    with world.git.store.open(world.id) as repo:
        assert read_commit(repo, done.commit).parents == (was, world.git.ref(SIDE))
    assert (await merged(world, source="main", into="side")).fast_forward
    assert world.git.ref(SIDE) == world.git.ref(MAIN)
    await world.check()


async def test_what_is_merged_already_changes_nothing(world: World) -> None:
    await parted(world, {TOKENS: tokens_file(x=1)}, {TOKENS: tokens_file(x=2)}, None)
    was = world.git.ref(MAIN)
    assert await merged(world) == Merged(str(was), "main", False, str(world.git.ref(SIDE)))
    assert world.git.ref(MAIN) == was
    assert "branch.merged" not in [action for _, action, _ in await world.events()]


@pytest.mark.parametrize("message", [None, "Begin"])
async def test_a_default_branch_that_was_not_begun_yet_begins_with_the_source(
    world: World, message: str | None
) -> None:
    world.git.point(SIDE, world.git.commit({TOKENS: tokens_file(x=1)}))
    assert (await tried(world)).fast_forward
    done = await merged(world, message=message)
    assert (done.commit, done.fast_forward) == (world.git.ref(SIDE), True)
    assert (await world.tokens())["a.x"].value == 1
    await world.check()


async def test_sides_that_did_the_same_are_joined_by_a_commit_that_changes_nothing(world: World) -> None:
    same: dict[str, bytes | None] = {TOKENS: tokens_file(x=2)}
    await parted(world, {TOKENS: tokens_file(x=1)}, same, same)
    parents = (world.git.ref(MAIN), world.git.ref(SIDE))
    done = await merged(world)
    with world.git.store.open(world.id) as repo:
        assert read_commit(repo, done.commit).parents == parents
    assert not (await merged(world)).changed
    await world.check()


async def test_a_trial_tells_and_moves_nothing(world: World) -> None:
    await parted(
        world,
        {TOKENS: tokens_file(x=1, y=1)},
        {TOKENS: tokens_file(y=1)},
        {TOKENS: tokens_file(x=1, y=2), "tokens/b.tokens.json": tokens_file("b", z="{a.x}")},
    )
    refs = (world.git.ref(MAIN), world.git.ref(SIDE))
    found = await tried(world)
    assert (found.into, found.source, found.conflicts) == (*refs, ())
    assert [(problem.code, problem.subject) for problem in found.problems] == [("XDS020", "b.z")]
    assert (world.git.ref(MAIN), world.git.ref(SIDE)) == refs
    with pytest.raises(InvalidInput):
        await merged(world)
    with pytest.raises(InvalidInput, match="settles no conflict"):
        await tried(world, resolutions=[Resolution(path="a.x", take=Side.OURS)])
    with pytest.raises((NotFound, Forbidden)):
        await tried(world, actor=await person(world.context, "eve"))


async def test_tokens_and_components_of_both_sides_stand_in_one_commit(world: World) -> None:
    base = {
        TOKENS: tokens_file(x=1, y=1),
        f"{BUTTON}/component.json": component("Button", props={"size": {"type": "string"}}),
        f"{BUTTON}/index.tsx": b"one\ntwo\nthree\n",
    }
    ours = {
        TOKENS: tokens_file(x=2, y=1),
        f"{BUTTON}/component.json": component("Button", props={"size": {"type": "number"}}),
        f"{BUTTON}/index.tsx": b"ONE\ntwo\nthree\n",
    }
    theirs = {
        TOKENS: tokens_file(x=1, y=2, z=3),
        f"{BUTTON}/component.json": component("Button", props={"size": {"type": "string"}, "kind": {}}),
        f"{BUTTON}/index.tsx": b"one\ntwo\nTHREE\n",
    }
    await parted(world, base, ours, theirs)
    parents = (world.git.ref(MAIN), world.git.ref(SIDE))
    done = await merged(world)
    assert {path: each.value for path, each in (await world.tokens()).items()} == {"a.x": 2, "a.y": 2, "a.z": 3}
    assert json.loads(world.blob(f"{BUTTON}/component.json") or b"")["props"] == {
        "size": {"type": "number"},
        "kind": {},
    }
    assert world.blob(f"{BUTTON}/index.tsx") == b"ONE\ntwo\nTHREE\n"
    with world.git.store.open(world.id) as repo:
        assert read_commit(repo, done.commit).parents == parents
    actions = [action for _, action, _ in await world.events()]
    assert actions[-1] == "branch.merged" and "token.created" in actions
    await world.check()


async def test_conflicts_are_told_with_all_three_and_nothing_moves(world: World) -> None:
    await parted(world, {TOKENS: tokens_file(x=1)}, {TOKENS: tokens_file(x=2)}, {TOKENS: tokens_file(x=3)})
    before = (await world.row(), await world.indexed_refs(), await world.events())
    with pytest.raises(Conflict) as refused:
        await merged(world)
    (clash,) = refused.value.clashes
    assert (clash.subject, clash.field, clash.base, clash.ours, clash.theirs) == ("a.x", "$value", 1, 2, 3)
    assert (clash.resource, clash.kind, clash.file) == ("token", "changed", TOKENS)
    assert refused.value.commit == world.git.ref(MAIN)
    assert before == (await world.row(), await world.indexed_refs(), await world.events())


@pytest.mark.parametrize(("take", "stands"), [(Side.OURS, 2), (Side.THEIRS, 3), (Side.BASE, 1)])
async def test_a_side_settles_a_conflict(world: World, take: Side, stands: int) -> None:
    await parted(world, {TOKENS: tokens_file(x=1)}, {TOKENS: tokens_file(x=2)}, {TOKENS: tokens_file(x=3)})
    await merged(world, resolutions=[Resolution(path="a.x", field="$value", take=take)])
    assert (await world.tokens())["a.x"].value == stands
    await world.check()


async def test_a_conflict_is_settled_by_its_id_and_with_a_value(world: World) -> None:
    await parted(world, {TOKENS: tokens_file(x=1)}, {TOKENS: tokens_file(x=2)}, {TOKENS: tokens_file(x=3)})
    with pytest.raises(Conflict) as refused:
        await merged(world)
    await merged(world, resolutions=[Resolution(id=str(refused.value.clashes[0].id), value=4)])
    assert (await world.tokens())["a.x"].value == 4


async def test_an_answer_nobody_asked_for_is_told(world: World) -> None:
    await parted(world, {TOKENS: tokens_file(x=1)}, {TOKENS: tokens_file(x=2)}, {TOKENS: tokens_file(x=3)})
    settled = Resolution(path="a.x", take=Side.OURS)
    for wrong in (Resolution(path="a.y", take=Side.OURS), Resolution(id="0", path="b", value=1), settled):
        with pytest.raises(InvalidInput) as refused:
            await merged(world, resolutions=[settled, wrong])
        assert [problem.pointer for problem in refused.value.problems] == ["/resolutions/1"]


async def test_two_clean_edits_that_break_an_alias_together_are_refused(world: World) -> None:
    await parted(
        world,
        {TOKENS: tokens_file(x=1, y=1)},
        {TOKENS: tokens_file(y=1)},
        {"tokens/b.tokens.json": tokens_file("b", z="{a.x}")},
    )
    was = world.git.ref(MAIN)
    with pytest.raises(InvalidInput) as refused:
        await merged(world)
    assert [problem.subject for problem in refused.value.problems] == ["b.z"]
    assert world.git.ref(MAIN) == was
    await world.check()


async def test_histories_without_anything_in_common_are_not_merged(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    world.git.point(SIDE, world.git.commit({TOKENS: tokens_file(x=2)}))
    with pytest.raises(Conflict, match="no history in common"):
        await merged(world)


async def test_branches_that_are_not_there_are_not_found(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    with pytest.raises(NotFound, match="side"):
        await merged(world)
    with pytest.raises(NotFound, match="other"):
        await merged(world, source="main", into="other")


async def test_a_branch_that_moved_since_the_caller_looked_is_stale(world: World) -> None:
    await parted(world, {TOKENS: tokens_file(x=1)}, {TOKENS: tokens_file(x=1, y=2)}, {TOKENS: tokens_file(x=3)})
    for expected in ({"expected": world.git.ref(SIDE)}, {"expected_source": world.git.ref(MAIN)}):
        with pytest.raises(Stale):
            await merged(world, **expected)
    await merged(world, expected=world.git.ref(MAIN), expected_source=world.git.ref(SIDE))


async def test_strangers_do_not_merge(world: World) -> None:
    await parted(world, {TOKENS: tokens_file(x=1)}, None, {TOKENS: tokens_file(x=3)})
    with pytest.raises((NotFound, Forbidden)):
        await merged(world, actor=await person(world.context, "eve"))
