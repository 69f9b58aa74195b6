"""Published versions: annotated tags named ``vX.Y.Z`` after Semantic Versioning 2.0.0."""

from __future__ import annotations

from collections.abc import Iterable

from semver import Version


def version_of_tag(name: str) -> Version | None:
    """The version that a tag's short name states; None for a tag that is no version."""
    if not name.startswith("v"):
        return None
    try:
        return Version.parse(name[1:])
    except ValueError:
        return None


def newest_version(tags: Iterable[str]) -> str | None:
    """The highest version among tag names, without the ``v``; build metadata does not count (SemVer §10)."""
    versions = [version for version in map(version_of_tag, tags) if version is not None]
    return str(max(versions)) if versions else None
