"""Components of a design system."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status

from api.auth import CurrentActor, CurrentContext
from api.conditions import CurrentSeen, answer, is_current, not_modified, resource_tag, revision_headers
from api.errors import responses
from api.paging import CurrentPaging, page
from api.routes.systems import Ref
from api.schemas.common import Page
from api.schemas.components import Component, ComponentCreate, ComponentUpdate, ComponentVersion
from api.writes import CurrentWhere, where_of
from services import components
from services.components import ComponentWritten, Seen
from services.errors import InvalidInput

router = APIRouter(prefix="/api/design-systems/{system_id}/components", tags=["components"])

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "The client's copy is current."}}


@router.get(
    "",
    operation_id="list_components",
    response_model=Page[Component],
    responses={**NOT_MODIFIED, **responses(401, 403, 404, 422, 503)},
)
async def list_components(
    system_id: UUID,
    request: Request,
    context: CurrentContext,
    actor: CurrentActor,
    paging: CurrentPaging,
    ref: Ref = None,
    category: Annotated[str | None, Query(max_length=200)] = None,
    q: Annotated[str | None, Query(max_length=200, description="Part of a name or folder.")] = None,
) -> Response:
    """Components by name."""
    revision, read = await components.list_components(
        context, actor, system_id, ref=ref, category=category, q=q, limit=paging.limit, cursor=paging.cursor
    )

    async def build() -> Page[Component]:
        return page(await read(), Component.model_validate)

    return await answer(request, revision, build)


@router.post(
    "",
    operation_id="create_component",
    status_code=status.HTTP_201_CREATED,
    responses=responses(401, 403, 404, 409, 413, 422, 503),
)
async def create_component(
    system_id: UUID,
    body: ComponentCreate,
    response: Response,
    context: CurrentContext,
    actor: CurrentActor,
    stated: CurrentWhere,
) -> Component:
    """Add a component as one commit."""
    fields = body.model_dump(exclude={"message", "branch"}, exclude_none=True)
    where = where_of(stated, body)
    written = await components.create_component(context, actor, system_id, fields, where=where)
    made = shaped(written, response)
    response.headers["Location"] = f"/api/design-systems/{system_id}/components/{made.id}"
    return made


@router.get(
    "/{component_id}",
    operation_id="get_component",
    responses={**NOT_MODIFIED, **responses(401, 403, 404, 422, 503)},
)
async def get_component(
    system_id: UUID,
    component_id: UUID,
    request: Request,
    response: Response,
    context: CurrentContext,
    actor: CurrentActor,
    ref: Ref = None,
) -> Component:
    """One component."""
    revision, view = await components.get_component(context, actor, system_id, component_id, ref=ref)
    headers = revision_headers(revision, resource_tag(view.commit))
    if is_current(request, headers):
        return not_modified(headers)  # type: ignore[return-value]
    response.headers.update(headers)
    return Component.model_validate(view)


@router.put(
    "/{component_id}",
    operation_id="update_component",
    responses=responses(401, 403, 404, 409, 412, 413, 422, 503),
)
async def update_component(
    system_id: UUID,
    component_id: UUID,
    body: ComponentUpdate,
    response: Response,
    context: CurrentContext,
    actor: CurrentActor,
    seen: CurrentSeen,
    stated: CurrentWhere,
) -> Component:
    """Change a component as one commit. With a stale `If-Match` or `base_version` it is merged, or 409."""
    fields = body.model_dump(exclude={"message", "branch", "base_version"}, exclude_unset=True)
    if (
        empty := next((name for name in ("name", "props") if name in fields and fields[name] is None), None)
    ) is not None:
        raise InvalidInput.of(empty, "not-null", f"{empty} cannot be removed.")
    written = await components.update_component(
        context,
        actor,
        system_id,
        component_id,
        fields,
        seen=Seen(seen, None if seen is not None else body.base_version),
        where=where_of(stated, body),
    )
    return shaped(written, response)


@router.delete(
    "/{component_id}",
    operation_id="delete_component",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=responses(401, 403, 404, 409, 412, 422, 503),
)
async def delete_component(
    system_id: UUID,
    component_id: UUID,
    context: CurrentContext,
    actor: CurrentActor,
    seen: CurrentSeen,
    where: CurrentWhere,
) -> None:
    """Remove a component and its folder as one commit; its versions stay."""
    await components.delete_component(context, actor, system_id, component_id, seen=Seen(seen), where=where)


@router.get(
    "/{component_id}/versions", operation_id="list_component_versions", responses=responses(401, 403, 404, 422, 503)
)
async def list_versions(
    system_id: UUID, component_id: UUID, context: CurrentContext, actor: CurrentActor, paging: CurrentPaging
) -> Page[ComponentVersion]:
    """The commits of the default branch that touched a component, newest first."""
    _, found = await components.list_versions(
        context, actor, system_id, component_id, limit=paging.limit, cursor=paging.cursor
    )
    return page(found, ComponentVersion.model_validate)


def shaped(written: ComponentWritten, response: Response) -> Component:
    """A component as a write left it, with the ETag to base the next one on."""
    made = Component.model_validate(written.component)
    response.headers["ETag"] = f'"{resource_tag(made.commit)}"'
    return made
