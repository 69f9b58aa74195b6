"""What every command says and how it fails: tables for people, one JSON document with --json."""

from __future__ import annotations

import errno
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from cli.errors import CommandFailed
from embedded.errors import EmbeddedError
from settings import SettingsError

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]

# Controls, bidirectional overrides and lone surrogates: what a file or a server could trick a terminal with.
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


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
    table = Table(*columns, box=None, header_style="bold")
    for row in rows:
        table.add_row(*(escape(field) for field in row))
    console.print(table)


def print_plain(text: str) -> None:
    """Text exactly as it is: no colour, no wrapping, a line end after it. Lone surrogates are shown as `?`."""
    sys.stdout.write(_printable(text, sys.stdout.encoding) + "\n")


def note(text: str) -> None:
    """Say what happens, on stderr, where it is in nobody's way."""
    errors.print(f"[dim]xds:[/] {escape(text)}")


def lines_to_stderr(lines: Iterable[str]) -> None:
    """Lines of somebody else, such as a server, exactly as they are."""
    for line in lines:
        sys.stderr.write(_printable(line, sys.stderr.encoding) + "\n")


def escape(text: str) -> str:
    """Text in which rich finds no markup, and a terminal nothing to obey."""
    return _HARMFUL.sub("\N{REPLACEMENT CHARACTER}", text).replace("[", "\\[")


@contextmanager
def failures() -> Iterator[None]:
    """Turn what a person can mend into one clear message and exit status 1; anything else stays a traceback."""
    try:
        yield
    except CommandFailed as error:
        lines_to_stderr(error.lines)
        _fail(str(error), error)
    except (EmbeddedError, SettingsError) as error:
        _fail(str(error), error)
    except OSError as error:
        if error.errno == errno.EPIPE:  # the reader has gone, as with `| head`; typer ends quietly
            raise
        _fail(": ".join(filter(None, (error.strerror or str(error), error.filename and str(error.filename)))), error)
    except ValidationError as error:
        for problem in error.errors():
            errors.print(f"[bold red]xds:[/] {escape(_setting_problem(problem['loc'], problem['msg']))}")
        raise typer.Exit(1) from error


def _setting_problem(place: Sequence[str | int], message: str) -> str:
    """``XDS_NAME: what is wrong``; within a list or object with the place, as in ``XDS_NAME[0].member``."""
    told = message.removeprefix("Value error, ")
    if not place:
        return told
    inner = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place[1:])
    return f"setting XDS_{str(place[0]).upper()}{inner}: {told}"


def _fail(message: str, error: Exception) -> NoReturn:
    errors.print(f"[bold red]xds:[/] {escape(message)}")
    raise typer.Exit(1) from error


def _printable(text: str, encoding: str) -> str:
    """What the stream can take, and without the control characters that would move a terminal's cursor."""
    return _HARMFUL.sub("\N{REPLACEMENT CHARACTER}", text).encode(encoding, "replace").decode(encoding)
