"""The account that the private servers run as: the caller's own, or an unprivileged one when the caller is root."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embedded.errors import EmbeddedError

_UNPRIVILEGED = ("postgres", "nobody")  # PostgreSQL refuses to run as root


@dataclass(frozen=True, slots=True)
class Account:
    """Who owns a private server's files and runs its process."""

    uid: int
    gid: int
    switched: bool  # True when the caller is root and children have to change to this account

    @classmethod
    def for_servers(cls) -> Account:
        """The caller's account, or the first unprivileged one that this machine has when the caller is root."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), switched=False)
        for name in _UNPRIVILEGED:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(entry.pw_uid, entry.pw_gid, switched=True)
        raise EmbeddedError("running as root, and this machine has neither a user 'postgres' nor 'nobody'")

    @classmethod
    def of_files(cls, directory: Path) -> Account:
        """The account that owns `directory` when it exists and root may choose, so that files and process agree."""
        account = cls.for_servers()
        if account.switched and directory.exists() and (found := directory.stat()).st_uid != 0:
            return cls(found.st_uid, found.st_gid, switched=True)
        return account

    def can_reach(self, program: Path) -> bool:
        """Whether this account may run `program`: execute rights on it and on every folder above it."""
        if not self.switched:
            return os.access(program, os.X_OK)
        path = program.resolve()
        return all(self._may_execute(part) for part in (path, *path.parents))

    def _may_execute(self, path: Path) -> bool:
        found = path.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & 0o100)
        if found.st_gid == self.gid:
            return bool(found.st_mode & 0o010)
        return bool(found.st_mode & 0o001)

    def own(self, path: Path) -> None:
        """Give `path` to this account (root only; otherwise it is the caller's already)."""
        if self.switched:
            os.chown(path, self.uid, self.gid)

    def popen_arguments(self) -> dict[str, Any]:
        """Arguments for subprocess that make a child run as this account, away from folders it cannot read."""
        if not self.switched:
            return {"cwd": "/"}
        return {"cwd": "/", "user": self.uid, "group": self.gid, "extra_groups": []}
