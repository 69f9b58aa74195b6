"""The migration between two versions: from the releases of a server, or from a clone of the design system."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

from cli import git
from cli.client import Client, connected
from cli.comparing import compared_revisions
from cli.errors import CommandFailed
from cli.servers import wanted_system
from designsystem.migration import InvalidMigration, joined, migration, parse_migration
from designsystem.versions import parsed, precedence, version_of_tag

MOST_STEPS = 200
"""Releases between two versions that are joined."""


def from_server(system: str | None, server: str | None, older: str, newer: str | None) -> dict[str, Any]:
    """The migrations of the releases after one version up to another (None: the newest), as one."""
    url, wanted = wanted_system(system, server)
    older = older.removeprefix("v")
    with connected(url, server) as client:
        found = client.find_system(wanted)
        last = newer.removeprefix("v") if newer is not None else found["version"]
        if last is None:
            raise CommandFailed(f"{found['name']} has no releases yet")
        return joined(_steps_back(client, f"/api/design-systems/{found['id']}/releases", older, last))


def _steps_back(client: Client, releases: str, older: str, newer: str) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    version: str | None = newer
    while version is not None and version != older:
        if not _is_between(version, older) or len(steps) == MOST_STEPS:
            break
        source = client.request("GET", f"{releases}/{version}/artifacts/migration.json").content
        try:
            steps.append(parse_migration(source))
        except InvalidMigration as error:
            raise CommandFailed(f"the migration of {version} cannot be read: {error}") from error
        version = steps[-1].get("from")
    if version != older:
        raise CommandFailed(
            f"no releases lead from {older} to {newer}; the last one looked at is {version or 'the first'}"
        )
    return steps[::-1]


def from_repository(folder: Path, older: str, newer: str | None) -> dict[str, Any]:
    """The same from a clone: step by step along its version tags where both are versions, else in one step."""
    steps = _tags_between(folder, older, newer)
    found = [
        migration(compared_revisions(folder.resolve(), one, other).changes, old=one, new=other)
        for one, other in pairwise(steps)
    ]
    return joined(found)


def _tags_between(folder: Path, older: str, newer: str | None) -> list[str]:
    """The revisions to go along; a version may be named without its ``v``."""
    listed = git.ask(["tag", "--list", "v*", "--merged", _tag(newer) if newer else "HEAD"], cwd=folder) or ""
    versions = {str(version): name for name in listed.split() if (version := version_of_tag(name)) is not None}
    ordered = sorted(versions, key=precedence)
    last = newer if newer is not None else (versions[ordered[-1]] if ordered else "HEAD")
    one, other = older.removeprefix("v"), last.removeprefix("v")
    if one not in versions or other not in versions:
        return [_tag(older), _tag(last)]
    inside = ordered[ordered.index(one) : ordered.index(other) + 1]
    if len(inside) < 2 or len(inside) > MOST_STEPS:
        return [_tag(older), _tag(last)]
    return [versions[version] for version in inside]


def _tag(name: str) -> str:
    return f"v{name}" if parsed(name) is not None else name


def _is_between(version: str, older: str) -> bool:
    return parsed(version) is not None and parsed(older) is not None and precedence(version) > precedence(older)
