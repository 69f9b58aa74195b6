"""One-time tokens: signed, expiring, good for one use, and void as soon as what they were made for has changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import jwt
from sqlalchemy.ext.asyncio import AsyncConnection

from index import one_time_tokens
from index.users import UserRecord
from services.context import Context
from services.errors import InvalidInput
from services.vault import Vault

Purpose = Literal["password-reset", "email-verification"]

RESET: Purpose = "password-reset"
VERIFICATION: Purpose = "email-verification"

ALGORITHM = "HS256"
LONGEST = 2048
_SIGNS = "one-time-token"
_REQUIRED = ["jti", "sub", "purpose", "mailed", "iat", "exp"]


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says. ``mailed``: whoever holds it reads the mail of the address that it was made for."""

    id: UUID
    user_id: UUID
    mailed: bool


async def issue(context: Context, db: AsyncConnection, user: UserRecord, purpose: Purpose, *, mailed: bool) -> str:
    """A new token; older ones of the same account and purpose are void. The account's row must be locked."""
    now, lifetime = context.clock(), lifetime_of(context, purpose)
    expires_at = now + lifetime
    token_id = await one_time_tokens.replace(
        db, user_id=user.id, purpose=purpose, email=user.email, now=now, expires_at=expires_at
    )
    claims = {
        "jti": str(token_id),
        "sub": str(user.id),
        "purpose": purpose,
        "mailed": mailed,
        "iat": int(now.timestamp()),
        "exp": int(expires_at.timestamp()),
    }
    return jwt.encode(claims, context.vault.signing_keys(_SIGNS)[0], algorithm=ALGORITHM)


def lifetime_of(context: Context, purpose: Purpose) -> timedelta:
    """How long a token of that purpose is good."""
    if purpose == RESET:
        return timedelta(minutes=context.limits.password_reset_minutes)
    return timedelta(hours=context.limits.email_verification_hours)


def read(vault: Vault, token: str, purpose: Purpose, now: datetime) -> Claims:
    """What a token that was signed here for that purpose says; raises InvalidInput for any other. Whether it was used
    already stands in the database."""
    text = "".join(token.split())  # mail programs and terminals break long lines
    for key in vault.signing_keys(_SIGNS):
        claims = _claims(text, key, purpose, now)
        if claims is not None:
            return claims
    raise spoilt()


def _claims(token: str, key: bytes, purpose: Purpose, now: datetime) -> Claims | None:
    if len(token) > LONGEST:
        return None
    try:
        options = {"require": _REQUIRED, "verify_exp": False, "verify_iat": False}
        said = jwt.decode(token, key, algorithms=[ALGORITHM], options=options)  # type: ignore[arg-type]
        # against our own clock rather than PyJWT's, so that tests and services agree on what time it is
        if said["purpose"] != purpose or now.timestamp() >= int(said["exp"]):
            return None
        return Claims(UUID(said["jti"]), UUID(said["sub"]), said["mailed"] is True)
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError):
        return None


def spoilt() -> InvalidInput:
    """The one answer for every token that does not work, whatever the reason."""
    return InvalidInput.of(
        "token", "token-spoilt", "This token is unknown, used, expired or replaced. Ask for a new one."
    )
