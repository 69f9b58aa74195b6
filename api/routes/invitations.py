"""Invitations: to a team, by its admins; and accepted, by whoever was invited."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, status

from api.auth import CurrentActor, CurrentContext
from api.errors import responses
from api.paging import CurrentPaging, page
from api.schemas.common import Page
from api.schemas.invitations import Invitation, InvitationAccept, InvitationWrite, Offer
from api.schemas.teams import Team
from services import invitations

router = APIRouter(prefix="/api", tags=["teams"])


@router.get(
    "/teams/{team_id}/invitations", operation_id="list_team_invitations", responses=responses(401, 403, 404, 422)
)
async def list_team_invitations(
    team_id: UUID, context: CurrentContext, actor: CurrentActor, paging: CurrentPaging
) -> Page[Invitation]:
    """The team's invitations that can be accepted, newest first."""
    found = await invitations.list_open(context, actor, team_id, limit=paging.limit, cursor=paging.cursor)
    return page(found, Invitation.model_validate)


@router.post(
    "/teams/{team_id}/invitations",
    operation_id="invite_to_team",
    status_code=status.HTTP_201_CREATED,
    responses=responses(401, 403, 404, 409, 413, 422),
)
async def invite(team_id: UUID, body: InvitationWrite, context: CurrentContext, actor: CurrentActor) -> Invitation:
    """Invite somebody by e-mail, with or without an account. Inviting again replaces role and token."""
    made = await invitations.invite(context, actor, team_id, email=body.email, role=body.role)
    return Invitation.model_validate(made.invitation).model_copy(update={"token": made.token})


@router.delete(
    "/teams/{team_id}/invitations/{invitation_id}",
    operation_id="revoke_invitation",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=responses(401, 403, 404, 422),
)
async def revoke(team_id: UUID, invitation_id: UUID, context: CurrentContext, actor: CurrentActor) -> None:
    """Take back an invitation that nobody has accepted yet."""
    await invitations.revoke(context, actor, team_id, invitation_id)


@router.get("/invitations", operation_id="list_my_invitations", responses=responses(401, 403, 422))
async def list_own(context: CurrentContext, actor: CurrentActor, paging: CurrentPaging) -> Page[Offer]:
    """What the caller is invited to; nothing before the account's e-mail address is confirmed."""
    found = await invitations.list_own(context, actor, limit=paging.limit, cursor=paging.cursor)
    return page(found, Offer.of)


@router.post("/invitations/accept", operation_id="accept_invitation", responses=responses(401, 403, 404, 409, 413, 422))
async def accept(body: InvitationAccept, context: CurrentContext, actor: CurrentActor) -> Team:
    """Join the team that one is invited to. Repeating it changes nothing."""
    token = body.token.get_secret_value() if body.token is not None else None
    return Team.model_validate(await invitations.accept(context, actor, token=token, invitation_id=body.id))
