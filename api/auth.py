"""Who is calling: reads the credential that came with a request and makes an actor of it. Decides nothing."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from api.limits import charge
from services import api_keys, sign_ins
from services.context import Context
from services.errors import Unauthenticated
from services.policy import ANONYMOUS, Actor

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="bearer",
    bearerFormat="access token or API key",
    description="An access token from `POST /api/auth/login`, or an API key (`xds_…`).",
)


def context_of(request: Request) -> Context:
    """The context that the application's lifespan built."""
    found: Context = request.app.state.context
    return found


CurrentContext = Annotated[Context, Depends(context_of)]


async def actor(
    request: Request,
    context: CurrentContext,
    documented: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Actor:
    """The actor of a REST call; without a credential anonymous, with a bad one Unauthenticated is raised. The call
    counts against the actor's limit, or with a bad credential against that of its address."""
    return await _charged(request, context, _rest_actor(request, context, documented))


async def _rest_actor(request: Request, context: Context, documented: HTTPAuthorizationCredentials | None) -> Actor:
    if documented is not None:
        return await bearer_actor(context, documented.credentials)
    if request.headers.get("authorization", "").strip():
        raise Unauthenticated("Send `Authorization: Bearer` with an access token or an API key.")
    return ANONYMOUS


CurrentActor = Annotated[Actor, Depends(actor)]


async def _charged(request: Request, context: Context, authentication: Awaitable[Actor]) -> Actor:
    try:
        found = await authentication
    except Unauthenticated:
        await charge(request, context, None)
        raise
    await charge(request, context, found)
    return found


async def bearer_actor(context: Context, credential: str) -> Actor:
    """The actor behind an access token or API key."""
    if credential.startswith(api_keys.PREFIX):
        return await api_keys.authenticate(context, credential)
    return context.access_tokens.verify(credential, context.clock())


async def git_actor(request: Request, context: CurrentContext) -> Actor:
    """The actor of a git call (RFC 7617 Basic): an API key as password with any user name, as user name without a
    password, or an e-mail address or user name with the account's password. Without a credential anonymous. The call
    counts as a REST call does, against limits of git's own."""
    return await _charged(request, context, _basic_actor(request, context))


async def _basic_actor(request: Request, context: Context) -> Actor:
    header = request.headers.get("authorization", "").strip()
    if not header:
        return ANONYMOUS
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() == "bearer":
        return await bearer_actor(context, encoded.strip())
    if scheme.lower() != "basic":
        raise Unauthenticated("Sign in with an API key as password.")
    login, password = _decode_basic(encoded)
    for secret in (password, login):
        if secret.startswith(api_keys.PREFIX):
            return await api_keys.authenticate(context, secret)
    return await sign_ins.authenticate_password(context, login, password)


CurrentGitActor = Annotated[Actor, Depends(git_actor)]


def _decode_basic(encoded: str) -> tuple[str, str]:
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise Unauthenticated("The credential is not readable.") from error
    login, _, password = text.partition(":")
    return login, password
