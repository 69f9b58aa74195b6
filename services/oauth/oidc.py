"""OpenID Connect: Google and every other issuer that describes itself (Core 1.0, code flow)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.oauth import exchanges, id_tokens
from services.oauth.discovery import Issuer, Issuers
from services.oauth.errors import AnswerInvalid, ProviderUnavailable
from services.oauth.fetching import Fetcher
from services.oauth.profiles import Profile
from services.oauth.providers import Provider
from services.oauth.transactions import Transaction

SCOPE = "openid email profile"


async def asking_url(issuers: Issuers, provider: Provider, begun: Transaction, state: str, redirect_uri: str) -> str:
    """Where the person proves who they are."""
    issuer = await issuers.get(provider.issuer)
    return exchanges.asking_url(
        issuer.authorization_endpoint,
        provider,
        redirect_uri=redirect_uri,
        scope=SCOPE,
        state=state,
        verifier=begun.verifier,
        nonce=begun.nonce,
    )


async def check_sender(issuers: Issuers, provider: Provider, iss: str | None) -> None:
    """RFC 9207 §2.4: that the authorization response comes from the issuer that was asked."""
    if iss is None and not (await issuers.get(provider.issuer)).sends_iss:
        return
    if iss != provider.issuer:
        raise AnswerInvalid("This answer is another identity provider's.")


async def profile_of(
    fetcher: Fetcher,
    issuers: Issuers,
    provider: Provider,
    begun: Transaction,
    *,
    code: str,
    redirect_uri: str,
    now: datetime,
) -> Profile:
    """The person whom the code stands for."""
    issuer = await issuers.get(provider.issuer)
    tokens = await exchanges.traded(
        fetcher,
        issuer.token_endpoint,
        provider,
        method=issuer.auth_method,
        redirect_uri=redirect_uri,
        code=code,
        verifier=begun.verifier,
    )
    id_token = tokens.get("id_token")
    if not isinstance(id_token, str):
        raise AnswerInvalid("The identity provider sent no ID token.")
    client_id = provider.client_id
    claims = await id_tokens.claims_of(issuers, issuer, id_token, client_id=client_id, nonce=begun.nonce, now=now)
    if "email" not in claims and issuer.userinfo_endpoint:
        claims = await _with_userinfo(fetcher, issuer, claims, tokens["access_token"])
    return _profile(provider, claims)


async def _with_userinfo(fetcher: Fetcher, issuer: Issuer, claims: dict[str, Any], access_token: str) -> dict[str, Any]:
    """Claims that come by the UserInfo endpoint, which count only for the same subject (Core §5.3.2)."""
    headers = {"Authorization": f"Bearer {access_token}"}
    answer = await fetcher.get(str(issuer.userinfo_endpoint), headers)
    if answer.status != 200 or not isinstance(answer.document, dict):
        raise ProviderUnavailable("The identity provider does not say who you are.")
    if answer.document.get("sub") != claims["sub"]:
        raise AnswerInvalid("The identity provider speaks of two people at once.")
    return answer.document | claims


def _profile(provider: Provider, claims: dict[str, Any]) -> Profile:
    verified = claims.get("email_verified") in (True, "true")  # some issuers send it as text
    email = claims.get("email")
    return Profile(
        provider=provider.name,
        subject=provider.subject_of(claims["sub"]),
        email=email if verified and isinstance(email, str) else None,
        name=str(claims.get("name") or ""),
        username=str(claims.get("preferred_username") or ""),
    )
