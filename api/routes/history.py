"""History: the commits of a design system, and what one revision has that another has not."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.responses import PlainTextResponse

from api.auth import CurrentActor, CurrentContext
from api.conditions import digest_tag, is_current, not_modified, revision_headers
from api.errors import responses
from api.paging import CurrentPaging, page
from api.routes.systems import Ref
from api.schemas.common import Page
from api.schemas.history import Change, Commit, Comparison
from designsystem.compare.report import markdown
from services import comparisons, histories

router = APIRouter(prefix="/api/design-systems/{system_id}", tags=["history"])

MOST_CHANGES = 5000
MOST_REASONS = 200
MARKDOWN = "text/markdown"
_MARKDOWN: dict[str, Any] = {
    "content": {MARKDOWN: {"schema": {"type": "string"}, "example": "## Changes to the design system\n"}}
}

Revision = Annotated[str, Path(max_length=300, description="Branch, tag or commit.", examples=["main"])]


@router.get("/commits", operation_id="list_commits", responses=responses(401, 403, 404, 422, 503))
async def list_commits(
    system_id: UUID,
    context: CurrentContext,
    actor: CurrentActor,
    paging: CurrentPaging,
    ref: Ref = None,
    path: Annotated[str | None, Query(max_length=1024, description="Only commits that changed it.")] = None,
) -> Page[Commit]:
    """The commits that lead to a branch, tag or commit, newest first."""
    found = await histories.commits(
        context, actor, system_id, ref=ref, path=path, limit=paging.limit, cursor=paging.cursor
    )
    return page(found, commit_shown)


def commit_shown(commit: Any) -> Commit:
    """A commit as answers tell it."""
    return Commit(
        commit=commit.oid,
        parents=list(commit.parents),
        author_name=commit.author.name,
        author_email=commit.author.email,
        authored_at=commit.author_time,
        committed_at=commit.committed_at,
        message=commit.message,
    )


@router.get(
    "/compare/{base:path}...{head:path}",
    operation_id="compare_revisions",
    response_model=Comparison,
    responses={
        200: _MARKDOWN,
        304: {"description": "The caller's copy is current."},
        **responses(401, 403, 404, 422, 503),
    },
)
async def compare_revisions(
    system_id: UUID,
    base: Revision,
    head: Revision,
    request: Request,
    context: CurrentContext,
    actor: CurrentActor,
) -> Any:
    """What merging the head into the base would bring, as tokens and components: JSON, or with
    `Accept: text/markdown` a page for the comment of a pull request."""
    found = await comparisons.compare(context, actor, system_id, base, head)
    wants_page = MARKDOWN in request.headers.get("accept", "")
    tag = digest_tag(found.base.commit, found.head.commit, wants_page)
    headers = revision_headers(found.head, tag)
    if not (found.base.fixed and found.head.fixed):
        headers |= revision_headers(found.base if found.head.fixed else found.head, tag)
    headers["Vary"] += ", Accept"
    if is_current(request, headers):
        return not_modified(headers)
    if wants_page:
        return PlainTextResponse(markdown(found.changes), media_type=MARKDOWN, headers=headers)
    shown = found.changes[:MOST_CHANGES]
    body = Comparison(
        base=found.base.commit or "",
        head=found.head.commit or "",
        merge_base=found.since,
        ahead=found.ahead,
        behind=found.behind,
        bump=found.verdict.bump,
        reasons=list(found.verdict.reasons[:MOST_REASONS]),
        permutations=found.permutations,
        permutations_compared=found.compared,
        changes=[Change.model_validate(change) for change in shown],
        truncated=len(found.changes) > len(shown),
    )
    return Response(body.model_dump_json(), media_type="application/json", headers=headers)
