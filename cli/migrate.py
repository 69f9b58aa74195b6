"""`xds migrate`: brings the database to this version's schema."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from cli.endpoints import reachable
from cli.output import AsJson, console, failures, print_json
from settings import Settings


def migrate(
    data: Annotated[Path | None, typer.Option(help="Data directory of an embedded service.")] = None,
    as_json: AsJson = False,
) -> None:
    """Bring the database to the newest schema; does nothing when it is there."""
    from index import schema

    with failures(), reachable(Settings.read(data=data)) as settings:
        url = str(settings.database_url)
        before = asyncio.run(schema.current(url))
        asyncio.run(schema.upgrade(url))
        after = asyncio.run(schema.current(url))
    if as_json:
        print_json({"from": before, "to": after})
    else:
        console.print(f"schema at [bold]{after}[/]" + ("" if before != after else ", nothing to do"))
