"""What every command says and how it fails: tables for people, one JSON document with --json."""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, NoReturn

import typer

from cli.errors import CommandFailed
from cli.terminal import console, errors, escape, harmless

__all__ = [
    "AsJson",
    "console",
    "errors",
    "escape",
    "failures",
    "lines_to_stderr",
    "note",
    "print_json",
    "print_plain",
    "print_rows",
]

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


def print_json(document: Mapping[str, Any]) -> None:
    """Write one JSON document on one line, and at once."""
    sys.stdout.write(json.dumps(document, default=str, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def print_rows(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on a terminal; elsewhere one line per row, its fields between tabs, for other programs to read."""
    if not console.is_terminal:
        for row in rows:
            sys.stdout.write("\t".join(row) + "\n")
        return
    from rich.table import Table

    table = Table(*columns, box=None, header_style="bold")
    for row in rows:
        table.add_row(*(escape(field) for field in row))
    console.print(table)


def print_plain(text: str) -> None:
    """Text exactly as it is: no colour, no wrapping, a line end after it. Lone surrogates are shown as `?`."""
    sys.stdout.write(_printable(text, sys.stdout.encoding) + "\n")


def note(text: str) -> None:
    """Say what happens, on stderr, where it is in nobody's way."""
    errors.say(text, "dim")


def lines_to_stderr(lines: Iterable[str]) -> None:
    """Lines of somebody else, such as a server, exactly as they are."""
    for line in lines:
        sys.stderr.write(_printable(line, sys.stderr.encoding) + "\n")


@contextmanager
def failures() -> Iterator[None]:
    """Turn what a person can mend into one clear message and exit status 1; anything else stays a traceback."""
    try:
        yield
    except (typer.Exit, typer.Abort, typer.BadParameter):  # they are typer's own to tell
        raise
    except CommandFailed as error:
        lines_to_stderr(error.lines)
        _fail(str(error), error)
    except OSError as error:
        if error.errno == errno.EPIPE:  # the reader has gone, as with `| head`; typer ends quietly
            raise
        _fail(": ".join(filter(None, (error.strerror or str(error), error.filename and str(error.filename)))), error)
    except Exception as error:
        from cli.mendable import told

        if not (lines := told(error)):
            raise
        for line in lines:
            errors.say(line, "bold red")
        raise typer.Exit(1) from error


def _fail(message: str, error: Exception) -> NoReturn:
    errors.say(message, "bold red")
    raise typer.Exit(1) from error


def _printable(text: str, encoding: str) -> str:
    """What the stream can take, and without the control characters that would move a terminal's cursor."""
    return harmless(text).encode(encoding, "replace").decode(encoding)
