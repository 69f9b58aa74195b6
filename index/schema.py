"""Brings a database to a revision of the schema, from any number of processes at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from index.engine import database_url

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"

LOCK_KEY = 0x786473_00000001
"""The advisory lock that one migrating process holds; the others wait and then find nothing to do."""


def config() -> Config:
    """Alembic's configuration, without a file."""
    made = Config()
    made.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return made


def head() -> str:
    """The newest revision that this code knows."""
    found = ScriptDirectory.from_config(config()).get_current_head()
    if found is None:
        raise FileNotFoundError(f"no revisions in {SCRIPTS}")
    return found


async def upgrade(url: str | URL, revision: str = "head") -> None:
    """Move the database up to ``revision``; does nothing when it is there."""
    await _run(url, lambda settings: command.upgrade(settings, revision))


async def downgrade(url: str | URL, revision: str) -> None:
    """Move the database down to ``revision`` (``base``: an empty schema)."""
    await _run(url, lambda settings: command.downgrade(settings, revision))


async def current(url: str | URL) -> str | None:
    """The revision that the database stands at; None before the first."""
    engine = create_async_engine(database_url(url), poolclass=NullPool)
    try:
        async with engine.connect() as db:
            return await db.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    finally:
        await engine.dispose()


async def _run(url: str | URL, step: Callable[[Config], None]) -> None:
    """Run an Alembic command on a connection of our own while the lock is held; migrations may take their time."""
    limits = {"statement_timeout": "0", "lock_timeout": "0", "application_name": "xds-migrate"}
    engine = create_async_engine(database_url(url), poolclass=NullPool, connect_args={"server_settings": limits})

    def locked(connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK_KEY})
        connection.commit()
        settings = config()
        settings.attributes["connection"] = connection
        try:
            step(settings)
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK_KEY})
            connection.commit()

    try:
        async with engine.connect() as db:
            await db.run_sync(locked)
    finally:
        await engine.dispose()
