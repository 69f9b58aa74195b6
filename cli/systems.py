"""`xds systems` and `xds clone-url`: which design systems there are, and where to clone them."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.client import connected
from cli.output import AsJson, console, failures, print_json, print_plain, print_rows
from cli.servers import ServerOption, SystemName, as_reference, chosen_server


def systems(
    q: Annotated[str | None, typer.Option("--search", "-q", help="Part of a name or slug.")] = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """List the design systems that you can see."""
    with failures():
        url = chosen_server(server)
        with connected(url, server) as client:
            found = list(client.items("/api/design-systems", q=q))
    if as_json:
        print_json({"server": url, "items": found})
        return
    rows = [
        (str(SystemName.of(system)), system["name"], system["version"] or "", system["visibility"], system["clone_url"])
        for system in found
    ]
    print_rows(("system", "name", "version", "visibility", "clone URL"), rows)
    if not rows and console.is_terminal:
        console.print("[dim]none yet; make one with: xds import PATH --team SLUG --name NAME[/]")


def clone_url(
    system: Annotated[str, typer.Argument(help="TEAM/SYSTEM, or the system's id.")],
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Print the URL to clone a design system from: git clone $(xds clone-url acme/acme-ui)."""
    with failures():
        reference, url = as_reference(system), chosen_server(server)
        with connected(url, server) as client:
            found = client.find_system(reference)
    if as_json:
        print_json({"id": found["id"], "clone_url": found["clone_url"]})
    else:
        print_plain(found["clone_url"])
