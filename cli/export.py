"""`xds export`: design tokens as a file of some platform, from a folder or from the server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import checkout as checkouts
from cli.client import connected
from cli.errors import CommandFailed
from cli.output import AsJson, failures, note, print_json
from cli.servers import ServerOption, wanted_system
from designsystem import exporters
from designsystem.exporters import FORMATS, Header, InvalidPrefix, UnknownFormat, format_called
from designsystem.problem import Problem, errors_of


def _known(name: str) -> str:
    try:
        return format_called(name).name
    except UnknownFormat as error:
        raise typer.BadParameter(str(error)) from error


def export(
    path: Annotated[
        Path | None, typer.Argument(help="Folder to read, as it is now; without one the server is asked.")
    ] = None,
    format_: Annotated[
        str,
        typer.Option("--format", "-f", parser=_known, metavar="FORMAT", help=f"What to write: {', '.join(FORMATS)}."),
    ] = "css",
    ref: Annotated[
        str | None, typer.Option(help="Branch, tag or commit on the server.", show_default="its default branch")
    ] = None,
    system: Annotated[
        str | None,
        typer.Option(help="TEAM/SYSTEM or id on the server.", show_default="the one this folder is a clone of"),
    ] = None,
    prefix: Annotated[str, typer.Option(help="Begins every name, such as `acme` for --acme-color-brand.")] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write instead of stdout.")] = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Write design tokens for a platform: from a folder, without any server, or from the server at any ref."""
    if path is not None and (ref or system):
        raise typer.BadParameter("--ref and --system ask the server; leave out PATH for that")
    with failures():
        if path is not None:
            content, details = _from_folder(path, format_, prefix)
        else:
            content, details = _from_server(system, server, {"format": format_, "ref": ref, "prefix": prefix})
        if output is not None:
            output.write_bytes(content)
    if as_json:
        where = {"output": str(output)} if output else {"content": content.decode("utf-8")}
        print_json({"format": format_, **details, **where})
    elif output is not None:
        note(f"wrote {output}")
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def _from_folder(path: Path, chosen: str, prefix: str) -> tuple[bytes, dict[str, Any]]:
    """The tokens of a folder; a folder with errors is refused, as the server never holds such content."""
    checkout = checkouts.open_checkout(path)
    if faults := errors_of(checkout.problems()):
        count = f"{len(faults)} error{'s' if len(faults) > 1 else ''}"
        raise CommandFailed(f"{path} has {count}; nothing was exported", map(str, faults))
    commit = checkouts.commit_of(checkout.root)
    version = checkouts.version_of(checkout.root) if commit else None
    header = Header(checkout.manifest.name or checkout.root.name, version, commit)
    try:
        exported = exporters.export(chosen, checkout.tokens, header, prefix=prefix)
    except InvalidPrefix as error:
        raise typer.BadParameter(str(error)) from error
    for problem in exported.problems:
        note(f"warning: {problem}")
    return exported.data, {**header.as_dict(), "problems": [_as_warning(problem) for problem in exported.problems]}


def _as_warning(problem: Problem) -> dict[str, object]:
    """What cannot be said in a format is left out of the file, and refuses nothing."""
    return {**problem.as_dict(), "severity": "warning"}


def _from_server(system: str | None, server: str | None, query: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    url, wanted = wanted_system(system, server)
    with connected(url, server) as client:
        found = client.find_system(wanted)
        asked = {name: value for name, value in query.items() if value}
        answer = client.request("GET", f"/api/design-systems/{found['id']}/tokens/export", params=asked)
    if left_out := int(answer.headers.get("x-export-problems") or 0):
        note(f"warning: {left_out} token(s) could not be exported; `xds export PATH` on a checkout says which and why")
    return answer.content, {"server": url, "system": found["name"]}
