"""Signing in through identity providers, and the identities that open one's account."""

from __future__ import annotations

import re
import secrets
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response, status
from fastapi.responses import RedirectResponse

from api.auth import CurrentActor, CurrentContext
from api.errors import responses
from api.paging import CurrentPaging, page
from api.schemas.auth import TokenPair
from api.schemas.common import Page
from api.schemas.oauth import (
    CODE,
    Identity,
    IdentityProvider,
    IdentityProviders,
    LinkCode,
    LinkCodeShown,
    LinkingUrl,
    SignInCode,
)
from services import identities, identity_providers
from services.context import Context
from services.oauth import flow
from services.oauth.transactions import TRANSACTION_SECONDS
from services.standing import living

router = APIRouter(prefix="/api/auth", tags=["accounts"])

_BROWSER = re.compile(r"[A-Za-z0-9_-]{43}\Z")
_LOCATION = {"Location": {"schema": {"type": "string", "format": "uri"}}}
_MOST = 3000

ProviderName = Annotated[str, Path(max_length=63, description="The provider's name.")]

ReturnPage = Annotated[
    str | None, Query(max_length=2000, description="The page to come back to, with `?code=` or `?error=`.")
]


def _redirects(description: str) -> dict[str, Any]:
    return {"description": description, "headers": _LOCATION}


@router.get("/providers", operation_id="list_identity_providers", responses=responses(401, 422))
async def list_identity_providers(context: CurrentContext, actor: CurrentActor) -> IdentityProviders:
    """The identity providers that people may sign in through here, beside e-mail address and password."""
    await living(context, actor)
    found = await identity_providers.names_and_titles(context)
    begin = f"{context.oauth.base_url}/api/auth/oauth"
    return IdentityProviders(
        items=[IdentityProvider(name=name, title=title, url=f"{begin}/{name}") for name, title in found]
    )


@router.get(
    "/oauth/{provider}",
    operation_id="begin_oauth",
    status_code=status.HTTP_302_FOUND,
    response_class=RedirectResponse,
    responses={302: _redirects("To the provider."), **responses(404, 422)},
)
async def begin_oauth(
    provider: ProviderName,
    request: Request,
    context: CurrentContext,
    redirect_to: ReturnPage = None,
    code_challenge: Annotated[
        str | None,
        Query(
            min_length=43,
            max_length=128,
            pattern=r"^[A-Za-z0-9._~-]+$",
            description="S256 challenge (RFC 7636) of a verifier that the code is then of use with only.",
        ),
    ] = None,
) -> RedirectResponse:
    """Send a person to a provider to sign in. To be opened in a browser, not fetched: the browser gets a cookie, and
    the sign-in can be completed in it alone. The page to come back to must be of this service's origin, of the user
    interface's, or of an allowed one."""
    browser = _browser(request, context) or secrets.token_urlsafe(32)
    url = await flow.begin(context, provider, browser=browser, redirect_to=redirect_to, challenge=code_challenge)
    answer = RedirectResponse(url, status.HTTP_302_FOUND)
    answer.set_cookie(
        _cookie(context),
        browser,
        max_age=TRANSACTION_SECONDS,
        path="/",
        secure=context.oauth.is_https,
        httponly=True,
        samesite="lax",  # the provider's redirect back is a navigation from another site
    )
    return answer


@router.get(
    "/oauth/{provider}/callback",
    operation_id="complete_oauth",
    response_model=TokenPair | LinkCodeShown,
    responses={
        200: {"content": {"application/json": {"example": {"link_code": CODE}}}},
        303: _redirects("To the page that was named, with `?code=` or `?error=`."),
        **responses(401, 403, 404, 409, 422),
    },
)
async def complete_oauth(
    provider: ProviderName,
    request: Request,
    context: CurrentContext,
    state: Annotated[str, Query(max_length=200)],
    code: Annotated[str | None, Query(max_length=_MOST)] = None,
    error: Annotated[str | None, Query(max_length=200)] = None,
    iss: Annotated[str | None, Query(max_length=2000)] = None,
) -> Response | TokenPair | LinkCodeShown:
    """Where providers send people back to. Goes on to the page that was named at the beginning, which trades its
    `?code=` at `POST /api/auth/oauth/token`; where none was named, the answer is the sign-in itself."""
    browser = _browser(request, context) or ""
    arrival = flow.Arrival(state=state, browser=browser, code=code, error=error, iss=iss)
    outcome = await flow.complete(context, provider, arrival)
    if outcome.location is not None:
        return RedirectResponse(outcome.location, status.HTTP_303_SEE_OTHER)
    if outcome.link_code is not None:
        return LinkCodeShown(link_code=outcome.link_code)
    return TokenPair.model_validate(outcome.pair)


@router.post("/oauth/token", operation_id="redeem_oauth_code", responses=responses(401, 403, 413, 422))
async def redeem_oauth_code(body: SignInCode, context: CurrentContext) -> TokenPair:
    """Trade the code that a page was handed for the tokens of the sign-in. It is good for a minute, and once."""
    verifier = body.code_verifier.get_secret_value() if body.code_verifier else None
    return TokenPair.model_validate(await flow.redeem(context, body.code.get_secret_value(), verifier))


@router.post("/oauth/{provider}/link", operation_id="begin_linking", responses=responses(401, 403, 404, 422))
async def begin_linking(
    provider: ProviderName, context: CurrentContext, actor: CurrentActor, redirect_to: ReturnPage = None
) -> LinkingUrl:
    """Begin to link an identity at a provider to the caller's account. The URL leads there and back to a code, which
    the same account confirms at `POST /api/auth/identities`. Not for API keys."""
    return LinkingUrl(url=await flow.begin_linking(context, actor, provider, redirect_to=redirect_to))


@router.post(
    "/identities",
    operation_id="link_identity",
    status_code=status.HTTP_201_CREATED,
    responses=responses(401, 403, 409, 413, 422),
)
async def link_identity(body: LinkCode, context: CurrentContext, actor: CurrentActor) -> Identity:
    """Let the identity that a code stands for open the caller's account. Only the account that began may."""
    return Identity.model_validate(await flow.finish_linking(context, actor, body.code.get_secret_value()))


@router.get("/identities", operation_id="list_identities", responses=responses(401, 403, 422))
async def list_identities(context: CurrentContext, actor: CurrentActor, paging: CurrentPaging) -> Page[Identity]:
    """The identities that open the caller's account, newest first."""
    found = await identities.list_own(context, actor, limit=paging.limit, cursor=paging.cursor)
    return page(found, Identity.model_validate)


@router.delete(
    "/identities/{identity_id}",
    operation_id="unlink_identity",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=responses(401, 403, 404, 409, 422),
)
async def unlink_identity(identity_id: UUID, context: CurrentContext, actor: CurrentActor) -> None:
    """Take an identity from the caller's account. The last way in stays: without a password, one identity must."""
    await identities.unlink(context, actor, identity_id)


def _cookie(context: Context) -> str:
    """``__Host-``: on https browsers take it from this host only, not from a neighbour in the same domain."""
    return "__Host-xds-oauth" if context.oauth.is_https else "xds-oauth"


def _browser(request: Request, context: Context) -> str | None:
    """What the browser was given before, so that several tabs may sign in at once."""
    kept = request.cookies.get(_cookie(context), "")
    return kept if _BROWSER.match(kept) else None
