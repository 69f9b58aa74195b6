"""What a release tells and ships: changelog, migration, exports and archives, worked out once from its commit."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pygit2
from semver import Version

from designsystem import exporters
from designsystem.changelog import Changelog, changelog
from designsystem.compare.words import reason_of
from designsystem.exporters import Header
from designsystem.migration import migration
from designsystem.release import base_among
from gitstore import archive, trees
from gitstore.archive import Kind
from gitstore.shelf import discard, shelved, shelving, trim
from index.releases import ReleaseRecord
from index.snapshots import Snapshot
from index.systems import SystemRecord
from services.archives import require_room
from services.boundary import git_errors
from services.context import Context
from services.errors import TooLarge
from services.release_exports import EXPORTS
from services.releasing import TAGS, version_tag
from services.version_rules import Asked, asked_since

KIND: Final = "releases-1"
"""What lies in the folder; another number where later code writes something else."""

CONTENTS: Final = "contents.json"
MOST_SECTIONS: Final = 50
"""Versions that CHANGELOG.md tells of; the earlier ones have files of their own."""

ARCHIVES: Final[Mapping[str, tuple[Kind, str]]] = {
    "source.tar.gz": ("tar.gz", "application/gzip"),
    "source.zip": ("zip", "application/zip"),
}
_UNDER_WAY: Final[set[asyncio.Task[tuple[Contents, Path]]]] = set()
"""What is being worked out: a loop holds its tasks only weakly."""

log = logging.getLogger("xds.releases")

CHANGELOG: Final = "CHANGELOG.md"
MIGRATION: Final = "migration.json"


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file of a release; ``size`` in bytes, ``sha256`` in hex."""

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What follows from a release's commit and the one before. ``breaking`` are changes as values, ``sections`` the
    changelog's, ``markdown`` its text, ``reasons`` why the version was raised by ``bump``."""

    previous: str | None
    bump: str | None
    reasons: tuple[str, ...]
    breaking: tuple[dict[str, Any], ...]
    sections: tuple[dict[str, Any], ...]
    markdown: str
    artifacts: tuple[Artifact, ...]

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Contents:
        """As the shelf keeps it."""
        artifacts = tuple(Artifact(**each) for each in kept["artifacts"])
        told = {name: tuple(kept[name]) for name in ("reasons", "breaking", "sections")}
        return cls(kept["previous"], kept["bump"], markdown=kept["markdown"], artifacts=artifacts, **told)

    def artifact(self, name: str) -> Artifact | None:
        """The file of that name."""
        return next((each for each in self.artifacts if each.name == name), None)


async def contents_of(
    context: Context, system: SystemRecord, record: ReleaseRecord, line: Sequence[ReleaseRecord]
) -> tuple[Contents, Path]:
    """What a release tells and ships, and the folder with its files; worked out where nobody has done so before.

    ``line`` are all versions. One working at a time for each system in this process; what two processes work out at
    once is the same.
    """
    repository = context.store.path_of(system.id)
    found = await asyncio.to_thread(_kept, repository, record)
    if found is not None:
        return found
    # goes on where the one who asked gives up: the next one finds it
    building = asyncio.create_task(_in_turn(context, system, record, line))
    _UNDER_WAY.add(building)
    building.add_done_callback(_ended)
    return await asyncio.shield(building)


async def _in_turn(
    context: Context, system: SystemRecord, record: ReleaseRecord, line: Sequence[ReleaseRecord]
) -> tuple[Contents, Path]:
    repository = context.store.path_of(system.id)
    async with context.building.of(system.id):
        found = await asyncio.to_thread(_kept, repository, record)
        if found is None:
            with git_errors():
                await _build(context, system, record, line)
            found = await asyncio.to_thread(_kept, repository, record)
            if found is not None:
                await asyncio.to_thread(trim, repository, context.limits.shelf_bytes, keep=found[1])
    if found is None:
        raise LookupError(f"what was worked out of {record.version} is not there")
    return found


def _ended(building: asyncio.Task[tuple[Contents, Path]]) -> None:
    """Let go of a task, whose failure is told to whoever waits for it, if anybody still does."""
    _UNDER_WAY.discard(building)
    if not building.cancelled() and (error := building.exception()) is not None:
        log.warning("what a release ships could not be worked out: %s", error)


def _kept(repository: Path, record: ReleaseRecord) -> tuple[Contents, Path] | None:
    """What the shelf has; a folder in which a file is not as it was written is thrown away."""
    folder = shelved(repository, KIND, record.tag)
    if folder is None:
        return None
    try:
        contents = Contents.of(json.loads((folder / CONTENTS).read_bytes()))
        if all((folder / each.name).stat().st_size == each.size for each in contents.artifacts):
            return contents, folder
    except (OSError, ValueError, KeyError, TypeError):
        pass
    discard(repository, KIND, record.tag)
    return None


async def _build(context: Context, system: SystemRecord, record: ReleaseRecord, line: Sequence[ReleaseRecord]) -> None:
    repository = context.store.path_of(system.id)
    with shelving(repository, KIND, record.tag) as folder:
        told, types = await asyncio.to_thread(_write_texts, context, system, record, line, folder)
        try:
            await asyncio.to_thread(require_room, context, system.id, record.commit)
        except TooLarge:
            archives: Mapping[str, tuple[Kind, str]] = {}  # so large a system is fetched by git
        else:
            archives = ARCHIVES
        for name, (kind, media_type) in archives.items():
            with (folder / name).open("wb") as file:
                async for chunk in archive.stream(repository, record.commit, kind=kind, prefix="source"):
                    await asyncio.to_thread(file.write, chunk)
            types[name] = media_type
        await asyncio.to_thread(_write_contents, folder, told, types)


def _write_contents(folder: Path, told: Mapping[str, Any], types: Mapping[str, str]) -> None:
    artifacts = []
    for name, media_type in sorted(types.items()):
        with (folder / name).open("rb") as file:
            digest = sha256()
            while chunk := file.read(1 << 20):
                digest.update(chunk)
        size = (folder / name).stat().st_size
        artifacts.append({"name": name, "media_type": media_type, "size": size, "sha256": digest.hexdigest()})
    (folder / CONTENTS).write_text(json.dumps({**told, "artifacts": artifacts}), encoding="utf-8")


def _write_texts(
    context: Context, system: SystemRecord, record: ReleaseRecord, line: Sequence[ReleaseRecord], folder: Path
) -> tuple[dict[str, Any], dict[str, str]]:
    """Write everything but the archives; what the release tells, and the media types of the files."""
    with context.store.open(system.id) as repo:
        whole = context.snapshots.at(repo, system.id, trees.tree_of(repo, record.commit))
        name = whole.manifest.name or "Design system"  # the system's own name may become another
        types = _write_exports(folder, whole, Header(name, record.version, record.commit))
        base = previous_of(repo, record, line)
        asked = asked_since(context, repo, system, base, whole)
        own = _changelog(record, asked)
        sections = [own.markdown, *_earlier(context, repo, system, base, line)]
    page = "\n".join([f"# Changelog of {' '.join(name.split())}", "", *sections]).rstrip() + "\n"
    moved = migration(asked.changes, old=asked.base, new=record.version) if base is not None else migration(())
    moved |= {"from": asked.base, "to": record.version}
    (folder / CHANGELOG).write_text(page, encoding="utf-8", errors="replace")
    (folder / MIGRATION).write_text(json.dumps(moved, indent=2) + "\n", encoding="utf-8")
    types |= {CHANGELOG: "text/markdown; charset=utf-8", MIGRATION: "application/json"}
    return told_of(asked, own), types


def _write_exports(folder: Path, whole: Snapshot, header: Header) -> dict[str, str]:
    types = {}
    for name, format_name in EXPORTS.items():
        exported = exporters.export(format_name, whole.tokens, header)
        (folder / name).write_bytes(exported.content.encode("utf-8", "replace"))
        types[name] = exported.media_type
    return types


def previous_of(repo: pygit2.Repository, record: ReleaseRecord, line: Iterable[ReleaseRecord]) -> ReleaseRecord | None:
    """The version since which a release tells its changes: what its tag says, else the one that it follows.

    Does not depend on what was yanked since, nor on what was published after: it stays the same for good.
    """
    version = Version.parse(record.version)
    lower = {each.version: each for each in line if Version.parse(each.version) < version}
    tag = version_tag(repo, f"{TAGS}v{record.version}", record.tag)
    stated = tag.stated.previous if tag is not None else None
    if tag is not None and tag.stated.with_service and stated is None:
        return None  # the service knew of none
    return lower.get(stated or "") or lower.get(base_among(version, lower) or "")


def _earlier(
    context: Context,
    repo: pygit2.Repository,
    system: SystemRecord,
    base: ReleaseRecord | None,
    line: Sequence[ReleaseRecord],
) -> list[str]:
    """The sections of the versions before, each of which tells what changed since the one before it."""
    sections: list[str] = []
    while base is not None and len(sections) < MOST_SECTIONS - 1:
        whole = context.snapshots.at(repo, system.id, trees.tree_of(repo, base.commit))
        before = previous_of(repo, base, line)
        sections.append(_changelog(base, asked_since(context, repo, system, before, whole)).markdown)
        base = before
    if base is not None:
        sections.append(f"Earlier versions: see {CHANGELOG} of {base.version}.\n")
    return sections


def _changelog(record: ReleaseRecord, asked: Asked) -> Changelog:
    date = f"{record.published_at:%Y-%m-%d}"
    return changelog(asked.changes, version=record.version, previous=asked.base or "", date=date, note=record.message)


def told_of(asked: Asked, own: Changelog) -> dict[str, Any]:
    """What a version tells of itself, as values."""
    strongest = [change for change in asked.changes if change.severity is asked.bump]
    breaking: list[dict[str, Any]] = next(
        (section["changes"] for section in own.as_dict()["sections"] if _breaks(section)), []
    )
    first = asked.base is None
    return {
        "previous": asked.base,
        "bump": asked.bump.value if asked.bump is not None and not first else None,
        "reasons": [] if first else [reason_of(change) for change in strongest[:MOST_SECTIONS]],
        "breaking": breaking,
        "sections": own.as_dict()["sections"],
        "markdown": own.markdown,
    }


def _breaks(section: Mapping[str, Any]) -> bool:
    return any(change["severity"] == "major" for change in section["changes"])
