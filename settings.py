"""Every setting of the service, read once from the environment (prefix XDS_) by the composition roots."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import (
    AnyHttpUrl,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as Unreadable

MIN_SECRET_LENGTH = 32
_WEAK = ("changeme", "change-me", "secret", "password", "example", "default", "insecure")

_ORIGIN = re.compile(r"(\*|null|https?://[^/?#@\s*]+)\Z", re.IGNORECASE)
_RATE = r"^[1-9][0-9]{0,8}/(second|minute|hour)$"

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB


class SettingsError(ValueError):
    """The settings given do not allow a safe start; the message says which one and what to do."""


def _setting(default: Any, group: str, description: str, **constraints: Any) -> Any:
    """A documented field; `group` is the heading under which docs/settings.md lists it."""
    return Field(default=default, description=description, json_schema_extra={"group": group}, **constraints)


def weakness(secret: str) -> str | None:
    """Why this secret must not sign anything, or None when it may."""
    if len(secret) < MIN_SECRET_LENGTH:
        return f"is shorter than {MIN_SECRET_LENGTH} characters"
    if len(set(secret)) < 10:
        return "repeats too few characters"
    if any(secret.lower().startswith(word) for word in _WEAK):
        return "is a placeholder, not a secret"
    return None


class OidcSettings(BaseModel):
    """An OpenID Connect issuer that people may sign in with; ``name`` stands in the URL of its callback."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")
    title: str = Field(min_length=1, max_length=200)
    issuer: str
    client_id: str
    client_secret: SecretStr


class Settings(BaseSettings):
    """One value per environment variable XDS_<NAME>; see docs/settings.md for the same in a table."""

    model_config = SettingsConfigDict(
        env_prefix="XDS_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    environment: Literal["development", "production"] = _setting(
        "development", "Service", "`production` refuses to start without URLs and a strong secret."
    )
    data: Path = _setting(
        Path("data"), "Service", "Directory of the repositories and, when embedded, of databases, secrets and logs."
    )
    host: str = _setting("127.0.0.1", "Service", "Address that the web server listens on.")
    port: int = _setting(8420, "Service", "Port that the web server listens on; 0 picks a free one.", ge=0, le=65535)
    public_url: str | None = _setting(
        None, "Service", "URL that clients use, for clone URLs and links; http://HOST:PORT if unset."
    )
    forwarded_allow_ips: str = _setting(
        "", "Service", "Addresses of reverse proxies whose X-Forwarded headers are believed; empty believes nobody."
    )
    allowed_origins: list[str] = _setting(
        [], "Service", "Origins (JSON list) whose pages may call the API; pages of the own origin always may."
    )
    metrics_open: bool | None = _setting(
        None, "Service", "Whether anybody may read /metrics; unset: only in development. Administrators always may."
    )
    tls_certificate: Path | None = _setting(
        None, "Service", "PEM file with the certificate (chain) to serve HTTPS with; unset serves HTTP, for a proxy."
    )
    tls_key: Path | None = _setting(None, "Service", "PEM file with the certificate's private key.")
    log_level: Literal["debug", "info", "warning", "error"] = _setting("info", "Service", "Least level that is logged.")

    database_url: str | None = _setting(
        None, "Storage", "PostgreSQL, as postgresql+asyncpg://USER:PASSWORD@HOST/NAME; unset starts an embedded server."
    )
    redis_url: str | None = _setting(
        None, "Storage", "Redis or Valkey, as redis://HOST:PORT/0; unset starts an embedded server."
    )
    database_pool_size: int = _setting(10, "Storage", "Database connections that one process keeps open.", ge=1, le=200)
    database_pool_overflow: int = _setting(
        10, "Storage", "Database connections that one process may open beyond the pool under load.", ge=0, le=200
    )

    s3_endpoint: str | None = _setting(
        None, "Storage", "URL of an S3-compatible store for large assets; unset keeps them in the data directory."
    )
    s3_bucket: str = _setting("xds", "Storage", "Bucket of the S3 store.")
    s3_region: str = _setting("us-east-1", "Storage", "Region of the S3 store.")
    s3_access_key: str | None = _setting(None, "Storage", "Access key of the S3 store.")
    s3_secret_key: SecretStr | None = _setting(None, "Storage", "Secret key of the S3 store.")

    secret_key: SecretStr | None = _setting(
        None, "Secrets", "Signs access tokens; at least 32 random characters. Made by `xds serve` if embedded."
    )
    previous_secret_keys: list[SecretStr] = _setting(
        [], "Secrets", "Earlier values of secret_key (JSON list), while what they signed and sealed is still in use."
    )
    access_token_minutes: int = _setting(15, "Secrets", "Lifetime of an access token, in minutes.", ge=1, le=1440)
    refresh_token_days: int = _setting(30, "Secrets", "Lifetime of a refresh token, in days.", ge=1, le=365)
    admin_email: str = _setting(
        "admin@xtext.design", "Secrets", "E-mail address of the administrator that the first start makes."
    )
    registration_open: bool = _setting(True, "Accounts", "Whether anybody may register an account.")
    require_verified_email: bool = _setting(
        False, "Accounts", "Whether only people who confirmed their e-mail address may sign in; needs smtp_host."
    )
    password_reset_minutes: int = _setting(
        30, "Accounts", "How long the token of a password reset is good, in minutes.", ge=5, le=1440
    )
    email_verification_hours: int = _setting(
        48, "Accounts", "How long the token of an e-mail confirmation is good, in hours.", ge=1, le=720
    )
    invitation_days: int = _setting(7, "Accounts", "How long an invitation is good, in days.", ge=1, le=90)
    audit_days: int = _setting(365, "Accounts", "How long rows of the audit log are kept, in days.", ge=1, le=3650)
    ui_url: str | None = _setting(
        None, "Accounts", "URL of the user interface that links in mails lead to; unset, mails name a command instead."
    )

    smtp_host: str | None = _setting(
        None, "Mail", "Server that mails are sent through; unset sends none, and `xds admin` shows tokens instead."
    )
    smtp_port: int = _setting(587, "Mail", "Port of the mail server.", ge=1, le=65535)
    smtp_username: str | None = _setting(None, "Mail", "User name at the mail server, where it asks for one.")
    smtp_password: SecretStr | None = _setting(None, "Mail", "Password at the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = _setting(
        "starttls", "Mail", "How the connection to the mail server is protected; `none` is for a relay on this machine."
    )
    mail_from: str = _setting("xText Design System <noreply@localhost>", "Mail", "Sender of mails.")

    github_client_id: str | None = _setting(None, "Sign-in providers", "Client id of an OAuth app at GitHub.")
    github_client_secret: SecretStr | None = _setting(None, "Sign-in providers", "Its client secret.")
    github_url: str = _setting("https://github.com", "Sign-in providers", "GitHub's URL, or that of an own instance.")
    github_api_url: str = _setting("https://api.github.com", "Sign-in providers", "URL of GitHub's API.")
    google_client_id: str | None = _setting(None, "Sign-in providers", "Client id of an OAuth client at Google.")
    google_client_secret: SecretStr | None = _setting(None, "Sign-in providers", "Its client secret.")
    google_issuer: str = _setting("https://accounts.google.com", "Sign-in providers", "Google's OpenID Connect issuer.")
    oidc_providers: list[OidcSettings] = _setting(
        [],
        "Sign-in providers",
        "Further OpenID Connect issuers (JSON list of name, title, issuer, client_id, client_secret).",
    )

    rate_limits: bool = _setting(True, "Rate limits", "Whether callers that ask too often are refused with 429.")
    rate_limit_requests: str = _setting(
        "3000/minute", "Rate limits", "REST requests of one account, as COUNT/second|minute|hour.", pattern=_RATE
    )
    rate_limit_anonymous: str = _setting(
        "600/minute", "Rate limits", "REST requests of one address (IPv6: /64) that does not sign in.", pattern=_RATE
    )
    rate_limit_git: str = _setting(
        "1200/minute", "Rate limits", "Git requests of one account or anonymous address.", pattern=_RATE
    )
    rate_limit_sign_in: str = _setting(
        "60/minute",
        "Rate limits",
        "Sign-ins, refreshes, registrations, resets and the like of one address.",
        pattern=_RATE,
    )
    rate_limit_mail: str = _setting(
        "10/hour", "Rate limits", "Mails that may be asked for to one address.", pattern=_RATE
    )
    rate_limit_invitations: str = _setting(
        "60/hour", "Rate limits", "Invitations that one account may have mailed.", pattern=_RATE
    )

    max_request_bytes: int = _setting(
        8 * MIB, "Limits", "Largest body of a REST request (pushes have max_pack_bytes).", ge=KIB
    )
    max_pack_bytes: int = _setting(1 * GIB, "Limits", "Largest pack that one push may send.", ge=KIB)
    max_archive_bytes: int = _setting(
        1 * GIB, "Limits", "Most bytes that the files of one exported archive may have together.", ge=KIB
    )
    max_shelf_bytes: int = _setting(
        2 * GIB,
        "Limits",
        "What releases ship is kept until it weighs more than this for one design system; then what was not asked for "
        "the longest is worked out anew when somebody asks.",
        ge=KIB,
    )
    max_file_bytes: int = _setting(64 * MIB, "Limits", "Largest file of any kind that a change may bring.", ge=KIB)
    max_token_file_bytes: int = _setting(
        8 * MIB, "Limits", "Largest token file or manifest; these are parsed whole.", ge=KIB
    )
    max_refs_per_push: int = _setting(20_000, "Limits", "Most refs that one push may change.", ge=1)
    max_token_total_bytes: int = _setting(
        64 * MIB, "Limits", "Most that all token files of a design system may weigh together.", ge=KIB
    )
    max_tree_depth: int = _setting(32, "Limits", "Deepest folder in which a file may lie.", ge=2, le=256)
    max_path_bytes: int = _setting(1024, "Limits", "Longest path of a file, in bytes of UTF-8.", ge=64, le=4096)
    request_timeout_seconds: float = _setting(
        60.0, "Limits", "Longest time until a REST request is answered, its body's arrival included.", gt=0
    )
    git_timeout_seconds: float = _setting(600.0, "Limits", "Longest time that one clone, fetch or push may take.", gt=0)
    max_concurrent_git: int = _setting(16, "Limits", "Git processes that a web process runs at once.", ge=1)
    job_timeout_seconds: int = _setting(1800, "Limits", "Longest time that one background job may take.", ge=1)

    @field_validator("public_url")
    @classmethod
    def _public_url_is_http(cls, value: str | None) -> str | None:
        if value is not None:
            TypeAdapter(AnyHttpUrl).validate_python(value)
        return value.rstrip("/") if value else None

    @field_validator("allowed_origins")
    @classmethod
    def _origins_are_origins(cls, value: list[str]) -> list[str]:
        """They are compared letter by letter, so that a slash at the end would match nothing, and nobody would know."""
        for origin in value:
            if not _ORIGIN.match(origin):
                raise ValueError(
                    f"{origin!r} is no origin, such as https://design.example.org, without a slash at its end"
                )
        return value

    @field_validator("database_url")
    @classmethod
    def _database_url_names_its_driver(cls, value: str | None) -> str | None:
        """Hosting services hand out postgres:// or postgresql://; the driver that we use is asyncpg."""
        for scheme in ("postgres://", "postgresql://"):
            if value is not None and value.startswith(scheme):
                return "postgresql+asyncpg://" + value.removeprefix(scheme)
        if value is not None and not value.startswith("postgresql+asyncpg://"):
            raise ValueError("must start with postgresql+asyncpg:// (only PostgreSQL is supported)")
        return value

    @model_validator(mode="after")
    def _production_is_complete(self) -> Settings:
        if self.environment == "production":
            missing = [name for name in ("database_url", "redis_url", "secret_key") if getattr(self, name) is None]
            if missing:
                raise ValueError("production needs " + ", ".join(f"XDS_{name.upper()}" for name in missing))
            self.require_secret()
        _ = self.earlier_secrets
        if self.require_verified_email and self.smtp_host is None:
            raise ValueError("XDS_REQUIRE_VERIFIED_EMAIL needs XDS_SMTP_HOST: nobody could confirm an address")
        if (self.tls_certificate is None) is not (self.tls_key is None):
            raise ValueError("XDS_TLS_CERTIFICATE and XDS_TLS_KEY belong together")
        for name in ("github", "google"):
            if bool(getattr(self, f"{name}_client_id")) is not bool(getattr(self, f"{name}_client_secret")):
                prefix = f"XDS_{name.upper()}_CLIENT"
                raise ValueError(f"{prefix}_ID and {prefix}_SECRET belong together")
        return self

    @classmethod
    def read(cls, **given: Any) -> Settings:
        """The settings of the environment, overruled by those given that are not None (options of a command)."""
        try:
            return cls(**{name: value for name, value in given.items() if value is not None})
        except Unreadable as error:  # its cause shows the value, which may be a secret
            found = re.search(r'field "(\w+)"', str(error))
            name = f"XDS_{found[1].upper()}" if found else "a setting"
            raise SettingsError(f"{name} is not well-formed JSON; a list is written as '[\"…\"]'") from None

    def require_secret(self) -> str:
        """The signing secret; raises SettingsError when it is missing or weak, so nothing starts with such a one."""
        if self.secret_key is None:
            raise SettingsError("XDS_SECRET_KEY is not set; make one with: openssl rand -hex 32")
        secret = self.secret_key.get_secret_value()
        if reason := weakness(secret):
            raise SettingsError(f"XDS_SECRET_KEY {reason}; make one with: openssl rand -hex 32")
        return secret

    @property
    def earlier_secrets(self) -> list[str]:
        """What was signed and sealed with before; raises SettingsError where one of them is weak: what it signed is
        still believed."""
        secrets = [secret.get_secret_value() for secret in self.previous_secret_keys]
        for secret in secrets:
            if reason := weakness(secret):
                raise SettingsError(f"XDS_PREVIOUS_SECRET_KEYS has one that {reason}; leave it out")
        return secrets

    def all_secrets(self) -> list[str]:
        """Every value that must reach no log."""
        given = [self.secret_key, *self.previous_secret_keys, self.s3_secret_key, self.smtp_password]
        given += [self.github_client_secret, self.google_client_secret]
        given += [provider.client_secret for provider in self.oidc_providers]
        urls = [urlsplit(url).password for url in (self.database_url, self.redis_url) if url]
        return [secret.get_secret_value() for secret in given if secret] + [unquote(word) for word in urls if word]

    @property
    def repositories(self) -> Path:
        """Where the bare repositories lie."""
        return self.data / "repositories"

    @property
    def base_url(self) -> str:
        """The URL that clients use, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        scheme = "https" if self.tls_certificate else "http"
        return self.public_url or f"{scheme}://{host}:{self.port}"
