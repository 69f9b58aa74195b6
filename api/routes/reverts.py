"""Reverts: a component, a token, one commit or a whole state, always as a new commit."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from api.auth import CurrentActor, CurrentContext
from api.conditions import CurrentSeen
from api.errors import responses
from api.routes import components, tokens
from api.routes.component_versions import Number
from api.schemas.components import Component
from api.schemas.reverts import ComponentRevert, Reverted, SystemRevert, TokenRevert
from api.schemas.tokens import Token
from api.writes import CurrentWhere, where_of
from services import resource_reverts, reverts
from services.components import Seen
from services.errors import InvalidInput

router = APIRouter(prefix="/api/design-systems/{system_id}")

UNSAID = ComponentRevert()
"""The body of who sends none."""


@router.post(
    "/components/{component_id}/revert/{version_number}",
    operation_id="revert_component",
    tags=["components"],
    responses=responses(401, 403, 404, 409, 412, 413, 422, 503),
)
async def revert_component(
    system_id: UUID,
    component_id: UUID,
    version_number: Number,
    response: Response,
    context: CurrentContext,
    actor: CurrentActor,
    seen: CurrentSeen,
    stated: CurrentWhere,
    body: ComponentRevert = UNSAID,
) -> Component:
    """Give a component's folder the files of an earlier version as one commit, wherever it lies now; one that is gone
    comes back. With a stale `If-Match` or `base_version` it is merged, or 409."""
    written = await resource_reverts.revert_component(
        context,
        actor,
        system_id,
        component_id,
        version_number,
        seen=Seen(seen, None if seen is not None else body.base_version),
        where=where_of(stated, body),
    )
    return components.shaped(written, response)


@router.post(
    "/tokens/{token_id}/revert",
    operation_id="revert_token",
    tags=["design tokens"],
    responses=responses(401, 403, 404, 409, 412, 413, 422, 503),
)
async def revert_token(
    system_id: UUID,
    token_id: UUID,
    body: TokenRevert,
    response: Response,
    context: CurrentContext,
    actor: CurrentActor,
    seen: CurrentSeen,
    stated: CurrentWhere,
) -> Token:
    """Give a token what it had at a branch, tag or commit, as one commit: value, type, description, deprecation and
    extensions. Its path stays; one that is gone comes back where it was."""
    where = where_of(stated, body)
    written = await resource_reverts.revert_token(
        context, actor, system_id, token_id, ref=body.commit, seen=seen, where=where
    )
    return tokens.shaped(written, response)


@router.post(
    "/revert",
    operation_id="revert_design_system",
    tags=["history"],
    responses=responses(401, 403, 404, 409, 412, 413, 422, 503),
)
async def revert_design_system(
    system_id: UUID,
    body: SystemRevert,
    context: CurrentContext,
    actor: CurrentActor,
    seen: CurrentSeen,
    stated: CurrentWhere,
) -> Reverted:
    """Undo one commit (`commit`), merged with what came since, or give every file the content that it had at a branch,
    tag or commit (`to`; 412 where `If-Match` is stale). Always a new commit on the branch."""
    where = where_of(stated, body)
    if body.commit is not None and body.to is None:
        done = await reverts.revert_commit(
            context,
            actor,
            system_id,
            commit=body.commit,
            mainline=body.mainline,
            resolutions=[each.settled() for each in body.resolutions],
            take=body.take,
            seen=seen,
            where=where,
        )
    elif body.to is not None and (body.commit, body.mainline, body.take, body.resolutions) == (None, None, None, []):
        done = await reverts.revert_to(context, actor, system_id, ref=body.to, seen=seen, where=where)
    else:
        message = "Send exactly one of commit and to; mainline, resolutions and take go with commit."
        raise InvalidInput.of("", "one-of", message)
    return Reverted.model_validate(done)
