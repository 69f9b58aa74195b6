"""Passwords and addresses: change a password, reset a forgotten one, confirm an e-mail address."""

from __future__ import annotations

from fastapi import APIRouter, BackgroundTasks, status

from api.auth import CurrentActor, CurrentContext
from api.errors import responses
from api.schemas.recovery import (
    Accepted,
    EmailVerification,
    KeptKey,
    PasswordChange,
    PasswordChanged,
    PasswordForgotten,
    PasswordReset,
)
from services import recovery

router = APIRouter(prefix="/api/auth", tags=["accounts"])

ON_ITS_WAY = Accepted(message="If there is an account with this address, a mail is on its way.")
NO_MAIL = Accepted(message="This service sends no mail. Its operator can help: xds admin reset-password")


@router.post("/password", operation_id="change_password", responses=responses(401, 403, 409, 413, 422))
async def change_password(body: PasswordChange, context: CurrentContext, actor: CurrentActor) -> PasswordChanged:
    """Change one's password. Every sign-in ends, and this answer begins a new one; API keys stay and are listed."""
    changed = await recovery.change_password(
        context,
        actor,
        current=body.current_password.get_secret_value(),
        new=body.new_password.get_secret_value(),
    )
    keys = [KeptKey.model_validate(key) for key in changed.keys]
    pair = changed.pair
    return PasswordChanged(
        access_token=pair.access_token, refresh_token=pair.refresh_token, expires_in=pair.expires_in, api_keys=keys
    )


@router.post(
    "/password/forgot",
    operation_id="forgot_password",
    status_code=status.HTTP_202_ACCEPTED,
    responses=responses(413, 422),
)
async def forgot_password(body: PasswordForgotten, context: CurrentContext, after: BackgroundTasks) -> Accepted:
    """Ask for a mail with which to set a new password. The answer is the same whether or not there is an account."""
    email = await recovery.check_forgotten(context, body.email)
    if context.mail is None:
        return NO_MAIL
    after.add_task(recovery.forgot, context, email)
    return ON_ITS_WAY


@router.post(
    "/password/reset",
    operation_id="reset_password",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=responses(413, 422),
)
async def reset_password(body: PasswordReset, context: CurrentContext) -> None:
    """Set a new password with a token, which works once. Every sign-in of the account ends."""
    await recovery.reset(context, body.token.get_secret_value(), body.new_password.get_secret_value())


@router.post(
    "/email/verification",
    operation_id="request_email_verification",
    status_code=status.HTTP_202_ACCEPTED,
    responses=responses(401, 403, 409),
)
async def request_email_verification(context: CurrentContext, actor: CurrentActor) -> Accepted:
    """Ask for a mail that confirms the caller's address. It replaces an earlier one."""
    asked = await recovery.request_verification(context, actor)
    return Accepted(message="A mail is on its way." if asked else "Your address is confirmed already.")


@router.post(
    "/email/verify",
    operation_id="verify_email",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=responses(413, 422),
)
async def verify_email(body: EmailVerification, context: CurrentContext) -> None:
    """Confirm an address with the token that was mailed to it; it works once, and needs no sign-in."""
    await recovery.verify(context, body.token.get_secret_value())
