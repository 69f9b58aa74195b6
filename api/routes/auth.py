"""Accounts: register, sign in, stay signed in, sign out, see and rename oneself."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, status

from api.auth import CurrentActor, CurrentContext
from api.errors import responses
from api.paging import CurrentPaging, page
from api.schemas.auth import Login, Me, RefreshToken, Register, Rename, SignIn, TokenPair, User
from api.schemas.common import Page
from services import accounts, sign_ins

router = APIRouter(prefix="/api/auth", tags=["accounts"])


def _me(profile: accounts.Profile) -> Me:
    user, verified = User.model_validate(profile.user), profile.user.email_verified_at is not None
    return Me(**dict(user), email_verified=verified, is_admin=profile.user.is_admin, teams=profile.teams)


@router.post(
    "/register",
    operation_id="register",
    status_code=status.HTTP_201_CREATED,
    responses=responses(401, 403, 409, 413, 422),
)
async def register(body: Register, context: CurrentContext, actor: CurrentActor) -> User:
    """Make an account. While registration is closed only an instance admin may, and who holds an invitation."""
    user = await accounts.register(
        context,
        email=body.email,
        password=body.password.get_secret_value(),
        name=body.name,
        username=body.username,
        actor=actor,
        invitation=body.invitation.get_secret_value() if body.invitation is not None else None,
    )
    return User.model_validate(user)


@router.post("/login", operation_id="login", responses=responses(401, 413, 422))
async def login(body: Login, context: CurrentContext) -> TokenPair:
    """Sign in with e-mail address (or user name) and password."""
    pair = await sign_ins.login(context, email=body.email, password=body.password.get_secret_value())
    return TokenPair.model_validate(pair)


@router.post("/refresh", operation_id="refresh", responses=responses(401, 413, 422))
async def refresh(body: RefreshToken, context: CurrentContext) -> TokenPair:
    """Trade a refresh token for a new pair. Using one twice ends the whole sign-in, for whoever holds it."""
    return TokenPair.model_validate(await sign_ins.refresh(context, body.refresh_token.get_secret_value()))


@router.post("/logout", operation_id="logout", status_code=status.HTTP_204_NO_CONTENT, responses=responses(413, 422))
async def logout(body: RefreshToken, context: CurrentContext) -> None:
    """End the sign-in that this refresh token belongs to."""
    await sign_ins.logout(context, body.refresh_token.get_secret_value())


@router.get("/sessions", operation_id="list_sessions", responses=responses(401, 403, 422))
async def list_sessions(context: CurrentContext, actor: CurrentActor, paging: CurrentPaging) -> Page[SignIn]:
    """Where the caller is signed in, newest first."""
    found = await sign_ins.list_own(context, actor, limit=paging.limit, cursor=paging.cursor)
    return page(found, lambda record: SignIn.of(record, actor.sign_in_id))


@router.delete(
    "/sessions/{session_id}",
    operation_id="end_session",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=responses(401, 403, 404, 422),
)
async def end_session(session_id: UUID, context: CurrentContext, actor: CurrentActor) -> None:
    """End one of the caller's sign-ins, its access tokens included: for a device that was lost."""
    await sign_ins.end_own(context, actor, session_id)


@router.get("/me", operation_id="get_me", responses=responses(401, 403))
async def me(context: CurrentContext, actor: CurrentActor) -> Me:
    """The caller's account with its teams and roles."""
    return _me(await accounts.me(context, actor))


@router.patch("/me", operation_id="rename_me", responses=responses(401, 403, 409, 413, 422))
async def rename(body: Rename, context: CurrentContext, actor: CurrentActor) -> Me:
    """Change name or user name. Commits made before keep the name that they were made under."""
    return _me(await accounts.rename(context, actor, name=body.name, username=body.username))
