"""`xds serve`: the whole service on one machine, under one supervisor."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import endpoints
from cli.banner import show_banner
from cli.children import Child
from cli.errors import CommandFailed
from cli.gate import Gate
from cli.health import answers
from cli.output import AsJson, errors, failures
from cli.supervisor import Supervisor
from embedded.errors import EmbeddedError
from embedded.lock import DataLock
from embedded.postgres import EmbeddedPostgres
from embedded.secrets import keep_secret
from embedded.valkey import EmbeddedValkey
from settings import Settings

if TYPE_CHECKING:
    from services.setup import FirstStart

_READY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Processes:
    """How many processes of each kind the supervisor keeps running."""

    web: int
    workers: int
    log_to_terminal: bool


def serve(
    data: Annotated[
        Path | None, typer.Option(help="Directory of everything the service keeps.", show_default="./data")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; 0 picks a free one.", show_default="8420")
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="On first start, make a demonstration team and system.")] = False,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Run no background worker here.")] = False,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Background workers.")] = 1,
    web_processes: Annotated[int, typer.Option(min=1, max=64, help="Web server processes, on one port.")] = 1,
    log_to_terminal: Annotated[bool, typer.Option(help="Log here instead of to files in the data directory.")] = False,
    as_json: AsJson = False,
) -> None:
    """Start the service: databases (unless URLs are given), migrations, background worker and web server.

    Stops them all on Ctrl-C.
    """
    processes = Processes(web_processes, 0 if no_worker else workers, log_to_terminal)
    supervisor = Supervisor(lambda line: errors.print(f"[dim]xds:[/] {line}"))
    with failures():
        settings = Settings.read(data=data, host=host, port=port)
        settings = settings.model_copy(update={"data": settings.data.resolve()})
        _check_certificate(settings)
        supervisor.listen()
        with Gate() as gate, _listener(settings) as (listener, bound), _backed(bound, supervisor) as backed:
            listener.listen(2048)
            # The children load their code while the database is prepared, and wait at the gate until it is.
            supervisor.start_children(_children(backed, processes, listener.fileno(), gate.descriptor))
            first = asyncio.run(_prepare(backed, demo=demo))
            gate.open()
            _await_and_tell(supervisor, backed, first, as_json=as_json)
            supervisor.run()
            if not as_json:
                errors.print("[dim]xds:[/] stopping")


@contextmanager
def _backed(settings: Settings, supervisor: Supervisor) -> Iterator[Settings]:
    """Settings with databases behind them: those given, or private ones below the data directory, which is locked."""
    if settings.database_url and settings.redis_url:
        settings.require_secret()  # other machines' servers: tokens must not be signed with a secret kept here
        try:
            yield settings
        finally:
            supervisor.stop()
        return
    if settings.database_url or settings.redis_url:
        raise EmbeddedError("give both XDS_DATABASE_URL and XDS_REDIS_URL, or neither for private servers")
    with DataLock(settings.data):
        try:
            database_url = supervisor.start_server("PostgreSQL", EmbeddedPostgres(settings.data))
            redis_url = supervisor.start_server("Valkey", EmbeddedValkey(settings.data))
            backed = endpoints.with_urls(settings, database_url=database_url, redis_url=redis_url)
            endpoints.announce(backed)
            yield backed
        finally:
            endpoints.withdraw(settings.data)
            supervisor.stop()  # before the lock goes: the next service must find nothing of ours


async def _prepare(settings: Settings, *, demo: bool) -> FirstStart:
    """Bring the schema up to date; on the very first start make the administrator and what --demo asks for."""
    from index import schema
    from services.setup import first_start

    await schema.upgrade(str(settings.database_url))
    kept = _first_password(settings)
    first = await first_start(settings, demo=demo, new_password=lambda: keep_secret(kept, length=15))
    # a service that was killed before its banner shows the password now
    unseen = first.admin_password is None and kept.exists()
    return replace(first, admin_password=keep_secret(kept)) if unseen else first


def _first_password(settings: Settings) -> Path:
    """Where the administrator's first password is kept until it has been shown."""
    return settings.data / "secrets" / "first-sign-in"


def _await_and_tell(supervisor: Supervisor, settings: Settings, first: FirstStart, *, as_json: bool) -> None:
    try:
        supervisor.wait_for(lambda: _answers(settings), _READY_SECONDS)
    finally:  # also where the start fails: a password that was made is shown now or never
        show_banner(settings, first, as_json=as_json, running=supervisor.all_run())
        _first_password(settings).unlink(missing_ok=True)


def _answers(settings: Settings) -> bool:
    return answers(settings.host, settings.port, certificate=settings.tls_certificate)


def _check_certificate(settings: Settings) -> None:
    """Say what is wrong with the files for HTTPS before anything is started."""
    if settings.tls_certificate is None or settings.tls_key is None:
        return
    for name, path in (("XDS_TLS_CERTIFICATE", settings.tls_certificate), ("XDS_TLS_KEY", settings.tls_key)):
        try:
            path.read_bytes()
        except OSError as error:
            raise CommandFailed(f"{name}: cannot read {path} ({error.strerror})") from error
    try:
        # an empty password, since OpenSSL would ask the terminal for one
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.tls_certificate, settings.tls_key, "")
    except ssl.SSLError as error:
        why = (
            "the two do not belong together" if "MISMATCH" in str(error) else "no PEM files, or the key has a password"
        )
        raise CommandFailed(f"XDS_TLS_CERTIFICATE and XDS_TLS_KEY: {why} ({error.reason or error})") from error


@contextmanager
def _listener(settings: Settings) -> Iterator[tuple[socket.socket, Settings]]:
    """The service's socket, taken first: a port in use is said at once, and requests wait while a child restarts.

    With it the settings that name its port, which the system chose where port 0 was asked for.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            raise EmbeddedError(
                f"cannot listen on {settings.host}:{settings.port} ({error.strerror}); choose another --host or --port"
            ) from error
        yield listener, settings.model_copy(update={"port": listener.getsockname()[1]})


def _children(settings: Settings, processes: Processes, listener: int, gate: int) -> list[Child]:
    environment = child_environment(settings)
    logs = settings.data / "logs"

    def child(name: str, module: str, **more: Any) -> Child:
        arguments = [str(item) for item in more.get("keep_open", ())]
        log = None if processes.log_to_terminal else logs / f"{name.split(maxsplit=1)[0]}.log"
        return Child(name, [sys.executable, "-m", module, *arguments], environment, log, **more)

    web = [child(f"web {number}", "cli.web", keep_open=(listener, gate)) for number in range(1, processes.web + 1)]
    return web + [
        child(f"worker {number}", "jobs.worker", keep_open=(gate,)) for number in range(1, processes.workers + 1)
    ]


def child_environment(settings: Settings) -> dict[str, str]:
    """Our environment with the settings that the children cannot find there: URLs, secret, what options changed."""
    chosen = {
        "XDS_DATA": str(settings.data),
        "XDS_HOST": settings.host,
        "XDS_PORT": str(settings.port),
        "XDS_DATABASE_URL": str(settings.database_url),
        "XDS_REDIS_URL": str(settings.redis_url),
        "XDS_SECRET_KEY": settings.require_secret(),
    }
    if settings.tls_certificate and settings.tls_key:
        chosen["XDS_TLS_CERTIFICATE"] = str(settings.tls_certificate.resolve())
        chosen["XDS_TLS_KEY"] = str(settings.tls_key.resolve())
    return {**os.environ, **chosen}
