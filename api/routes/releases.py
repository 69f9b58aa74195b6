"""Publishing, and what was published."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response, status
from starlette.responses import FileResponse

from api.auth import CurrentActor, CurrentContext
from api.conditions import IMMUTABLE, REVALIDATE, digest_tag, is_current, not_modified
from api.errors import responses
from api.paging import CurrentPaging, page
from api.schemas.common import Page
from api.schemas.releases import PublicationPreview, Publish, ReleaseDetail, Yank
from api.schemas.releases import Release as Shape
from designsystem.changelog import changelog
from services import publishing, releases
from services.publishing import Chosen, Publication
from services.release_contents import told_of
from services.releases import Release

router = APIRouter(prefix="/api/design-systems/{system_id}", tags=["releases"])

Version = Annotated[str, Path(max_length=120, description="A published version.", examples=["2.0.0"])]
Name = Annotated[str, Path(max_length=100, description="One of the release's `artifacts`.", examples=["tokens.css"])]

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_TYPES = (
    "text/css",
    "text/x-scss",
    "text/typescript",
    "text/markdown",
    "application/json",
    "application/design-tokens+json",
    "application/zip",
    "application/gzip",
)


@router.post(
    "/publish",
    operation_id="publish_design_system",
    status_code=status.HTTP_201_CREATED,
    response_model=ReleaseDetail,
    responses={
        200: {"model": PublicationPreview, "description": "What it would come to (`dry_run`)."},
        **responses(401, 403, 404, 409, 413, 422, 503),
    },
)
async def publish(
    system_id: UUID, body: Publish, response: Response, context: CurrentContext, actor: CurrentActor
) -> Any:
    """Publish what the default branch holds: the whole system is validated, the version chosen or checked against what
    changed, written into the manifest and tagged, all at once or not at all."""
    wanted = Publication(system_id=system_id, **body.model_dump(exclude={"dry_run"}))
    if body.dry_run:
        answer = foreseen(await publishing.preview(context, actor, wanted), body.message)
        return Response(answer.model_dump_json(), media_type="application/json")
    system, record = await publishing.publish(context, actor, wanted)
    response.headers["Location"] = f"/api/design-systems/{system_id}/releases/{record.version}"
    return detail(await releases.just_published(context, system, record))


@router.get("/releases", operation_id="list_releases", responses=responses(401, 403, 404, 422, 503))
async def list_releases(
    system_id: UUID,
    context: CurrentContext,
    actor: CurrentActor,
    paging: CurrentPaging,
    yanked: Annotated[bool | None, Query(description="Only those that are withdrawn, or that are not.")] = None,
) -> Page[Shape]:
    """The published versions, the highest first."""
    found = await releases.list_releases(
        context, actor, system_id, yanked=yanked, limit=paging.limit, cursor=paging.cursor
    )
    return page(found, shape)


@router.get(
    "/releases/{version}",
    operation_id="get_release",
    response_model=ReleaseDetail,
    responses={304: {"description": "The client's copy is current."}, **responses(401, 403, 404, 422, 503)},
)
async def get_release(
    system_id: UUID, version: Version, request: Request, context: CurrentContext, actor: CurrentActor
) -> Response:
    """One version: what changed and why it is called so, who published it, and its files."""
    found = await releases.get_release(context, actor, system_id, version)
    headers = _headers(found.system.visibility, digest_tag(found.record), REVALIDATE)
    if is_current(request, headers):
        return not_modified(headers)
    return Response(detail(found).model_dump_json(), media_type="application/json", headers=headers)


@router.get(
    "/releases/{version}/artifacts/{artifact}",
    operation_id="get_release_artifact",
    response_class=FileResponse,
    responses={
        200: {"description": "The file, the same for good.", "content": dict.fromkeys(_TYPES, _BINARY)},
        304: {"description": "The client's copy is current."},
        **responses(401, 403, 404, 422, 503),
    },
)
async def get_artifact(
    system_id: UUID, version: Version, artifact: Name, request: Request, context: CurrentContext, actor: CurrentActor
) -> Response:
    """A file of a release: tokens as css, scss, json, ts and dtcg, CHANGELOG.md, migration.json, the sources."""
    found = await releases.get_artifact(context, actor, system_id, version, artifact)
    headers = _headers(found.system.visibility, found.artifact.sha256, IMMUTABLE)
    if is_current(request, headers):
        return not_modified(headers)
    name = f"{found.system.slug}-{found.record.version}-{found.artifact.name}"
    return FileResponse(found.path, media_type=found.artifact.media_type, filename=name, headers=headers)


@router.post("/releases/{version}/yank", operation_id="yank_release", responses=responses(401, 403, 404, 413, 422, 503))
async def yank(system_id: UUID, version: Version, body: Yank, context: CurrentContext, actor: CurrentActor) -> Shape:
    """Withdraw a version. Its tag and files stay for who has it; the system's version is the newest that stands."""
    return shape(await releases.yank(context, actor, system_id, version, body.reason))


@router.post("/releases/{version}/unyank", operation_id="unyank_release", responses=responses(401, 403, 404, 422, 503))
async def unyank(system_id: UUID, version: Version, context: CurrentContext, actor: CurrentActor) -> Shape:
    """Let a withdrawn version stand again."""
    return shape(await releases.unyank(context, actor, system_id, version))


def shape(record: Any) -> Shape:
    """A release as an answer."""
    return Shape.model_validate(_members(record))


def detail(found: Release) -> ReleaseDetail:
    """A release with what it tells and ships as an answer."""
    contents, record = found.contents, found.record
    if contents is None:
        return ReleaseDetail.model_validate(_members(record))
    base = f"/api/design-systems/{found.system.id}/releases/{record.version}/artifacts"
    told = {name: getattr(contents, name) for name in ("previous", "bump", "reasons", "breaking", "sections")}
    artifacts = [dataclasses.asdict(each) | {"url": f"{base}/{each.name}"} for each in contents.artifacts]
    return ReleaseDetail.model_validate(
        {**_members(record), **told, "changelog": contents.markdown, "artifacts": artifacts}
    )


def foreseen(chosen: Chosen, note: str) -> PublicationPreview:
    """What would be published as an answer."""
    own = changelog(chosen.asked.changes, version=chosen.version, previous=chosen.asked.base or "", note=note)
    told = told_of(chosen.asked, own)
    own_members = {"version": chosen.version, "commit": chosen.commit, "allowed_as": chosen.allowed_as}
    return PublicationPreview.model_validate({**told, **own_members, "changelog": told["markdown"]})


def _members(record: Any) -> dict[str, Any]:
    own = {name: getattr(record, name) for name in Shape.model_fields if hasattr(record, name)}
    tag = f"v{record.version}"
    prerelease = "-" in record.version.partition("+")[0]
    return own | {"tag": tag, "prerelease": prerelease, "yanked": record.yanked_at is not None}


def _headers(visibility: str, tag: str, freshness: str) -> dict[str, str]:
    scope = "public" if visibility == "public" else "private"
    return {"ETag": f'"{tag}"', "Cache-Control": f"{scope}, {freshness}", "Vary": "Authorization"}
