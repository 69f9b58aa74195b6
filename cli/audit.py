"""`xds audit`: who did what with access, when and from where."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

import typer

from cli.client import connected
from cli.keys import team_of
from cli.output import AsJson, failures, print_json, print_rows
from cli.servers import ServerOption, chosen_server

_COLUMNS = ("when", "who", "act", "outcome", "on", "from", "details")


def audit(
    team: Annotated[
        str | None, typer.Option(help="Slug of the team that you are admin of.", show_default="the whole service")
    ] = None,
    action: Annotated[str | None, typer.Option(help="Only this act, such as member.added.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many, the newest first.")] = 50,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Read the audit log: a team's as its admin, everything as an administrator of the service."""
    with failures():
        url = chosen_server(server)
        with connected(url, server) as client:
            client.require_bearer()
            path = f"/api/teams/{team_of(client, team)['id']}/audit" if team else "/api/audit"
            found = list(islice(client.items(path, action=action), limit))
    if as_json:
        print_json({"items": found})
    else:
        print_rows(_COLUMNS, [audit_row(entry) for entry in found])


def audit_row(entry: dict[str, Any]) -> tuple[str, ...]:
    """One act as a line of the list, in the order of its columns."""
    person = entry["user"]["username"] if entry["user"] else ""
    who = f"{person} (key {entry['key_id']})" if entry["key_id"] else person
    subject = f"{entry['subject_type']} {entry['subject_id']}" if entry["subject_id"] else ""
    details = " ".join(f"{name}={_plain(value)}" for name, value in entry["details"].items())
    when = entry["created_at"][:19].replace("T", " ")
    return (when, who, entry["action"], entry["outcome"], subject, entry["address"] or "", details)


def _plain(value: Any) -> str:
    """One detail in as few signs as it takes: lists by commas, members of objects as ``name:value``."""
    if isinstance(value, dict):
        return ",".join(f"{name}:{_plain(each)}" for name, each in value.items())
    return ",".join(_plain(each) for each in value) if isinstance(value, list) else str(value)
