"""`xds grant`: roles on one design system, for people outside its team and for keys."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from cli.client import Client, connected
from cli.errors import CommandFailed
from cli.output import AsJson, console, escape, failures, note, print_json, print_rows
from cli.servers import ServerOption, as_reference, chosen_server
from cli.teams import TeamRole

app = typer.Typer(name="grant", help="Roles on one design system, beside its team's.", no_args_is_help=True)

SystemArgument = Annotated[str, typer.Argument(help="TEAM/SYSTEM, or the system's id.")]
Holder = Annotated[str, typer.Argument(help="E-mail address of a person, or id of an API key.")]


@app.command("list")
def list_grants(system: SystemArgument, server: ServerOption = None, as_json: AsJson = False) -> None:
    """List who was given a role on a design system beside its team's."""
    with failures():
        reference, url = as_reference(system), chosen_server(server)
        with connected(url, server) as client:
            client.require_bearer()
            found = list(client.items(_path(client, reference)))
    if as_json:
        print_json({"items": found})
        return
    print_rows(("holder", "key", "role", "may now", "since"), [_row(grant) for grant in found])


@app.command("give")
def give(
    system: SystemArgument,
    holder: Holder,
    role: Annotated[TeamRole, typer.Option(help="What they may do there.")] = TeamRole.VIEWER,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Give a person or a key a role on a design system, or change the one given before."""
    with failures():
        reference, url = as_reference(system), chosen_server(server)
        with connected(url, server) as client:
            client.require_bearer()
            path = _path(client, reference)
            before = _found(client, path, holder)
            if before is not None:
                grant = client.request("PATCH", f"{path}/{before['id']}", json={"role": role.value}).json()
            else:
                grant = client.post(path, role=role.value, **_named(holder))
    if as_json:
        print_json(grant)
    else:
        console.print(f"{escape(holder)} is {grant['effective_role']} of {escape(system)} now")


@app.command("revoke")
def revoke(system: SystemArgument, holder: Holder, server: ServerOption = None, as_json: AsJson = False) -> None:
    """End what a person or a key was given on a design system."""
    with failures():
        reference, url = as_reference(system), chosen_server(server)
        with connected(url, server) as client:
            client.require_bearer()
            path = _path(client, reference)
            grant = _found(client, path, holder)
            if grant is None:
                raise CommandFailed(f"{holder} was given nothing on {system}")
            client.delete(f"{path}/{grant['id']}")
            # what was granted to a key is the key's own, and goes on: whoever shuts somebody out must know
            left = [] if grant["key"] else _keys_of(client, path, grant["user"]["id"])
    if as_json:
        print_json({"id": grant["id"], "revoked": True, "keys_left": [key["id"] for key in left]})
        return
    console.print(f"ended what {escape(holder)} was given on {escape(system)}")
    for key in left:
        named = f"{key['name']} ({key['prefix']}…)"
        note(f"their key {named} was given a role of its own, which stays: xds grant revoke {system} {key['id']}")


def _path(client: Client, reference: Any) -> str:
    return f"/api/design-systems/{client.find_system(reference)['id']}/grants"


def _named(holder: str) -> dict[str, str]:
    """The member of a body that names the holder."""
    try:
        return {"key_id": str(UUID(holder))}
    except ValueError:
        return {"email": holder}


def _found(client: Client, path: str, holder: str) -> dict[str, Any] | None:
    """The grant of a person (by e-mail) or key (by id), or with that id itself."""
    wanted = holder.lower()
    for grant in client.items(path):
        whose = grant["key"]["id"] if grant["key"] else grant["user"]["email"].lower()
        if wanted in (whose, grant["id"]):
            return grant
    return None


def _keys_of(client: Client, path: str, user_id: str) -> list[dict[str, Any]]:
    """The keys of a person that were given something themselves."""
    return [grant["key"] for grant in client.items(path) if grant["key"] and grant["user"]["id"] == user_id]


def _row(grant: dict[str, Any]) -> tuple[str, ...]:
    key = f"{grant['key']['name']} ({grant['key']['prefix']}…)" if grant["key"] else ""
    return (grant["user"]["email"], key, grant["role"], grant["effective_role"], grant["created_at"][:10])
