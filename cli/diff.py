"""`xds diff`: what changed between two states of a design system, as tokens and components."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.color import Color, ColorParseError
from rich.style import Style
from rich.table import Table
from rich.text import Text

from cli.checkout import open_checkout
from cli.comparing import compared, compared_revisions
from cli.output import AsJson, console, escape, failures, note, print_json, print_plain, print_rows
from designsystem.compare.change import Change, Severity, strongest
from designsystem.compare.report import markdown, summary
from designsystem.compare.words import shown, swatch_of, where, words_of
from designsystem.compatibility import Verdict


class DiffFormat(StrEnum):
    """How changes are written."""

    TABLE = "table"
    MARKDOWN = "markdown"
    JSON = "json"


def diff(
    what: Annotated[
        list[str],
        typer.Argument(help="OLD NEW: two folders. Or A..B: two revisions of the repository here.", show_default=False),
    ],
    report: Annotated[
        DiffFormat,
        typer.Option("--format", "-f", help="`markdown` is for the comment of a pull request, `json` for programs."),
    ] = DiffFormat.TABLE,
    fail_on: Annotated[
        Severity | None, typer.Option(help="End with status 1 where a change asks for this much, or more.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what changed in the language of tokens, props and types, and what the next version has to be.

    Needs no server. A is the older; `A..` compares with what lies in the folder now.
    """
    with failures():
        verdict = _verdict(what)
    changes = verdict.changes
    if as_json or report is DiffFormat.JSON:
        bump = verdict.bump.value if verdict.bump else None
        told = [change.as_dict() for change in changes]
        print_json({"bump": bump, "reasons": list(verdict.reasons), "changes": told})
    elif report is DiffFormat.MARKDOWN:
        print_plain(markdown(changes).rstrip())
    else:
        _show(changes)
    order = list(Severity)
    if fail_on is not None and any(order.index(change.severity) >= order.index(fail_on) for change in changes):
        raise typer.Exit(1)


def _verdict(what: Sequence[str]) -> Verdict:
    if len(what) == 2:
        return compared(open_checkout(Path(what[0])), open_checkout(Path(what[1])))
    if len(what) != 1 or ".." not in what[0]:
        raise typer.BadParameter("give two folders, or two revisions as A..B")
    older, _, newer = what[0].partition("..")
    return compared_revisions(Path.cwd(), older or "HEAD", newer)


def _show(changes: Sequence[Change]) -> None:
    if not console.is_terminal:
        print_rows((), [_row(change) for change in changes])
    elif changes:
        table = Table("", "what", "change", "before", "after", box=None, header_style="bold", pad_edge=False)
        for change in changes:
            what, told = escape(change.subject), escape(_told(change))
            table.add_row(_MARKS[change.severity], f"[bold]{what}[/]", told, *map(_cell, (change.before, change.after)))
        console.print(table)
    needed = strongest(changes)
    note(f"{summary(changes)} The next version is a {needed.value} one." if needed else "nothing changed")


def _told(change: Change) -> str:
    sure = "" if change.confidence == 1 else f" ({change.confidence:.0%} sure)"
    instead = f"; use {change.replaced_by}" if change.replaced_by is not None else ""
    return words_of(change) + sure + instead + where(change)


def _cell(value: object) -> Text:
    """One side with its colour before it."""
    return _swatch(value).append_text(Text.from_markup(escape(shown(value))))


_MARKS = {Severity.MAJOR: "[red]!![/]", Severity.MINOR: "[yellow]+ [/]", Severity.PATCH: "[dim]~ [/]"}


def _row(change: Change) -> tuple[str, ...]:
    return (
        change.severity.value,
        change.kind.value,
        change.subject,
        change.field,
        shown(change.before),
        shown(change.after),
        ", ".join(change.contexts),
    )


def _swatch(value: object) -> Text:
    """Two blanks in the colour itself, where it is one that a terminal can show."""
    color = swatch_of(value)
    try:
        return Text().append("  ", Style(bgcolor=Color.parse(color))).append(" ") if color else Text()
    except ColorParseError:
        return Text("")
