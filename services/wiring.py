"""Makes a context from settings, for the composition roots: the one place where settings become engines and limits."""

from __future__ import annotations

import hmac
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from designsystem.rules import FileLimits
from services.access_tokens import AccessTokens
from services.context import Context, Limits, opened
from services.oauth.providers import OAuthSettings, Provider
from services.rate_limits import Kind
from services.smtp import MailSettings
from services.vault import Vault
from settings import Settings


def opened_from(
    settings: Settings, *, pool_size: int | None = None, max_overflow: int | None = None
) -> AbstractAsyncContextManager[Context]:
    """The context that these settings describe; raises ValueError where no database is given."""
    return opened(
        database_url=_required(settings.database_url, "XDS_DATABASE_URL"),
        redis_url=_required(settings.redis_url, "XDS_REDIS_URL"),
        repositories=settings.repositories,
        access_tokens=access_tokens_of(settings),
        vault=Vault(settings.require_secret(), settings.earlier_secrets),
        limits=limits_of(settings),
        oauth=oauth_of(settings),
        rates=rates_of(settings),
        limits_key=hmac.digest(settings.require_secret().encode(), b"xds limits", "sha256"),
        mail=mail_of(settings),
        pool_size=settings.database_pool_size if pool_size is None else pool_size,
        max_overflow=settings.database_pool_overflow if max_overflow is None else max_overflow,
    )


def access_tokens_of(settings: Settings) -> AccessTokens:
    """Signs with the present secret, and still believes what the earlier ones signed."""
    lifetime = timedelta(minutes=settings.access_token_minutes)
    return AccessTokens.derived(settings.require_secret(), lifetime, settings.earlier_secrets)


def rates_of(settings: Settings) -> dict[Kind, str] | None:
    """How often callers may ask; None where nobody is limited."""
    if not settings.rate_limits:
        return None
    return {
        Kind.REQUESTS: settings.rate_limit_requests,
        Kind.ANONYMOUS: settings.rate_limit_anonymous,
        Kind.GIT: settings.rate_limit_git,
        Kind.SIGN_IN: settings.rate_limit_sign_in,
        Kind.MAIL: settings.rate_limit_mail,
        Kind.INVITATIONS: settings.rate_limit_invitations,
    }


def limits_of(settings: Settings) -> Limits:
    """The services' limits."""
    return Limits(
        registration_open=settings.registration_open,
        require_verified_email=settings.require_verified_email,
        refresh_token_days=settings.refresh_token_days,
        password_reset_minutes=settings.password_reset_minutes,
        email_verification_hours=settings.email_verification_hours,
        invitation_days=settings.invitation_days,
        audit_days=settings.audit_days,
        refs_per_push=settings.max_refs_per_push,
        archive_bytes=settings.max_archive_bytes,
        shelf_bytes=settings.max_shelf_bytes,
        files=FileLimits(
            file_bytes=settings.max_file_bytes,
            token_file_bytes=settings.max_token_file_bytes,
            token_total_bytes=settings.max_token_total_bytes,
            tree_depth=settings.max_tree_depth,
            path_bytes=settings.max_path_bytes,
        ),
    )


def mail_of(settings: Settings) -> MailSettings | None:
    """How mails are sent; None where no mail server is named. Raises ValueError for a sender that is no address."""
    if settings.smtp_host is None:
        return None
    return MailSettings(
        host=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_username,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
        security=settings.smtp_security,
        sender=settings.mail_from,
        base_url=settings.base_url,
        ui_url=settings.ui_url.rstrip("/") if settings.ui_url else None,
    )


def oauth_of(settings: Settings) -> OAuthSettings:
    """The providers that settings name; one without client id and secret is not there."""
    found = [
        Provider(each.name, "oidc", each.title, each.issuer, each.client_id, each.client_secret.get_secret_value())
        for each in settings.oidc_providers
    ]
    if settings.google_client_id and settings.google_client_secret:
        secret = settings.google_client_secret.get_secret_value()
        found.append(Provider("google", "oidc", "Google", settings.google_issuer, settings.google_client_id, secret))
    if settings.github_client_id and settings.github_client_secret:
        secret = settings.github_client_secret.get_secret_value()
        github = (settings.github_url, settings.github_client_id, secret, settings.github_api_url)
        found.append(Provider("github", "github", "GitHub", *github))
    others = [*settings.allowed_origins, *([settings.ui_url] if settings.ui_url else [])]
    return OAuthSettings.of(settings.base_url, others, found)


def _required(url: str | None, name: str) -> str:
    if url is None:
        raise ValueError(f"{name} is not set; `xds serve` starts embedded servers and sets it")
    return url
