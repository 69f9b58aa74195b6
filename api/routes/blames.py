"""Blame: who set each property of a token, when, and in which commit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from api.auth import CurrentActor, CurrentContext
from api.conditions import is_current, not_modified, revision_headers
from api.errors import responses
from api.routes.components import NOT_MODIFIED
from api.routes.history import commit_shown
from api.routes.systems import Ref
from api.schemas.blames import BlamedProperty, TokenBlame
from services import blames

router = APIRouter(prefix="/api/design-systems/{system_id}/tokens/{token_id}", tags=["design tokens"])


@router.get(
    "/blame",
    operation_id="blame_token",
    response_model=TokenBlame,
    responses={**NOT_MODIFIED, **responses(401, 403, 404, 422, 503)},
)
async def blame_token(
    system_id: UUID,
    token_id: UUID,
    request: Request,
    response: Response,
    context: CurrentContext,
    actor: CurrentActor,
    ref: Ref = None,
) -> Any:
    """Who set each property of a token as it stands, through merges, renames and moves between files. The search looks
    at 2,000 commits of the token's files at most, and says where it stopped."""
    revision, found = await blames.blame_token(context, actor, system_id, token_id, ref=ref)
    headers = revision_headers(revision)
    if is_current(request, headers):
        return not_modified(headers)
    response.headers.update(headers)
    shown = [
        BlamedProperty(
            name=each.name,
            value=each.value,
            commit=commit_shown(each.commit) if each.commit is not None else None,
            changed_by=each.changed_by,
        )
        for each in found.properties
    ]
    return TokenBlame(path=found.path, properties=shown, stated=found.stated, older_than=found.older_than)
