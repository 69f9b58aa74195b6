"""Exports: a system's tokens in a platform's format, and its files as an archive, at any ref."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from designsystem import exporters
from designsystem.exporters import Exported, Header, InvalidPrefix, UnknownFormat
from gitstore import archive
from services.access import readable
from services.components import read_all
from services.context import Context
from services.errors import InvalidInput, NotFound
from services.policy import Actor
from services.revisions import Revision, revision_at, snapshot_at
from services.views import TokenView, read_token

ArchiveFormat = Literal["zip", "tar.gz"]


@dataclass(frozen=True, slots=True)
class Everything:
    """A system at one commit as values: what ``format=json`` answers."""

    revision: Revision
    manifest: dict[str, Any]
    tokens: list[TokenView]
    components: list[Any]


async def revision_for(context: Context, actor: Actor, system_id: UUID, ref: str | None) -> Revision:
    """The revision that an export is about."""
    system = await readable(context, actor, system_id)
    return await revision_at(context, system, ref)


async def export_tokens(context: Context, revision: Revision, format_name: str, *, prefix: str = "") -> Exported:
    """The tokens of a revision in a platform's format; equal commits give equal bytes."""
    snapshot = await snapshot_at(context, revision)
    header = Header(revision.system.name, revision.system.version, revision.commit)
    try:
        return await asyncio.to_thread(exporters.export, format_name, snapshot.tokens, header, prefix=prefix)
    except UnknownFormat as error:
        raise InvalidInput.of("format", "unknown-format", str(error)) from error
    except InvalidPrefix as error:
        raise InvalidInput.of("prefix", "bad-prefix", str(error)) from error


async def export_files(context: Context, revision: Revision, kind: ArchiveFormat) -> AsyncIterator[bytes]:
    """Every file of a revision as an archive, in chunks; equal commits give equal bytes."""
    if revision.commit is None:
        raise NotFound("The design system has no commit yet.")
    folder = f"{revision.system.slug}-{revision.commit[:12]}"
    return archive.stream(context.store.path_of(revision.system.id), revision.commit, kind=kind, prefix=folder)


async def export_everything(context: Context, revision: Revision) -> Everything:
    """The manifest, tokens and components of a revision as values."""
    snapshot = await snapshot_at(context, revision)
    system_id, commit = revision.system.id, revision.commit or ""
    tokens = [read_token(system_id, snapshot.tokens, path, commit) for path in sorted(snapshot.tokens.tokens)]
    components = await asyncio.to_thread(read_all, context, revision)
    manifest = {
        "name": snapshot.manifest.name or revision.system.name,
        "description": snapshot.manifest.description,
        "tokens": list(snapshot.manifest.tokens),
        "components": list(snapshot.manifest.components),
    }
    return Everything(revision, manifest, tokens, sorted(components, key=lambda view: (view.name, view.id)))
