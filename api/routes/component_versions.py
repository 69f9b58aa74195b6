"""Versions of a component: one as it was, and what differs between two."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from api.auth import CurrentActor, CurrentContext
from api.conditions import digest_tag, is_current, not_modified, revision_headers
from api.errors import responses
from api.routes.components import NOT_MODIFIED
from api.schemas.component_versions import ComponentDiff, ComponentState, DiffEnd, PropChange
from services import component_versions
from services.revisions import Revision

router = APIRouter(prefix="/api/design-systems/{system_id}/components/{component_id}", tags=["components"])

MOST_CHANGES = 5000

Number = Annotated[int, Path(ge=1, lt=2**31, description="Version number, from 1.", examples=[3])]
_END = "A version number, or a branch, tag or commit; digits alone are a version."


@router.get(
    "/versions/{version_number}",
    operation_id="get_component_version",
    response_model=ComponentState,
    responses={**NOT_MODIFIED, **responses(401, 403, 404, 422, 503)},
)
async def get_version(
    system_id: UUID,
    component_id: UUID,
    version_number: Number,
    request: Request,
    response: Response,
    context: CurrentContext,
    actor: CurrentActor,
) -> Any:
    """A component as its n-th commit on the default branch left it, also of one that is gone."""
    system, found = await component_versions.get_version(context, actor, system_id, component_id, version_number)
    headers = revision_headers(Revision(system, found.commit, True, False), digest_tag(found.commit, version_number))
    if is_current(request, headers):
        return not_modified(headers)
    response.headers.update(headers)
    return ComponentState.model_validate(found)


@router.get(
    "/diff",
    operation_id="diff_component",
    response_model=ComponentDiff,
    responses={**NOT_MODIFIED, **responses(401, 403, 404, 422, 503)},
)
async def diff_component(
    system_id: UUID,
    component_id: UUID,
    request: Request,
    context: CurrentContext,
    actor: CurrentActor,
    base: Annotated[
        str | None, Query(alias="from", max_length=300, description=f"{_END} The version before `to` if left out.")
    ] = None,
    head: Annotated[
        str | None, Query(alias="to", max_length=300, description=f"{_END} The newest version if left out.")
    ] = None,
) -> Any:
    """What differs between two versions or revisions of a component, wherever its folder lay: props place by place,
    code and documentation as unified diffs."""
    system, found = await component_versions.diff(
        context, actor, system_id, component_id, base=base or None, head=head or None
    )
    ends = [(end.commit, end.version) for end in (found.base, found.head)]
    headers = revision_headers(Revision(system, None, True, False), digest_tag(system.head, *ends))
    if is_current(request, headers):
        return not_modified(headers)
    body = ComponentDiff.model_validate(
        {
            "from": DiffEnd.model_validate(found.base),
            "to": DiffEnd.model_validate(found.head),
            "props": [PropChange.model_validate(each) for each in found.props[:MOST_CHANGES]],
            "code": found.code,
            "documentation": found.documentation,
            "truncated": len(found.props) > MOST_CHANGES,
        }
    )
    return Response(body.model_dump_json(by_alias=True), media_type="application/json", headers=headers)
