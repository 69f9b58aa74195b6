"""`xds admin`: what the operator does about accounts and secrets, on the server's machine with its settings."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from cli import providers
from cli.endpoints import reachable, secret_of
from cli.errors import CommandFailed
from cli.output import AsJson, console, escape, failures, note, print_json, print_plain
from cli.reindex import has_service
from settings import Settings

if TYPE_CHECKING:
    from services.context import Context

T = TypeVar("T")

app = typer.Typer(
    name="admin",
    help="Accounts and secrets, on the server's machine; works whether or not the service runs.",
    no_args_is_help=True,
)

Email = Annotated[str, typer.Argument(help="E-mail address of the account.")]
Data = Annotated[Path | None, typer.Option(help="Data directory of an embedded service.")]


@app.command("reset-password")
def reset_password(
    email: Email,
    revoke_keys: Annotated[bool, typer.Option("--revoke-keys", help="End every API key of theirs, at once.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Print a token with which its owner sets a new password; every sign-in ends when they do."""
    from services import administration

    with failures():
        settings, offered = _done(
            data, lambda context: administration.offer_reset(context, email, revoke_keys=revoke_keys)
        )
    command = f"xds account reset-password --server {shlex.quote(settings.base_url)}"
    if as_json:
        told = {"email": offered.email, "token": offered.token, "expires_at": offered.expires_at.isoformat()}
        print_json({**told, "command": command, "keys_revoked": offered.keys_revoked})
        return
    print_plain(offered.token)
    if revoke_keys:
        note(f"{offered.keys_revoked} API keys of {offered.email} have ended")
    note(f"good once, until {offered.expires_at:%Y-%m-%d %H:%M} UTC; {offered.email} runs: {command}")


@app.command("verify-email")
def verify_email(email: Email, data: Data = None, as_json: AsJson = False) -> None:
    """Take somebody's e-mail address for confirmed."""
    from services import administration

    with failures():
        _, news = _done(data, lambda context: administration.verify_email(context, email))
    if as_json:
        print_json({"email": email, "verified": True, "changed": news})
    else:
        console.print(f"{escape(email)} is confirmed" + ("" if news else ", and was before"))


@app.command("make-admin")
def make_admin(
    email: Email,
    remove: Annotated[bool, typer.Option("--remove", help="Make them an administrator no more.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Make somebody an administrator of the service; the last one stays."""
    from services import administration

    with failures():
        _, news = _done(data, lambda context: administration.set_admin(context, email, is_admin=not remove))
    if as_json:
        print_json({"email": email, "is_admin": not remove, "changed": news})
    else:
        state = "is no administrator" if remove else "is an administrator"
        console.print(f"{escape(email)} {state}" + ("" if news else ", as before"))


@app.command("rotate-secrets")
def rotate_secrets(data: Data = None, as_json: AsJson = False) -> None:
    """Seal anew, with XDS_SECRET_KEY, what one of XDS_PREVIOUS_SECRET_KEYS sealed; may be run again at any time."""
    from services import administration

    with failures():
        _, rotated = _done(data, administration.rotate_secrets)
    lost = [{"kind": kind, "id": str(row_id)} for kind, row_id in rotated.unreadable]
    if as_json:
        print_json({"resealed": rotated.resealed, "current": rotated.current, "unreadable": lost})
    else:
        console.print(f"{rotated.resealed} sealed anew, {rotated.current} sealed with the newest secret already")
        for item in lost:
            note(f"{item['kind']} {item['id']} cannot be opened with any secret of the settings here")
        if lost:
            note("are XDS_SECRET_KEY and XDS_PREVIOUS_SECRET_KEYS here those of the running service?")
    if lost:
        raise typer.Exit(1)


def _done(data: Path | None, work: Callable[[Context], Awaitable[T]]) -> tuple[Settings, T]:
    """What a service answers when it is asked right here, and the settings that it was asked with."""
    found = Settings.read(data=data)
    if found.database_url is None and not has_service(found.data):
        raise CommandFailed(f"no service keeps its data in {found.data.resolve()}; name the directory with --data")
    with reachable(found) as reached:
        secret = reached.secret_key or secret_of(reached.data)
        settings = reached.model_copy(update={"secret_key": secret})
        return settings, asyncio.run(_ask(settings, work))


async def _ask(settings: Settings, work: Callable[[Context], Awaitable[T]]) -> T:
    from services.errors import ServiceError
    from services.wiring import opened_from

    async with opened_from(settings, pool_size=1, max_overflow=1) as context:
        try:
            return await work(context)
        except ServiceError as error:
            raise CommandFailed(error.detail) from error


app.add_typer(providers.app, name="providers")
