"""`xds branch`: the branches of a design system, on the server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.client import Client, connected
from cli.output import AsJson, console, escape, failures, print_json, print_plain, print_rows
from cli.servers import ServerOption, wanted_system

app = typer.Typer(name="branch", help="Branches of a design system.", no_args_is_help=True)

SystemOption = Annotated[
    str | None, typer.Option(help="TEAM/SYSTEM or id on the server.", show_default="that of the clone we stand in")
]
Name = Annotated[str, typer.Argument(help="A branch.")]
Seen = Annotated[
    str | None, typer.Option("--expect", metavar="COMMIT", help="Only if the branch still stands at this commit.")
]


@app.command("list")
def list_(
    q: Annotated[str | None, typer.Option("--search", "-q", help="Part of a name.")] = None,
    system: SystemOption = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """List the branches: how many commits each is ahead of the default branch and behind it, and its last commit."""
    with at_system(system, server) as (client, base):
        found = list(client.items(f"{base}/branches", q=q))
    if as_json:
        print_json({"server": client.server, "items": found})
        return
    print_rows(("branch", "ahead", "behind", "last commit", "by", "when", ""), [_row(branch) for branch in found])


@app.command("create")
def create(
    name: Name,
    start: Annotated[
        str | None,
        typer.Option("--from", help="Branch, tag or commit to begin at.", show_default="the default branch"),
    ] = None,
    system: SystemOption = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Begin a branch; prints the commit that it stands at."""
    with at_system(system, server, signed_in=True) as (client, base):
        body = {"name": name, "from": start}
        made = client.post(f"{base}/branches", **body)
    if as_json:
        print_json({"server": client.server, **made})
    else:
        print_plain(made["commit"])


@app.command("rename")
def rename(
    name: Name,
    new: Annotated[str, typer.Argument(help="What it shall be called.")],
    expect: Seen = None,
    system: SystemOption = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Give a branch another name; its open proposals go on under it."""
    with at_system(system, server, signed_in=True) as (client, base):
        path = f"{base}/branches/{quote(name)}"
        made = client.request("PATCH", path, json={"name": new}, headers=seen_at(expect)).json()
    if as_json:
        print_json({"server": client.server, **made})
    else:
        console.print(f"{escape(name)} is {escape(made['name'])} now")


@app.command("delete")
def delete(
    name: Name,
    expect: Seen = None,
    system: SystemOption = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Delete a branch; open proposals from and to it are closed."""
    with at_system(system, server, signed_in=True) as (client, base):
        path = f"{base}/branches/{quote(name)}"
        client.request("DELETE", path, headers=seen_at(expect))
    if as_json:
        print_json({"server": client.server, "name": name, "deleted": True})
    else:
        console.print(f"deleted {escape(name)}")


@contextmanager
def at_system(system: str | None, server: str | None, *, signed_in: bool = False) -> Iterator[tuple[Client, str]]:
    """A client, and where the design system lies in its API that was named or whose clone we stand in."""
    with failures():
        url, wanted = wanted_system(system, server)
        with connected(url, server) as client:
            if signed_in:
                client.require_bearer()
            yield client, f"/api/design-systems/{client.find_system(wanted)['id']}"


def seen_at(commit: str | None) -> dict[str, str]:
    """The header of a request that holds only for that commit."""
    return {"If-Match": f'"{commit}"'} if commit is not None else {}


def _row(branch: dict[str, Any]) -> tuple[str, ...]:
    last = branch["last_commit"]
    marks = [name for name in ("default", "protected") if branch[name]]
    return (
        branch["name"],
        "?" if branch["ahead"] is None else str(branch["ahead"]),
        "?" if branch["behind"] is None else str(branch["behind"]),
        f"{branch['commit'][:10]} {last['message'].strip().partition(chr(10))[0]}",
        last["author_name"],
        last["committed_at"][:16].replace("T", " "),
        ", ".join(marks),
    )
