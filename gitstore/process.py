"""Runs git as a process that sees our repository and nothing of the machine's or a user's configuration."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from gitstore.errors import GitProcessFailed, TimedOut

# Protected configuration: git takes it from the command scope only, never from a repository.
BASE_CONFIG: Mapping[str, str] = {
    "safe.directory": "*",  # the data directory may belong to another user (root starts us, files on a volume)
    "gc.auto": "0",  # maintenance.py decides when
    "maintenance.auto": "false",
    "core.fsync": "committed,reference",
    "core.fsyncMethod": "fsync",
    "core.logAllRefUpdates": "always",
    "core.protectHFS": "true",
    "core.protectNTFS": "true",
}


@functools.cache
def git_executable() -> str:
    """The git of this machine."""
    found = shutil.which("git")
    if found is None:
        raise GitProcessFailed("--version", 127, "git is not installed")
    return found


def environment(config: Mapping[str, str] | None = None, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The whole environment of a git process: nothing is inherited but PATH, and ``config`` goes in by value."""
    settings = {**BASE_CONFIG, **(config or {})}
    variables = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": "/nonexistent",
        "XDG_CONFIG_HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",  # a pushed refs/replace/ must never change what is read
        "LC_ALL": "C.UTF-8",
        "LANGUAGE": "C",
        "TZ": "UTC",
        "GIT_CONFIG_COUNT": str(len(settings)),
    }
    for number, (key, value) in enumerate(settings.items()):
        variables[f"GIT_CONFIG_KEY_{number}"] = key
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return {**variables, **(extra or {})}


def run_git(
    path: Path | str,
    arguments: Sequence[str],
    *,
    stdin: bytes = b"",
    timeout: float = 60.0,
    keep_open: Sequence[int] = (),
) -> bytes:
    """Run one git command in a bare repository and return its output.

    ``keep_open`` are file descriptors the process inherits (a held lock outlives us with it). Raises
    :class:`GitProcessFailed` or, after ``timeout`` seconds, :class:`TimedOut`.
    """
    command = [git_executable(), f"--git-dir={path}", *arguments]
    try:
        done = subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            timeout=timeout,
            env=environment(),
            pass_fds=tuple(keep_open),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TimedOut(f"git {arguments[0]} took longer than {timeout:g} s") from error
    if done.returncode != 0:
        raise GitProcessFailed(arguments[0], done.returncode, done.stderr.decode("utf-8", "replace"))
    return done.stdout
