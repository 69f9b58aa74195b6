"""What can go wrong between us and git; nothing here knows HTTP.

GitStoreError
├── RepositoryMissing
├── UnknownRevision
├── ObjectMissing
├── InvalidPath
├── InvalidRefName
├── RefMoved            the compare of a compare-and-swap failed
├── RefLocked           another writer held the references for too long
├── GitProcessFailed    git ended with an error
├── TooLarge            a size limit was passed
├── TimedOut            a time limit was passed
├── TooBusy             every place for a git process was taken for too long
└── BadRequest          what a git client sent is not the protocol
"""

from __future__ import annotations


class GitStoreError(Exception):
    """The root of everything this room raises."""


class RepositoryMissing(GitStoreError):
    """There is no such repository."""


class UnknownRevision(GitStoreError):
    """No branch, tag or commit answers to this name."""


class ObjectMissing(GitStoreError):
    """An object is not there, or is not of the kind that was asked for."""


class InvalidPath(GitStoreError):
    """A path that git, a file system or a later checkout could be hurt by."""


class InvalidRefName(GitStoreError):
    """A reference name that git or this service does not accept."""


class RefMoved(GitStoreError):
    """A reference is not where the writer believed it to be."""

    def __init__(self, name: str, expected: str | None, actual: str | None) -> None:
        self.name, self.expected, self.actual = name, expected, actual
        super().__init__(f"{name} is at {actual or 'nothing'}, not at {expected or 'nothing'}")


class RefLocked(GitStoreError):
    """Another writer held the repository's references for too long."""


class GitProcessFailed(GitStoreError):
    """A git process ended with an error; ``stderr`` is for the log, never for a client."""

    def __init__(self, command: str, status: int, stderr: str = "") -> None:
        self.command, self.status, self.stderr = command, status, stderr
        super().__init__(f"git {command} ended with status {status}: {stderr.strip()[-400:]}")


class TooLarge(GitStoreError):
    """More bytes than the limit allows."""


class TimedOut(GitStoreError):
    """Longer than the limit allows."""


class TooBusy(GitStoreError):
    """Every place for a git process stayed taken."""


class BadRequest(GitStoreError):
    """Bytes from a git client that the protocol does not allow."""
