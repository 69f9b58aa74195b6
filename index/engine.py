"""Opens the pool of database connections that a process works with."""

from __future__ import annotations

from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from index.values import dump_json, load_json

DRIVER = "postgresql+asyncpg"


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
    return create_async_engine(
        database_url(url),
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_timeout=pool_timeout,
        pool_pre_ping=True,
        # The last used connection first: its caches are warm and idle ones can be dropped by the server.
        pool_use_lifo=True,
        json_serializer=dump_json,
        json_deserializer=load_json,
        echo=echo,
        connect_args={
            "server_settings": settings,
            "timeout": 10,
            "prepared_statement_cache_size": 500,
        },
    )
