"""`xds account`: one's own password and e-mail address at a server. Secrets are typed or piped, never arguments."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cli import own_data
from cli.client import connected
from cli.credentials import Credentials, Session
from cli.output import AsJson, console, escape, failures, note, print_json
from cli.servers import ServerOption, chosen_server, is_plain

app = typer.Typer(name="account", help="Your own account: password, e-mail address, data.", no_args_is_help=True)


@app.command("create")
def create(server: ServerOption = None, as_json: AsJson = False) -> None:
    """Make an account; asks for e-mail, name and password, or reads them from three lines of stdin."""
    with failures():
        url = _server(server)
        answers = {"email": _line("E-mail"), "name": _line("Your name"), "password": _secret("Password", twice=True)}
        with connected(url, server) as client:
            made = client.post_openly("/api/auth/register", **answers)
    if as_json:
        print_json(made)
    else:
        console.print(f"made the account {escape(made['email'])}; sign in with: xds login --server {escape(url)}")


@app.command("change-password")
def change_password(server: ServerOption = None, as_json: AsJson = False) -> None:
    """Change your password; asks for it, or reads the present and the new one from two lines of stdin."""
    with failures():
        url = _server(server)
        with connected(url, server) as client:
            client.require_bearer()
            current, new = _secret("Present password"), _secret("New password", twice=True)
            changed = client.post("/api/auth/password", current_password=current, new_password=new)
        credentials = Credentials()
        with credentials.locked():
            session = credentials.session(url)
            if session is not None:  # otherwise XDS_TOKEN spoke, and nothing is kept here
                credentials.keep(url, Session.of(session.email, changed))
    kept = changed["api_keys"]
    if as_json:
        print_json({"server": url, "changed": True, "api_keys": kept})
        return
    console.print(f"your password at {escape(url)} is changed; you are signed out everywhere else")
    for key in kept:
        note(f"API key {key['name']} ({key['prefix']}…) still works; end it with: xds keys revoke {key['id']}")


@app.command("reset-password")
def reset_password(
    email: Annotated[
        str | None, typer.Option("--request", help="Ask for a mail with a token to this address, and do no more.")
    ] = None,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Set a new password with a token; asks for both, or reads them from two lines of stdin."""
    with failures():
        url = _server(server)
        with connected(url, server) as client:
            if email is not None:
                _said(url, client.post_openly("/api/auth/password/forgot", email=email)["message"], as_json=as_json)
                return
            token, new = _secret("Token"), _secret("New password", twice=True)
            client.post_openly("/api/auth/password/reset", token=token, new_password=new)
    _said(url, "your password is set; sign in with: xds login", as_json=as_json)


@app.command("verify-email")
def verify_email(
    request: Annotated[
        bool, typer.Option("--request", help="Ask for a mail with a token to your address, and do no more.")
    ] = False,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Confirm your e-mail address with a token; asks for it, or reads it from stdin."""
    with failures():
        url = _server(server)
        with connected(url, server) as client:
            if request:
                client.require_bearer()
                _said(url, client.post("/api/auth/email/verification")["message"], as_json=as_json)
                return
            client.post_openly("/api/auth/email/verify", token=_secret("Token"))
    _said(url, "your e-mail address is confirmed", as_json=as_json)


def _server(given: str | None) -> str:
    url = chosen_server(given)
    if is_plain(url):
        note(f"{url} is not encrypted: others on the way can read what you type")
    return url


def _said(url: str, message: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"server": url, "message": message})
    else:
        console.print(escape(message))


def _line(what: str) -> str:
    return str(typer.prompt(what, err=True)) if sys.stdin.isatty() else _secret(what)


def _secret(what: str, *, twice: bool = False) -> str:
    """What is typed unseen at a terminal, or else the next line of stdin."""
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=True, confirmation_prompt=twice, err=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise typer.BadParameter(f"there is no terminal to ask for it: {what.lower()} is missing on stdin")
    return line


app.command("export")(own_data.export)
app.command("erase")(own_data.erase)
