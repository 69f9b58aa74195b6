"""Activity: what happened in a design system and in a team."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.auth import CurrentActor, CurrentContext
from api.errors import responses
from api.paging import CurrentPaging, page
from api.schemas.activities import Activity, Person
from api.schemas.common import Page
from services import activities
from services.activities import FeedEntry, Wanted

router = APIRouter(prefix="/api", tags=["activity"])


def _wanted(
    action: Annotated[str | None, Query(max_length=64, description="Only these, as `token.updated`.")] = None,
    resource_type: Annotated[str | None, Query(max_length=50, description="Only of these, as `token`.")] = None,
    resource_id: Annotated[UUID | None, Query(description="Only of this token or component.")] = None,
    user_id: Annotated[UUID | None, Query(description="Only what this person did.")] = None,
) -> Wanted:
    return Wanted(action=action, resource_type=resource_type, resource_id=resource_id, user_id=user_id)


CurrentWanted = Annotated[Wanted, Depends(_wanted)]


@router.get(
    "/design-systems/{system_id}/activity",
    operation_id="list_activity",
    responses=responses(401, 403, 404, 422, 503),
)
async def list_activity(
    system_id: UUID, context: CurrentContext, actor: CurrentActor, paging: CurrentPaging, wanted: CurrentWanted
) -> Page[Activity]:
    """What happened in a design system, newest first, however it came in. With a filter, a page may hold fewer events
    than there are, even none: go on while there is a `next_cursor`."""
    found = await activities.of_system(
        context, actor, system_id, wanted=wanted, limit=paging.limit, cursor=paging.cursor
    )
    return page(found, _activity)


@router.get(
    "/teams/{team_id}/activity",
    operation_id="list_team_activity",
    responses=responses(401, 403, 404, 422, 503),
)
async def list_team_activity(
    team_id: UUID, context: CurrentContext, actor: CurrentActor, paging: CurrentPaging, wanted: CurrentWanted
) -> Page[Activity]:
    """What happened in a team and all its design systems, newest first. With a filter, a page may hold fewer events
    than there are, even none: go on while there is a `next_cursor`."""
    found = await activities.of_team(context, actor, team_id, wanted=wanted, limit=paging.limit, cursor=paging.cursor)
    return page(found, _activity)


def _activity(record: FeedEntry) -> Activity:
    event = record.event
    return Activity(
        id=event.id,
        design_system_id=event.design_system_id,
        seq=event.seq,
        action=event.action,
        resource_type=event.resource_type,
        resource_id=event.resource_id,
        user=Person.model_validate(record.user) if record.user is not None else None,
        metadata=event.metadata,
        created_at=event.created_at,
    )
