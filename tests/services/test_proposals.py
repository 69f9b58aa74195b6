from __future__ import annotations

import asyncio
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy.exc import DBAPIError

from services import branches, proposals, sync, teams
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.policy import Role
from services.proposals import MAX_TEXT, MAX_TITLE
from tests.services.conftest import person
from tests.services.proposing import Proposing, make_proposing
from tests.services.test_changes import losing_the_database


@pytest_asyncio.fixture
async def team(context: Context) -> Proposing:
    return await make_proposing(context)


async def listed(team: Proposing, **wanted: Any) -> list[int]:
    query = {"state": None, "author": None, "source": None, "target": None, "limit": 50, "cursor": None, **wanted}
    found = await proposals.list_proposals(team.context, team.carl, team.world.id, **query)
    return [each.proposal.number for each in found.items]


async def test_a_proposal_from_its_opening_to_its_merge(team: Proposing) -> None:
    opened = await team.open(description="*Warmer*")
    assert (opened.number, opened.source, opened.target, opened.state) == (1, "side", "main", "open")
    seen = await team.report()
    assert seen.view.author is not None and seen.view.author.id == team.bea.user_id
    assert seen.prospect is not None and seen.prospect.state == "clean"
    assert seen.summary is not None and (seen.summary.ahead, seen.summary.behind) == (1, 0)
    assert seen.summary.changes.total() == 1 and seen.summary.bump == "patch"
    assert seen.blocked_by == ()
    await team.review(team.carl, "comment", body="Why?")
    await team.review(team.carl)
    merged = await team.merge(team.carl)
    assert merged.merged.commit == team.tip("main") and merged.view.proposal.state == "merged"
    assert (await team.world.tokens())["a.x"].value == 2
    after = await team.report()
    assert (after.prospect, after.view.ended_by.id if after.view.ended_by else None) == (None, team.carl.user_id)
    assert after.summary is not None and after.summary.changes.total() == 1, "what it brought can still be seen"
    assert await team.told() == ["proposal.opened", "proposal.reviewed", "proposal.reviewed", "proposal.merged"]
    await team.world.check()


async def test_lists_are_found_by_state_author_and_branch(team: Proposing) -> None:
    await team.branch("other", x=3, y=1, z=1)
    await team.open()
    await team.open("other", actor=team.carl)
    await team.open("other", target="side")
    await proposals.close_proposal(team.context, team.bea, team.world.id, 1)
    assert await listed(team) == [3, 2, 1]
    assert await listed(team, state="open") == [3, 2]
    assert await listed(team, author=team.carl.user_id) == [2]
    assert await listed(team, source="other", target="main") == [2]
    first = await proposals.list_proposals(
        team.context, team.ada, team.world.id, state=None, author=None, source=None, target=None, limit=2, cursor=None
    )
    assert first.next_cursor is not None
    assert await listed(team, cursor=first.next_cursor) == [1]


async def test_one_open_proposal_at_most_leads_from_one_branch_to_another(team: Proposing) -> None:
    results = await asyncio.gather(*(team.open() for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(each, Conflict) for each in results) == 3
    await proposals.close_proposal(team.context, team.bea, team.world.id, 1)
    assert (await team.open()).number == 2
    with pytest.raises(Conflict, match="Proposal 2"):
        await proposals.reopen_proposal(team.context, team.bea, team.world.id, 1)


@pytest.mark.parametrize(
    "wanted",
    [
        {"title": ""},
        {"title": "  \n "},
        {"title": "x" * (MAX_TITLE + 1)},
        {"title": "a\x1bb"},
        {"title": "\ud800"},
        {"description": "x" * (MAX_TEXT + 1)},
        {"description": "nul\0"},
        {"source": "main"},
        {"source": "a..b"},
        {"target": "\ud800"},
    ],
    ids=str,
)
async def test_what_is_no_proposal_is_refused(team: Proposing, wanted: dict[str, Any]) -> None:
    before = await team.world.row()
    with pytest.raises(InvalidInput):
        await team.open(**wanted)
    assert await team.world.row() == before


async def test_branches_of_a_proposal_must_be_there(team: Proposing) -> None:
    for source, target in (("nowhere", "main"), ("side", "nowhere")):
        with pytest.raises(NotFound, match="nowhere"):
            await team.open(source, target=target)


async def test_a_proposal_can_be_said_otherwise_closed_and_opened_again(team: Proposing) -> None:
    await team.open(title="A  title\nin lines", draft=True)
    edit, close, reopen = proposals.edit_proposal, proposals.close_proposal, proposals.reopen_proposal
    here = (team.context, team.carl, team.world.id, 1)
    assert (await team.row()).title == "A title in lines"
    assert (await edit(*here, title="Other", description="Why", draft=False)).proposal.draft is False
    seq = (await team.world.row()).seq
    await edit(*here, title="Other", description="Why", draft=False)
    assert (await team.world.row()).seq == seq, "what changes nothing is no event"
    closed = (await close(*here)).proposal
    assert (closed.state, closed.closed_because, closed.ended_by) == ("closed", "closed", team.carl.user_id)
    assert (await close(*here)).proposal == closed
    with pytest.raises(Conflict, match="is closed"):
        await edit(*here, draft=True)
    with pytest.raises(Conflict, match="is closed"):
        await team.merge()
    with pytest.raises(Conflict, match="is closed"):
        await team.review(team.carl)
    moved = await team.commit("side", team.carl, x=5, y=1, z=1)
    opened = (await reopen(*here)).proposal
    assert (opened.state, opened.source_commit, opened.moved_by) == ("open", moved, team.carl.user_id)
    assert (await reopen(*here)).proposal == opened
    with pytest.raises(NotFound):
        await close(team.context, team.ada, team.world.id, 9)
    await team.world.check()


async def test_whoever_may_not_write_proposes_and_reviews_nothing(team: Proposing) -> None:
    vic = await person(team.context, "vic")
    await teams.add_member(team.context, team.ada, team.world.team_id, role=Role.VIEWER, user_id=vic.user_id)
    with pytest.raises(Forbidden):
        await team.open(actor=vic)
    await team.open()
    for act in (
        team.review(vic),
        team.merge(vic),
        proposals.close_proposal(team.context, vic, team.world.id, 1),
        proposals.edit_proposal(team.context, vic, team.world.id, 1, title="Mine"),
    ):
        with pytest.raises(Forbidden):
            await act


async def test_new_commits_are_the_proposals_and_make_approvals_old(team: Proposing) -> None:
    await team.open()
    await team.review(team.carl)
    await team.review(team.ada, "request_changes")
    commit = await team.commit("side", x=3, y=1, z=1)
    row = await team.row()
    assert (row.source_commit, row.moved_by) == (commit, team.bea.user_id)
    said = {each.review.reviewer_id: (each.stale, each.counts) for each, _ in (await team.report()).verdicts}
    assert said == {team.carl.user_id: (True, False), team.ada.user_id: (True, True)}
    assert (await team.told())[-1] == "proposal.updated"


async def test_nobody_reviews_their_own_change(team: Proposing) -> None:
    await team.open(actor=team.carl)
    for who, why in ((team.carl, "you opened it"), (team.bea, "her commits are in it")):
        with pytest.raises(Forbidden, match="own change"):
            await team.review(who)
        with pytest.raises(Forbidden, match="own change"):
            await team.review(who, "request_changes")
        assert (await team.review(who, "comment")).review.body, why
    await team.commit("side", team.ada, x=7, y=1, z=1)
    await team.review(team.bea)
    with pytest.raises(Forbidden, match="own change"):
        await team.review(team.ada)


async def test_a_review_is_of_what_its_writer_saw(team: Proposing) -> None:
    await team.open()
    seen = (await team.row()).source_commit
    now = await team.commit("side", x=3, y=1, z=1)
    with pytest.raises(Conflict) as caught:
        await team.review(team.carl, commit=seen)
    assert caught.value.commit == now
    with pytest.raises(InvalidInput):
        await team.review(team.carl, "comment", body="  ")


async def test_branches_take_their_proposals_with_them_to_another_name(team: Proposing) -> None:
    await team.branch("target", x=1, y=3, z=1)
    await team.open(target="target")
    for old, new in (("side", "aside"), ("target", "aim")):
        await branches.rename_branch(team.context, team.ada, team.world.id, old, new, seen=None)
    row = await team.row()
    assert (row.source, row.target, row.state) == ("aside", "aim", "open")
    await team.merge()
    await team.world.check()


@pytest.mark.parametrize(("gone", "because"), [("side", "source-deleted"), ("target", "target-deleted")])
async def test_a_branch_that_goes_closes_its_proposals(team: Proposing, gone: str, because: str) -> None:
    await team.branch("target", x=1, y=3, z=1)
    await team.open(target="target")
    tip = team.tip("side")
    await branches.delete_branch(team.context, team.ada, team.world.id, gone, seen=None)
    row = await team.row()
    assert (row.state, row.closed_because, row.source_commit, row.ended_by) == (
        "closed",
        because,
        tip,
        team.ada.user_id,
    )
    with pytest.raises(NotFound):
        await proposals.reopen_proposal(team.context, team.bea, team.world.id, 1)
    await branches.create_branch(team.context, team.bea, team.world.id, gone, tip if gone == "side" else None)
    assert (await proposals.reopen_proposal(team.context, team.bea, team.world.id, 1)).proposal.state == "open"
    await team.world.check()


@pytest.mark.parametrize("act", ["open", "close", "review"])
async def test_a_crash_leaves_nothing_half_done(team: Proposing, act: str) -> None:
    if act != "open":
        await team.open()
    before = await team.told()
    with losing_the_database(team.context), pytest.raises(DBAPIError):
        if act == "open":
            await team.open()
        elif act == "close":
            await proposals.close_proposal(team.context, team.bea, team.world.id, 1)
        else:
            await team.review(team.carl, commit=team.tip("side"))
    assert await team.told() == before
    await sync.sweep(team.context)
    await team.world.check()


async def test_a_renamed_branch_keeps_its_proposals_through_a_crash(team: Proposing) -> None:
    await team.open()
    with losing_the_database(team.context), pytest.raises(DBAPIError):
        await branches.rename_branch(team.context, team.ada, team.world.id, "side", "aside", seen=None)
    await sync.sweep(team.context)
    row = await team.row()
    assert (row.state, row.source) == ("open", "aside")
    await team.world.check()
