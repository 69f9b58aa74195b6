"""Merges into branches that are guarded: protections and owners look at what the merge brings in."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from services import merges
from services.context import Context
from services.errors import Forbidden, InvalidInput
from services.merges import Merged
from services.policy import Actor
from tests.services.contents import TOKENS, tokens_file
from tests.services.guarded import MAIN, Guarded, make_guarded

SIDE = "refs/heads/side"


@pytest_asyncio.fixture
async def team(context: Context) -> Guarded:
    """Bea owns ``a.x`` and the docs; ``side`` left ``main`` after that."""
    made = await make_guarded(context)
    await made.put(
        made.ada, {TOKENS: tokens_file(x=1, y=1), "docs/a.md": b"a\n", "OWNERS": b"token:a.x @bea\n/docs/ @bea\n"}
    )
    made.world.git.point(SIDE, made.world.git.ref(MAIN))
    return made


async def merged(team: Guarded, actor: Actor, **more: Any) -> Merged:
    asked: dict[str, Any] = {"source": "side", "into": "main", **more}
    return await merges.merge(team.context, actor, team.world.id, **asked)


@pytest.mark.parametrize("message", [None, "Merge it"])
async def test_what_a_merge_brings_in_is_held_by_its_owners(team: Guarded, message: str | None) -> None:
    await team.put(team.carl, {TOKENS: tokens_file(x=2, y=2), "docs/a.md": b"b\n"}, branch="side")
    was = team.world.git.ref(MAIN)
    with pytest.raises(Forbidden) as refused:
        await merged(team, team.carl, message=message)
    assert sorted(problem.subject or problem.path for problem in refused.value.problems) == ["a.x", "docs/a.md"]
    assert team.world.git.ref(MAIN) == was
    assert (await merged(team, team.bea, message=message)).changed
    await team.world.check()


async def test_what_the_target_had_before_is_not_held_against_the_merge(team: Guarded) -> None:
    await team.put(team.bea, {"docs/a.md": b"b\n"})
    await team.put(team.carl, {TOKENS: tokens_file(x=1, y=2)}, branch="side")
    assert (await merged(team, team.carl)).changed
    await team.world.check()


async def test_a_branch_cannot_free_itself_by_its_own_owners(team: Guarded) -> None:
    await team.put(team.carl, {"OWNERS": b"* @carl\n"}, branch="side")
    await team.put(team.carl, {"docs/a.md": b"b\n"}, branch="side")
    with pytest.raises(Forbidden) as refused:
        await merged(team, team.carl)
    assert sorted(problem.path for problem in refused.value.problems) == ["OWNERS", "docs/a.md"]


async def test_a_protected_branch_is_merged_into_by_those_who_may_push(team: Guarded) -> None:
    await team.protect("main")
    await team.put(team.carl, {TOKENS: tokens_file(x=1, y=2)}, branch="side")
    with pytest.raises(Forbidden, match="protected"):
        await merged(team, team.carl)
    assert (await merged(team, team.ada)).changed


async def test_where_approvals_are_asked_for_nobody_merges_without_a_proposal(team: Guarded) -> None:
    await team.protect("main", role="editor", required_approvals=1)
    await team.put(team.carl, {TOKENS: tokens_file(x=1, y=2)}, branch="side")
    for actor in (team.carl, team.ada):
        with pytest.raises(Forbidden, match="only a proposal"):
            await merged(team, actor)


async def test_a_merge_into_an_unguarded_branch_takes_what_owners_hold_elsewhere(team: Guarded) -> None:
    await team.put(team.bea, {TOKENS: tokens_file(x=2, y=1)})
    done = await merged(team, team.carl, source="main", into="side")
    assert done.commit == team.world.git.ref(SIDE)
    await team.world.check()


async def test_a_faulty_owners_file_does_not_come_in_by_a_merge(team: Guarded) -> None:
    tip = team.world.git.commit({"OWNERS": b"/docs/ bea\n"}, [team.world.git.ref(SIDE) or ""])
    team.world.git.point(SIDE, tip)
    with pytest.raises(InvalidInput):
        await merged(team, team.ada)
