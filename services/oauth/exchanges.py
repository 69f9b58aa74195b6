"""The two steps that every provider shares: the URL that asks for a code, and the code traded for tokens (RFC 6749).

Authlib composes and signs these messages; its HTTP client builds upon a deprecated package, so the sending is ours.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote_plus

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from services.oauth.errors import AnswerInvalid, ProviderRefused, ProviderUnavailable
from services.oauth.fetching import Fetcher
from services.oauth.providers import Provider, is_safe_url

_FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}
_OUR_FAULT = frozenset(
    {
        *("invalid_client", "unauthorized_client", "invalid_request", "unsupported_grant_type"),
        *("incorrect_client_credentials", "redirect_uri_mismatch"),  # GitHub's own
    }
)


def asking_url(
    endpoint: str, provider: Provider, *, redirect_uri: str, scope: str, state: str, verifier: str, nonce: str | None
) -> str:
    """Where to send the person, with a PKCE challenge by S256 (RFC 7636); raises ProviderUnavailable for places that
    nobody should type a password at."""
    if not is_safe_url(endpoint):
        raise ProviderUnavailable("The identity provider names an address that is not protected by TLS.")
    url = prepare_grant_uri(  # type: ignore[no-untyped-call]
        endpoint,
        client_id=provider.client_id,
        response_type="code",
        redirect_uri=redirect_uri,
        scope=scope,
        state=state,
        nonce=nonce,
        code_challenge=challenge_of(verifier),
        code_challenge_method="S256",
    )
    return str(url)


def challenge_of(verifier: str) -> str:
    """RFC 7636 §4.2, by S256."""
    return str(create_s256_code_challenge(verifier))  # type: ignore[no-untyped-call]


async def traded(
    fetcher: Fetcher, endpoint: str, provider: Provider, *, method: str, redirect_uri: str, code: str, verifier: str
) -> dict[str, Any]:
    """The token response for a code; raises AnswerInvalid for a code that is none, ProviderUnavailable otherwise."""
    body = prepare_token_request(  # type: ignore[no-untyped-call]
        "authorization_code", redirect_uri=redirect_uri, code=code, code_verifier=verifier
    )
    client_id, secret = provider.client_id, provider.client_secret
    if method == "client_secret_basic":  # RFC 6749 §2.3.1: both are encoded before they are joined
        client_id, secret = quote_plus(client_id), quote_plus(secret)
    client = ClientAuth(client_id, secret, method)  # type: ignore[no-untyped-call]
    answer = await fetcher.post(*client.prepare("POST", endpoint, dict(_FORM), body))  # type: ignore[no-untyped-call]
    document = answer.document
    if not isinstance(document, dict):
        raise ProviderUnavailable("The identity provider does not answer as one.")
    error = None if document.get("error") is None else str(document["error"])
    if error in _OUR_FAULT:
        raise ProviderUnavailable(f"The identity provider refuses this service ({error}). Tell its administrator.")
    if error == "access_denied":
        raise ProviderRefused("The identity provider does not let you sign in here.")
    if error is not None or not isinstance(document.get("access_token"), str):
        raise AnswerInvalid("The identity provider does not know this sign-in.")
    return document
