"""The short private directory that holds a service's sockets."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from pathlib import Path

from embedded.account import Account
from embedded.errors import EmbeddedError

# sun_path of unix(7) holds 107 bytes; PostgreSQL appends "/.s.PGSQL.5432.lock" to the directory.
_SHORT = Path("/tmp")  # noqa: S108 -- what stands there already is checked before use
_MOST_BYTES = 107 - len("/.s.PGSQL.5432.lock")


def run_directory(data: Path, account: Account) -> Path:
    """`/tmp/xds-<uid>-<hash of the data directory>`, 0700, owned by `account`.

    Always below /tmp, never inside the data directory: that may lie too deep for a socket's name, or behind
    folders that `account` cannot enter. XDG_RUNTIME_DIR would vanish when the person logs out.
    """
    key = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]
    base = _SHORT if os.access(_SHORT, os.W_OK) else Path(tempfile.gettempdir())
    path = base / f"xds-{account.uid}-{key}"
    if len(os.fsencode(path)) > _MOST_BYTES:
        raise EmbeddedError(f"{path} is too long for the name of a socket; set TMPDIR to a shorter folder")
    try:
        path.mkdir(mode=0o700)
        account.own(path)
    except FileExistsError:
        _refuse_foreign(path, account)
    return path


def leave_run_directory(path: Path) -> None:
    """Remove the directory when the last server has left it."""
    with contextlib.suppress(OSError):  # not empty: another server of this data directory still listens there
        path.rmdir()


def _refuse_foreign(path: Path, account: Account) -> None:
    """The place belongs to everybody: what stands there already must be ours, a real directory and closed to others."""
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or stat.S_IMODE(found.st_mode) & 0o077:
        raise EmbeddedError(f"{path} exists and is not a private directory of this service; remove it and start again")
