"""Tests that a command starts with what it needs and no more, and takes the same values as ever."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from cli import terminal
from cli.lines import LINES
from cli.main import COMMANDS
from tests.cli.conftest import Xds

HEAVY = ("asyncio", "httpx", "pydantic", "rich", "settings", "sqlalchemy")
WATCHED = f"""
import sys
from cli.main import app
try:
    app()
finally:
    print(*(name for name in {HEAVY!r} if name in sys.modules), file=sys.stderr)
"""


def imported(*arguments: str | Path) -> str:
    """Which heavy packages a command had imported when it ended."""
    done = subprocess.run([sys.executable, "-c", WATCHED, *map(str, arguments)], capture_output=True, text=True)
    return done.stderr.splitlines()[-1]


def test_commands_on_a_folder_import_nothing_heavy(demo: Path, tmp_path: Path) -> None:
    assert imported("--version") == ""
    assert imported("validate", demo, "--format", "json") == ""
    assert imported("lint", demo) == ""
    assert imported("export", demo, "--output", tmp_path / "out.css") == ""
    assert imported("resolve", demo, "--json") == ""


def test_the_client_is_imported_only_to_speak_to_a_server(demo: Path) -> None:
    assert imported("systems", "--help") == "rich"


def test_values_that_are_refused_are_refused_in_typers_words(demo: Path, xds: Xds) -> None:
    wrong = xds("validate", demo, "--format", "yaml")
    assert wrong.exit_code == 2
    assert "'text', 'json', 'github'" in " ".join(wrong.stderr.split()).replace("│", "").replace("  ", " ")
    assert xds("validate", demo, "--input", "theme").exit_code == 2
    assert xds("validate", demo, "--format", "github").exit_code == 0


def test_a_command_that_there_is_not_is_answered_with_what_there_is(xds: Xds) -> None:
    answer = xds("exprot")
    assert answer.exit_code == 2
    assert "export" in answer.stderr


def test_the_help_lists_every_command(xds: Xds) -> None:
    told = xds("--help").stdout
    assert [name for name in COMMANDS if f" {name} " not in told] == []


def test_a_note_looks_the_same_with_and_without_colours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    terminal.errors.say("a [red]b[/] \x1b[2J", "dim")
    plain = capsys.readouterr().err
    assert plain == "xds: a [red]b[/] \N{REPLACEMENT CHARACTER}[2J\n"
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = terminal.Stream(stderr=True)
    stream.say("a [red]b[/]", "dim")
    coloured = capsys.readouterr().err
    assert coloured.startswith("\x1b[2mxds:")
    assert coloured.endswith(" a [red]b[/]\n")


def test_the_list_of_commands_says_what_they_say_of_themselves() -> None:
    assert LINES.keys() <= COMMANDS.keys()
    for name, line in LINES.items():
        told = inspect.cleandoc(COMMANDS[name].load(name).help).partition("\n\n")[0]
        assert line == " ".join(told.split())


def test_a_list_of_commands_loads_none() -> None:
    assert imported("--help") == "rich"
