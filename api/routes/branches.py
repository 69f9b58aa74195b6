"""Branches: lines of work beside the default one."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response, status
from starlette.convertors import PathConvertor, register_url_convertor

from api.auth import CurrentActor, CurrentContext
from api.conditions import REVALIDATE, CurrentSeen, is_current, not_modified, resource_tag
from api.errors import responses
from api.paging import CurrentPaging, page
from api.routes.history import commit_shown
from api.schemas.branches import Branch, BranchCreate, BranchRename
from api.schemas.common import Page
from services import branches
from services.errors import InvalidInput


class BranchPath(PathConvertor):
    """A branch's name with its slashes, but for what lies below a branch: there other routes answer."""

    regex = "protection|merge|.+(?<!/protection)(?<!/merge)"


TAKEN = ("/protection", "/merge")
"""How no branch may end that is named here: no path would lead to it."""


register_url_convertor("branch", BranchPath())

router = APIRouter(prefix="/api/design-systems/{system_id}/branches", tags=["branches"])

Name = Annotated[str, Path(min_length=1, max_length=240, description="A branch.", examples=["warmer-red"])]
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "The client's copy is current."}}


@router.get("", operation_id="list_branches", responses=responses(401, 403, 404, 422, 503))
async def list_branches(
    system_id: UUID,
    context: CurrentContext,
    actor: CurrentActor,
    paging: CurrentPaging,
    q: Annotated[str | None, Query(max_length=200, description="Part of a name, in any case.")] = None,
) -> Page[Branch]:
    """Branches by name, each with how far it has gone from the default branch."""
    found = await branches.list_branches(context, actor, system_id, q=q, limit=paging.limit, cursor=paging.cursor)
    return page(found, shape)


@router.post(
    "",
    operation_id="create_branch",
    status_code=status.HTTP_201_CREATED,
    responses=responses(401, 403, 404, 409, 413, 422, 503),
)
async def create_branch(
    system_id: UUID, body: BranchCreate, response: Response, context: CurrentContext, actor: CurrentActor
) -> Branch:
    """Begin a branch at another one, at a tag or at a commit. Open a proposal to have it merged."""
    made = shape(await branches.create_branch(context, actor, system_id, reachable(body.name), body.start))
    response.headers.update({"ETag": f'"{tag_of(made)}"', "Location": url_of(system_id, made.name)})
    return made


@router.get(
    "/{name:branch}",
    operation_id="get_branch",
    response_model=Branch,
    responses={**NOT_MODIFIED, **responses(401, 403, 404, 422, 503)},
)
async def get_branch(
    system_id: UUID, name: Name, request: Request, context: CurrentContext, actor: CurrentActor
) -> Any:
    """One branch. Its name stands in the path as it is, slashes and all."""
    system, found = await branches.get_branch(context, actor, system_id, name)
    branch = shape(found)
    scope = "public" if system.visibility == "public" else "private"
    headers = {
        "ETag": f'"{tag_of(branch)}"',
        "Cache-Control": f"{scope}, {REVALIDATE}",
        "Vary": "Authorization",
    }
    if is_current(request, headers):
        return not_modified(headers)
    return Response(branch.model_dump_json(), media_type="application/json", headers=headers)


@router.patch(
    "/{name:branch}",
    operation_id="rename_branch",
    responses=responses(401, 403, 404, 409, 412, 413, 422, 503),
)
async def rename_branch(
    system_id: UUID,
    name: Name,
    body: BranchRename,
    response: Response,
    context: CurrentContext,
    actor: CurrentActor,
    seen: CurrentSeen,
) -> Branch:
    """Give a branch another name; its open proposals go on under it. The default branch keeps its own."""
    made = shape(await branches.rename_branch(context, actor, system_id, name, reachable(body.name), seen=seen))
    response.headers["ETag"] = f'"{tag_of(made)}"'
    return made


@router.delete(
    "/{name:branch}",
    operation_id="delete_branch",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=responses(401, 403, 404, 409, 412, 422, 503),
)
async def delete_branch(
    system_id: UUID, name: Name, context: CurrentContext, actor: CurrentActor, seen: CurrentSeen
) -> None:
    """Delete a branch that is not the default one; open proposals from and to it are closed.

    With `If-Match` only where it stands as the caller saw it: nobody deletes commits that he does not know of.
    """
    await branches.delete_branch(context, actor, system_id, name, seen=seen)


def reachable(name: str) -> str:
    """A new name, if a path of this API can lead to it."""
    if name.endswith(TAKEN):
        message = f"No path would lead to a branch that ends with {' or '.join(TAKEN)}; choose another name."
        raise InvalidInput.of("name", "bad-name", message)
    return name


def shape(branch: branches.Branch) -> Branch:
    """A branch as an answer."""
    return Branch(
        name=branch.name,
        commit=branch.commit,
        default=branch.default,
        protected=branch.protected,
        ahead=branch.ahead,
        behind=branch.behind,
        last_commit=commit_shown(branch.last),
    )


def tag_of(branch: Branch) -> str:
    """Its commit, as a rename or deletion may demand it, and what else the answer says."""
    said = sha256(branch.model_dump_json().encode("utf-8", "surrogatepass")).hexdigest()
    return resource_tag(branch.commit, int(said[:12], 16))


def url_of(system_id: UUID, name: str) -> str:
    """Where a branch is found."""
    return f"/api/design-systems/{system_id}/branches/{quote(name)}"
