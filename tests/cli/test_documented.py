"""Guards: docs/cli.md names every command, every command takes --json, and every option says what it does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from rich.text import Text
from typer.core import TyperGroup

from cli.main import app

DOCUMENT = Path(__file__).parents[2] / "docs" / "cli.md"
PROCESSES = {"worker"}  # runs until it is stopped, and writes a log


def commands(group: TyperGroup, prefix: str = "") -> Iterator[tuple[str, typer.core.TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, f"{prefix}{name} ")
        elif isinstance(command, typer.core.TyperCommand):
            yield f"{prefix}{name}", command


def everything() -> dict[str, typer.core.TyperCommand]:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return dict(commands(group))


@pytest.mark.parametrize("name", everything())
def test_every_command_is_documented(name: str) -> None:
    assert f"xds {name}" in DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", everything())
def test_every_command_can_answer_in_json(name: str) -> None:
    options = {option for parameter in everything()[name].params for option in parameter.opts}
    assert "--json" in options or name in PROCESSES


@pytest.mark.parametrize("name", everything())
def test_no_part_of_a_help_text_is_taken_for_markup(name: str) -> None:
    helps = [getattr(parameter, "help", None) or "" for parameter in everything()[name].params]
    assert [text for text in helps if Text.from_markup(text).plain != text] == []


@pytest.mark.parametrize("name", everything())
def test_every_command_and_option_says_what_it_does(name: str) -> None:
    command = everything()[name]
    assert command.help
    assert [parameter.name for parameter in command.params if not getattr(parameter, "help", None)] == []
