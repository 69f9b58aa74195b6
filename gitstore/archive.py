"""Archives of a commit's files, streamed from git; the same commit gives the same bytes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

from gitstore.errors import GitProcessFailed, TimedOut
from gitstore.wire.gitprocess import running

Kind = Literal["zip", "tar.gz"]

_PREFIX = re.compile(r"[a-z0-9][a-z0-9.-]*")


async def stream(
    repository: Path, commit: str, *, kind: Kind, prefix: str, seconds: float = 600.0
) -> AsyncIterator[bytes]:
    """The files of a commit below one folder ``prefix``, in chunks of at most 64 KiB.

    Times in the archive are the commit's. Raises GitProcessFailed and TimedOut, also after the first chunk: an archive
    that is cut short must not look like a whole one.
    """
    if not re.fullmatch(r"[0-9a-f]{40}", commit) or not _PREFIX.fullmatch(prefix):
        raise ValueError("an archive is of a full commit id, below a plain folder")
    arguments = [f"--git-dir={repository}", "archive", f"--format={kind}", f"--prefix={prefix}/", commit]
    config = {"tar.tar.gz.command": "git archive gzip"}  # git's own gzip: no time stamp, no file name
    try:
        async with asyncio.timeout(seconds), running(arguments, config, {}) as git:
            git.end_input()
            while data := await git.read():
                yield data
            if (status := await git.wait()) != 0:
                raise GitProcessFailed("archive", status, git.stderr.decode("utf-8", "replace"))
    except TimeoutError as error:
        raise TimedOut("the archive took too long") from error
