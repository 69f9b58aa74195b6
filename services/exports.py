"""Exports: a system's tokens in a platform's format, and its files as an archive, at any ref."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from designsystem import exporters
from designsystem.exporters import Exported, Header, InvalidPrefix, NoThemes, UnknownFormat
from designsystem.exporters.themes import placed
from designsystem.problem import errors_of
from designsystem.resolver.resolution import Resolution
from designsystem.versions import newest_version
from gitstore import archive
from index import refs
from index.permutations import Inputs
from index.snapshots import Snapshot
from services.access import readable
from services.archives import require_room
from services.components import read_all
from services.context import Context
from services.errors import InvalidInput, NotFound
from services.landing import TAGS
from services.permutations import Choice, resolution_at, themes_at
from services.policy import Actor
from services.revisions import Revision, revision_at, snapshot_at
from services.views import ComponentView, TokenView, read_token

KEPT_BYTES_PER_CHARACTER = 2
KEPT_AT_LEAST = 2048
"""What a kept export takes in memory, estimated."""

ArchiveFormat = Literal["zip", "tar.gz"]


@dataclass(frozen=True, slots=True)
class Everything:
    """A system at one commit as values: what ``format=json`` answers."""

    revision: Revision
    manifest: dict[str, Any]
    tokens: list[TokenView]
    components: list[ComponentView]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """All themes of a resolver in one file: ``fixed`` are the modifiers that stand still; ``media``: light and dark as
    media queries."""

    fixed: Inputs = ()
    media: bool = False


async def revision_for(context: Context, actor: Actor, system_id: UUID, ref: str | None) -> Revision:
    """The revision that an export is about."""
    system = await readable(context, actor, system_id)
    return await revision_at(context, system, ref)


async def header_of(context: Context, revision: Revision) -> Header:
    """What an export says of where it comes from; a version only where that very commit was published as one."""
    version = None
    if revision.commit is not None and revision.system.published:
        async with context.reads.connect() as db:
            tags = await refs.annotated_tags(db, revision.system.id, commit=revision.commit)
        version = newest_version(name.removeprefix(TAGS) for name in tags)
    return Header(revision.system.name, version, revision.commit)


async def export_tokens(
    context: Context,
    revision: Revision,
    header: Header,
    format_name: str,
    *,
    prefix: str = "",
    aliases: bool = False,
    choice: Choice | None = None,
    side_by_side: SideBySide | None = None,
) -> Exported:
    """The tokens of a revision, or of one permutation of its resolver, in a platform's format; with ``side_by_side``
    the themes of the choice's resolver beside it.

    The same header gives the same bytes, which are kept: a repeat costs a look-up. Raises InvalidInput where something
    would be left out that the manifest takes for an error.
    """
    key = (revision.system.id, revision.commit, header, format_name, prefix, aliases, choice, side_by_side)
    if (kept := context.exported.get(key)) is not None:
        return kept
    options: dict[str, Any] = {"prefix": prefix, "aliases": aliases}
    snapshot = await snapshot_at(context, revision)
    resolution: Resolution | None = None
    if choice is not None and side_by_side is not None:
        themes = await themes_at(context, revision, choice, side_by_side.fixed)
        resolution = themes.base
        options |= {"themes": themes, "media": side_by_side.media}
    elif choice is not None:
        resolution = await resolution_at(context, revision, choice)
    tokens = snapshot.tokens if resolution is None else resolution.tokens
    try:
        exported = await asyncio.to_thread(exporters.export, format_name, tokens, header, **options)
    except UnknownFormat as error:
        raise InvalidInput.of("format", "unknown-format", str(error)) from error
    except InvalidPrefix as error:
        raise InvalidInput.of("prefix", "bad-prefix", str(error)) from error
    except NoThemes as error:
        raise InvalidInput.of("themes", "no-themes", str(error)) from error
    found = [problem if resolution is None else placed(problem, resolution) for problem in exported.problems]
    exported = replace(exported, problems=snapshot.manifest.judged_export(found))
    if faults := errors_of(exported.problems):
        raise InvalidInput(faults)
    context.exported.keep(key, exported, KEPT_BYTES_PER_CHARACTER * len(exported.content) + KEPT_AT_LEAST)
    return exported


async def export_files(context: Context, revision: Revision, kind: ArchiveFormat) -> AsyncIterator[bytes]:
    """Every file of a revision as an archive, in chunks; equal commits give equal bytes. Raises TooLarge before."""
    if revision.commit is None:
        raise NotFound("The design system has no commit yet.")
    await asyncio.to_thread(require_room, context, revision.system.id, revision.commit)
    folder = f"{revision.system.slug}-{revision.commit[:12]}"
    return archive.stream(context.store.path_of(revision.system.id), revision.commit, kind=kind, prefix=folder)


async def export_everything(context: Context, revision: Revision) -> Everything:
    """The manifest, tokens and components of a revision as values; raises TooLarge where their files are."""
    if revision.commit is not None:
        await asyncio.to_thread(require_room, context, revision.system.id, revision.commit)
    snapshot = await snapshot_at(context, revision)
    tokens = await asyncio.to_thread(_read_tokens, revision, snapshot)
    components = await asyncio.to_thread(read_all, context, revision)
    manifest = {
        "name": snapshot.manifest.name or revision.system.name,
        "description": snapshot.manifest.description,
        "version": snapshot.manifest.version or None,
        "tokens": list(snapshot.manifest.tokens),
        "components": list(snapshot.manifest.components),
    }
    return Everything(revision, manifest, tokens, components)


def _read_tokens(revision: Revision, snapshot: Snapshot) -> list[TokenView]:
    system_id, commit = revision.system.id, revision.commit or ""
    return [read_token(system_id, snapshot.tokens, path, commit) for path in sorted(snapshot.tokens.tokens)]
