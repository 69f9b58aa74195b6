"""The audit log: a team's for its admins, the whole for administrators of the service."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.auth import CurrentActor, CurrentContext
from api.errors import responses
from api.paging import CurrentPaging, page
from api.schemas.audit import AuditEntry
from api.schemas.common import Page
from services import audit_reading
from services.audit import Act

router = APIRouter(prefix="/api", tags=["audit"])

Action = Annotated[Act | None, Query(description="Only acts of this kind.")]


@router.get("/teams/{team_id}/audit", operation_id="list_team_audit", responses=responses(401, 403, 404, 422))
async def list_team_audit(
    team_id: UUID, context: CurrentContext, actor: CurrentActor, paging: CurrentPaging, action: Action = None
) -> Page[AuditEntry]:
    """What was done with access to a team and its design systems, newest first. For the team's admins."""
    found = await audit_reading.team_acts(
        context, actor, team_id, action=action, limit=paging.limit, cursor=paging.cursor
    )
    return page(found, AuditEntry.model_validate)


@router.get("/audit", operation_id="list_audit", responses=responses(401, 403, 422))
async def list_audit(
    context: CurrentContext, actor: CurrentActor, paging: CurrentPaging, action: Action = None
) -> Page[AuditEntry]:
    """Every security-relevant act, newest first. For administrators of the service."""
    found = await audit_reading.all_acts(context, actor, action=action, limit=paging.limit, cursor=paging.cursor)
    return page(found, AuditEntry.model_validate)
