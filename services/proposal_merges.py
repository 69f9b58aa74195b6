"""Merges of proposals: everything that speaks for and against one is asked again under the lock that lands it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from designsystem import codes
from designsystem.merging.answers import Resolution
from designsystem.problem import Problem
from gitstore.refs import read_ref
from index import proposals
from index.proposals import ProposalRecord
from services import audit, branches, merges, protection
from services.access import Standing, writer_standing
from services.audit import Act
from services.context import Context
from services.errors import Conflict, Forbidden, ServiceError
from services.events import Event
from services.following import event_of
from services.landing import BRANCHES
from services.merges import Merged
from services.policy import Actor
from services.proposals import ProposalView, found_one, require_open, with_people
from services.protection import Move, pusher_of
from services.reviews import Tally, tally


@dataclass(frozen=True, slots=True)
class MergedProposal:
    """A proposal that was merged, by what, and whether its source branch was deleted after that."""

    view: ProposalView
    merged: Merged
    source_deleted: bool


async def merge_proposal(
    context: Context,
    actor: Actor,
    system_id: UUID,
    number: int,
    *,
    message: str | None = None,
    resolutions: Sequence[Resolution] = (),
    expected_source: str | None = None,
    delete_source: bool = False,
) -> MergedProposal:
    """Merge an open proposal that is no draft and has the approvals that its target asks for.

    Raises what :func:`services.merges.merge` raises. The source is deleted after the merge where that is asked, nothing
    else is proposed from or to it, and its protection lets it go.
    """
    async with context.reads.connect() as db:
        await writer_standing(db, actor, system_id)
        proposal = await found_one(db, system_id, number)
    require_open(proposal)
    approvals = _Approvals(context, actor, proposal, answered=bool(resolutions))
    merged = await merges.merge(
        context,
        actor,
        system_id,
        source=proposal.source,
        into=proposal.target,
        message=message,
        resolutions=resolutions,
        expected_source=expected_source,
        approvals=approvals,
    )
    deleted = delete_source and await _deleted(context, actor, approvals.proposal)
    async with context.reads.connect() as db:
        view = (await with_people(db, [await found_one(db, system_id, number)]))[0]
    return MergedProposal(view, merged, deleted)


async def _deleted(context: Context, actor: Actor, proposal: ProposalRecord) -> bool:
    """Delete the source of a proposal that was merged, unless it is needed or has moved on meanwhile."""
    async with context.reads.connect() as db:
        if await proposals.touching(db, proposal.design_system_id, [proposal.source]):
            return False
    with suppress(ServiceError):
        seen = proposal.source_commit
        await branches.delete_branch(context, actor, proposal.design_system_id, proposal.source, seen=seen)
        return True
    return False


class _Approvals:
    """What one proposal says to its merge (:class:`services.merges.Approvals`)."""

    def __init__(self, context: Context, actor: Actor, proposal: ProposalRecord, *, answered: bool) -> None:
        self.proposal = proposal
        self._context = context
        self._actor = actor
        self._answered = answered
        self._system_team: UUID | None = None
        self._required = 0

    async def require(self, db: AsyncConnection, standing: Standing, *, source: str, into: str) -> None:
        """Return if the proposal may be merged by whoever asks; raises Forbidden or Conflict."""
        system, known = standing.system, self.proposal
        proposal = await found_one(db, system.id, known.number)
        require_open(proposal)
        if (proposal.source, proposal.target, proposal.source_commit) != (known.source, into, source):
            raise Conflict(f"Proposal {known.number} has changed meanwhile; look again.", commit=source)
        if proposal.draft:
            raise Conflict(f"Proposal {proposal.number} is a draft; say that it is ready first.")
        found = await tally(db, system, proposal, source)
        protection.require(system, pusher_of(standing), into, Move.UPDATE, approvals=found.approvals)
        _require_settled(proposal, found, answered=self._answered)
        self.proposal, self._required, self._system_team = proposal, found.required, system.team_id

    async def merged(self, db: AsyncConnection, commit: str) -> Sequence[Event]:
        """Write the proposal down as merged."""
        known, now = self.proposal, self._context.clock()
        before = await asyncio.to_thread(self._target)
        after = await proposals.change(
            db,
            known,
            state="merged",
            target_commit=before,
            merge_commit=commit,
            ended_by=self._actor.user_id,
            ended_at=now,
            updated_at=now,
        )
        if self._required:
            await audit.record(
                db,
                now,
                self._actor,
                Act.PROPOSAL_MERGED,
                team_id=self._system_team,
                system_id=after.design_system_id,
                subject=("proposal", after.id),
                number=after.number,
                target=after.target,
                commit=commit,
            )
        return [event_of(after, "merged", commit=commit)]

    def _target(self) -> str | None:
        with self._context.store.open(self.proposal.design_system_id) as repo:
            return read_ref(repo, BRANCHES + self.proposal.target)


def _require_settled(proposal: ProposalRecord, found: Tally, *, answered: bool) -> None:
    """Where approvals are asked for, nothing may come in that nobody has approved or that somebody wants changed."""
    if not found.required:
        return
    if found.changes_requested:
        detail = "a reviewer asks for changes"
        problem = Problem(codes.BRANCH_PROTECTED, detail, subject=BRANCHES + proposal.target)
        raise Forbidden(f"It cannot be merged: {detail}.", [problem])
    if answered:
        raise Conflict(
            f"Nobody has approved how these conflicts are settled: merge {proposal.target} into {proposal.source}, "
            "settle them there and have that approved."
        )
