"""Short words for what the tests of this room do all the time."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pygit2

from gitstore.commits import Edit, Person, write_commit, write_tree
from gitstore.refs import RefUpdate, move, read_ref
from gitstore.trees import tree_of

ADA = Person("Ada Lovelace", "ada@example.org")
SERVICE = Person("xText", "xds@localhost")

CLIENT_ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "LC_ALL": "C.UTF-8",
}


class Repo:
    """A repository under test and the commits written into it."""

    def __init__(self, git: pygit2.Repository, path: Path) -> None:
        self.git, self.path = git, path

    def tree(self, files: Mapping[str, Edit], base: str | None = None) -> str:
        return write_tree(self.git, base, files)

    def commit(
        self,
        files: Mapping[str, Edit],
        *parents: str,
        message: str = "Change",
        when: datetime | None = None,
    ) -> str:
        base = tree_of(self.git, parents[0]) if parents else None
        return write_commit(
            self.git,
            tree=self.tree(files, base),
            parents=parents,
            author=ADA,
            committer=SERVICE,
            message=message,
            when=when,
        )

    def move(self, name: str, old: str | None, new: str | None) -> None:
        move(self.git, [RefUpdate(name, old, new)], who=ADA, reason="test")

    def put(self, name: str, oid: str) -> None:
        self.move(name, read_ref(self.git, name), oid)


def git(*arguments: str | Path, cwd: Path | None = None, check: bool = True, stdin: bytes = b"") -> str:
    """Run the machine's git as a client would have it and return its output."""
    done = subprocess.run(
        ["git", *map(str, arguments)], cwd=cwd, env=CLIENT_ENVIRONMENT, capture_output=True, input=stdin, check=False
    )
    if check and done.returncode:
        raise AssertionError(f"git {arguments} ended with {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode("utf-8", "surrogateescape")


def fsck(path: Path) -> str:
    """What ``git fsck --strict`` complains about: nothing, in a sound repository."""
    done = subprocess.run(
        ["git", "--git-dir", path, "fsck", "--strict", "--full", "--no-dangling"],
        env=CLIENT_ENVIRONMENT,
        capture_output=True,
        check=False,
    )
    lines = (done.stdout + done.stderr).decode().splitlines()
    return "\n".join(line for line in lines if not line.startswith("notice: "))  # an unborn HEAD is no fault
