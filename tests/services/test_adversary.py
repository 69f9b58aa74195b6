"""Somebody who looks for what publishing, proposals and repair forgot."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from gitstore.refs import RefUpdate
from index.releases import ReleaseRecord
from services import branches, comparisons, merges, proposals, publishing, reverts
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
