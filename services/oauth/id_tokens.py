"""Whether an ID token proves who somebody is (OpenID Connect Core 1.0 §3.1.3.7)."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from services.oauth.discovery import Issuer, Issuers
from services.oauth.errors import AnswerInvalid

ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "Ed25519"),
)
"""Signatures that only the issuer can make; neither ``none`` nor one by a secret that we hold too."""

LEEWAY_SECONDS = 60


async def claims_of(
    issuers: Issuers, issuer: Issuer, id_token: str, *, client_id: str, nonce: str, now: datetime
) -> dict[str, Any]:
    """The claims of a token that this issuer made for this client in this sign-in; raises AnswerInvalid."""
    try:
        try:
            claims = _decoded(id_token, await issuers.keys(issuer))
        except InvalidKeyIdError:
            claims = _decoded(id_token, await issuers.keys(issuer, again=True))
        _check(claims, issuer.issuer, client_id, nonce, now)
    except (JoseError, ValueError, TypeError) as error:
        # what was wrong is for the log of whoever runs this, not for whoever tries it
        raise AnswerInvalid("The identity provider's answer cannot be trusted.") from error
    return claims


def _decoded(id_token: str, keys: KeySet) -> dict[str, Any]:
    return jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims


def _check(claims: dict[str, Any], issuer: str, client_id: str, nonce: str, now: datetime) -> None:
    registry = JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        sub={"essential": True},
        aud={"essential": True, "value": client_id},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True},
    )
    registry.validate(claims)
    audience, authorized = claims["aud"], claims.get("azp")
    if authorized is not None and authorized != client_id:
        raise ValueError("made for another client")
    if isinstance(audience, list) and len(audience) > 1 and authorized is None:
        raise ValueError("made for several clients, and does not say for which of them")
    if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise ValueError("made for another sign-in")
    if not 1 <= len(claims["sub"]) <= 255:
        raise ValueError("names nobody")
