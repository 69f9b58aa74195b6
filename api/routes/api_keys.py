"""API keys."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from api.auth import CurrentActor, CurrentContext
from api.errors import responses
from api.paging import CurrentPaging, page
from api.schemas.api_keys import ApiKey, ApiKeyCreate, ApiKeyCreated
from api.schemas.common import Page
from services import api_keys

router = APIRouter(prefix="/api/api-keys", tags=["API keys"])


@router.get("", operation_id="list_api_keys", responses=responses(401, 403, 404, 422))
async def list_api_keys(
    context: CurrentContext,
    actor: CurrentActor,
    paging: CurrentPaging,
    team_id: Annotated[
        UUID | None, Query(description="Everybody's bound to this team or a system of it, for its admins.")
    ] = None,
) -> Page[ApiKey]:
    """The caller's own keys, newest first."""
    found = await api_keys.list_keys(context, actor, team_id=team_id, limit=paging.limit, cursor=paging.cursor)
    return page(found, ApiKey.model_validate)


@router.post(
    "",
    operation_id="create_api_key",
    status_code=status.HTTP_201_CREATED,
    responses=responses(401, 403, 404, 413, 422),
)
async def create_api_key(body: ApiKeyCreate, context: CurrentContext, actor: CurrentActor) -> ApiKeyCreated:
    """Make a key. It can do what its scopes list and its owner may, never more; this answer alone shows it."""
    record, key = await api_keys.create(
        context,
        actor,
        name=body.name,
        scopes=body.scopes,
        team_id=body.team_id,
        design_system_id=body.design_system_id,
        expires_at=body.expires_at,
    )
    return ApiKeyCreated(**dict(ApiKey.model_validate(record)), key=key)


@router.delete(
    "/{key_id}",
    operation_id="revoke_api_key",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=responses(401, 404, 422),
)
async def revoke_api_key(key_id: UUID, context: CurrentContext, actor: CurrentActor) -> None:
    """End a key: one's own, or one bound to a team that one is admin of."""
    await api_keys.revoke(context, actor, key_id)
