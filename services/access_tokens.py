"""Access tokens: short-lived signed JWTs that say who signed in, so that a request needs no look-up to know it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

import jwt

from services.errors import Unauthenticated
from services.policy import Actor

ALGORITHM = "HS256"
_REQUIRED = ["sub", "iat", "exp", "jti", "ver", "sid"]


@dataclass(frozen=True, slots=True)
class AccessTokens:
    """Issues and verifies with HS256 (RFC 7518 §3.2).

    ``keys`` maps key id → secret of at least 32 bytes; new tokens are signed with ``current``, older ids stay listed
    until their last token expired, which is how a signing key is rotated without signing anybody out.
    """

    keys: Mapping[str, bytes]
    current: str
    lifetime: timedelta = timedelta(minutes=15)

    @classmethod
    def derived(
        cls, secret: str, lifetime: timedelta = timedelta(minutes=15), previous: Sequence[str] = ()
    ) -> AccessTokens:
        """Signs with a key derived from the service's secret, which thereby may serve other purposes too; what was
        signed under a ``previous`` secret stays good until it expires."""
        keys = [hmac.digest(each.encode(), b"xds access tokens", "sha256") for each in (secret, *previous)]
        by_id = {sha256(key).hexdigest()[:8]: key for key in reversed(keys)}
        return cls(by_id, sha256(keys[0]).hexdigest()[:8], lifetime)

    def __post_init__(self) -> None:
        """Refuse what would make every token forgeable."""
        if self.current not in self.keys:
            raise ValueError("the current signing key is not among the keys")
        if any(len(secret) < 32 for secret in self.keys.values()):
            raise ValueError("a signing key needs at least 32 bytes")

    def __repr__(self) -> str:
        """Without the secrets: this lands in tracebacks."""
        return f"AccessTokens(current={self.current!r})"

    def issue(self, actor: Actor, now: datetime) -> str:
        """A token for a signed-in person; ``actor.token_version`` is the account's at this moment, and the token stands
        no longer than the sign-in that it names."""
        claims = {
            "sub": str(actor.user_id),
            "iat": int(now.timestamp()),
            "exp": int((now + self.lifetime).timestamp()),
            "jti": uuid4().hex,
            "ver": actor.token_version,
            "sid": str(actor.sign_in_id),
            "name": actor.name,
            "email": actor.email,
        }
        if actor.is_admin:
            claims["adm"] = True
        return jwt.encode(claims, self.keys[self.current], algorithm=ALGORITHM, headers={"kid": self.current})

    def verify(self, token: str, now: datetime) -> Actor:
        """The person it was issued to; raises Unauthenticated for anything else. Signature and times only, no SQL:
        that the account still stands at ``token_version`` is checked by the query that reads the role."""
        try:
            secret = self.keys[jwt.get_unverified_header(token)["kid"]]
            options = {"require": _REQUIRED, "verify_exp": False, "verify_iat": False}
            claims = jwt.decode(token, secret, algorithms=[ALGORITHM], options=options)  # type: ignore[arg-type]
            expires, version = int(claims["exp"]), int(claims["ver"])
            user_id, sign_in_id = UUID(claims["sub"]), UUID(claims["sid"])
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError) as error:
            raise Unauthenticated("This access token is not valid.") from error
        # against our own clock rather than PyJWT's, so that tests and services agree on what time it is
        if now.timestamp() >= expires:
            raise Unauthenticated("This access token has expired.")
        return Actor(
            user_id=user_id,
            is_admin=claims.get("adm") is True,
            name=str(claims.get("name", "")),
            email=str(claims.get("email", "")),
            token_version=version,
            sign_in_id=sign_in_id,
        )
