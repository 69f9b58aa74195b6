"""`xds export`: design tokens as a file of some platform, from a folder or from the server."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import checkout as checkouts
from cli.checkout import Checkout
from cli.client import connected
from cli.errors import CommandFailed
from cli.inputs import InputsOption, ResolverOption, ThemeOption, given, resolver_of
from cli.output import AsJson, failures, note, print_json
from cli.servers import ServerOption, wanted_system
from designsystem import exporters
from designsystem.exporters import (
    FORMATS,
    Header,
    InvalidPrefix,
    NoThemes,
    Themes,
    UnknownFormat,
    format_called,
    themed,
)
from designsystem.exporters.themes import placed
from designsystem.problem import Problem, errors_of
from designsystem.resolver.resolution import Resolution, resolve
from designsystem.tokens.set import TokenSet


@dataclass(frozen=True)
class Wanted:
    """What to write of a folder's tokens, and how."""

    formats: Sequence[str]
    prefix: str
    inputs: Mapping[str, str]
    resolver: str | None
    aliases: bool
    themes: bool
    media: bool


@dataclass(frozen=True)
class Source:
    """Tokens to export, and the errors that forbid it."""

    tokens: TokenSet
    faults: Sequence[Problem]
    resolution: Resolution | None = None
    themes: Themes | None = None

    def placed(self, problem: Problem) -> Problem:
        """A problem where it stands in the folder's files."""
        return problem if self.resolution is None else placed(problem, self.resolution)


@dataclass(frozen=True)
class Export:
    """One format as it is written, and what could not be said in it."""

    format: str
    content: bytes
    problems: Sequence[Problem] = ()


def _known(stated: str) -> str:
    """Formats between commas, each once."""
    names = stated.split(",")
    try:
        known = [format_called(name.strip()).name for name in names]
    except UnknownFormat as error:
        raise typer.BadParameter(str(error)) from error
    return ",".join(dict.fromkeys(known))


def file_of(format_: str) -> str:
    """The file that an export goes to in a folder of several: ``tokens.css``, ``tokens.tailwind.css``."""
    extension = format_called(format_).extension
    return f"tokens.{extension}" if format_ == extension else f"tokens.{format_}.{extension}"


def export(
    path: Annotated[
        Path | None, typer.Argument(help="Folder to read, as it is now; without one the server is asked.")
    ] = None,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            parser=_known,
            metavar="FORMAT",
            help=f"What to write, several with commas: {', '.join(FORMATS)}.",
        ),
    ] = "css",
    ref: Annotated[
        str | None, typer.Option(help="Branch, tag or commit on the server.", show_default="its default branch")
    ] = None,
    system: Annotated[
        str | None,
        typer.Option(help="TEAM/SYSTEM or id on the server.", show_default="the one this folder is a clone of"),
    ] = None,
    prefix: Annotated[str, typer.Option(help="Begins every name, such as `acme` for --acme-color-brand.")] = "",
    aliases: Annotated[
        bool, typer.Option("--aliases", help="Keep an alias of a whole token as a variable: var(--x), $x, @x.")
    ] = False,
    theme: ThemeOption = None,
    inputs: InputsOption = None,
    resolver: ResolverOption = None,
    themes: Annotated[
        bool, typer.Option("--themes", help="Every context of the resolver beside the default (css and tailwind).")
    ] = False,
    media: Annotated[
        bool, typer.Option("--media", help="With --themes: contexts named light and dark as media queries.")
    ] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write instead of stdout.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write to, a file for each format: tokens.css, tokens.ts.")
    ] = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Write design tokens for a platform: from a folder, without any server, or from the server at any ref."""
    if path is not None and (ref or system):
        raise typer.BadParameter("--ref and --system ask the server; leave out PATH for that")
    if path is None and themes:
        raise typer.BadParameter("--themes reads a folder; give its PATH")
    if media and not themes:
        raise typer.BadParameter("--media goes with --themes")
    formats = format_.split(",")
    _judge_places(formats, output, out)
    asked = given(inputs or [], theme)
    wanted = Wanted(formats, prefix, asked, resolver, aliases, themes, media)
    with failures():
        if path is not None:
            exports, details = _from_folder(path, wanted)
        else:
            stated = [f"{name}={context}" for name, context in asked.items()]
            query: dict[str, Any] = {"ref": ref, "prefix": prefix, "input": stated, "resolver": resolver}
            query["aliases"] = aliases
            exports, details = _from_server(system, server, formats, query)
        places = _written(exports, output, out)
    if as_json:
        print_json(_as_document(exports, places, details))
    elif places:
        for place in places:
            note(f"wrote {place}")
    else:
        sys.stdout.buffer.write(exports[0].content)
        sys.stdout.buffer.flush()


def _judge_places(formats: Sequence[str], output: Path | None, out: Path | None) -> None:
    if output is not None and out is not None:
        raise typer.BadParameter("--output names one file, --out a folder; give one of them")
    if len(formats) > 1 and out is None:
        raise typer.BadParameter("several formats need a folder to go to; name it with --out")


def _written(exports: Sequence[Export], output: Path | None, out: Path | None) -> list[Path]:
    """The files that hold the exports now; none where they go to stdout."""
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        places = [out / file_of(export.format) for export in exports]
    else:
        places = [output] if output is not None else []
    for place, export in zip(places, exports, strict=False):
        place.write_bytes(export.content)
    return places


def _as_document(exports: Sequence[Export], places: Sequence[Path], details: dict[str, Any]) -> dict[str, Any]:
    """What --json prints; with several formats an item for each."""
    items = []
    for number, each in enumerate(exports):
        where = {"output": str(places[number])} if places else {"content": each.content.decode("utf-8")}
        items.append({"format": each.format, "problems": [problem.as_dict() for problem in each.problems], **where})
    return {**details, **items[0]} if len(items) == 1 else {**details, "files": items}


def _from_folder(path: Path, wanted: Wanted) -> tuple[list[Export], dict[str, Any]]:
    """The tokens of a folder; a folder with errors is refused, as the server never holds such content."""
    checkout = checkouts.open_checkout(path)
    source = _source(checkout, wanted)
    _refuse(path, source.faults)
    commit = checkouts.commit_of(checkout.root)
    version = checkouts.version_of(checkout.root) if commit else None
    header = Header(checkout.manifest.name or checkout.root.name, version, commit)
    options: dict[str, Any] = {"prefix": wanted.prefix, "aliases": wanted.aliases, "media": wanted.media}
    exports = []
    for name in wanted.formats:
        try:
            exported = exporters.export(name, source.tokens, header, themes=source.themes, **options)
        except (InvalidPrefix, NoThemes) as error:
            raise typer.BadParameter(str(error)) from error
        problems = checkout.manifest.judged_export(map(source.placed, exported.problems))
        exports.append(Export(name, exported.data, problems))
    told = [problem for each in exports for problem in each.problems]
    _refuse(path, errors_of(dict.fromkeys(told)))
    for problem in told:
        note(f"warning: {problem}")
    return exports, header.as_dict()


def _refuse(path: Path, faults: Sequence[Problem]) -> None:
    if faults:
        count = f"{len(faults)} error{'s' if len(faults) > 1 else ''}"
        raise CommandFailed(f"{path} has {count}; nothing was exported", map(str, faults))


def _source(checkout: Checkout, wanted: Wanted) -> Source:
    """The tokens that are wanted of a folder: as it lies there, or as its resolver has them."""
    if not (wanted.inputs or wanted.themes or wanted.resolver):
        return Source(checkout.tokens, errors_of(checkout.problems()))
    document = resolver_of(checkout, wanted.resolver)
    if document is None:
        raise CommandFailed(f"{checkout.root} has no resolver; see docs/resolver.md")
    if wanted.themes:
        themes = themed(document, wanted.inputs)
        faults = errors_of(checkout.judged(themes.base.problems))
        return Source(themes.base.tokens, faults, themes.base, themes)
    resolution = resolve(document, wanted.inputs)
    return Source(resolution.tokens, errors_of(checkout.judged(resolution.problems)), resolution)


def _from_server(
    system: str | None, server: str | None, formats: Sequence[str], query: dict[str, Any]
) -> tuple[list[Export], dict[str, Any]]:
    url, wanted = wanted_system(system, server)
    asked = {name: value for name, value in query.items() if value}
    exports = []
    with connected(url, server) as client:
        found = client.find_system(wanted)
        for name in formats:
            place = f"/api/design-systems/{found['id']}/tokens/export"
            answer = client.request("GET", place, params={**asked, "format": name})
            if left_out := int(answer.headers.get("x-export-problems") or 0):
                told = "`xds export PATH` on a checkout says which and why"
                note(f"warning: {left_out} token(s) could not be exported; {told}")
            exports.append(Export(name, answer.content))
    return exports, {"server": url, "system": found["name"]}
