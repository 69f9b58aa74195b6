"""Grants: roles on one design system, for people outside its team and for keys."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, status

from api.auth import CurrentActor, CurrentContext
from api.errors import responses
from api.paging import CurrentPaging, page
from api.schemas.common import Page
from api.schemas.grants import Grant, GrantChange, GrantWrite
from services import grants

router = APIRouter(prefix="/api/design-systems/{system_id}/grants", tags=["design systems"])


@router.get("", operation_id="list_grants", responses=responses(401, 403, 404, 422))
async def list_grants(
    system_id: UUID, context: CurrentContext, actor: CurrentActor, paging: CurrentPaging
) -> Page[Grant]:
    """Who was given a role here beside the team's, in the order in which it was given."""
    found = await grants.list_grants(context, actor, system_id, limit=paging.limit, cursor=paging.cursor)
    return page(found, Grant.model_validate)


@router.post(
    "",
    operation_id="create_grant",
    status_code=status.HTTP_201_CREATED,
    responses=responses(401, 403, 404, 409, 413, 422),
)
async def create_grant(system_id: UUID, body: GrantWrite, context: CurrentContext, actor: CurrentActor) -> Grant:
    """Give a person or a key a role on this design system alone. The strongest role that somebody has counts."""
    made = await grants.give(
        context, actor, system_id, role=body.role, email=body.email, user_id=body.user_id, key_id=body.key_id
    )
    return Grant.model_validate(made)


@router.patch("/{grant_id}", operation_id="change_grant", responses=responses(401, 403, 404, 413, 422))
async def change_grant(
    system_id: UUID, grant_id: UUID, body: GrantChange, context: CurrentContext, actor: CurrentActor
) -> Grant:
    """Give another role by the same grant."""
    return Grant.model_validate(await grants.change(context, actor, system_id, grant_id, body.role))


@router.delete(
    "/{grant_id}",
    operation_id="revoke_grant",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=responses(401, 403, 404, 422),
)
async def revoke_grant(system_id: UUID, grant_id: UUID, context: CurrentContext, actor: CurrentActor) -> None:
    """End a grant. A person without another role here loses the keys that are bound to this design system, too."""
    await grants.revoke(context, actor, system_id, grant_id)
