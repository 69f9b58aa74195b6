"""`xds diff`: what changed between two states of a design system, as tokens and components."""

from __future__ import annotations

import io
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.color import Color, ColorParseError
from rich.style import Style
from rich.text import Text

from cli import git
from cli.checkout import Checkout, open_checkout
from cli.errors import CommandFailed
from cli.output import AsJson, console, escape, failures, note, print_json, print_plain, print_rows
from designsystem.compare.change import Change, Severity, strongest
from designsystem.compare.components import compare_components
from designsystem.compare.report import markdown, summary
from designsystem.compare.tokens import compare_tokens
from designsystem.compare.words import shown, swatch_of, words_of


class DiffFormat(StrEnum):
    """How changes are written."""

    TABLE = "table"
    MARKDOWN = "markdown"


def diff(
    what: Annotated[
        list[str],
        typer.Argument(help="OLD NEW: two folders. Or A..B: two revisions of the repository here.", show_default=False),
    ],
    report: Annotated[
        DiffFormat, typer.Option("--format", "-f", help="`markdown` is for the comment of a pull request.")
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
        changes = _changes(what)
    if as_json:
        needed = strongest(changes)
        bump = needed.value if needed else None
        print_json({"bump": bump, "changes": [change.as_dict() for change in changes]})
    elif report is DiffFormat.MARKDOWN:
        print_plain(markdown(changes).rstrip())
    else:
        _show(changes)
    order = list(Severity)
    if fail_on is not None and any(order.index(change.severity) >= order.index(fail_on) for change in changes):
        raise typer.Exit(1)


def _changes(what: Sequence[str]) -> list[Change]:
    if len(what) == 2:
        return compared(open_checkout(Path(what[0])), open_checkout(Path(what[1])))
    if len(what) != 1 or ".." not in what[0]:
        raise typer.BadParameter("give two folders, or two revisions as A..B")
    older, _, newer = what[0].partition("..")
    here = Path.cwd()
    with _revision(here, older or "HEAD") as old:
        if not newer:
            return compared(old, open_checkout(here))
        with _revision(here, newer) as new:
            return compared(old, new)


def compared(old: Checkout, new: Checkout) -> list[Change]:
    """Every change of tokens, then of components, rated by the newer one's policy."""
    changes = [*compare_tokens(old.tokens, new.tokens), *compare_components(old.components, new.components)]
    return new.policy.rated(changes)


@contextmanager
def _revision(folder: Path, revision: str) -> Iterator[Checkout]:
    """The files of a revision, in a folder that goes when it is not needed any more."""
    commit = git.ask(["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"], cwd=folder)
    if not commit:
        raise CommandFailed(f"there is no revision {revision} here")
    archive = git.run(["archive", "--format=tar", commit], cwd=folder)
    with tempfile.TemporaryDirectory(prefix="xds-") as name, tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        root = Path(name)
        for member in tar:
            if member.isfile():
                target = root / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                content = tar.extractfile(member)
                target.write_bytes(content.read() if content is not None else b"")
        yield open_checkout(root)


def _show(changes: Sequence[Change]) -> None:
    if not console.is_terminal:
        print_rows((), [_row(change) for change in changes])
    for change in changes if console.is_terminal else ():
        line = Text.from_markup(
            f"{_MARKS[change.severity]} [bold]{escape(change.subject)}[/] {escape(words_of(change))}  "
        )
        for value, arrow in ((change.before, " → "), (change.after, "")):
            line.append(_swatch(value))
            line.append(shown(value) + (arrow if change.before is not None and change.after is not None else ""))
        console.print(line)
    needed = strongest(changes)
    note(f"{summary(changes)} The next version is a {needed.value} one." if needed else "nothing changed")


_MARKS = {Severity.MAJOR: "[red]!![/]", Severity.MINOR: "[yellow]+ [/]", Severity.PATCH: "[dim]~ [/]"}


def _row(change: Change) -> tuple[str, ...]:
    return (
        change.severity.value,
        change.kind.value,
        change.subject,
        change.field,
        shown(change.before),
        shown(change.after),
    )


def _swatch(value: object) -> Text:
    """Two blanks in the colour itself, where it is one that a terminal can show."""
    color = swatch_of(value)
    try:
        return Text("  ", Style(bgcolor=Color.parse(color))).append(" ") if color else Text("")
    except ColorParseError:
        return Text("")
