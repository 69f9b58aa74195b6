"""Somebody who looks for what publishing, proposals and repair forgot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from designsystem.merging import state
from gitstore.refs import RefUpdate
from index.releases import ReleaseRecord
from services import branches, comparisons, merges, proposal_reports, proposals, publishing, reverts, sync
from services.context import Context
from services.design_tokens import Where
from services.errors import Conflict, Forbidden, InvalidInput
from services.events import MOST_EVENTS_PER_LANDING
from services.publishing import Publication
from tests.services.contents import TOKENS, tokens_file
from tests.services.proposing import Proposing, make_proposing

MAIN = "refs/heads/main"
SIDE = "refs/heads/side"


@pytest_asyncio.fixture
async def world(context: Context) -> AsyncIterator[Proposing]:
    made = await make_proposing(context)
    yield made
    await made.world.check()


async def publish(world: Proposing, **wanted: object) -> ReleaseRecord:
    wanted_ = Publication(system_id=world.world.id, **wanted)  # type: ignore[arg-type]
    return (await publishing.publish(world.context, world.ada, wanted_))[1]


@pytest.mark.parametrize("marker", ["PGP SIGNATURE", "SSH SIGNATURE", "PGP MESSAGE"])
async def test_a_note_cannot_hide_what_a_release_was_allowed(world: Proposing, marker: str) -> None:
    await publish(world, version="1.0.0")
    await world.world.put({TOKENS: tokens_file(x=1)})
    made = await publish(world, version="1.1.0", allow_breaking_as="minor", message=f"Fine\n-----BEGIN {marker}-----")
    assert (made.source, made.allowed_as) == ("service", "minor")
    assert made.message == f"Fine\n-----BEGIN {marker}-----"


async def test_a_rename_that_a_crash_cut_off_keeps_its_proposal_whoever_writes_first(world: Proposing) -> None:
    """Both refs have moved, SQL has not heard of it, and the next to come writes to the new name."""
    await world.open()
    commit = world.tip("side")
    world.world.git.point("refs/heads/new", commit)
    world.world.git.point(SIDE, None)
    await world.commit("new", x=3, y=1, z=1)
    row = await world.row()
    assert (row.state, row.source, row.source_commit) == ("open", "new", world.tip("new"))


async def test_nobody_approves_their_own_commits_by_opening_again_after_a_flood(world: Proposing) -> None:
    await world.protect()
    await world.open()
    await proposals.close_proposal(world.context, world.carl, world.world.id, 1)
    evil = world.world.git.commit({TOKENS: tokens_file(x=666, y=1, z=1)}, [world.tip("side")])
    flood = [RefUpdate(f"refs/heads/zz/{at}", None, world.tip("main")) for at in range(MOST_EVENTS_PER_LANDING + 1)]
    await world.push(RefUpdate(SIDE, world.tip("side"), evil), *flood, actor=world.carl)
    await proposals.reopen_proposal(world.context, world.carl, world.world.id, 1)
    with pytest.raises(Forbidden):
        await world.review(world.carl)
    with pytest.raises(Forbidden):
        await world.merge(world.carl)


async def test_a_tag_below_the_name_of_a_version_does_not_keep_it_from_being_published(world: Proposing) -> None:
    verdict = await world.guarded.judged(world.bea, RefUpdate("refs/tags/v1.0.0/x", None, world.tip("main")))
    assert not verdict.accepted
    await publish(world, version="1.0.0")


GOOD: dict[str, bytes | None] = {
    "components/A/component.json": b'{"name": "A"}',
    "designsystem.json": None,
    "versioning.json": None,
    "OWNERS": None,
    "README.md": b"x\n",
}


@pytest.mark.parametrize(
    "content",
    [b'{"a":' * 50_000 + b"1" + b"}" * 50_000, b"\xff\xfe{", b"[" * 100_000, b'{"a": {"$value": 1, "$value": 2}}'],
    ids=["deep", "no text", "open", "twice"],
)
async def test_a_commit_that_a_push_only_passed_through_harms_nobody(world: Proposing, content: bytes) -> None:
    """Nobody judged it, so it may hold what no branch may: as the base of a merge, undone, compared, gone back to."""
    git, context, bea, system = world.world.git, world.context, world.bea, world.world.id
    hostile = git.commit({**dict.fromkeys(GOOD, content), TOKENS: content}, [world.tip("main")])
    left = git.commit({**GOOD, TOKENS: tokens_file(x=1, y=1, z=2)}, [hostile])
    right = git.commit({**GOOD, TOKENS: tokens_file(x=2, y=1, z=1)}, [hostile])
    await world.push(RefUpdate("refs/heads/l", None, left), RefUpdate("refs/heads/r", None, right))
    where = Where(branch="r")
    assert (await merges.trial(context, bea, system, source="l", into="r")).source == left
    for commit in (left, hostile):
        with pytest.raises(Conflict):
            await reverts.revert_commit(context, bea, system, commit=commit, where=where)
    with pytest.raises(InvalidInput):
        await reverts.revert_to(context, bea, system, ref=hostile, where=where)
    with pytest.raises(InvalidInput):
        await branches.create_branch(context, bea, system, "h", hostile)
    for old, new in ((hostile, left), (left, hostile), (left, right)):
        await comparisons.compare(context, bea, system, old, new)
    assert world.tip("r") == right


@pytest.mark.parametrize("kind", ["heads", "tags"])
async def test_nothing_is_called_like_a_commit(world: Proposing, kind: str) -> None:
    """Who merges the commit that they looked at would get what somebody else put under its name."""
    looked_at, evil = world.tip("side"), world.world.git.commit({TOKENS: tokens_file(x=666)}, [world.tip("main")])
    verdict = await world.guarded.judged(world.carl, RefUpdate(f"refs/{kind}/{looked_at}", None, evil))
    assert not verdict.accepted
    with pytest.raises(InvalidInput):
        await branches.create_branch(world.context, world.carl, world.world.id, looked_at, "main")
    world.world.git.point(f"refs/{kind}/{looked_at}", evil)  # as one may stand there from before
    await sync.repair(world.context, world.world.id)
    merged = await merges.merge(world.context, world.bea, world.world.id, source=looked_at, into="main")
    assert merged.source == looked_at


async def test_a_proposal_with_thousands_of_conflicts_is_worked_out_once_for_all_who_look(
    world: Proposing, monkeypatch: pytest.MonkeyPatch
) -> None:
    await branches.create_branch(world.context, world.bea, world.world.id, "many", None)
    await world.commit("many", **{f"t{at}": 2 for at in range(600)})
    await world.world.put({TOKENS: tokens_file(**{f"t{at}": 3 for at in range(600)})})
    await world.open("many")
    asked = []

    async def counted(*given: Any, **more: Any) -> merges.Preview:
        asked.append(given)
        return await preview(*given, **more)

    preview = merges.preview
    monkeypatch.setattr(merges, "preview", counted)
    found = await asyncio.gather(*(world.report() for _ in range(8)))
    assert len(asked) == 1
    assert {(each.prospect.state, len(each.prospect.conflicts)) for each in found if each.prospect} == {
        ("conflicting", proposal_reports.MOST_KEPT)
    }


async def test_a_proposal_that_is_too_much_to_merge_can_be_read(
    world: Proposing, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.world.put({f"docs/{at}.md": b"1\n2\n3\n" for at in range(3)})
    await branches.create_branch(world.context, world.bea, world.world.id, "texts", None)
    await world.world.put({f"docs/{at}.md": b"0\n2\n3\n" for at in range(3)}, branch="texts")
    await world.world.put({f"docs/{at}.md": b"1\n2\n4\n" for at in range(3)})
    await world.open("texts")
    monkeypatch.setattr(state, "MOST_TEXTS", 2)
    prospect = (await world.report()).prospect
    assert prospect is not None and prospect.state == "invalid"
    assert [problem.code for problem in prospect.problems] == ["too-large"]
