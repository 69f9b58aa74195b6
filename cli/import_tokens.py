"""`xds import-tokens`: the tokens of other tools as files of the format, and a list of what it has no place for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli.checkout import open_checkout
from cli.errors import CommandFailed
from cli.output import AsJson, failures, note, print_json, print_plain
from cli.validate import counted, line_of
from designsystem import codes
from designsystem.importers import FORMATS, Imported, UnknownFormat, convert
from designsystem.manifest import COMPONENT_FILE, MANIFEST_PATH
from designsystem.problem import Problem
from designsystem.rules import FileLimits, judge_size

_ENDINGS = (".json", ".tokens")
_OTHER_SYNTAX = (".json5", ".jsonc", ".hjson", ".yaml", ".yml", ".js", ".cjs", ".mjs", ".ts")
_NEVER_TOKENS = frozenset({MANIFEST_PATH, COMPONENT_FILE, "package.json", "package-lock.json", "tsconfig.json"})


def _known(name: str) -> str:
    if name not in FORMATS:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(FORMATS)}")
    return name


def import_tokens(
    path: Annotated[Path, typer.Argument(help="File or folder of another tool.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write to; made if there is none.")],
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            parser=_known,
            metavar="TOOL",
            help=f"The tool that the files are of: {', '.join(FORMATS)}.",
            show_default="by what they hold",
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that are there already.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="End with status 1 where anything is left out.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring tokens of Figma, Tokens Studio or Style Dictionary into the DTCG format 2025.10.

    Needs no server. What is written keeps to the format, to the letter; what the format has no place for is listed with
    file, line and path, and so is everything that is written otherwise than it was.
    """
    with failures():
        files, unread = _read(path)
        try:
            name, imported = convert(files, source)
        except UnknownFormat as error:
            message = f"{path}: {error}; say which with --from {' | '.join(FORMATS)}"
            raise CommandFailed(message, map(line_of, error.unread)) from error
        if not imported.tokens:
            raise CommandFailed(f"{path} has no token that could be carried", map(line_of, imported.problems))
        written = _write(imported, output, overwrite)
    problems = [*imported.problems, *unread]
    left_out = [problem for problem in problems if problem.code != codes.IMPORT_CHANGED]
    if as_json:
        told = [problem.as_dict() for problem in problems]
        print_json({"format": name, "tokens": imported.tokens, "files": written, "problems": told})
    else:
        for problem in problems:
            print_plain(line_of(problem))
        what = f"{counted(imported.tokens, 'token')} of {FORMATS[name].title} in {counted(len(written), 'file')}"
        note(f"{what} below {output}; {len(left_out)} left out, {len(problems) - len(left_out)} written otherwise")
    if strict and left_out:
        raise typer.Exit(1)


def _read(path: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """The bytes of every file that may hold tokens, by path, and those in a syntax that is not read."""
    if path.is_file():
        _refuse_size(path.name, path.stat().st_size)
        return {path.name: path.read_bytes()}, []
    checkout = open_checkout(path)
    names = [each for each in checkout.files if each.endswith(_ENDINGS) and _last(each) not in _NEVER_TOKENS]
    files: dict[str, bytes] = {}
    for name in names:
        _refuse_size(name, checkout.files[name].size)
        try:
            files[name] = checkout.read(name)
        except LookupError:
            continue  # a symbolic link is seen and never followed
    return files, list(_unread(checkout.files, files))


def _unread(names: Iterable[str], read: Iterable[str]) -> Iterator[Problem]:
    """Files beside those that are read which may hold tokens in another syntax."""
    folders = {name.rpartition("/")[0] for name in read}
    for name in names:
        if name.endswith(_OTHER_SYNTAX) and name.rpartition("/")[0] in folders and "/" in name:
            message = "only JSON is read; if it holds tokens, write them as JSON first"
            yield Problem(codes.IMPORT_UNREAD, message, name, severity="warning")


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _refuse_size(name: str, size: int) -> None:
    if problem := judge_size(name, size, True, FileLimits()):
        raise CommandFailed(str(problem))


def _write(imported: Imported, output: Path, overwrite: bool) -> Sequence[str]:
    """Writes all files, or none where one is in the way."""
    if not overwrite:
        there = [name for name in imported.files if (output / name).exists()]
        if there:
            raise CommandFailed(f"{output} has {', '.join(there[:5])} already; --overwrite replaces what is there")
    for name, data in imported.files.items():
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        (output / name).write_bytes(data)
    return sorted(imported.files)
