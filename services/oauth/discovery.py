"""What OpenID Connect issuers publish about themselves: endpoints and signing keys, kept for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.oauth.errors import ProviderUnavailable
from services.oauth.fetching import Fetcher

KEPT_SECONDS = 3600.0
REFETCH_SECONDS = 10.0
"""Keys are fetched no more often than so, however many unknown key ids arrive."""

_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Issuer:
    """OpenID Connect Discovery 1.0 §3, what of it is used here."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    auth_method: str
    sends_iss: bool
    """RFC 9207: whether every authorization response names the issuer."""


@dataclass(frozen=True, slots=True)
class _Kept:
    value: Any
    at: float


class Issuers:
    """The issuers that this process has asked, and their keys; forgotten after an hour, lost with the process."""

    def __init__(self, fetcher: Fetcher, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self._found: dict[str, _Kept] = {}
        self._keys: dict[str, _Kept] = {}

    async def get(self, issuer: str) -> Issuer:
        """The issuer's own description; raises ProviderUnavailable where it cannot be had or speaks of another one."""
        kept = self._found.get(issuer)
        if kept is None or self._clock() - kept.at > KEPT_SECONDS:
            url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
            answer = await self._fetcher.get(url)
            if answer.status != 200:
                raise ProviderUnavailable("The identity provider does not describe itself.")
            kept = self._found[issuer] = _Kept(_described(issuer, answer.document), self._clock())
        found: Issuer = kept.value
        return found

    async def keys(self, issuer: Issuer, *, again: bool = False) -> KeySet:
        """The issuer's signing keys; ``again`` fetches them anew where that was not done just now, because a token
        names a key that is not among them."""
        kept = self._keys.get(issuer.jwks_uri)
        most = REFETCH_SECONDS if again else KEPT_SECONDS
        if kept is None or self._clock() - kept.at > most:
            answer = await self._fetcher.get(issuer.jwks_uri)
            if answer.status != 200:
                raise ProviderUnavailable("The identity provider does not show its keys.")
            kept = self._keys[issuer.jwks_uri] = _Kept(_signing_keys(answer.document), self._clock())
        found: KeySet = kept.value
        return found


def _described(issuer: str, document: Any) -> Issuer:
    if not isinstance(document, dict) or document.get("issuer") != issuer:
        raise ProviderUnavailable("The identity provider calls itself by another name than it is known by here.")
    asking, trading, keys = (document.get(name) for name in _ENDPOINTS)
    if not (isinstance(asking, str) and isinstance(trading, str) and isinstance(keys, str)):
        raise ProviderUnavailable("The identity provider does not say where to ask it.")
    methods = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    userinfo = document.get("userinfo_endpoint")
    return Issuer(
        issuer=issuer,
        authorization_endpoint=asking,
        token_endpoint=trading,
        jwks_uri=keys,
        userinfo_endpoint=userinfo if isinstance(userinfo, str) else None,
        auth_method="client_secret_basic" if "client_secret_basic" in methods else "client_secret_post",
        sends_iss=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _signing_keys(document: Any) -> KeySet:
    try:
        keys = [key for key in document["keys"] if key.get("use", "sig") == "sig" and key.get("kty") != "oct"]
        return KeySet.import_key_set({"keys": keys})
    except (JoseError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ProviderUnavailable("The identity provider's keys cannot be read.") from error
