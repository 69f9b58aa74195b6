"""`xds publish`: the default branch of a design system becomes a version."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cli.client import connected
from cli.output import AsJson, console, failures, note, print_json, print_plain
from cli.releases import SystemOption
from cli.servers import ServerOption, wanted_system


class Bump(StrEnum):
    """What to raise."""

    AUTO = "auto"
    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"


class Eased(StrEnum):
    """As what breaking changes may pass."""

    MINOR = "minor"
    PATCH = "patch"


def publish(
    version: Annotated[
        str | None,
        typer.Argument(help="Such as 2.0.0 or 2.1.0-rc.1.", show_default="the one that --bump comes to"),
    ] = None,
    bump: Annotated[
        Bump | None,
        typer.Option(help="What to raise, where no version is named; auto looks at what changed.", show_default="auto"),
    ] = None,
    message: Annotated[str, typer.Option("--message", "-m", help="A note for the changelog, as Markdown.")] = "",
    allow_breaking_as: Annotated[
        Eased | None, typer.Option(help="Let changes that break somebody pass as smaller ones.", show_default=False)
    ] = None,
    expect: Annotated[
        str | None, typer.Option(metavar="COMMIT", help="Only if the default branch still stands at this commit.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would come to.")] = False,
    system: SystemOption = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Publish what the default branch holds: validated as a whole, its changelog written, tagged as vX.Y.Z.

    Prints the version. Refused with reasons where what changed asks for a higher one.
    """
    if version is not None and bump is not None:
        raise typer.BadParameter("name a version or --bump, not both")
    with failures():
        url, wanted = wanted_system(system, server)
        with connected(url, server) as client:
            client.require_bearer()
            found = client.find_system(wanted)
            made = client.post(
                f"/api/design-systems/{found['id']}/publish",
                version=version.removeprefix("v") if version is not None else None,
                bump=bump.value if bump is not None else None,
                message=message,
                allow_breaking_as=allow_breaking_as.value if allow_breaking_as is not None else None,
                expected=expect,
                dry_run=dry_run or None,
            )
    if as_json:
        print_json({"server": url, **made})
        return
    print_plain(made["version"])
    if console.is_terminal or dry_run:
        print_plain("\n" + made["changelog"])
    if dry_run:
        note(f"would publish {made['commit'][:12]}; nothing was changed")
        return
    note(f"published {made['tag']} at {made['commit'][:12]}, {len(made['artifacts'])} artifacts")
