"""`xds login`, `logout` and `whoami`: who one is at a server."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cli.client import Refused, connected
from cli.credentials import Credentials, Session
from cli.errors import CommandFailed
from cli.output import AsJson, console, escape, failures, note, print_json, print_rows
from cli.servers import ServerOption, chosen_server, is_plain


def login(
    server: ServerOption = None,
    email: Annotated[str | None, typer.Option(help="E-mail address or user name; asked for if left out.")] = None,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from stdin.")] = False,
    as_json: AsJson = False,
) -> None:
    """Sign in at a server; the other commands then speak to it as you."""
    with failures():
        url = chosen_server(server)
        if is_plain(url):
            note(f"{url} is not encrypted: others on the way can read your password")
        name = email or _asked("E-mail")
        password = sys.stdin.readline().rstrip("\r\n") if password_stdin else _asked("Password", hide=True)
        with connected(url, server) as client:
            pair = client.sign_in(name, password)
            credentials = Credentials()
            with credentials.locked():
                credentials.keep(url, Session.of(name, pair), make_current=True)
    if as_json:
        print_json({"server": url, "email": name})
    else:
        console.print(f"signed in at [bold]{escape(url)}[/] as {escape(name)}")


def logout(server: ServerOption = None, as_json: AsJson = False) -> None:
    """Sign out: end the sign-in at the server and forget it here."""
    with failures():
        url = chosen_server(server)
        credentials = Credentials()
        with credentials.locked():
            session = credentials.session(url)
            if session is not None:
                credentials.forget(url)
                _end(url, session)
    if as_json:
        print_json({"server": url, "signed_out": session is not None})
    else:
        console.print(f"signed out of {escape(url)}" if session else f"you were not signed in at {escape(url)}")


def whoami(server: ServerOption = None, as_json: AsJson = False) -> None:
    """Say who you are at the server, and in which teams."""
    with failures():
        url = chosen_server(server)
        with connected(url, server) as client:
            client.require_bearer()
            me = client.get("/api/auth/me")
    if as_json:
        print_json({"server": url, **me})
        return
    admin = ", administrator" if me.get("is_admin") else ""
    console.print(f"[bold]{escape(me['name'])}[/] <{escape(me['email'])}> at {escape(url)}{admin}")
    if not me.get("email_verified", True):
        note("your e-mail address is not confirmed; ask for a mail with: xds account verify-email --request")
    print_rows(("team", "role"), [(team["slug"], team["role"] or "") for team in me["teams"]])


def _asked(what: str, *, hide: bool = False) -> str:
    if not sys.stdin.isatty():
        option = "--password-stdin" if hide else "--email"
        raise typer.BadParameter(f"there is no terminal to ask for it: use {option}")
    return str(typer.prompt(what, hide_input=hide, err=True))


def _end(url: str, session: Session) -> None:
    """End the sign-in at the server as well; where that fails, the sign-in is forgotten here and ends by itself."""
    try:
        with connected(url) as client:
            client.sign_out(session.refresh_token)
    except Refused:
        pass  # it has ended already
    except CommandFailed as error:
        note(f"{error}; forgotten on this machine only")
