"""Design tokens of a design system."""

from __future__ import annotations

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status

from api.auth import CurrentActor, CurrentContext
from api.conditions import CurrentSeen, answer, digest_tag, is_current, not_modified, resource_tag, revision_headers
from api.errors import responses
from api.paging import CurrentPaging, page
from api.permutations import MODIFIERS, CurrentAsked
from api.routes.components import NOT_MODIFIED
from api.routes.systems import Ref
from api.schemas.common import Page, ProblemItem
from api.schemas.tokens import (
    BatchOperation,
    BatchResult,
    DocumentCheck,
    DocumentProblems,
    ResolvedTokens,
    Token,
    TokenBatch,
    TokenCreate,
    TokenList,
    TokenRename,
    TokenUpdate,
)
from api.writes import CurrentWhere, where_of
from designsystem.exporters import formats
from services import design_tokens, exports, permutations
from services.design_tokens import Filter, TokenWritten
from services.errors import InvalidInput
from services.exports import SideBySide
from services.token_batches import Operation
from services.token_edits import FIELDS, Target

EXPORTED = {each.media_type: each.example for each in reversed(list(formats().values()))}
"""Media type of each export format, with an example: that of the first format of its kind."""

router = APIRouter(prefix="/api/design-systems/{system_id}/tokens", tags=["design tokens"])


@router.get(
    "",
    operation_id="list_tokens",
    response_model=Page[Token],
    responses={**NOT_MODIFIED, **responses(401, 403, 404, 422, 503)},
)
async def list_tokens(
    system_id: UUID,
    request: Request,
    context: CurrentContext,
    actor: CurrentActor,
    paging: CurrentPaging,
    ref: Ref = None,
    category: Annotated[str | None, Query(max_length=500, description="First segment of the path.")] = None,
    type: Annotated[str | None, Query(max_length=100, description="DTCG type.")] = None,  # noqa: A002
    q: Annotated[str | None, Query(max_length=200, description="Part of a path or description.")] = None,
) -> Response:
    """Tokens by category and name."""
    revision, read = await design_tokens.list_tokens(
        context,
        actor,
        system_id,
        ref=ref,
        wanted=Filter(category, type, q),
        limit=paging.limit,
        cursor=paging.cursor,
    )

    async def build() -> Page[Token]:
        return page(await read(), Token.model_validate)

    return await answer(request, revision, build)


@router.post(
    "",
    operation_id="create_token",
    status_code=status.HTTP_201_CREATED,
    responses=responses(401, 403, 404, 409, 413, 422, 503),
)
async def create_token(
    system_id: UUID,
    body: TokenCreate,
    response: Response,
    context: CurrentContext,
    actor: CurrentActor,
    stated: CurrentWhere,
) -> Token:
    """Add a token as one commit, beside its siblings."""
    path = f"{body.category}.{body.name}" if body.name else body.category
    where = where_of(stated, body)
    written = await design_tokens.create_token(
        context, actor, system_id, path, _given(body, drop_null=True), file=body.file, where=where
    )
    made = shaped(written, response)
    response.headers["Location"] = f"/api/design-systems/{system_id}/tokens/{made.id}"
    return made


@router.get(
    "/export",
    operation_id="export_tokens",
    openapi_extra=MODIFIERS,
    response_class=Response,
    responses={
        200: {
            "description": "The tokens in that format; equal commits give equal bytes. What could not be exported is "
            "counted in `X-Export-Problems`.",
            "content": {kind: {"schema": {"type": "string"}, "example": example} for kind, example in EXPORTED.items()},
        },
        **NOT_MODIFIED,
        **responses(401, 403, 404, 422, 503),
    },
)
async def export_tokens(
    system_id: UUID,
    request: Request,
    context: CurrentContext,
    actor: CurrentActor,
    asked: CurrentAsked,
    format: Annotated[str, Query(max_length=40, json_schema_extra={"enum": list(formats())})] = "css",  # noqa: A002
    ref: Ref = None,
    prefix: Annotated[str, Query(max_length=64, description="Put before every name.")] = "",
    aliases: Annotated[
        bool, Query(description="Keep an alias of a whole token as a variable, where the format has variables.")
    ] = False,
    themes: Annotated[
        bool,
        Query(
            description="Every context of the resolver beside the default, as blocks of what differs (css, tailwind)."
        ),
    ] = False,
    media: Annotated[bool, Query(description="With `themes`: contexts named light and dark as media queries.")] = False,
) -> Response:
    """The tokens of a ref in a platform's format, of one theme where one is asked for, or of all side by side."""
    if media and not themes:
        raise InvalidInput.of("media", "media-without-themes", "media goes with themes=true.")
    revision = await exports.revision_for(context, actor, system_id, ref)
    choice = await permutations.chosen(context, revision, asked, always=themes)
    sides = SideBySide(choice.among(asked), media) if themes and choice is not None else None
    header = await exports.header_of(context, revision)
    headers = revision_headers(revision, digest_tag(header, format, prefix, aliases, choice, sides))
    if is_current(request, headers):
        return not_modified(headers)
    exported = await exports.export_tokens(
        context, revision, header, format, prefix=prefix, aliases=aliases, choice=choice, side_by_side=sides
    )
    headers["X-Export-Problems"] = str(len(exported.problems))
    headers["Content-Disposition"] = f'inline; filename="{revision.system.slug}.{exported.extension}"'
    return Response(exported.data, media_type=exported.media_type, headers=headers)


@router.get(
    "/resolved",
    operation_id="resolve_tokens",
    openapi_extra=MODIFIERS,
    response_model=ResolvedTokens,
    responses={**NOT_MODIFIED, **responses(401, 403, 404, 422, 503)},
)
async def resolve_tokens(
    system_id: UUID,
    request: Request,
    context: CurrentContext,
    actor: CurrentActor,
    asked: CurrentAsked,
    ref: Ref = None,
) -> Response:
    """Every token's type and value with all aliases followed, for one choice of the resolver's contexts."""
    revision, read = await design_tokens.resolved(context, actor, system_id, ref=ref, asked=asked)

    async def build() -> ResolvedTokens:
        found = await read()
        problems = [problem.as_dict() for problem in found.problems]
        stated = {"commit": revision.commit, "inputs": found.inputs, "tokens": found.tokens, "problems": problems}
        return ResolvedTokens.model_validate(stated)

    return await answer(request, revision, build)


@router.post("/validate", operation_id="validate_tokens", responses=responses(401, 403, 404, 413, 422, 503))
async def validate_tokens(
    system_id: UUID, body: DocumentCheck, context: CurrentContext, actor: CurrentActor, ref: Ref = None
) -> DocumentProblems:
    """What a push of this token file would be told; changes nothing."""
    is_text = isinstance(body.document, str)
    text = str(body.document) if is_text else json.dumps(body.document, indent=2, ensure_ascii=False)
    source = text.encode("utf-8", "surrogatepass")
    problems = await design_tokens.validate_document(context, actor, system_id, path=body.path, source=source, ref=ref)
    items = [ProblemItem.model_validate(problem.as_dict()) for problem in problems]
    return DocumentProblems(valid=not any(item.severity == "error" for item in items), problems=items)


@router.post("/batch", operation_id="batch_tokens", responses=responses(401, 403, 404, 409, 413, 422, 503))
async def batch_tokens(
    system_id: UUID, body: TokenBatch, context: CurrentContext, actor: CurrentActor, stated: CurrentWhere
) -> BatchResult:
    """Several edits as one commit, all or nothing."""
    where = where_of(stated, body)
    operations = [_operation(number, each) for number, each in enumerate(body.operations)]
    done, views = await design_tokens.batch(context, actor, system_id, operations, where=where)
    return BatchResult(commit=done.commit, tokens=[view and Token.model_validate(view) for view in views])


@router.get("/{token_id}", operation_id="get_token", responses={**NOT_MODIFIED, **responses(401, 403, 404, 422, 503)})
async def get_token(
    system_id: UUID,
    token_id: UUID,
    request: Request,
    response: Response,
    context: CurrentContext,
    actor: CurrentActor,
    ref: Ref = None,
) -> Token:
    """One token."""
    revision, view = await design_tokens.get_token(context, actor, system_id, token_id, ref=ref)
    headers = revision_headers(revision, resource_tag(view.commit, view.line))
    if is_current(request, headers):
        return not_modified(headers)  # type: ignore[return-value]
    response.headers.update(headers)
    return Token.model_validate(view)


@router.put("/{token_id}", operation_id="update_token", responses=responses(401, 403, 404, 409, 412, 413, 422, 503))
async def update_token(
    system_id: UUID,
    token_id: UUID,
    body: TokenUpdate,
    response: Response,
    context: CurrentContext,
    actor: CurrentActor,
    seen: CurrentSeen,
    stated: CurrentWhere,
) -> Token:
    """Change a token in place as one commit. With a stale `If-Match` it is merged on meaning, or 409."""
    fields = _given(body)
    if "value" in fields and fields["value"] is None:
        raise InvalidInput.of("value", "not-null", "A token has a value; delete the token instead.")
    where = where_of(stated, body)
    written = await design_tokens.update_token(context, actor, system_id, token_id, fields, seen=seen, where=where)
    return shaped(written, response)


@router.delete(
    "/{token_id}",
    operation_id="delete_token",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=responses(401, 403, 404, 409, 412, 422, 503),
)
async def delete_token(
    system_id: UUID,
    token_id: UUID,
    context: CurrentContext,
    actor: CurrentActor,
    seen: CurrentSeen,
    where: CurrentWhere,
) -> None:
    """Remove a token as one commit; refused while another token refers to it."""
    await design_tokens.delete_token(context, actor, system_id, token_id, seen=seen, where=where)


@router.post(
    "/{token_id}/rename", operation_id="rename_token", responses=responses(401, 403, 404, 409, 412, 413, 422, 503)
)
async def rename_token(
    system_id: UUID,
    token_id: UUID,
    body: TokenRename,
    response: Response,
    context: CurrentContext,
    actor: CurrentActor,
    seen: CurrentSeen,
    stated: CurrentWhere,
) -> Token:
    """Move a token to another path; its id stays and every alias to it is rewritten in the same commit."""
    written = await design_tokens.rename_token(
        context,
        actor,
        system_id,
        token_id,
        body.path,
        keep_alias=body.keep_alias,
        seen=seen,
        where=where_of(stated, body),
    )
    return shaped(written, response)


@router.get("/{token_id}/usages", operation_id="list_token_usages", responses=responses(401, 403, 404, 422, 503))
async def list_usages(
    system_id: UUID,
    token_id: UUID,
    response: Response,
    context: CurrentContext,
    actor: CurrentActor,
    ref: Ref = None,
) -> TokenList:
    """The tokens whose values refer to this one directly."""
    revision, found = await design_tokens.usages(context, actor, system_id, token_id, ref=ref)
    response.headers.update(revision_headers(revision))
    return TokenList(items=[Token.model_validate(view) for view in found])


def _given(body: TokenCreate | TokenUpdate | BatchOperation, *, drop_null: bool = False) -> dict[str, Any]:
    """The token's fields that the request states; null removes one, in a new token it is the same as absent."""
    given = body.model_dump(include=set(FIELDS), exclude_unset=True)
    return {name: value for name, value in given.items() if value is not None or not drop_null}


def _operation(number: int, body: BatchOperation) -> Operation:
    needs = "path" if body.op == "create" else "id"
    if getattr(body, needs) is None or (body.op == "rename" and body.path is None):
        missing = "path" if body.op == "rename" and body.id is not None else needs
        raise InvalidInput.of(f"operations/{number}/{missing}", "missing", f"{body.op} needs {missing}.")
    if body.op == "create" and body.value is None:
        raise InvalidInput.of(f"operations/{number}/value", "missing", "create needs value.")
    target = Target(body.id) if body.id is not None else None
    fields = _given(body, drop_null=body.op == "create")
    return Operation(
        op=body.op, target=target, path=body.path, fields=fields, file=body.file, keep_alias=body.keep_alias
    )


def shaped(written: TokenWritten, response: Response) -> Token:
    """A token as a write left it, with the ETag to base the next one on."""
    made = Token.model_validate(written.token)
    response.headers["ETag"] = f'"{resource_tag(made.commit, made.line)}"'
    return made
