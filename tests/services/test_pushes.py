from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
import pytest_asyncio

from gitstore import refs
from gitstore.commits import write_tag
from gitstore.refs import RefUpdate
from gitstore.wire.pushes import PushRequest, RefResult, Verdict
from services import api_keys, sync, teams
from services.context import Context
from services.policy import Actor
from services.pushes import Push
from tests.index.histories import ADA
from tests.services.conftest import person
from tests.services.contents import TOKENS, World, make_world, tokens_file
from tests.services.test_changes import losing_the_database

MAIN = "refs/heads/main"


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    return await make_world(context)


def opened(world: World, actor: Actor | None = None) -> Push:
    return Push(world.context, actor or world.ada, world.id)


async def judged(push: Push, updates: Sequence[RefUpdate]) -> Verdict:
    return await push.pre_receive(PushRequest(list(updates)))


async def pushed(world: World, *updates: RefUpdate, actor: Actor | None = None) -> list[RefResult] | Verdict:
    """A whole push as the wire drives it; the verdict where it is refused."""
    push = opened(world, actor)
    try:
        verdict = await judged(push, updates)
        return await push.proc_receive(list(updates), [], False) if verdict.accepted else verdict
    finally:
        await push.closed()


def update(world: World, name: str = MAIN, **values: Any) -> RefUpdate:
    """A commit on top of where a branch stands."""
    old = world.git.ref(name)
    base = old or world.git.ref(MAIN)
    return RefUpdate(name, old, world.git.commit({TOKENS: tokens_file(**values)}, [base] if base else []))


def tag(world: World, name: str, target: str) -> RefUpdate:
    with world.git.store.open(world.id) as repo:
        return RefUpdate(f"refs/tags/{name}", None, write_tag(repo, name=name, target=target, tagger=ADA, message="t"))


def busy(world: World) -> int:
    """Database connections in use."""
    return world.context.engine.pool.checkedout()  # type: ignore[attr-defined,no-any-return]


async def test_a_push_lands_with_all_its_refs(world: World) -> None:
    first = update(world, x=1)
    assert first.new is not None
    results = await pushed(world, first, RefUpdate("refs/heads/side", None, first.new), tag(world, "v1.0.0", first.new))
    assert isinstance(results, list) and all(result.ok for result in results)
    assert world.git.ref(MAIN) == first.new
    system = await world.row()
    assert (system.head, system.version, system.published) == (first.new, "1.0.0", True)
    await world.check()


async def test_an_edit_waits_for_a_push_that_was_accepted(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    wanted = update(world, x=2)
    push = opened(world)
    assert (await judged(push, [wanted])).accepted
    edit = asyncio.create_task(world.add("a.y"))
    await asyncio.sleep(0.1)
    assert not edit.done()
    (result,) = await push.proc_receive([wanted], [], False)
    assert result.ok
    await push.closed()
    await edit
    assert {path: record.value for path, record in (await world.tokens()).items()} == {"a.x": 2, "a.y": 1}
    await world.check()


async def test_a_push_that_somebody_overtook_is_told_to_fetch(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    wanted = update(world, x=2)
    await world.add("a.y")
    verdict = await pushed(world, wanted)
    assert isinstance(verdict, Verdict) and any("fetch first" in line for line in verdict.lines)
    assert busy(world) == 0
    await world.check()


async def test_a_push_that_dies_with_the_lock_gives_it_back(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    push = opened(world)
    assert (await judged(push, [update(world, x=2)])).accepted
    assert busy(world) == 1
    await push.closed()
    assert busy(world) == 0
    await asyncio.wait_for(world.add("a.y"), 5)
    await world.check()


async def test_a_push_that_leaves_while_it_waits_takes_nothing_with_it(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    holder, waiting = opened(world), opened(world)
    wanted = update(world, x=2)
    assert (await judged(holder, [wanted])).accepted
    task = asyncio.create_task(judged(waiting, [wanted]))
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.wait([task])
    await waiting.closed()
    await holder.closed()
    assert busy(world) == 0
    await asyncio.wait_for(world.add("a.y"), 5)


async def test_many_pushes_and_edits_at_once(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=0)})

    async def push(n: int) -> bool:
        results = await pushed(world, update(world, f"refs/heads/b{n % 3}", x=n))
        return isinstance(results, list) and results[0].ok

    outcomes = await asyncio.gather(*(push(n) for n in range(12)), *(world.add(f"b.t{n}", n) for n in range(8)))
    assert sum(outcome is True for outcome in outcomes) >= 3
    assert len(await world.tokens()) == 9 and busy(world) == 0
    await sync.sweep(world.context)
    await world.check()


async def test_a_crash_before_the_commit_is_made_good(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    wanted, side = update(world, x=2), update(world, "refs/heads/side", x=3)
    push = opened(world)
    assert (await judged(push, [wanted, side])).accepted
    with losing_the_database(world.context):
        results = await push.proc_receive([wanted, side], [], False)
    await push.closed()
    assert [result.ok for result in results] == [False, False] and busy(world) == 0
    assert (await world.row()).head != world.git.ref(MAIN)
    results = await pushed(world, update(world, "refs/heads/side", x=4))  # type: ignore[assignment]
    assert [result.ok for result in results] == [True]
    moves = [details["commit"] for _, _, details in await world.events() if details.get("ref") == side.name]
    assert moves == [side.new, world.git.ref(side.name)]
    await world.check()


async def test_the_first_push_may_choose_the_default_branch(world: World) -> None:
    results = await pushed(world, update(world, "refs/heads/master", x=1))
    assert isinstance(results, list)
    system = await world.row()
    assert (system.default_branch, system.head) == ("master", world.git.ref("refs/heads/master"))
    with world.git.store.open(world.id) as repo:
        assert refs.head_branch(repo) == "refs/heads/master"
    await world.check()


async def test_the_default_branch_cannot_be_pushed_away(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    verdict = await pushed(world, RefUpdate(MAIN, world.git.ref(MAIN), None))
    assert isinstance(verdict, Verdict) and any("default branch" in line for line in verdict.lines)


async def test_a_forced_push_rewrites_the_mirror(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1), "components/A/component.json": b'{"name": "A"}'})
    other = world.git.commit({TOKENS: tokens_file(y=1)}, [])
    results = await pushed(world, RefUpdate(MAIN, world.git.ref(MAIN), other))
    assert isinstance(results, list) and results[0].ok
    assert (await world.tokens()).keys() == {"a.y"}
    last = [action for _, action, _ in (await world.events())[-4:]]
    assert sorted(last) == ["branch.updated", "component.deleted", "token.created", "token.deleted"]
    await world.check()


async def test_refusals_name_file_line_token_and_reason(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    verdict = await pushed(world, update(world, x="{a.none}"))
    assert isinstance(verdict, Verdict)
    assert any(f"{TOKENS}:5:" in line and "a.x" in line and "{a.none}" in line for line in verdict.lines), verdict.lines


async def test_a_tip_that_git_does_not_have_is_refused(world: World) -> None:
    for bogus in (RefUpdate(MAIN, None, "1" * 40), RefUpdate(MAIN, "2" * 40, "1" * 40)):
        verdict = await pushed(world, bogus)
        assert isinstance(verdict, Verdict) and not verdict.accepted
    assert busy(world) == 0


@pytest.mark.parametrize("name", ["refs/heads/a\udce9", "refs/heads/a..b", "refs/notes/x", "refs/heads/" + "x" * 300])
async def test_odd_names_are_refused(world: World, name: str) -> None:
    verdict = await pushed(world, RefUpdate(name, None, update(world, x=1).new))
    assert isinstance(verdict, Verdict) and not verdict.accepted


async def test_who_may_push_is_asked_when_it_lands(world: World) -> None:
    """A role that was lowered after ``info/refs``, and keys that reach less than their owner."""
    await world.put({TOKENS: tokens_file(x=1)})
    eve = await person(world.context, "eve")
    wanted = update(world, x=2)
    verdict = await pushed(world, wanted, actor=eve)
    assert isinstance(verdict, Verdict) and "no such design system" in verdict.lines[0]
    member = await teams.add_member(
        world.context, world.ada, world.team_id, email="eve@example.org", user_id=None, role="editor"
    )
    released = tag(world, "v1.0.0", world.git.ref(MAIN) or "")
    verdict = await pushed(world, released, actor=eve)
    assert isinstance(verdict, Verdict) and "publish" in verdict.lines[0]
    assert isinstance(await pushed(world, tag(world, "note", world.git.ref(MAIN) or ""), actor=eve), list)
    await teams.change_role(world.context, world.ada, world.team_id, member.user.id, role="viewer")
    verdict = await pushed(world, wanted, actor=eve)
    assert isinstance(verdict, Verdict) and "may not" in verdict.lines[0]
    assert isinstance(await pushed(world, wanted), list)


async def test_keys_reach_no_further_than_they_are_bound(world: World, context: Context) -> None:
    other = await make_world(context, name="eve")
    await world.put({TOKENS: tokens_file(x=1)})

    async def key(**bounds: Any) -> Actor:
        _, key = await api_keys.create(context, world.ada, name="k", expires_at=None, **bounds)
        return await api_keys.authenticate(context, key)

    wanted = update(world, x=2)
    for bounds in ({"scopes": ["read"]}, {"scopes": ["write"], "team_id": other.team_id}):
        try:
            actor = await key(**{"team_id": None, "design_system_id": None, **bounds})
        except Exception:
            continue  # a key for another's team is not even made
        assert isinstance(await pushed(world, wanted, actor=actor), Verdict)
    actor = await key(scopes=["write"], team_id=None, design_system_id=world.id)
    assert isinstance(await pushed(world, wanted, actor=actor), list)


async def test_too_many_refs_are_refused(world: World) -> None:
    first = update(world, x=1).new
    most = world.context.limits.refs_per_push
    verdict = await pushed(world, *(RefUpdate(f"refs/heads/b{n}", None, first) for n in range(most + 1)))
    assert isinstance(verdict, Verdict) and "refs in one push" in verdict.lines[1]


async def test_a_branch_is_not_called_like_a_version(world: World) -> None:
    """``?ref=v1.0.0`` looks for branches first, and versions are for administrators to publish."""
    first = update(world, x=1)
    await pushed(world, first)
    for name, accepted in (("v1.0.0", False), ("v2.0.0-rc.1", False), ("v1", True), ("release/v1.0.0", True)):
        answer = await pushed(world, RefUpdate(f"refs/heads/{name}", None, first.new))
        assert isinstance(answer, list) is accepted, name
