"""Proposals: branches asked to be merged, reviewed and merged."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response, status

from api.auth import CurrentActor, CurrentContext
from api.errors import responses
from api.paging import CurrentPaging, page
from api.schemas.common import Page, ProblemItem
from api.schemas.merges import conflict_item
from api.schemas.proposals import (
    MOST_LISTED,
    Approvals,
    Person,
    Proposal,
    ProposalCreate,
    ProposalDetail,
    ProposalMerge,
    ProposalMergeability,
    ProposalMerged,
    ProposalSummary,
    ProposalUpdate,
    Review,
    ReviewCreate,
    StandingReview,
)
from services import proposal_merges, proposal_reports, proposals
from services.proposal_reports import Prospect, Report, Summary
from services.proposals import NewProposal, ProposalView, ReviewView

router = APIRouter(prefix="/api/design-systems/{system_id}/proposals", tags=["proposals"])

Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="The proposal's number.", examples=[12])]
BranchQuery = Annotated[str | None, Query(max_length=240)]


@router.get("", operation_id="list_proposals", responses=responses(401, 403, 404, 422, 503))
async def list_proposals(
    system_id: UUID,
    context: CurrentContext,
    actor: CurrentActor,
    paging: CurrentPaging,
    state: Annotated[Literal["open", "merged", "closed"] | None, Query(description="All where left out.")] = None,
    author: Annotated[UUID | None, Query(description="Only those that this account opened.")] = None,
    source: BranchQuery = None,
    target: BranchQuery = None,
) -> Page[Proposal]:
    """Proposals, the newest first."""
    found = await proposals.list_proposals(
        context,
        actor,
        system_id,
        state=state,
        author=author,
        source=source,
        target=target,
        limit=paging.limit,
        cursor=paging.cursor,
    )
    return page(found, shape)


@router.post(
    "",
    operation_id="create_proposal",
    status_code=status.HTTP_201_CREATED,
    responses=responses(401, 403, 404, 409, 413, 422, 503),
)
async def create_proposal(
    system_id: UUID, body: ProposalCreate, response: Response, context: CurrentContext, actor: CurrentActor
) -> Proposal:
    """Ask for a branch to be merged. There is one open proposal at most from one branch to another."""
    wanted = NewProposal(**body.model_dump())
    made = shape(await proposals.open_proposal(context, actor, system_id, wanted))
    response.headers["Location"] = f"/api/design-systems/{system_id}/proposals/{made.number}"
    return made


@router.get("/{number}", operation_id="get_proposal", responses=responses(401, 403, 404, 422, 503))
async def get_proposal(system_id: UUID, number: Number, context: CurrentContext, actor: CurrentActor) -> ProposalDetail:
    """One proposal: what was said of it, what it would bring, and whether it could be merged now."""
    return _detail(await proposal_reports.report(context, actor, system_id, number))


@router.patch("/{number}", operation_id="update_proposal", responses=responses(401, 403, 404, 409, 413, 422, 503))
async def update_proposal(
    system_id: UUID, number: Number, body: ProposalUpdate, context: CurrentContext, actor: CurrentActor
) -> Proposal:
    """Say it otherwise, or say that it is ready. Another target takes another proposal."""
    return shape(await proposals.edit_proposal(context, actor, system_id, number, **body.model_dump()))


@router.get("/{number}/reviews", operation_id="list_proposal_reviews", responses=responses(401, 403, 404, 422, 503))
async def list_reviews(
    system_id: UUID, number: Number, context: CurrentContext, actor: CurrentActor, paging: CurrentPaging
) -> Page[Review]:
    """Everything that was said of a proposal, in its order."""
    found = await proposals.list_reviews(context, actor, system_id, number, limit=paging.limit, cursor=paging.cursor)
    return page(found, _review)


@router.post(
    "/{number}/reviews",
    operation_id="review_proposal",
    status_code=status.HTTP_201_CREATED,
    responses=responses(401, 403, 404, 409, 413, 422, 503),
)
async def review_proposal(
    system_id: UUID, number: Number, body: ReviewCreate, context: CurrentContext, actor: CurrentActor
) -> Review:
    """Approve, ask for changes, or comment. An approval counts for the commit that it names; nobody approves their own
    change: what they opened, or brought the last commits of."""
    said = await proposals.review_proposal(
        context, actor, system_id, number, verdict=body.verdict, commit=body.commit, body=body.body
    )
    return _review(said)


@router.post("/{number}/close", operation_id="close_proposal", responses=responses(401, 403, 404, 409, 422, 503))
async def close_proposal(system_id: UUID, number: Number, context: CurrentContext, actor: CurrentActor) -> Proposal:
    """Close it without merging; its branches stay."""
    return shape(await proposals.close_proposal(context, actor, system_id, number))


@router.post("/{number}/reopen", operation_id="reopen_proposal", responses=responses(401, 403, 404, 409, 422, 503))
async def reopen_proposal(system_id: UUID, number: Number, context: CurrentContext, actor: CurrentActor) -> Proposal:
    """Open it again, with whatever its source holds now."""
    return shape(await proposals.reopen_proposal(context, actor, system_id, number))


@router.post(
    "/{number}/merge",
    operation_id="merge_proposal",
    responses=responses(401, 403, 404, 409, 412, 413, 422, 503),
)
async def merge_proposal(
    system_id: UUID, number: Number, body: ProposalMerge, context: CurrentContext, actor: CurrentActor
) -> ProposalMerged:
    """Merge it, if what its target's protection asks for is there; everything is asked again at that moment."""
    done = await proposal_merges.merge_proposal(
        context,
        actor,
        system_id,
        number,
        message=body.message,
        resolutions=[each.settled() for each in body.resolutions],
        expected_source=body.commit,
        delete_source=body.delete_source,
    )
    return ProposalMerged(
        commit=done.merged.commit,
        fast_forward=done.merged.fast_forward,
        source_deleted=done.source_deleted,
        proposal=shape(done.view),
    )


def shape(view: ProposalView) -> Proposal:
    """A proposal as an answer."""
    return Proposal.model_validate(_members(view))


def _members(view: ProposalView) -> dict[str, object]:
    record = view.proposal
    people = {"author": view.author, "ended_by": view.ended_by}
    return {name: getattr(record, name) for name in Proposal.model_fields if name not in people} | people


def _review(view: ReviewView) -> Review:
    return Review.model_validate(_said(view))


def _said(view: ReviewView) -> dict[str, object]:
    reviewer = Person.model_validate(view.reviewer) if view.reviewer is not None else None
    return {name: getattr(view.review, name) for name in Review.model_fields if name != "reviewer"} | {
        "reviewer": reviewer
    }


def _detail(report: Report) -> ProposalDetail:
    return ProposalDetail.model_validate(
        {
            **_members(report.view),
            "approvals": Approvals(required=report.tally.required, given=report.tally.approvals),
            "reviews": [
                StandingReview.model_validate({**_said(view), "stale": each.stale, "counts": each.counts})
                for each, view in report.verdicts
            ],
            "blocked_by": report.blocked_by,
            "summary": _summary(report.summary) if report.summary is not None else None,
            "mergeability": _mergeability(report.prospect) if report.prospect is not None else None,
        }
    )


def _summary(summary: Summary) -> ProposalSummary:
    counts = {name: summary.changes[name] for name in ("major", "minor", "patch")}
    stated = {name: getattr(summary, name) for name in ProposalSummary.model_fields if name not in counts}
    return ProposalSummary.model_validate({**stated, **counts})


def _mergeability(prospect: Prospect) -> ProposalMergeability:
    return ProposalMergeability(
        state=prospect.state,
        conflicts=[conflict_item(each) for each in prospect.conflicts[:MOST_LISTED]],
        problems=[ProblemItem.model_validate(each.as_dict()) for each in prospect.problems[:MOST_LISTED]],
    )
