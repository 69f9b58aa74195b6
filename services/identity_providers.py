"""Identity providers of this instance: those of the settings, and those that an administrator added since."""

from __future__ import annotations

import logging
import re

from index import identity_providers
from index.identity_providers import ProviderRecord
from services import audit
from services.audit import Act
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.names import check_name
from services.oauth.providers import RESERVED, Kind, Provider, is_safe_url
from services.policy import Actor
from services.vault import SealBroken

log = logging.getLogger("xds.oauth")

PURPOSE = "identity-provider"
GITHUB_API = "https://api.github.com"

_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}\Z")


async def find(context: Context, name: str) -> Provider:
    """The provider of that name, the settings' first; raises NotFound."""
    for provider in context.oauth.providers:
        if provider.name == name:
            return provider
    async with context.reads.connect() as db:
        record = await identity_providers.by_name(db, name) if _NAME.match(name) else None
    if record is None:
        raise NotFound("There is no such identity provider.")
    return _opened(context, record)


async def names_and_titles(context: Context) -> list[tuple[str, str]]:
    """What people may choose from, by title."""
    async with context.reads.connect() as db:
        added = await identity_providers.all_of_them(db)
    found = {record.name: record.title for record in added}
    found |= {provider.name: provider.title for provider in context.oauth.providers}
    return sorted(found.items(), key=lambda each: (each[1].casefold(), each[0]))


async def list_added(context: Context, actor: Actor) -> list[ProviderRecord]:
    """Those in the database, for an instance admin."""
    _require_administrator(actor)
    async with context.reads.connect() as db:
        return await identity_providers.all_of_them(db)


async def add(
    context: Context,
    actor: Actor,
    *,
    name: str,
    kind: Kind,
    title: str,
    issuer: str,
    client_id: str,
    client_secret: str,
) -> ProviderRecord:
    """Let people sign in through one more provider, at once and in every process. Its secret is kept sealed.

    Raises InvalidInput, and Conflict where the name is taken. OpenID Connect issuers are asked who they are first."""
    _require_administrator(actor)
    title = check_name(title, "title")
    if not _NAME.match(name) or name in RESERVED:
        message = "Use up to 63 lower-case letters, digits and hyphens, a letter first, and not: "
        raise InvalidInput.of("name", "bad-slug", message + ", ".join(sorted(RESERVED)) + ".")
    if not is_safe_url(issuer):
        raise InvalidInput.of("issuer", "bad-url", "Use an https:// URL.")
    for field, text in (("client_id", client_id), ("client_secret", client_secret)):
        if not 1 <= len(text) <= 1000 or not text.isprintable():
            raise InvalidInput.of(field, "bad-credential", "Use 1 to 1000 printable characters.")
    if kind == "oidc":
        await context.issuers.get(issuer)
    if any(provider.name == name for provider in context.oauth.providers):
        raise Conflict(f"The settings name a provider {name} already.")
    async with context.engine.begin() as db:
        record = await identity_providers.insert(
            db,
            name=name,
            kind=kind,
            title=title,
            issuer=issuer,
            client_id=client_id,
            sealed_secret=context.vault.seal(PURPOSE, client_secret),
            now=context.clock(),
        )
        if record is None:
            raise Conflict(f"There is a provider {name} already; remove it first.")
        subject = ("identity-provider", record.id)
        await audit.record(db, context.clock(), actor, Act.PROVIDER_ADDED, subject=subject, name=name, issuer=issuer)
    return record


async def remove(context: Context, actor: Actor, name: str) -> None:
    """Nobody signs in through it any more. Identities stay: they work again once the same issuer is added back."""
    _require_administrator(actor)
    async with context.engine.begin() as db:
        record = await identity_providers.remove(db, name)
        if record is None:
            raise NotFound(f"No provider {name} was added here; those of the settings are removed there.")
        subject = ("identity-provider", record.id)
        await audit.record(db, context.clock(), actor, Act.PROVIDER_REMOVED, subject=subject, name=name)


def _require_administrator(actor: Actor) -> None:
    if not actor.is_admin:
        raise Forbidden("Only an administrator of the instance manages identity providers.")


def _opened(context: Context, record: ProviderRecord) -> Provider:
    try:
        secret = context.vault.open(PURPOSE, record.sealed_secret)
    except SealBroken as error:
        log.warning("identity provider %s: %s", record.name, error)
        raise NotFound("There is no such identity provider.") from error
    kind: Kind = "github" if record.kind == "github" else "oidc"
    api_url = _api_of(record.issuer) if kind == "github" else ""
    return Provider(record.name, kind, record.title, record.issuer, record.client_id, secret, api_url)


def _api_of(site: str) -> str:
    """GitHub's own API has a host of its own; an instance of GitHub Enterprise Server has it under a path."""
    return GITHUB_API if site.rstrip("/") == "https://github.com" else f"{site.rstrip('/')}/api/v3"
