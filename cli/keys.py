"""`xds keys`: API keys, with which programs and git sign in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import typer

from cli.client import Client, connected
from cli.errors import CommandFailed
from cli.output import AsJson, console, failures, note, print_json, print_plain, print_rows
from cli.servers import ServerOption, SystemName, as_reference, chosen_server

app = typer.Typer(name="keys", help="API keys for programs and for git.", no_args_is_help=True)


_SPAN = re.compile(r"(?P<count>[1-9][0-9]{0,4})(?P<unit>[hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


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
        list[KeyScope] | None, typer.Option(help="What it may do; may be given several times.", show_default="read")
    ] = None,
    team: Annotated[str | None, typer.Option(help="Slug of the only team that it works in.")] = None,
    system: Annotated[str | None, typer.Option(help="TEAM/SYSTEM or id of the only system that it works with.")] = None,
    expires: Annotated[
        str | None, typer.Option(help="When it ends: after 12h, 90d or 8w, or on 2027-01-31.", show_default="never")
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="The same as --expires with so many days.")] = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Make a key and print it, this once: `export XDS_TOKEN=$(xds keys create CI)`."""
    if expires is not None and days is not None:
        raise typer.BadParameter("give one of --expires and --days")
    span = expires if days is None else f"{days}d"
    ends = None if span is None else end_of(span)
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
                expires_at=ends.isoformat() if ends else None,
            )
    if as_json:
        print_json(made)
    else:
        print_plain(made["key"])
        note(f"keep it now, it is never shown again; revoke it with: xds keys revoke {made['id']}")


@app.command("list")
def list_keys(
    team: Annotated[
        str | None, typer.Option(help="Slug of a team that you are admin of: everybody's keys that are bound to it.")
    ] = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """List your keys, or a team's; the keys themselves are never shown again."""
    with failures():
        url = chosen_server(server)
        with connected(url, server) as client:
            client.require_bearer()
            team_id = team_of(client, team)["id"] if team else None
            found = list(client.items("/api/api-keys", team_id=team_id))
            places = {} if as_json else _places(client, found)
    if as_json:
        print_json({"items": found})
        return
    columns = ("id", "name", "begins", "scopes", "works in", "made", "used last", "ends", "owner")
    print_rows(columns if team else columns[:-1], [_row(key, places, owner=team is not None) for key in found])


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


def end_of(span: str, now: datetime | None = None) -> datetime:
    """The time after ``12h``, ``90d`` or ``8w`` from now, or the end of a day such as ``2027-01-31`` in UTC; raises
    typer.BadParameter."""
    now = now or datetime.now(UTC)
    found = _SPAN.fullmatch(span)
    try:
        if found:
            return now + timedelta(**{_UNITS[found["unit"]]: int(found["count"])})
        ends = datetime.combine(date.fromisoformat(span), time.max, UTC)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"{span!r} is no time such as 12h, 90d, 8w or 2027-01-31") from error
    if ends <= now:
        raise typer.BadParameter(f"{span} is over")
    return ends


def _places(client: Client, found: list[dict[str, Any]]) -> dict[str, str]:
    """Names of the teams and systems that keys are bound to, by id."""
    places: dict[str, str] = {}
    if any(key["team_id"] for key in found):
        places |= {team["id"]: team["slug"] for team in client.items("/api/teams")}
    if any(key["design_system_id"] for key in found):
        places |= {system["id"]: str(SystemName.of(system)) for system in client.items("/api/design-systems")}
    return places


def _row(key: dict[str, Any], places: Mapping[str, str], *, owner: bool) -> tuple[str, ...]:
    bound = key["design_system_id"] or key["team_id"]
    times = [(key[name] or "")[:16].replace("T", " ") for name in ("created_at", "last_used_at", "expires_at")]
    shown = (key["id"], key["name"], key["prefix"], ",".join(key["scopes"]), places.get(bound, bound or ""), *times)
    return (*shown, key["user_id"]) if owner else shown
