"""`xds account export` and `erase`: take along what a server knows of you, and leave it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.client import connected
from cli.credentials import Credentials
from cli.errors import CommandFailed
from cli.output import AsJson, console, escape, failures, note, print_json, print_plain
from cli.servers import ServerOption, chosen_server


def export(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write, readable by you alone.", show_default="stdout")
    ] = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Take along everything that the server knows of you, as one JSON document."""
    with failures():
        url = chosen_server(server)
        with connected(url, server) as client:
            client.require_bearer()
            document = client.request("GET", "/api/auth/me/export").content
        if output is None:
            print_plain(document.decode("utf-8").rstrip("\n"))
            return
        _write(output, document)
    if as_json:
        print_json({"server": url, "output": str(output), "bytes": len(document)})
    else:
        note(f"wrote {output}")


def _write(path: Path, document: bytes) -> None:
    """A new file: what somebody else could read already, or a link to elsewhere, is not written over."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(document)
    except FileExistsError as error:
        raise CommandFailed(f"{path} is there already") from error


def erase(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure.")] = False,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Erase your account for good; asks for your password, or reads it from stdin. Commits keep their author."""
    with failures():
        url = chosen_server(server)
        with connected(url, server) as client:
            client.require_bearer()
            _make_sure(url, yes=yes)
            password = _password()
            client.request("DELETE", "/api/auth/me", json={"password": password} if password else {})
        credentials = Credentials()
        with credentials.locked():
            credentials.forget(url)
    if as_json:
        print_json({"server": url, "erased": True})
    else:
        console.print(f"your account at {escape(url)} is erased")


def _make_sure(url: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise typer.BadParameter("there is no terminal to ask whether you are sure: use --yes")
    typer.confirm(f"Erase your account at {url}? This cannot be undone.", abort=True, err=True)


def _password() -> str:
    """What is typed unseen, or a line of stdin; empty where the account has none."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, default="", show_default=False, err=True))
    return sys.stdin.readline().rstrip("\r\n")
