"""Published versions: annotated tags named ``vX.Y.Z`` after Semantic Versioning 2.0.0."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from semver import Version

MAX_VERSION: Final = 100
"""Characters; a tag must fit into a file's name."""


def parsed(version: str) -> Version | None:
    """A version as SemVer writes it; None for any other text, and for one that is longer than ``MAX_VERSION``."""
    if len(version) > MAX_VERSION or not version.isascii():
        return None
    try:
        return Version.parse(version)
    except ValueError:
        return None


def version_of_tag(name: str) -> Version | None:
    """The version that a tag's short name states; None for a tag that is no version."""
    return parsed(name[1:]) if name.startswith("v") else None


def precedence(version: str) -> str:
    """A text that sorts bytewise as versions do (SemVer §11); versions that differ in build metadata alone are equal.

    Numbers carry their length before them; ``!`` ends an identifier, being lower than whatever may go on in one.
    """
    parsed = Version.parse(version)
    core = "".join(_counted(str(number)) for number in (parsed.major, parsed.minor, parsed.patch))
    if parsed.prerelease is None:
        return core + "~"
    return (
        core
        + "-"
        + "!".join("0" + _counted(part) if part.isdigit() else "1" + part for part in parsed.prerelease.split("."))
    )


def _counted(digits: str) -> str:
    return f"{len(digits):03d}{digits}"


def newest_version(tags: Iterable[str]) -> str | None:
    """The highest version among tag names, without the ``v``; build metadata does not count (SemVer §10)."""
    versions = [version for version in map(version_of_tag, tags) if version is not None]
    return str(max(versions)) if versions else None
