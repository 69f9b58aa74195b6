"""Proposals and their reviews on the wire."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.branches import BranchName
from api.schemas.common import PROBLEM_ITEM, Answer, Body, ConflictItem, ProblemItem, Timestamp
from api.schemas.history import NEW, OLD
from api.schemas.merges import CommitId, Resolutions
from designsystem.compare.change import Severity
from services.proposal_reports import Mergeability
from services.proposals import MAX_TEXT, MAX_TITLE, State
from services.reviews import Verdict

PERSON: JsonDict = {"id": "2c1b7d2e-8f9a-4d3b-b5a6-1f0e9d8c7b6a", "username": "bea", "name": "Bea Beispiel"}
REVIEWER: JsonDict = {"id": "0f1e2d3c-4b5a-4697-8877-665544332211", "username": "carl", "name": "Carl Beispiel"}
EXAMPLE: JsonDict = {
    "id": "7b8c9d0e-1f2a-4b3c-8d4e-5f6a7b8c9d0e",
    "number": 12,
    "title": "A warmer red",
    "description": "As *agreed* on Tuesday.",
    "source": "warmer-red",
    "target": "main",
    "state": "open",
    "draft": False,
    "author": PERSON,
    "source_commit": NEW,
    "target_commit": None,
    "merge_commit": None,
    "closed_because": None,
    "ended_by": None,
    "created_at": "2026-11-22T09:00:00Z",
    "updated_at": "2026-11-22T09:30:00Z",
    "ended_at": None,
}
REVIEW: JsonDict = {
    "id": "1a2b3c4d-5e6f-4708-9a0b-c1d2e3f40516",
    "reviewer": REVIEWER,
    "verdict": "approve",
    "commit": NEW,
    "body": "Lovely.",
    "created_at": "2026-11-22T09:30:00Z",
}
SUMMARY: JsonDict = {
    "base": OLD,
    "head": NEW,
    "merge_base": OLD,
    "ahead": 2,
    "behind": 0,
    "bump": "patch",
    "major": 0,
    "minor": 0,
    "patch": 3,
}
MERGEABILITY: JsonDict = {"state": "clean", "conflicts": [], "problems": []}
MOST_LISTED = 200

Title = Annotated[str, Field(max_length=MAX_TITLE, description="One line.")]
Text = Annotated[str, Field(max_length=MAX_TEXT, description="Markdown, kept and answered as it is.")]
Against = Literal["draft", "approvals", "changes-requested"]


class Person(Answer):
    """An account, as everybody who may read here sees it."""

    model_config = ConfigDict(json_schema_extra={"example": PERSON})

    id: UUID
    username: str
    name: str


class Proposal(Answer):
    """A branch that somebody asks to have merged into another."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": EXAMPLE})

    id: UUID
    number: int = Field(description="Counts within the design system.")
    title: str
    description: str
    source: str = Field(description="The branch that is to be merged.")
    target: str = Field(description="The branch that it is to be merged into.")
    state: State
    draft: bool = Field(description="Not ready to be merged.")
    author: Person | None = Field(description="Who opened it.")
    source_commit: str = Field(description="Where the source stands; once merged or closed, where it stood then.")
    target_commit: str | None = Field(description="Where the target stood before the merge.")
    merge_commit: str | None = Field(description="Where the target stood after the merge.")
    closed_because: Literal["closed", "source-deleted", "target-deleted"] | None
    ended_by: Person | None = Field(description="Who merged or closed it.")
    created_at: Timestamp
    updated_at: Timestamp
    ended_at: Timestamp | None


class Review(Answer):
    """What somebody said of a proposal as it stood at a commit."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": REVIEW})

    id: UUID
    reviewer: Person | None
    verdict: Verdict
    commit: str
    body: str
    created_at: Timestamp


class StandingReview(Review):
    """A reviewer's last verdict."""

    model_config = ConfigDict(json_schema_extra={"example": {**REVIEW, "stale": False, "counts": True}})

    stale: bool = Field(description="The source has moved since.")
    counts: bool = Field(description="It is taken into account for merging now.")


class ProposalSummary(Answer):
    """What the source has that the target has not; `compare/{base}...{head}` says it in full."""

    model_config = ConfigDict(json_schema_extra={"example": SUMMARY})

    base: str
    head: str
    merge_base: str | None
    ahead: int
    behind: int
    bump: Severity | None = Field(description="What the next version would have to be.")
    major: int = Field(description="Changes that break somebody.")
    minor: int
    patch: int


class ProposalMergeability(Answer):
    """What would become of the proposal if it were merged now, whoever asked."""

    model_config = ConfigDict(json_schema_extra={"example": MERGEABILITY})

    state: Mergeability = Field(
        description="clean; conflicting (see `conflicts`); invalid: the merged whole would break (see `problems`); "
        "nothing to merge; unrelated histories; missing: a branch is gone."
    )
    conflicts: list[ConflictItem] = Field(description="At most 200.")
    problems: list[ProblemItem] = Field(description="At most 200.")


class Approvals(Answer):
    """How many approvals there are, and how many the target's protection asks for."""

    model_config = ConfigDict(json_schema_extra={"example": {"required": 1, "given": 1}})

    required: int
    given: int


class ProposalDetail(Proposal):
    """A proposal with what was said of it and what would become of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                **EXAMPLE,
                "approvals": {"required": 1, "given": 1},
                "reviews": [{**REVIEW, "stale": False, "counts": True}],
                "blocked_by": [],
                "summary": SUMMARY,
                "mergeability": {**MERGEABILITY, "state": "invalid", "problems": [PROBLEM_ITEM]},
            }
        }
    )

    approvals: Approvals
    reviews: list[StandingReview] = Field(description="The last verdict of each reviewer; `reviews` lists all.")
    blocked_by: list[Against] = Field(description="What stands against merging beside what the branches hold.")
    summary: ProposalSummary | None = Field(description="Null where a branch or commit is gone.")
    mergeability: ProposalMergeability | None = Field(description="Null for a proposal that is not open.")


class ProposalCreate(Body):
    """A branch to be merged."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {name: EXAMPLE[name] for name in ("title", "description", "source", "target", "draft")}
        }
    )

    title: Title
    source: BranchName
    target: BranchName | None = Field(None, description="The default branch where left out.")
    description: Text = ""
    draft: bool = False


class ProposalUpdate(Body):
    """What shall be different; members left out stay as they are."""

    model_config = ConfigDict(json_schema_extra={"example": {"title": "A much warmer red", "draft": False}})

    title: Title | None = None
    description: Text | None = None
    draft: bool | None = None


class ReviewCreate(Body):
    """What is to be said of a proposal as it stands at `commit`, the proposal's `source_commit` that was looked at."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"verdict": "comment", "commit": NEW, "body": "Why not a little warmer?"}}
    )

    verdict: Verdict
    commit: CommitId
    body: Text = ""


class ProposalMerge(Body):
    """How to merge."""

    model_config = ConfigDict(json_schema_extra={"example": {"commit": NEW, "delete_source": True}})

    commit: CommitId | None = Field(None, description="The source's commit that was looked at; 412 where it moved.")
    message: str | None = Field(
        None, min_length=1, max_length=10_000, description="Makes a commit of its own even where none is needed."
    )
    resolutions: Resolutions = Field([])
    delete_source: bool = Field(False, description="Delete the source branch after the merge, where it may be.")


class ProposalMerged(Answer):
    """A proposal that was merged."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "commit": NEW,
                "fast_forward": False,
                "source_deleted": True,
                "proposal": {**EXAMPLE, "state": "merged", "target_commit": OLD, "merge_commit": NEW},
            }
        }
    )

    commit: str = Field(description="Where the target stands now.")
    fast_forward: bool = Field(description="Whether that is the source's own commit.")
    source_deleted: bool
    proposal: Proposal
