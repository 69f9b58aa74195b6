"""Teams and their members."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, status

from api.auth import CurrentActor, CurrentContext
from api.errors import responses
from api.paging import CurrentPaging, page
from api.schemas.common import Page
from api.schemas.teams import Member, MemberAdd, RoleChange, Team, TeamWrite
from services import teams

router = APIRouter(prefix="/api/teams", tags=["teams"])


@router.get("", operation_id="list_teams", responses=responses(401, 403, 422))
async def list_teams(context: CurrentContext, actor: CurrentActor, paging: CurrentPaging) -> Page[Team]:
    """The caller's teams by slug; all teams for an instance admin."""
    found = await teams.list_teams(context, actor, limit=paging.limit, cursor=paging.cursor)
    return page(found, Team.model_validate)


@router.post(
    "", operation_id="create_team", status_code=status.HTTP_201_CREATED, responses=responses(401, 403, 409, 413, 422)
)
async def create_team(body: TeamWrite, context: CurrentContext, actor: CurrentActor) -> Team:
    """Make a team; the caller is its admin."""
    return Team.model_validate(await teams.create(context, actor, name=body.name, slug=body.slug))


@router.get("/{team_id}", operation_id="get_team", responses=responses(401, 403, 404, 422))
async def get_team(team_id: UUID, context: CurrentContext, actor: CurrentActor) -> Team:
    """One team."""
    return Team.model_validate(await teams.get(context, actor, team_id))


@router.put("/{team_id}", operation_id="update_team", responses=responses(401, 403, 404, 409, 413, 422))
async def update_team(team_id: UUID, body: TeamWrite, context: CurrentContext, actor: CurrentActor) -> Team:
    """Rename a team. A new slug changes the clone URLs of its design systems."""
    return Team.model_validate(await teams.update(context, actor, team_id, name=body.name, slug=body.slug))


@router.delete(
    "/{team_id}",
    operation_id="delete_team",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=responses(401, 403, 404, 409, 422),
)
async def delete_team(team_id: UUID, context: CurrentContext, actor: CurrentActor) -> None:
    """Delete a team that has no design systems left."""
    await teams.delete(context, actor, team_id)


@router.get("/{team_id}/members", operation_id="list_team_members", responses=responses(401, 403, 404, 422))
async def list_members(
    team_id: UUID, context: CurrentContext, actor: CurrentActor, paging: CurrentPaging
) -> Page[Member]:
    """Members in the order in which they joined."""
    found = await teams.list_members(context, actor, team_id, limit=paging.limit, cursor=paging.cursor)
    return page(found, Member.model_validate)


@router.post(
    "/{team_id}/members",
    operation_id="add_team_member",
    status_code=status.HTTP_201_CREATED,
    responses=responses(401, 403, 404, 409, 413, 422),
)
async def add_member(team_id: UUID, body: MemberAdd, context: CurrentContext, actor: CurrentActor) -> Member:
    """Take in somebody who has an account."""
    member = await teams.add_member(context, actor, team_id, role=body.role, email=body.email, user_id=body.user_id)
    return Member.model_validate(member)


@router.patch(
    "/{team_id}/members/{user_id}",
    operation_id="change_team_member_role",
    responses=responses(401, 403, 404, 409, 413, 422),
)
async def change_role(
    team_id: UUID, user_id: UUID, body: RoleChange, context: CurrentContext, actor: CurrentActor
) -> Member:
    """Change a member's role; the last admin stays one."""
    return Member.model_validate(await teams.change_role(context, actor, team_id, user_id, body.role))


@router.delete(
    "/{team_id}/members/{user_id}",
    operation_id="remove_team_member",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=responses(401, 403, 404, 409, 422),
)
async def remove_member(team_id: UUID, user_id: UUID, context: CurrentContext, actor: CurrentActor) -> None:
    """Take somebody out of the team, or leave it oneself; the last admin stays."""
    await teams.remove_member(context, actor, team_id, user_id)
