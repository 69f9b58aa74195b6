"""Limits at the door: which limit a request counts against, whose it is, and what the answer says about it."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import GIT_PREFIX, answer_refusal
from services import origin
from services.context import Context
from services.policy import Actor
from services.rate_limits import Exhausted, Kind, Quota, network_of

STATE = "quota"
"""Where a request's state holds what the outermost layer writes into the answer's headers."""

SIGN_INS = "/api/auth/"
PROVIDERS = "/api/auth/oauth/"
INVITATIONS = "/api/invitations/accept"
NEVER_REFUSED = frozenset({"/api/auth/logout"})
"""Signing out is never refused: who asks for it may be in a hurry."""


def proves_identity(method: str, path: str) -> bool:
    """Whether a request tries a credential or asks for one: it counts against the sign-in limit of its address."""
    if method == "POST":
        return path not in NEVER_REFUSED and (path.startswith(SIGN_INS) or path == INVITATIONS)
    return method == "GET" and path.startswith(PROVIDERS)


class SignInLimit:
    """ASGI middleware that refuses sign-ins and the like before any work is done for them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless its address tried too often."""
        if scope["type"] == "http" and proves_identity(scope["method"], scope["path"]):
            request = Request(scope)
            try:
                await spend(request, scope["app"].state.context, Kind.SIGN_IN, network_of(origin.current().address))
            except Exhausted as refusal:
                await (await answer_refusal(request, refusal))(scope, receive, send)
                return
        await self.app(scope, receive, send)


async def charge(request: Request, context: Context, actor: Actor | None) -> None:
    """Count a request against its caller: a key, a person, or the address of somebody unknown. Raises Exhausted."""
    git = request.scope["path"].startswith(GIT_PREFIX)
    if actor is not None and actor.key_id is not None:
        await spend(request, context, Kind.GIT if git else Kind.REQUESTS, f"key:{actor.key_id}")
    elif actor is not None and actor.user_id is not None:
        await spend(request, context, Kind.GIT if git else Kind.REQUESTS, f"user:{actor.user_id}")
    else:
        await spend(request, context, Kind.GIT if git else Kind.ANONYMOUS, network_of(origin.current().address))


async def spend(request: Request, context: Context, kind: Kind, subject: str) -> None:
    """Count one hit, and leave for the answer's headers what is left: of the limit that refuses, else of the first."""
    state = request.scope.setdefault("state", {})
    try:
        quota = await context.rate_limits.spend(kind, subject)
    except Exhausted as refusal:
        state[STATE] = refusal.quota
        raise
    if quota is not None:
        state.setdefault(STATE, quota)


FIELDS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit-Policy")


def headers_of(quota: Quota) -> Mapping[str, str]:
    """The fields of draft-ietf-httpapi-ratelimit-headers-07, the last draft with one field for each number."""
    values = (quota.limit, quota.remaining, quota.reset, f"{quota.limit};w={quota.window}")
    return dict(zip(FIELDS, map(str, values), strict=True))
