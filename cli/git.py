"""Runs the user's git for a command: on their repositories without changing them, and on temporary ones of ours."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from cli.errors import CommandFailed
from cli.git_environment import user_environment
from gitstore.process import environment as clean_environment

__all__ = ["GitFailed", "ask", "available", "run", "temporary_repository", "user_environment", "with_config"]


class GitFailed(CommandFailed):
    """git is missing, or ended with a status other than 0; ``lines`` are what it said."""


def available() -> bool:
    """Whether there is a git to run."""
    return shutil.which("git") is not None


def with_config(environment: Mapping[str, str], config: Mapping[str, str]) -> dict[str, str]:
    """An environment with configuration added by value: unlike arguments it is not shown to other users."""
    count = int(environment.get("GIT_CONFIG_COUNT") or 0)
    variables = {**environment, "GIT_CONFIG_COUNT": str(count + len(config))}
    for number, (key, value) in enumerate(config.items(), start=count):
        variables |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return variables


def run(arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None) -> bytes:
    """What one git command prints; raises GitFailed with git's own words."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=cwd, env=env or user_environment(), capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise GitFailed("this command needs git, which is not installed") from error
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").splitlines()
        raise GitFailed(f"git {arguments[0]} failed in {cwd}", lines)
    return done.stdout


def ask(arguments: Sequence[str], *, cwd: Path) -> str | None:
    """The answer to a question about a user's repository; None where git has none."""
    try:
        return run(arguments, cwd=cwd).decode("utf-8", "surrogateescape").strip()
    except (GitFailed, NotADirectoryError):
        return None


@contextmanager
def temporary_repository(work_tree: Path) -> Iterator[dict[str, str]]:
    """The environment in which git sees ``work_tree`` as an uncommitted repository; nothing is written into it.

    No configuration of the user or the machine is seen, so that every file goes in byte by byte.
    """
    with tempfile.TemporaryDirectory(prefix="xds-") as name:
        directory = Path(name, "git")
        config = {"core.fsync": "none", "core.bare": "false", "advice.addEmbeddedRepo": "false"}
        variables = clean_environment(config, {"GIT_DIR": str(directory)})
        run(["init", "--quiet", "--template=", "--initial-branch=main"], cwd=Path(name), env=variables)
        (directory / "info").mkdir(exist_ok=True)
        (directory / "info" / "exclude").write_text("node_modules/\n", encoding="utf-8")
        yield {**variables, "GIT_WORK_TREE": str(work_tree)}
