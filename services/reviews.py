"""Reviews: what people said of a proposal, and which of it counts for merging."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from index import insiders, proposals
from index.proposals import ProposalRecord, ReviewRecord
from index.systems import SystemRecord
from services import protection

Verdict = Literal["approve", "request_changes", "comment"]


@dataclass(frozen=True, slots=True)
class StandingVerdict:
    """A reviewer's last verdict. One that was given for an older commit is ``stale``; ``counts`` says whether it is
    taken into account now: an approval of the present commit, by somebody who may write and whose change it is not, or
    a request for changes by somebody who may write, until that reviewer says otherwise."""

    review: ReviewRecord
    stale: bool
    counts: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """What the reviews of a proposal come to; ``required`` is what the target's protection asks for."""

    verdicts: tuple[StandingVerdict, ...]
    required: int

    @property
    def approvals(self) -> int:
        """Approvals that count."""
        return sum(each.counts and each.review.verdict == "approve" for each in self.verdicts)

    @property
    def changes_requested(self) -> bool:
        """Whether somebody whose word counts wants something changed."""
        return any(each.counts and each.review.verdict == "request_changes" for each in self.verdicts)


def is_their_change(proposal: ProposalRecord, user_id: object) -> bool:
    """Whether somebody would approve what is their own: who opened the proposal, and who moved its source last."""
    return user_id is not None and user_id in (proposal.created_by, proposal.moved_by)


async def tally(db: AsyncConnection, system: SystemRecord, proposal: ProposalRecord, commit: str) -> Tally:
    """The reviews of a proposal whose source stands at ``commit``, by the roles that people have at this moment."""
    said = await proposals.verdicts(db, proposal)
    writers = await insiders.writers_among(db, system, {each.reviewer_id for each in said if each.reviewer_id})
    rule = protection.rule_for(system.protections, proposal.target)
    return Tally(
        tuple(_standing(proposal, each, commit, writes=each.reviewer_id in writers) for each in said),
        rule.required_approvals if rule is not None else 0,
    )


def _standing(proposal: ProposalRecord, said: ReviewRecord, commit: str, *, writes: bool) -> StandingVerdict:
    stale = said.commit != commit
    if said.verdict == "approve":
        return StandingVerdict(said, stale, writes and not stale and not is_their_change(proposal, said.reviewer_id))
    return StandingVerdict(said, stale, writes)


def blocked_by(proposal: ProposalRecord, found: Tally) -> Sequence[str]:
    """What stands against merging, whatever the branches hold: ``draft``, ``approvals``, ``changes-requested``."""
    against = {
        "draft": proposal.draft,
        "approvals": found.approvals < found.required,
        "changes-requested": bool(found.required) and found.changes_requested,
    }
    return [name for name, stands in against.items() if stands]
