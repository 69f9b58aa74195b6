"""Merges: one branch's changes brought into another."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from api.auth import CurrentActor, CurrentContext
from api.errors import responses
from api.schemas.common import ProblemItem
from api.schemas.merges import Merge, MergeRequest, conflict_item
from services import merges
from services.merges import Merged, Preview
from services.tree_merges import told

router = APIRouter(prefix="/api/design-systems/{system_id}/branches", tags=["branches"])

Name = Annotated[str, Path(min_length=1, max_length=240, description="The branch to merge.", examples=["warmer-red"])]


@router.post(
    "/{name:path}/merge",
    operation_id="merge_branch",
    responses=responses(401, 403, 404, 409, 412, 413, 422, 503),
)
async def merge_branch(
    system_id: UUID, name: Name, body: MergeRequest, context: CurrentContext, actor: CurrentActor
) -> Merge:
    """Merge a branch into another: tokens as tokens, components by their ids, text by lines.

    Where both changed the same thing, each its own way, nothing moves and 409 lists the `conflicts`: repeat with a
    resolution for each. What the two break together is 422. `into` simply follows where nothing happened on it.
    """
    resolutions = [each.settled() for each in body.resolutions]
    if body.dry_run:
        found = await merges.trial(
            context,
            actor,
            system_id,
            source=name,
            into=body.into,
            resolutions=resolutions,
            expected=body.expected,
            expected_source=body.expected_source,
        )
        return _tried(body.into, found)
    merged = await merges.merge(
        context,
        actor,
        system_id,
        source=name,
        into=body.into,
        message=body.message,
        resolutions=resolutions,
        expected=body.expected,
        expected_source=body.expected_source,
    )
    return _made(merged)


def _made(merged: Merged) -> Merge:
    return Merge(
        commit=merged.commit,
        into=merged.into,
        fast_forward=merged.fast_forward,
        already_merged=not merged.changed,
        source_commit=merged.source,
    )


def _tried(into: str, found: Preview) -> Merge:
    return Merge(
        commit=found.into,
        into=into,
        fast_forward=found.fast_forward,
        already_merged=found.already_merged,
        source_commit=found.source,
        conflicts=[conflict_item(each) for each in told(found.conflicts)],
        problems=[ProblemItem.model_validate(each.as_dict()) for each in found.problems],
    )
