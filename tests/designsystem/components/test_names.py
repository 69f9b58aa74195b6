"""Names of components and the directories that they get."""

from __future__ import annotations

import pytest

from designsystem.components import InvalidComponentName, directory_name


@pytest.mark.parametrize(
    ("name", "directory"),
    [
        ("Button", "Button"),
        ("button-group", "button-group"),
        ("icon button", "IconButton"),
        (" Button ", "Button"),
        ("Schaltfläche", "Schaltfläche"),
        ("Cafe\u0301", "Café"),
        ("v1.2", "v1.2"),
    ],
)
def test_directory_of_a_name(name: str, directory: str) -> None:
    assert directory_name(name) == directory


@pytest.mark.parametrize(
    "name",
    [
        "",
        "  ",
        "a/b",
        "a\\b",
        "..",
        ".hidden",
        ".git",
        "git~1",
        "-rf",
        "!x",
        "#x",
        "a.",
        "CON",
        "nul.txt",
        "lpt1",
        "node_modules",
        "a\nb",
        "a\x00b",
        "a\u200bb",
        "a\u202eb",
        "a:b",
        "a*b",
        "a?b",
        "x" * 101,
    ],
)
def test_unsafe_names_are_refused(name: str) -> None:
    with pytest.raises(InvalidComponentName):
        directory_name(name)
