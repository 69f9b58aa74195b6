"""What every command says and how it fails: tables for people, one JSON document with --json."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console

from embedded.errors import EmbeddedError
from settings import SettingsError

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


def print_json(document: Mapping[str, Any]) -> None:
    """Write one JSON document on one line, and at once."""
    sys.stdout.write(json.dumps(document, default=str, ensure_ascii=False) + "\n")
    sys.stdout.flush()


@contextmanager
def failures() -> Iterator[None]:
    """Turn what a person can mend into one clear message and exit status 1; anything else stays a traceback."""
    try:
        yield
    except (EmbeddedError, SettingsError) as error:
        errors.print(f"[bold red]xds:[/] {_escape(str(error))}")
        raise typer.Exit(1) from error
    except ValidationError as error:
        for problem in error.errors():
            name = "".join(f" XDS_{str(part).upper()}" for part in problem["loc"])
            errors.print(f"[bold red]xds:[/] setting{name}: {_escape(problem['msg'])}")
        raise typer.Exit(1) from error


def _escape(text: str) -> str:
    return text.replace("[", "\\[")
