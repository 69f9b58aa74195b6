"""`xds branch`: the branches of a design system, on the server."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import typer

from cli.client import Client, connected
from cli.output import AsJson, console, escape, failures, print_json, print_plain, print_rows
from cli.servers import ServerOption, SystemName, wanted_system

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
    with failures():
        url, wanted = wanted_system(system, server)
        with connected(url, server) as client:
            found = list(client.items(f"{path_of(client, wanted)}/branches", q=q))
    if as_json:
        print_json({"server": url, "items": found})
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
    with failures():
        url, wanted = wanted_system(system, server)
        with connected(url, server) as client:
            client.require_bearer()
            body = {"name": name, "from": start}
            made = client.post(f"{path_of(client, wanted)}/branches", **body)
    if as_json:
        print_json({"server": url, **made})
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
    with failures():
        url, wanted = wanted_system(system, server)
        with connected(url, server) as client:
            client.require_bearer()
            path = f"{path_of(client, wanted)}/branches/{quote(name)}"
            made = client.request("PATCH", path, json={"name": new}, headers=seen_at(expect)).json()
    if as_json:
        print_json({"server": url, **made})
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
    with failures():
        url, wanted = wanted_system(system, server)
        with connected(url, server) as client:
            client.require_bearer()
            path = f"{path_of(client, wanted)}/branches/{quote(name)}"
            client.request("DELETE", path, headers=seen_at(expect))
    if as_json:
        print_json({"server": url, "name": name, "deleted": True})
    else:
        console.print(f"deleted {escape(name)}")


def path_of(client: Client, wanted: SystemName | UUID) -> str:
    """Where a design system lies in the API."""
    return f"/api/design-systems/{client.find_system(wanted)['id']}"


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
