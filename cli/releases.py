"""`xds releases`: what was published, and what each version ships."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.client import Client, connected
from cli.errors import CommandFailed
from cli.output import AsJson, console, failures, note, print_json, print_plain, print_rows
from cli.servers import ServerOption, wanted_system

app = typer.Typer(no_args_is_help=True, help="Published versions of a design system.")

SystemOption = Annotated[
    str | None, typer.Option(help="TEAM/SYSTEM or id on the server.", show_default="that of the clone we stand in")
]
Version = Annotated[str, typer.Argument(help="A published version, such as 1.4.0.")]


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Those that were yanked too.")] = False,
    system: SystemOption = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """List the published versions, the highest first."""
    with failures():
        url, wanted = wanted_system(system, server)
        with connected(url, server) as client:
            yanked = None if everything else "false"
            found = list(client.items(f"{_path(client, wanted)}", yanked=yanked))
    if as_json:
        print_json({"server": url, "items": found})
        return
    rows = [
        (each["version"], each["published_at"][:10], each["tagger_name"], each["commit"][:12], _remark(each))
        for each in found
    ]
    print_rows(("version", "published", "by", "commit", ""), rows)
    if not rows and console.is_terminal:
        console.print("[dim]none yet; publish one with: xds publish[/]")


@app.command()
def show(version: Version, system: SystemOption = None, server: ServerOption = None, as_json: AsJson = False) -> None:
    """Show a version's changelog and its files."""
    with failures():
        url, wanted = wanted_system(system, server)
        with connected(url, server) as client:
            found = client.get(f"{_path(client, wanted)}/{_plain(version)}")
    if as_json:
        print_json({"server": url, **found})
        return
    print_plain(found["changelog"])
    if found["yanked"]:
        note(f"yanked: {found['yank_reason']}")
    print_rows(
        ("file", "bytes", "SHA-256"), [(each["name"], str(each["size"]), each["sha256"]) for each in found["artifacts"]]
    )


@app.command()
def download(
    version: Version,
    name: Annotated[str, typer.Argument(help="Such as tokens.css, CHANGELOG.md or source.zip.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write.", show_default="stdout")
    ] = None,
    system: SystemOption = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Write a file of a version, once it is what the release says it is."""
    with failures():
        url, wanted = wanted_system(system, server)
        with connected(url, server) as client:
            found = client.get(f"{_path(client, wanted)}/{_plain(version)}")
            artifact = _artifact(found, name)
            content = client.request("GET", artifact["url"]).content
        if hashlib.sha256(content).hexdigest() != artifact["sha256"]:
            raise CommandFailed(f"{name} of {found['version']} did not arrive as it was published; try again")
        if output is not None:
            output.write_bytes(content)
    if as_json:
        where = {"output": str(output)} if output else {"content": content.decode("utf-8", "replace")}
        print_json({"server": url, "version": found["version"], **artifact, **where})
    elif output is not None:
        note(f"wrote {output}")
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


@app.command()
def yank(
    version: Version,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why nobody is to take it any more.")],
    system: SystemOption = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Withdraw a version. Its tag and files stay for who has it; the audit log remembers who did it and why."""
    _mark(version, "yank", {"reason": reason}, system, server, as_json=as_json)


@app.command()
def unyank(version: Version, system: SystemOption = None, server: ServerOption = None, as_json: AsJson = False) -> None:
    """Let a withdrawn version stand again."""
    _mark(version, "unyank", {}, system, server, as_json=as_json)


def _mark(
    version: str, verb: str, body: dict[str, Any], system: str | None, server: str | None, *, as_json: bool
) -> None:
    with failures():
        url, wanted = wanted_system(system, server)
        with connected(url, server) as client:
            client.require_bearer()
            made = client.post(f"{_path(client, wanted)}/{_plain(version)}/{verb}", **body)
    if as_json:
        print_json({"server": url, **made})
    else:
        note(f"{made['version']} {'is yanked' if made['yanked'] else 'stands again'}")


def _path(client: Client, wanted: Any) -> str:
    return f"/api/design-systems/{client.find_system(wanted)['id']}/releases"


def _plain(version: str) -> str:
    plain = version.removeprefix("v")
    if not plain or "/" in plain or plain in (".", ".."):
        raise CommandFailed(f"{version!r} is no version; they are written like 1.4.0")
    return plain


def _artifact(release: dict[str, Any], name: str) -> dict[str, Any]:
    found = next((each for each in release["artifacts"] if each["name"] == name), None)
    if found is None:
        known = ", ".join(each["name"] for each in release["artifacts"])
        raise CommandFailed(f"{release['version']} has no file {name}; there are {known}")
    return dict(found)


def _remark(release: dict[str, Any]) -> str:
    if release["yanked"]:
        return f"yanked: {release['yank_reason']}"
    return "prerelease" if release["prerelease"] else ""
