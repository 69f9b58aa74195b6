"""Opens the pool of database connections that a process works with."""

from __future__ import annotations

from time import monotonic
from typing import Any

import asyncpg
from sqlalchemy import URL, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from index.values import dump_json, load_json

DRIVER = "postgresql+asyncpg"

_GONE = (
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InternalClientError,
)
"""What asyncpg raises on a connection that is of no use any more."""

_BUSY = (
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
)
"""What it raises when there is too much to do: the same may succeed later."""

RESTED = 30.0
"""Seconds of rest after which a connection is asked whether it still answers (a firewall may have forgotten it)."""


def database_url(url: str | URL) -> URL:
    """``url`` with the driver that this service uses, whichever way of writing PostgreSQL it came in."""
    parsed = make_url(url)
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise ValueError(f"not a PostgreSQL URL: {parsed.render_as_string()}")
    return parsed.set(drivername=DRIVER)


def create_engine(
    url: str | URL,
    *,
    pool_size: int = 10,
    max_overflow: int = 10,
    pool_timeout: float = 10.0,
    statement_timeout: float = 30.0,
    application_name: str = "xds",
    echo: bool = False,
) -> AsyncEngine:
    """An engine that connects on first use; times in seconds, a ``statement_timeout`` of 0 means none."""
    settings = {
        "application_name": application_name,
        "statement_timeout": str(int(statement_timeout * 1000)),
        "idle_in_transaction_session_timeout": "300000",
        "timezone": "UTC",
        # Queries here take milliseconds; compiling one takes longer than running it.
        "jit": "off",
    }
    engine = create_async_engine(
        database_url(url),
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_timeout=pool_timeout,
        # The last used connection first: its caches are warm and idle ones can be dropped by the server.
        pool_use_lifo=True,
        json_serializer=dump_json,
        json_deserializer=load_json,
        echo=echo,
        connect_args={
            "server_settings": settings,
            "timeout": 10,
            "prepared_statement_cache_size": 500,
            "async_creator_fn": _connect,
        },
    )
    event.listen(engine.sync_engine, "handle_error", _tell_unreachable)
    event.listen(engine.sync_engine, "checkin", _note_use)
    event.listen(engine.sync_engine, "checkout", _refuse_dead)
    return engine


def reading(engine: AsyncEngine) -> AsyncEngine:
    """The same pool for single queries that need no transaction: one round trip instead of three."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")


async def _connect(*arguments: Any, **options: Any) -> asyncpg.Connection:
    """asyncpg's, whose many ways of saying that nobody answers (a socket file that is not there yet, a server that is
    just starting) come out as one."""
    try:
        return await asyncpg.connect(*arguments, **options)
    except (OSError, *_GONE, *_BUSY) as error:
        raise ConnectionError(f"PostgreSQL takes no connection: {error}") from error


def _tell_unreachable(context: ExceptionContext) -> OperationalError | None:
    """SQLAlchemy knows no more of a server that goes down or is overloaded than that it is an error.

    A connection of a server that went down is never used again, even where the driver has not noticed its end yet.
    """
    cause = getattr(context.original_exception, "__cause__", None)
    if not isinstance(cause, (*_GONE, *_BUSY)):
        return None
    if isinstance(cause, _GONE) and context.connection is not None:
        context.is_disconnect = True
    return OperationalError(context.statement, None, cause, connection_invalidated=context.is_disconnect)


def _note_use(connection: Any, entry: ConnectionPoolEntry) -> None:
    entry.info["used"] = monotonic()


def _refuse_dead(connection: Any, entry: ConnectionPoolEntry, _: object) -> None:
    """Replace connections that died in the pool, without SQLAlchemy's ping, which is three round trips a checkout.

    A server that stops closes its sockets, and the driver notices; only after a rest is it worth asking.
    """
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError("the server closed the connection")
    if monotonic() - entry.info.get("used", monotonic()) > RESTED:
        try:
            connection.ping()
        except Exception as error:
            raise InvalidatePoolError("the server does not answer on this connection") from error
