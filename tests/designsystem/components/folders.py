"""Component folders for the tests: files by name, read the way a repository is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from designsystem.components import Component, read_component
from designsystem.problem import Problem

DIRECTORY = "components/Button"


def as_json(**fields: Any) -> bytes:
    return json.dumps(fields, indent=2).encode()


def read(files: Mapping[str, bytes], directory: str = DIRECTORY) -> tuple[Component | None, list[Problem]]:
    return read_component(directory, [name for name in files if "/" not in name], lambda name: files[name])


def component(files: Mapping[str, bytes], directory: str = DIRECTORY) -> Component:
    found, problems = read(files, directory)
    assert problems == []
    assert found is not None
    return found


def written(files: Mapping[str, bytes], edits: Mapping[str, bytes | None]) -> dict[str, bytes]:
    """The folder after an edit."""
    after = {**files, **edits}
    return {name: data for name, data in after.items() if data is not None}
