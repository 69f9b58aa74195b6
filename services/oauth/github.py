"""GitHub, which speaks OAuth 2 but not OpenID Connect: who somebody is, its API tells."""

from __future__ import annotations

from typing import Any

from services.oauth import exchanges
from services.oauth.errors import AnswerInvalid, ProviderUnavailable
from services.oauth.fetching import Fetcher
from services.oauth.profiles import Profile
from services.oauth.providers import Provider
from services.oauth.transactions import Transaction

SCOPE = "read:user user:email"


def asking_url(provider: Provider, begun: Transaction, state: str, redirect_uri: str) -> str:
    """Where the person proves who they are."""
    return exchanges.asking_url(
        f"{provider.issuer.rstrip('/')}/login/oauth/authorize",
        provider,
        redirect_uri=redirect_uri,
        scope=SCOPE,
        state=state,
        verifier=begun.verifier,
        nonce=None,
    )


async def profile_of(
    fetcher: Fetcher, provider: Provider, begun: Transaction, *, code: str, redirect_uri: str
) -> Profile:
    """The person whom the code stands for; their address is the primary one, if it is verified."""
    tokens = await exchanges.traded(
        fetcher,
        f"{provider.issuer.rstrip('/')}/login/oauth/access_token",
        provider,
        method="client_secret_post",
        redirect_uri=redirect_uri,
        code=code,
        verifier=begun.verifier,
    )
    user = await _told(fetcher, provider, "/user", tokens["access_token"])
    if not isinstance(user, dict) or not isinstance(user.get("id"), int) or isinstance(user["id"], bool):
        raise AnswerInvalid("GitHub does not say who you are.")
    emails = await _told(fetcher, provider, "/user/emails", tokens["access_token"])
    return Profile(
        provider=provider.name,
        subject=provider.subject_of(str(user["id"])),  # the login can be renamed, and be another's afterwards
        email=_primary(emails),
        name=str(user.get("name") or user.get("login") or ""),
        username=str(user.get("login") or ""),
    )


async def _told(fetcher: Fetcher, provider: Provider, path: str, access_token: str) -> Any:
    headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/vnd.github+json"}
    answer = await fetcher.get(f"{provider.api_url.rstrip('/')}{path}", headers)
    if answer.status != 200:
        raise ProviderUnavailable("GitHub does not say who you are.")
    return answer.document


def _primary(emails: Any) -> str | None:
    for each in emails if isinstance(emails, list) else ():
        if isinstance(each, dict) and each.get("primary") is True and each.get("verified") is True:
            return str(each["email"]) if isinstance(each.get("email"), str) else None
    return None
