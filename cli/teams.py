"""`xds team`: who belongs to a team, and who is invited to it."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated, Any

import typer

from cli.client import Client, connected
from cli.errors import CommandFailed
from cli.keys import team_of
from cli.output import AsJson, console, escape, failures, note, print_json, print_plain, print_rows
from cli.servers import ServerOption, chosen_server

app = typer.Typer(name="team", help="People of a team, and invitations to it.", no_args_is_help=True)


class TeamRole(StrEnum):
    """What somebody is; each includes those before it."""

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMIN = "admin"


TeamSlug = Annotated[str, typer.Argument(help="Slug of the team.")]
Somebody = Annotated[str, typer.Argument(help="E-mail address, user name or id of a member.")]
RoleOption = Annotated[TeamRole, typer.Option("--role", help="What they may do.")]


@app.command("members")
def members(team: TeamSlug, server: ServerOption = None, as_json: AsJson = False) -> None:
    """List who belongs to a team."""
    with failures():
        url = chosen_server(server)
        with connected(url, server) as client:
            client.require_bearer()
            found = list(client.items(f"/api/teams/{team_of(client, team)['id']}/members"))
    if as_json:
        print_json({"items": found})
        return
    rows = [
        (each["user"]["email"], each["user"]["username"], each["user"]["name"], each["role"], each["joined_at"][:10])
        for each in found
    ]
    print_rows(("e-mail", "user name", "name", "role", "since"), rows)


@app.command("invite")
def invite(
    team: TeamSlug,
    email: Annotated[str, typer.Argument(help="Whom to invite, with or without an account.")],
    role: RoleOption = TeamRole.VIEWER,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Invite somebody by e-mail. Where the service sends no mail, the token to hand on is printed, this once."""
    with failures():
        url = chosen_server(server)
        with connected(url, server) as client:
            client.require_bearer()
            path = f"/api/teams/{team_of(client, team)['id']}/invitations"
            made = client.post(path, email=email, role=role.value)
    if as_json:
        print_json(made)
    elif made["token"] is None:
        console.print(f"mailed an invitation to {escape(made['email'])}")
    else:
        print_plain(made["token"])
        note(f"hand it to {made['email']}, who types: xds team join --server {url}")
        note("who has no account yet adds --new to that")


@app.command("invitations")
def invitations(team: TeamSlug, server: ServerOption = None, as_json: AsJson = False) -> None:
    """List who is invited and has not come yet."""
    with failures():
        url = chosen_server(server)
        with connected(url, server) as client:
            client.require_bearer()
            found = list(client.items(f"/api/teams/{team_of(client, team)['id']}/invitations"))
    if as_json:
        print_json({"items": found})
        return
    rows = [(each["id"], each["email"], each["role"], each["expires_at"][:16].replace("T", " ")) for each in found]
    print_rows(("id", "e-mail", "role", "good until"), rows)


@app.command("uninvite")
def uninvite(
    team: TeamSlug,
    who: Annotated[str, typer.Argument(help="E-mail address, or id of the invitation.")],
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Take an invitation back."""
    with failures():
        url = chosen_server(server)
        with connected(url, server) as client:
            client.require_bearer()
            path = f"/api/teams/{team_of(client, team)['id']}/invitations"
            found = [each for each in client.items(path) if who.lower() in (each["id"], each["email"])]
            if not found:
                raise CommandFailed(f"there is no open invitation of {who} to {team}")
            client.delete(f"{path}/{found[0]['id']}")
    _told({"id": found[0]["id"], "revoked": True}, f"took the invitation of {found[0]['email']} back", as_json)


@app.command("role")
def role(
    team: TeamSlug,
    who: Somebody,
    role: Annotated[TeamRole, typer.Argument(help="What they become.")],
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Change what a member may do."""
    with failures():
        url = chosen_server(server)
        with connected(url, server) as client:
            client.require_bearer()
            path = f"/api/teams/{team_of(client, team)['id']}/members"
            user = _member(client, path, team, who)
            changed = client.request("PATCH", f"{path}/{user['id']}", json={"role": role.value}).json()
    _told(changed, f"{user['name']} is {changed['role']} now", as_json)


@app.command("remove")
def remove(team: TeamSlug, who: Somebody, server: ServerOption = None, as_json: AsJson = False) -> None:
    """Take somebody out of a team, or leave it, with the keys and grants that they hold there."""
    with failures():
        url = chosen_server(server)
        with connected(url, server) as client:
            client.require_bearer()
            path = f"/api/teams/{team_of(client, team)['id']}/members"
            user = _member(client, path, team, who)
            client.delete(f"{path}/{user['id']}")
    _told({"user_id": user["id"], "removed": True}, f"removed {user['name']} from {team}", as_json)


@app.command("join")
def join(
    new: Annotated[bool, typer.Option("--new", help="Make an account first, and join with it.")] = False,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Accept an invitation: asks for its token, or reads it from stdin, so that no shell keeps it."""
    with failures():
        url = chosen_server(server)
        with connected(url, server) as client:
            if new:
                account = _register(client)
                _told(
                    account,
                    f"made the account {account['email']}, in the team; sign in with: xds login --server {url}",
                    as_json,
                )
                return
            client.require_bearer()
            team = client.post("/api/invitations/accept", token=_asked("Token", hide=True))
    _told(team, f"you are {team['role']} of {team['name']} now", as_json)


def _register(client: Client) -> Any:
    """Token, e-mail, name and password, one a line where stdin is no terminal."""
    answers = {
        "invitation": _asked("Token", hide=True),
        "email": _asked("E-mail"),
        "name": _asked("Your name"),
        "password": _asked("Password", hide=True),
    }
    return client.post_openly("/api/auth/register", **answers)


def _asked(what: str, *, hide: bool = False) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=hide, err=True)).strip()
    line = sys.stdin.readline().strip()
    if not line:
        raise CommandFailed(f"{what}: nothing came on stdin")
    return line


def _member(client: Client, path: str, team: str, who: str) -> dict[str, Any]:
    wanted = who.lower()
    for each in client.items(path):
        user: dict[str, Any] = each["user"]
        if wanted in (user["id"], user["email"].lower(), user["username"].lower()):
            return user
    raise CommandFailed(f"{who} is no member of {team}")


def _told(document: dict[str, Any], text: str, as_json: bool) -> None:
    if as_json:
        print_json(document)
    else:
        console.print(escape(text))
