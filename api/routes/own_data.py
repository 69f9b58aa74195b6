"""One's own data: take it along, erase the account."""

from __future__ import annotations

from fastapi import APIRouter, Response, status
from starlette.responses import StreamingResponse

from api.auth import CurrentActor, CurrentContext
from api.errors import responses
from api.schemas.own_data import Erasure, PersonalData
from services import erasure, personal_data

router = APIRouter(prefix="/api/auth", tags=["accounts"])


@router.get("/me/export", operation_id="export_me", response_model=PersonalData, responses=responses(401, 403))
async def export_me(context: CurrentContext, actor: CurrentActor) -> Response:
    """Everything that the service knows of the caller, as a JSON file. Takes a sign-in, or a key with scope admin."""
    user, document = await personal_data.export(context, actor)
    name = f"xds-{user.username}-{context.clock():%Y-%m-%d}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(document, media_type="application/json", headers=headers)


@router.delete(
    "/me",
    operation_id="erase_me",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=responses(401, 403, 409, 413, 422),
)
async def erase_me(body: Erasure, context: CurrentContext, actor: CurrentActor) -> None:
    """Erase the caller's account, at once and for good. Commits, comments and history stay, and no longer say who."""
    password = body.password.get_secret_value() if body.password else None
    await erasure.erase(context, actor, password=password)
