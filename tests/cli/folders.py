"""Folders and repositories for tests of the command line."""

from __future__ import annotations

import subprocess
from pathlib import Path

from designsystem.demo import demo_files

RED = b'{"color": {"$type": "color", "red": {"$value": {"colorSpace": "srgb", "components": [1, 0, 0]}}}}\n'


def put(folder: Path, path: str, data: bytes | str) -> None:
    """Write one file."""
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(data.encode() if isinstance(data, str) else data)


def write_demo(folder: Path) -> Path:
    """The demonstration system as a plain folder."""
    for path, data in demo_files().items():
        put(folder, path, data)
    return folder


def git(folder: Path, *arguments: str) -> str:
    """What git prints."""
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"]
    command = ["git", *identity, "-c", "protocol.file.allow=always", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def commit(folder: Path, message: str = "Begin") -> str:
    """Commit everything, in a new repository where there is none; gives the commit."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")
