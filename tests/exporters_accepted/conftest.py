"""What is exported, and the tools that must accept it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from designsystem.exporters import export
from designsystem.tokens.set import TokenSet
from tests.designsystem.exporters.sets import EVERY_TYPE, HEADER, token_set
from tests.designsystem.exporters.test_export import HOSTILE, demo_set
from tests.exporters_accepted.tools import Tools, fetched

SETS: dict[str, Callable[[], TokenSet]] = {
    "every": lambda: token_set(EVERY_TYPE),
    "demo": demo_set,
    "hostile": lambda: token_set(HOSTILE),
    "empty": lambda: token_set({}),
}

Write = Callable[..., Path]


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Tools:
    return fetched(tmp_path_factory.mktemp("tools"))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a set in a format and gives the file."""

    def to_file(name: str, of: str, *, aliases: bool = False) -> Path:
        exported = export(name, SETS[of](), HEADER, aliases=aliases)
        file = tmp_path / f"{of}-{name}{'-aliases' if aliases else ''}.{exported.extension}"
        file.write_bytes(exported.data)
        return file

    return to_file
