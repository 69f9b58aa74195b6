"""Identity providers as the flows need them, and what the settings say about signing in through them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

Kind = Literal["oidc", "github"]
RESERVED = frozenset({"password", "token", "link"})
"""Names that no provider may have: sign-ins by password are called so, and paths beside those of providers."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider; ``name`` stands in URLs. ``issuer`` is the issuer identifier of OpenID Connect, for ``github`` the
    URL of the site, whose API is at ``api_url``."""

    name: str
    kind: Kind
    title: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    api_url: str = ""

    def subject_of(self, local: str) -> str:
        """Somebody's identifier at this issuer, unique among all: OpenID Connect Core §2 promises it for the pair only,
        so a provider that gets another issuer under its old name knows nobody's account."""
        return f"{self.issuer.rstrip('/')}|{local}"


@dataclass(frozen=True, slots=True)
class OAuthSettings:
    """What the operator set: the URL that providers send people back to, the origins that they may go on to, and
    providers that need no row in the database."""

    base_url: str = "http://127.0.0.1:8420"
    return_origins: frozenset[str] = frozenset()
    providers: tuple[Provider, ...] = ()

    @classmethod
    def of(cls, base_url: str, others: Iterable[str], providers: Iterable[Provider]) -> OAuthSettings:
        """``others`` are URLs or origins beside the service's own."""
        origins = (origin_of(url) for url in (base_url, *others))
        return cls(base_url, frozenset(origin for origin in origins if origin), tuple(providers))

    def callback_url(self, provider: str) -> str:
        """Where a provider sends people back to; it has to be registered there. Each provider has its own, so that the
        answer of one is never taken for another's (RFC 9700 §4.4)."""
        return f"{self.base_url}/api/auth/oauth/{provider}/callback"

    @property
    def is_https(self) -> bool:
        """Whether browsers reach the service over TLS, be it that of a proxy."""
        return self.base_url.startswith("https://")


def origin_of(url: str) -> str | None:
    """Scheme, host and port of an absolute HTTP URL in one form (RFC 6454 §4); None for anything else."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or parts.password is not None:
        return None
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}:{port or {'http': 80, 'https': 443}[parts.scheme]}"


def is_safe_url(url: str) -> bool:
    """Whether secrets may be sent there: over TLS, or without leaving this machine."""
    if origin_of(url) is None:
        return False
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in _LOOPBACK
