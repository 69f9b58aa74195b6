"""Reports on proposals: what was said of one, what it would bring, and what would become of it if merged now."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from designsystem.merging.conflict import MergeConflict
from designsystem.problem import Problem
from gitstore.refs import read_ref
from index import proposals
from index.proposals import ProposalRecord
from index.systems import SystemRecord
from services import comparisons, merges
from services.access import readable
from services.context import Context
from services.errors import Conflict, InvalidInput, NotFound, TooLarge
from services.landing import BRANCHES
from services.merges import Preview
from services.policy import Actor
from services.proposals import ProposalView, ReviewView, found_one, with_people
from services.reviews import StandingVerdict, Tally, blocked_by, tally
from services.tree_merges import told

MOST_KEPT = 200
"""Conflicts, and problems, that a prospect tells."""

MOST_QUOTED = 256 * 1024
"""Bytes that they quote: some hundred prospects are kept for those who look next."""

Mergeability = Literal["clean", "conflicting", "invalid", "nothing", "unrelated", "missing"]


@dataclass(frozen=True, slots=True)
class Summary:
    """What the source has that the target has not, since ``merge_base``; ``changes`` counts them by severity."""

    base: str
    head: str
    merge_base: str | None
    ahead: int
    behind: int
    bump: str | None
    changes: Counter[str]


@dataclass(frozen=True, slots=True)
class Prospect:
    """What would come of merging now: ``nothing`` where the target has it all, ``unrelated`` where the two have no
    history in common, ``missing`` where a branch is gone."""

    state: Mergeability
    conflicts: tuple[MergeConflict, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A proposal in full. ``prospect`` is None for one that is open no more, ``summary`` where commits are gone."""

    system: SystemRecord
    view: ProposalView
    verdicts: tuple[tuple[StandingVerdict, ReviewView], ...]
    tally: Tally
    blocked_by: tuple[str, ...]
    summary: Summary | None
    prospect: Prospect | None


async def report(context: Context, actor: Actor, system_id: UUID, number: int) -> Report:
    """One proposal with everything that somebody who decides about it wants to see."""
    system = await readable(context, actor, system_id)
    async with context.reads.connect() as db:
        proposal = await found_one(db, system_id, number)
        tips = await asyncio.to_thread(_tips, context, proposal)
        found = await tally(db, system, proposal, tips[0] or proposal.source_commit)
        people = await proposals.people(db, [each.review.reviewer_id for each in found.verdicts])
        view = (await with_people(db, [proposal]))[0]
    said = tuple((each, ReviewView(each.review, people.get(each.review.reviewer_id))) for each in found.verdicts)
    is_open = proposal.state == "open"
    return Report(
        system,
        view,
        said,
        found,
        tuple(blocked_by(proposal, found)) if is_open else (),
        await _summary(context, actor, system_id, *tips),
        await _prospect(context, system, proposal, *tips) if is_open else None,
    )


def _tips(context: Context, proposal: ProposalRecord) -> tuple[str | None, str | None]:
    """The commits that a proposal is about: where its branches stand now, or stood when it ended."""
    with context.store.open(proposal.design_system_id) as repo:
        source, target = (read_ref(repo, BRANCHES + name) for name in (proposal.source, proposal.target))
    if proposal.state == "open":
        return source, target
    return proposal.source_commit, proposal.target_commit or target


async def _summary(
    context: Context, actor: Actor, system_id: UUID, source: str | None, target: str | None
) -> Summary | None:
    if source is None or target is None:
        return None
    try:
        found = await comparisons.compare(context, actor, system_id, target, source)
    except NotFound:  # commits of a branch that is gone stay only as long as git keeps them
        return None
    counts = Counter[str](change.severity for change in found.changes)
    return Summary(target, source, found.since, found.ahead, found.behind, found.verdict.bump, counts)


async def _prospect(
    context: Context, system: SystemRecord, proposal: ProposalRecord, source: str | None, target: str | None
) -> Prospect:
    """Worked out once for two commits; whoever looks again costs a look-up."""
    key = (system.id, source or "", target or "")
    kept: Prospect | None = context.foreseen.get(key, None)
    if kept is not None:
        return kept
    async with context.foreseeing.of(system.id):
        kept = context.foreseen.get(key, None)
        return kept if kept is not None else await _worked_out(context, system, proposal)


async def _worked_out(context: Context, system: SystemRecord, proposal: ProposalRecord) -> Prospect:
    try:
        found = await merges.preview(context, system, source=proposal.source, into=proposal.target)
    except NotFound:
        return Prospect("missing")
    except Conflict:
        return Prospect("unrelated")
    except TooLarge as error:  # there is a proposal to be read all the same
        return Prospect("invalid", problems=(Problem("too-large", error.detail),))
    except InvalidInput as error:
        return Prospect("invalid", problems=tuple(error.problems[:MOST_KEPT]))
    prospect = _as_prospect(found)
    if found.into is not None:
        context.foreseen[system.id, found.source, found.into] = prospect
    return prospect


def _as_prospect(found: Preview) -> Prospect:
    if found.already_merged:
        return Prospect("nothing")
    if found.conflicts:
        return Prospect("conflicting", conflicts=tuple(told(found.conflicts, MOST_KEPT, MOST_QUOTED)))
    return Prospect("invalid", problems=found.problems[:MOST_KEPT]) if found.problems else Prospect("clean")
