"""The stock git client, with nothing of this machine's configuration."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

IDENTITY = {"GIT_AUTHOR_NAME": "Bench", "GIT_COMMITTER_NAME": "Bench"}
ADDRESS = {"GIT_AUTHOR_EMAIL": "bench@example.org", "GIT_COMMITTER_EMAIL": "bench@example.org"}
QUIET = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8"}


class Git:
    """git as a developer runs it; ``home`` is empty."""

    def __init__(self, home: Path) -> None:
        self._environment = {
            "PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), **QUIET, **IDENTITY, **ADDRESS
        }  # fmt: skip

    def run(self, *arguments: str | Path, cwd: Path | None = None, stdin: bytes = b"") -> str:
        """Run one command to its end; raises RuntimeError with what it complained about."""
        command = ["git", *map(str, arguments)]
        done = subprocess.run(
            command, cwd=cwd, env=self._environment, input=stdin, capture_output=True, timeout=240, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"git {arguments[0]}: {done.stderr.decode('utf-8', 'replace')}")
        return done.stdout.decode("utf-8", "replace")
