from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from designsystem.merging.answers import Resolution
from designsystem.merging.conflict import Side
from gitstore.refs import RefUpdate
from services import branches, grants, merges, proposals, sync, teams
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidInput, ServiceError, Stale
from services.policy import Role
from services.proposal_merges import MergedProposal
from services.protection import Protection
from services.protections import set_protection
from tests.services.conftest import person
from tests.services.contents import TOKENS, tokens_file
from tests.services.proposing import MAIN, Proposing, make_proposing
from tests.services.test_changes import losing_the_database


@pytest_asyncio.fixture
async def team(context: Context) -> Proposing:
    return await make_proposing(context)


@pytest_asyncio.fixture
async def strict(team: Proposing) -> Proposing:
    """A proposal of bea's for main, which asks for one approval."""
    await team.open()
    await team.protect(1)
    return team


async def refused(team: Proposing, why: str, **more: Any) -> None:
    """The merge is refused, and nothing is different after it."""
    before = (await team.world.row(), await team.row(), await team.world.indexed_refs())
    with pytest.raises((Forbidden, Conflict), match=why):
        await team.merge(**more)
    assert (await team.world.row(), await team.row(), await team.world.indexed_refs()) == before


async def test_a_branch_that_asks_for_approvals_takes_them_alone(strict: Proposing) -> None:
    with pytest.raises(Forbidden, match="only a proposal with 1 approval"):
        await strict.world.put({TOKENS: tokens_file(x=5)})
    with pytest.raises(Forbidden, match="only a proposal"):
        await merges.merge(strict.context, strict.ada, strict.world.id, source="side", into="main")
    new = strict.world.git.commit({TOKENS: tokens_file(x=5)}, [strict.tip("main")])
    verdict = await strict.guarded.judged(strict.ada, RefUpdate(MAIN, strict.tip("main"), new))
    assert not verdict.accepted and any("only a proposal" in line for line in verdict.lines)
    assert (await strict.report()).blocked_by == ("approvals",)
    await refused(strict, "it takes 1 approval, the proposal has none")
    await strict.review(strict.carl)
    assert (await strict.report()).blocked_by == ()
    assert (await strict.merge(strict.bea)).view.proposal.state == "merged"
    audited = "SELECT action FROM audit_log WHERE action LIKE 'proposal.%' ORDER BY position"
    async with strict.context.engine.connect() as db:
        acts = list((await db.execute(text(audited))).scalars())
    assert acts == ["proposal.approved", "proposal.merged"]
    await strict.world.check()


async def test_approvals_count_by_commit_person_and_role_of_this_moment(strict: Proposing) -> None:
    await strict.protect(2)
    await strict.review(strict.ada)
    await strict.review(strict.ada)
    await refused(strict, "the proposal has 1")
    await strict.review(strict.carl)
    await strict.commit("side", x=3, y=1, z=1)
    await refused(strict, "has none")
    await strict.review(strict.ada)
    await strict.review(strict.carl)
    assert (await strict.report()).tally.approvals == 2
    await teams.change_role(strict.context, strict.ada, strict.world.team_id, strict.carl.user_id, Role.VIEWER)
    await refused(strict, "the proposal has 1")
    await grants.give(strict.context, strict.ada, strict.world.id, role=Role.EDITOR, user_id=strict.carl.user_id)
    await strict.merge()


async def test_who_wants_changes_stands_in_the_way_until_he_says_otherwise(strict: Proposing) -> None:
    await strict.review(strict.ada)
    await strict.review(strict.carl, "request_changes", body="Not red")
    assert (await strict.report()).blocked_by == ("changes-requested",)
    await refused(strict, "asks for changes")
    await strict.commit("side", x=4, y=1, z=1)
    await strict.review(strict.ada)
    await refused(strict, "asks for changes")
    await strict.review(strict.carl, "comment", body="Better, but")
    await refused(strict, "asks for changes")
    await strict.review(strict.carl)
    await strict.merge()


async def test_a_draft_is_not_merged(team: Proposing) -> None:
    await team.open(draft=True)
    await refused(team, "is a draft")
    await proposals.edit_proposal(team.context, team.bea, team.world.id, 1, draft=False)
    await team.merge()


async def test_approvals_do_not_let_those_merge_who_may_not_push(strict: Proposing) -> None:
    rule = Protection(pattern="main", role="admin", required_approvals=1)
    await set_protection(strict.context, strict.ada, strict.world.id, rule)
    await strict.review(strict.carl)
    await refused(strict, "only administrators", actor=strict.bea)
    await strict.merge(strict.ada)


async def test_a_merge_is_of_the_commit_that_was_seen(team: Proposing) -> None:
    await team.open()
    seen = team.tip("side")
    now = await team.commit("side", x=9, y=1, z=1)
    with pytest.raises(Stale) as caught:
        await team.merge(expected_source=seen)
    assert caught.value.current == now
    await team.merge(expected_source=now)


async def test_conflicts_are_shown_before_and_answered_in_the_merge(team: Proposing) -> None:
    await team.open()
    await team.world.put({TOKENS: tokens_file(x=7, y=1, z=1)})
    prospect = (await team.report()).prospect
    assert prospect is not None and prospect.state == "conflicting"
    (conflict,) = prospect.conflicts
    assert (conflict.path, conflict.base, conflict.ours, conflict.theirs) == ("a.x", 1, 7, 2)
    await refused(team, "conflict")
    await team.merge(resolutions=[Resolution(id=conflict.id, take=Side.THEIRS)])
    assert (await team.world.tokens())["a.x"].value == 2
    await team.world.check()


async def test_what_nobody_approved_settles_no_conflict(strict: Proposing) -> None:
    await strict.protect(0)
    await strict.world.put({TOKENS: tokens_file(x=7, y=1, z=1)})
    await strict.protect(1)
    await strict.review(strict.carl)
    (conflict,) = (await strict.report()).prospect.conflicts  # type: ignore[union-attr]
    await refused(strict, "Nobody has approved", resolutions=[Resolution(id=conflict.id, take=Side.THEIRS)])


async def test_two_clean_edits_that_break_an_alias_together_are_told(team: Proposing) -> None:
    await team.commit("side", x="{a.y}", y=1, z=1)
    await team.world.put({TOKENS: tokens_file(x=1, z=1)})
    await team.open()
    prospect = (await team.report()).prospect
    assert prospect is not None and prospect.state == "invalid" and prospect.problems[0].subject == "a.x"
    before = await team.world.row()
    with pytest.raises(InvalidInput):
        await team.merge()
    assert await team.world.row() == before and (await team.row()).state == "open"


async def test_a_proposal_without_anything_new_says_so(team: Proposing) -> None:
    await branches.create_branch(team.context, team.bea, team.world.id, "empty", None)
    await team.open("empty")
    prospect = (await team.report()).prospect
    assert prospect is not None and prospect.state == "nothing"


async def test_the_source_goes_after_the_merge_where_that_is_asked_and_may_be(team: Proposing) -> None:
    await team.open()
    assert (await team.merge(delete_source=True)).source_deleted
    assert not team.tip("side") and (await team.row()).state == "merged"
    await team.branch("below", x=3, y=1, z=1)
    await team.branch("above", x=2, y=4, z=1)
    await team.open("below")
    await team.open("above", target="below")
    assert not (await team.merge(number=2, delete_source=True)).source_deleted, "another proposal goes to it"
    await team.protect(0, "above")
    await team.open("above")
    assert not (await team.merge(number=4, delete_source=True)).source_deleted, "it is protected"
    await team.world.check()


async def test_of_two_merges_at_once_one_merges(team: Proposing) -> None:
    await team.open()
    done = await asyncio.gather(*(team.merge() for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(each, MergedProposal) for each in done) == 1
    assert sum(isinstance(each, Conflict) for each in done) == 3
    assert (await team.told()).count("proposal.merged") == 1
    await team.world.check()


async def test_an_approval_is_not_for_what_comes_between_it_and_the_merge(strict: Proposing) -> None:
    await strict.review(strict.carl)

    async def push() -> Any:
        new = strict.world.git.commit({TOKENS: tokens_file(x=66, y=1, z=1)}, [strict.tip("side")])
        try:
            return await strict.push(RefUpdate("refs/heads/side", strict.tip("side"), new))
        except AssertionError as error:  # the source may be gone from where the push saw it
            return error

    pushed, merged = await asyncio.gather(push(), strict.merge(), return_exceptions=True)
    value = (await strict.world.tokens())["a.x"].value
    assert value != 66, "nobody approved that"
    assert isinstance(merged, MergedProposal) is (value == 2) and not isinstance(pushed, BaseException)
    await strict.world.check()


async def test_a_protection_that_comes_meanwhile_holds(team: Proposing) -> None:
    await team.open()
    async with team.context.turns.of(team.world.id):
        merging = asyncio.create_task(team.merge())
        await asyncio.sleep(0)
        async with team.context.engine.begin() as db:
            rule = Protection(pattern="main", role="editor", required_approvals=1).as_kept()
            await db.execute(
                text("UPDATE design_systems SET protections = cast(:rules AS jsonb)"),
                {"rules": json.dumps([rule])},
            )
    with pytest.raises(Forbidden, match="1 approval"):
        await merging
    assert (await team.row()).state == "open"


@pytest.mark.parametrize("moved", [False, True], ids=["before the move", "after the move"])
async def test_a_crash_in_a_merge_leaves_it_undone_or_done(
    team: Proposing, moved: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await team.open()
    await team.world.put({TOKENS: tokens_file(x=1, y=5, z=1)})
    main = team.tip("main")
    if moved:
        with losing_the_database(team.context), pytest.raises(DBAPIError):
            await team.merge()
    else:

        def stop(*_: Any) -> None:
            raise RuntimeError

        monkeypatch.setattr("services.landing._move", stop)
        with pytest.raises(RuntimeError):
            await team.merge()
        monkeypatch.undo()
    await sync.sweep(team.context)
    assert (team.tip("main") == main) is not moved
    row = await team.row()
    assert (row.state, row.merge_commit) == (("merged", team.tip("main")) if moved else ("open", None))
    await team.world.check()


async def pushed_merge(team: Proposing, *, also_moves: bool = False, deletes: bool = False) -> str:
    """What `git merge side` on main and `git push` do; the merge commit."""
    git, main, side = team.world.git, team.tip("main"), team.tip("side")
    updates = []
    if also_moves:
        newer = git.commit({TOKENS: tokens_file(x=3, y=1, z=1)}, [side])
        updates.append(RefUpdate("refs/heads/side", side, newer))
        side = newer
    merge = git.commit({TOKENS: tokens_file(x=2, y=1, z=1)}, [main, side])
    updates.append(RefUpdate(MAIN, main, merge))
    if deletes:
        updates.append(RefUpdate("refs/heads/side", side, None))
    await team.push(*updates)
    return merge


@pytest.mark.parametrize("how", [{}, {"also_moves": True}, {"deletes": True}], ids=["alone", "moves too", "deletes"])
async def test_a_merge_by_plain_git_merges_the_proposal(team: Proposing, how: dict[str, bool]) -> None:
    await team.open()
    before, merge = team.tip("main"), await pushed_merge(team, **how)
    row = await team.row()
    assert (row.state, row.merge_commit, row.target_commit, row.ended_by) == (
        "merged",
        merge,
        before,
        team.bea.user_id,
    )
    assert (await team.told())[-1] == "proposal.merged"
    await team.world.check()


async def test_a_push_that_brings_more_than_was_proposed_merges_it(team: Proposing) -> None:
    """`git merge side` with commits that side itself was never pushed with."""
    await team.open()
    git, side = team.world.git, team.tip("side")
    newer = git.commit({TOKENS: tokens_file(x=3, y=1, z=1)}, [side])
    await team.push(RefUpdate(MAIN, team.tip("main"), git.commit({TOKENS: tokens_file(x=3, y=1, z=1)}, [newer])))
    row = await team.row()
    assert (row.state, row.source_commit) == ("merged", side)


async def test_a_source_that_goes_back_to_where_it_began_is_not_merged(team: Proposing) -> None:
    await team.open()
    await team.push(RefUpdate("refs/heads/side", team.tip("side"), team.tip("main")))
    assert (await team.row()).state == "open"


async def test_a_merge_without_the_proposal_and_one_by_hand_merge_it_too(team: Proposing) -> None:
    await team.open()
    await merges.merge(team.context, team.bea, team.world.id, source="side", into="main")
    assert (await team.row()).state == "merged"
    await team.branch("other", x=9, y=1, z=1)
    await team.open("other")
    team.world.git.point(MAIN, team.tip("other"))
    await sync.sweep(team.context)
    assert (await team.row(2)).state == "merged"
    await team.world.check()


async def test_git_renames_a_branch_with_its_proposals(team: Proposing) -> None:
    """`git push origin aside :side`."""
    await team.open()
    tip = team.tip("side")
    await team.push(RefUpdate("refs/heads/aside", None, tip), RefUpdate("refs/heads/side", tip, None))
    row = await team.row()
    assert (row.state, row.source) == ("open", "aside")


async def test_of_several_branches_at_one_commit_none_was_renamed(team: Proposing) -> None:
    await team.open()
    tip = team.tip("side")
    await branches.create_branch(team.context, team.bea, team.world.id, "twin", "side")
    await team.open("twin")
    names = {"side": (tip, None), "twin": (tip, None), "other": (None, tip)}
    await team.push(*(RefUpdate(f"refs/heads/{name}", old, new) for name, (old, new) in names.items()))
    assert {(await team.row(number)).closed_because for number in (1, 2)} == {"source-deleted"}
    await team.world.check()


async def test_a_repository_that_lost_commits_is_still_levelled(team: Proposing) -> None:
    await team.open()
    async with team.context.engine.begin() as db:
        await db.execute(text("UPDATE proposals SET source_commit = repeat('a', 40)"))
    await team.world.put({TOKENS: tokens_file(x=8, y=1, z=1)})
    assert (await team.row()).state == "open"


async def test_landings_cost_no_more_for_many_proposals_elsewhere(team: Proposing) -> None:
    for number in range(3):
        await team.branch(f"b{number}", x=number + 20, y=1, z=1)
        await team.open(f"b{number}", target="side")
    assert await team.told() == ["proposal.opened"] * 3
    await team.world.put({TOKENS: tokens_file(x=1, y=2, z=1)})
    assert await team.told() == ["proposal.opened"] * 3


async def test_a_person_outside_may_not_merge(team: Proposing) -> None:
    await team.open()
    eve = await person(team.context, "eve")
    with pytest.raises(ServiceError):
        await team.merge(eve)
    assert (await team.row()).state == "open"
