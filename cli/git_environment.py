"""The environment of a git that works on a user's repository, which reads it and changes nothing."""

from __future__ import annotations

import os

# What a hook that runs us sets for its own repository; a path that we are given means another one (`git rev-parse
# --local-env-vars`, less the configuration that a CI passes on purpose).
_OF_A_REPOSITORY = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_WORK_TREE",
)


def user_environment() -> dict[str, str]:
    """The user's environment for a git that asks nothing and writes nothing by the way."""
    variables = {name: value for name, value in os.environ.items() if name not in _OF_A_REPOSITORY}
    return {**variables, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "SSH_ASKPASS": ""}
