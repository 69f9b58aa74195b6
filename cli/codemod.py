"""`xds codemod`: usages of tokens in a consumer's folder, renamed as a migration says."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.checkout import open_checkout
from cli.errors import CommandFailed
from cli.migrations import from_repository, from_server
from cli.output import AsJson, console, escape, failures, note, print_json, print_plain
from cli.rewriting import Planned, carry_out, key_of, overlaps, plan, recorded
from cli.servers import ServerOption
from designsystem.codemod.names import names_of, renamings
from designsystem.codemod.rewriting import line_and_column, told
from designsystem.migration import InvalidMigration, parse_migration


def codemod(
    folder: Annotated[Path, typer.Argument(help="The code that uses the tokens.", show_default=False)],
    migration: Annotated[
        str | None, typer.Option("--migration", metavar="FILE", help="migration.json of a release; `-` is stdin.")
    ] = None,
    older: Annotated[str | None, typer.Option("--from", help="The version that the code was written for.")] = None,
    newer: Annotated[
        str | None, typer.Option("--to", help="The version it shall be for.", show_default="the newest")
    ] = None,
    repository: Annotated[
        Path | None, typer.Option(help="A clone of the design system to compare versions in, instead of a server.")
    ] = None,
    system: Annotated[str | None, typer.Option(help="TEAM/SYSTEM or id on the server.")] = None,
    prefix: Annotated[str, typer.Option(help="That the tokens were exported with, such as `acme`.")] = "",
    module: Annotated[
        list[str] | None,
        typer.Option(
            help="What scripts import tokens from; may be given several times.",
            show_default="every package, and own files with `token` in their path",
        ),
    ] = None,
    sure: Annotated[
        float, typer.Option(min=0, max=1, help="Leave out renames that were recognised with less certainty.")
    ] = 0.0,
    write: Annotated[bool, typer.Option("--write", help="Change the files; otherwise only the diff is shown.")] = False,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Rename usages of tokens in css, scss, less, js, ts, json, vue, svelte and html files, as a migration says.

    Shows a unified diff; `--write` changes the files. Comments are left alone, so is what .gitignore lists.
    """
    with failures():
        steps = _migration(migration, older, newer, repository, system, server)
        pairs = renamings(steps, least=sure)
        names, key = names_of(pairs, prefix=prefix), key_of(pairs, prefix) if overlaps(pairs) else None
        checkout = open_checkout(folder)
        earlier = recorded(checkout.root, key) if key is not None else {}
        planned = (
            [] if earlier.get("done") else plan(checkout, names, frozenset(module or ()), earlier.get("files", {}))
        )
        if write and not earlier.get("done"):
            carry_out(checkout.root, planned, key)
    if as_json:
        print_json({"written": write, "done_before": bool(earlier.get("done")), **_as_dict(planned, names.unclear)})
        return
    if not write:
        for each in planned:
            _show_diff(each)
    _tell(planned, names.unclear, write=write, done=bool(earlier.get("done")))


def _migration(
    file: str | None,
    older: str | None,
    newer: str | None,
    repository: Path | None,
    system: str | None,
    server: str | None,
) -> dict[str, Any]:
    if (file is None) == (older is None):
        raise typer.BadParameter("give --migration FILE, or --from VERSION (and --to VERSION)")
    if file is None and older is not None:
        if repository is not None:
            return from_repository(repository, older, newer)
        return from_server(system, server, older, newer)
    name = file or "-"
    source = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    try:
        return parse_migration(source)
    except InvalidMigration as error:
        raise CommandFailed(f"{file} is no migration: {error}") from error


def _show_diff(each: Planned) -> None:
    old, new = each.old.splitlines(keepends=True), each.found.text.splitlines(keepends=True)
    for line in difflib.unified_diff(old, new, f"a/{each.path}", f"b/{each.path}"):
        text = line.rstrip("\r\n")
        if console.is_terminal:
            console.print(f"[{_STYLES.get(text[:1], 'none')}]{escape(text)}[/]")
        else:
            print_plain(text)


_STYLES = {"-": "red", "+": "green", "@": "cyan"}


def _tell(planned: Sequence[Planned], unclear: Sequence[str], *, write: bool, done: bool) -> None:
    if done:
        note("this migration was carried out here before; a second time would take new names for old ones")
        return
    for each in planned:
        for line in told(each.path, each.old, each.found.left):
            note(f"{line}: nothing takes its place")
    for name in unclear:
        note(f"{name}: several tokens have this name and went different ways; look yourself")
    usages = sum(len(each.found.renamed) for each in planned)
    files = sum(bool(each.found.renamed) for each in planned)
    verb = "renamed" if write else "to rename"
    note(f"{usages:,} usage{'s' * (usages != 1)} in {files:,} file{'s' * (files != 1)} {verb}")


def _as_dict(planned: Sequence[Planned], unclear: Sequence[str]) -> dict[str, Any]:
    files = [
        {
            "path": each.path,
            "renamed": [_place(each.old, usage) for usage in each.found.renamed],
            "left": [_place(each.old, usage) for usage in each.found.left],
        }
        for each in planned
    ]
    return {"files": files, "unclear": list(unclear)}


def _place(text: str, usage: Any) -> dict[str, Any]:
    line, column = line_and_column(text, usage.start)
    return {"line": line, "column": column, "old": usage.old, "new": usage.new}
