"""`xds admin providers`: identity providers that people may sign in through, on the server's own machine."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from cli.endpoints import reachable, secret_of
from cli.errors import CommandFailed
from cli.output import AsJson, console, escape, failures, note, print_json, print_rows
from cli.reindex import has_service
from settings import Settings

if TYPE_CHECKING:
    from services.context import Context
    from services.oauth.providers import Provider

app = typer.Typer(name="providers", help="Identity providers that people may sign in through.", no_args_is_help=True)

DataOption = Annotated[Path | None, typer.Option(help="Data directory of an embedded service.")]

Found = TypeVar("Found")

GITHUB = "https://github.com"


class ProviderKind(StrEnum):
    """What a provider speaks."""

    OIDC = "oidc"
    GITHUB = "github"


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What it is called in URLs, such as 'okta'.")],
    client_id: Annotated[str, typer.Option(help="The client id that the provider gave this service.")],
    issuer: Annotated[
        str | None,
        typer.Option(help="The issuer's URL; for GitHub that of an own instance.", show_default="github.com"),
    ] = None,
    kind: Annotated[ProviderKind, typer.Option(help="What it speaks.")] = ProviderKind.OIDC,
    title: Annotated[str | None, typer.Option(help="What people read on the button.", show_default="the name")] = None,
    secret_stdin: Annotated[bool, typer.Option("--secret-stdin", help="Read the client secret from stdin.")] = False,
    data: DataOption = None,
    as_json: AsJson = False,
) -> None:
    """Let people sign in through a provider, at once; asks for the client secret, which is kept sealed."""
    with failures():
        url = issuer or (GITHUB if kind is ProviderKind.GITHUB else None)
        if url is None:
            raise typer.BadParameter("an OpenID Connect provider needs --issuer")
        secret = _secret(from_stdin=secret_stdin)

        async def run(context: Context) -> str:
            from services import identity_providers
            from services.policy import SYSTEM

            await identity_providers.add(
                context,
                SYSTEM,
                name=name,
                kind=kind.value,
                title=title or name,
                issuer=url,
                client_id=client_id,
                client_secret=secret,
            )
            return context.oauth.callback_url(name)

        callback = _run(data, run)
    if as_json:
        print_json({"name": name, "callback_url": callback})
    else:
        console.print(f"added [bold]{escape(name)}[/]")
        note(f"register this callback URL there: {callback} (it begins as XDS_PUBLIC_URL says)")


@app.command("list")
def list_providers(data: DataOption = None, as_json: AsJson = False) -> None:
    """List the providers, those of the settings first."""

    async def run(context: Context) -> list[dict[str, Any]]:
        from services import identity_providers
        from services.policy import SYSTEM

        fixed = [_row(context, each, "settings") for each in context.oauth.providers]
        names = {row["name"] for row in fixed}
        added = await identity_providers.list_added(context, SYSTEM)
        # of two with one name, that of the settings counts
        return fixed + [_row(context, each, "added") for each in added if each.name not in names]

    with failures():
        found = _run(data, run)
    if as_json:
        print_json({"items": found})
        return
    columns = ("name", "title", "kind", "issuer", "client_id", "origin", "callback_url")
    print_rows(columns, [tuple(str(row[column]) for column in columns) for row in found])


@app.command("remove")
def remove(
    name: Annotated[str, typer.Argument(help="The provider's name.")], data: DataOption = None, as_json: AsJson = False
) -> None:
    """Let nobody sign in through a provider any more; who is signed in stays so."""

    async def run(context: Context) -> None:
        from services import identity_providers
        from services.policy import SYSTEM

        await identity_providers.remove(context, SYSTEM, name)

    with failures():
        _run(data, run)
    if as_json:
        print_json({"name": name, "removed": True})
    else:
        console.print(f"removed {escape(name)}")


def _secret(*, from_stdin: bool) -> str:
    """Never from an argument: other users of a machine can read those."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise typer.BadParameter("there is no terminal to ask for the client secret: use --secret-stdin")
    return str(typer.prompt("Client secret", hide_input=True, err=True))


def _run(data: Path | None, work: Callable[[Context], Awaitable[Found]]) -> Found:
    from services.errors import ServiceError
    from services.wiring import opened_from

    async def run(settings: Settings) -> Found:
        async with opened_from(settings, pool_size=1, max_overflow=1) as context:
            return await work(context)

    found = Settings.read(data=data)
    if found.database_url is None and not has_service(found.data):
        raise CommandFailed(f"no service keeps its data in {found.data.resolve()}; name the directory with --data")
    with reachable(found) as reached:
        secret = reached.secret_key or secret_of(reached.data)
        try:
            return asyncio.run(run(reached.model_copy(update={"secret_key": secret})))
        except ServiceError as error:
            raise CommandFailed(error.detail or str(error)) from error


def _row(context: Context, provider: Provider | Any, origin: str) -> dict[str, Any]:
    shown = {name: getattr(provider, name) for name in ("name", "title", "kind", "issuer", "client_id")}
    return {**shown, "origin": origin, "callback_url": context.oauth.callback_url(provider.name)}
