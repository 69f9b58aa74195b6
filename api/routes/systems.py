"""Design systems."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from api.auth import CurrentActor, CurrentContext
from api.conditions import digest_tag, is_current, not_modified, revision_headers
from api.errors import responses
from api.paging import CurrentPaging, page
from api.schemas.common import Page
from api.schemas.components import Component
from api.schemas.systems import System, SystemCreate, SystemExport, SystemUpdate
from api.schemas.tokens import Token
from services import exports, systems
from services.exports import Everything
from services.systems import NewSystem, SystemChanges, SystemRecord

router = APIRouter(prefix="/api/design-systems", tags=["design systems"])

Ref = Annotated[str | None, Query(max_length=300, description="Branch, tag or commit; the default branch if left out.")]
ITEMS_AT_ONCE = 200
"""Tokens or components in one piece of an exported document."""
MEDIA = {"zip": "application/zip", "tar.gz": "application/gzip"}


def shape(request: Request, record: SystemRecord) -> System:
    """A record as an answer, with the URL that clones it."""
    base = request.app.state.base_url
    return System.model_validate(
        {name: getattr(record, name) for name in System.model_fields if name != "clone_url"}
        | {"clone_url": f"{base}/git/{record.team_slug}/{record.slug}.git"}
    )


@router.get("", operation_id="list_design_systems", responses=responses(401, 403, 422))
async def list_systems(
    request: Request,
    context: CurrentContext,
    actor: CurrentActor,
    paging: CurrentPaging,
    team_id: UUID | None = None,
    q: Annotated[str | None, Query(max_length=200, description="Part of a name or slug.")] = None,
) -> Page[System]:
    """The systems of the caller's teams and public ones, by name."""
    found = await systems.list_systems(context, actor, team_id=team_id, q=q, limit=paging.limit, cursor=paging.cursor)
    return page(found, lambda record: shape(request, record))


@router.post(
    "",
    operation_id="create_design_system",
    status_code=status.HTTP_201_CREATED,
    responses=responses(401, 403, 404, 409, 413, 422),
)
async def create_system(
    body: SystemCreate, request: Request, response: Response, context: CurrentContext, actor: CurrentActor
) -> System:
    """Make a design system with an empty repository, into which an existing one can be pushed."""
    made = await systems.create_system(context, actor, NewSystem(**body.model_dump()))
    response.headers["Location"] = f"/api/design-systems/{made.id}"
    return shape(request, made)


@router.get("/{system_id}", operation_id="get_design_system", responses=responses(401, 403, 404, 422))
async def get_system(system_id: UUID, request: Request, context: CurrentContext, actor: CurrentActor) -> System:
    """One design system."""
    return shape(request, await systems.get_system(context, actor, system_id))


@router.put("/{system_id}", operation_id="update_design_system", responses=responses(401, 403, 404, 409, 413, 422))
async def update_system(
    system_id: UUID, body: SystemUpdate, request: Request, context: CurrentContext, actor: CurrentActor
) -> System:
    """Change name, slug, description or visibility."""
    return shape(request, await systems.update_system(context, actor, system_id, SystemChanges(**body.model_dump())))


@router.delete(
    "/{system_id}",
    operation_id="delete_design_system",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=responses(401, 403, 404, 422),
)
async def delete_system(system_id: UUID, context: CurrentContext, actor: CurrentActor) -> None:
    """Remove a design system with its whole repository, for good."""
    await systems.delete_system(context, actor, system_id)


@router.get(
    "/{system_id}/export",
    operation_id="export_design_system",
    response_model=SystemExport,
    responses={
        200: {
            "description": "An archive, or everything as JSON. Equal commits give equal bytes.",
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA.values()},
        },
        304: {"description": "The client's copy is current."},
        **responses(401, 403, 404, 413, 422, 503),
    },
)
async def export_system(
    system_id: UUID,
    request: Request,
    context: CurrentContext,
    actor: CurrentActor,
    ref: Ref = None,
    format: Literal["zip", "tar.gz", "json"] = "zip",  # noqa: A002 the contract's name
) -> Response:
    """All files at a ref as an archive, or tokens and components as JSON."""
    revision = await exports.revision_for(context, actor, system_id, ref)
    if format == "json":  # it tells of the system itself too, which changes without a commit
        revision = replace(revision, fixed=False)
        headers = revision_headers(revision, digest_tag(revision.commit, format, revision.system))
    else:
        headers = revision_headers(revision, digest_tag(revision.commit, format, revision.system.slug))
    if is_current(request, headers):
        return not_modified(headers)
    if format == "json":
        found = await exports.export_everything(context, revision)
        pieces = written(shape(request, revision.system), found)
        return StreamingResponse(pieces, media_type="application/json", headers=headers)
    name = f"{revision.system.slug}-{(revision.commit or '')[:12]}.{format}"
    headers["Content-Disposition"] = f'attachment; filename="{name}"'
    stream = await exports.export_files(context, revision, format)
    return StreamingResponse(stream, media_type=MEDIA[format], headers=headers)


def written(system: System, found: Everything) -> Iterator[str]:
    """A :class:`SystemExport` in pieces: of a large system neither a client nor this process waits for all of it."""
    commit, manifest = json.dumps(found.revision.commit), json.dumps(found.manifest)
    yield f'{{"system":{system.model_dump_json()},"commit":{commit},"manifest":{manifest},"tokens":['
    yield from _items(found.tokens, Token)
    yield '],"components":['
    yield from _items(found.components, Component)
    yield "]}"


def _items(views: Sequence[object], model: type[BaseModel]) -> Iterator[str]:
    for start in range(0, len(views), ITEMS_AT_ONCE):
        piece = (model.model_validate(view).model_dump_json() for view in views[start : start + ITEMS_AT_ONCE])
        yield ("," if start else "") + ",".join(piece)
