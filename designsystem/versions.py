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
