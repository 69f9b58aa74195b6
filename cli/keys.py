"""`xds keys`: API keys, with which programs and git sign in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import typer

from cli.client import Client, connected
from cli.errors import CommandFailed
from cli.output import AsJson, console, failures, note, print_json, print_plain, print_rows
from cli.servers import ServerOption, as_reference, chosen_server

app = typer.Typer(name="keys", help="API keys for programs and for git.", no_args_is_help=True)


class KeyScope(StrEnum):
    """What a key may do; each includes those before it."""

    READ = "read"
    WRITE = "write"
    PUBLISH = "publish"
    ADMIN = "admin"


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What the key is for, such as 'CI of acme-web'.")],
    scope: Annotated[
        list[KeyScope] | None, typer.Option(help="What it may do; may be given several times. [default: read]")
    ] = None,
    team: Annotated[str | None, typer.Option(help="Slug of the only team that it works in.")] = None,
    system: Annotated[str | None, typer.Option(help="TEAM/SYSTEM or id of the only system that it works with.")] = None,
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="Days until it ends. [default: never]")] = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Make a key and print it, this once: `export XDS_TOKEN=$(xds keys create CI)`."""
    with failures():
        url = chosen_server(server)
        with connected(url, server) as client:
            client.require_bearer()
            made = client.post(
                "/api/api-keys",
                name=name,
                scopes=[item.value for item in scope or [KeyScope.READ]],
                team_id=team_of(client, team)["id"] if team else None,
                design_system_id=client.find_system(as_reference(system))["id"] if system else None,
                expires_at=(datetime.now(UTC) + timedelta(days=days)).isoformat() if days else None,
            )
    if as_json:
        print_json(made)
    else:
        print_plain(made["key"])
        note(f"keep it now, it is never shown again; revoke it with: xds keys revoke {made['id']}")


@app.command("list")
def list_keys(server: ServerOption = None, as_json: AsJson = False) -> None:
    """List your keys; the keys themselves are never shown again."""
    with failures():
        url = chosen_server(server)
        with connected(url, server) as client:
            client.require_bearer()
            found = list(client.items("/api/api-keys"))
    if as_json:
        print_json({"items": found})
        return
    columns = ("id", "name", "begins", "scopes", "made", "used last", "ends")
    print_rows(columns, [_row(key) for key in found])


@app.command("revoke")
def revoke(
    key: Annotated[str, typer.Argument(help="Id of the key, or its name.")],
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """End a key at once."""
    with failures():
        url = chosen_server(server)
        with connected(url, server) as client:
            client.require_bearer()
            key_id = _key_id(client, key)
            client.delete(f"/api/api-keys/{key_id}")
    if as_json:
        print_json({"id": key_id, "revoked": True})
    else:
        console.print(f"revoked {key_id}")


def team_of(client: Client, slug: str) -> dict[str, Any]:
    """The team with this slug; raises CommandFailed where the user has none."""
    team = find_team(client, slug)
    if team is None:
        raise CommandFailed(f"you have no team {slug} at {client.server}")
    return team


def find_team(client: Client, slug: str) -> dict[str, Any] | None:
    """The team with this slug among those that the user can see."""
    return next((team for team in client.items("/api/teams") if team["slug"] == slug), None)


def _key_id(client: Client, wanted: str) -> str:
    try:
        return str(UUID(wanted))
    except ValueError:
        pass
    found = [key["id"] for key in client.items("/api/api-keys") if key["name"] == wanted]
    if len(found) != 1:
        reason = "several keys have" if found else "no key has"
        raise CommandFailed(f"{reason} the name {wanted!r}; `xds keys list` shows their ids")
    return str(found[0])


def _row(key: dict[str, Any]) -> tuple[str, ...]:
    times = [(key[name] or "")[:16].replace("T", " ") for name in ("created_at", "last_used_at", "expires_at")]
    return (key["id"], key["name"], key["prefix"], ",".join(key["scopes"]), *times)
