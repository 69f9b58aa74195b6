"""What Alembic runs: our tables as the goal, on the connection given or the URL of ``-x url=``."""

from __future__ import annotations

import asyncio

from alembic import context
from sqlalchemy import Connection, NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from index.engine import database_url
from index.tables import Base


def migrate(connection: Connection) -> None:
    """Run the revisions asked for, each in its own transaction."""
    context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


async def migrate_at(url: str) -> None:
    """Run them on a connection of our own: the way of the ``alembic`` command."""
    engine = create_async_engine(database_url(url), poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


def migrate_offline(url: str) -> None:
    """Print the SQL instead of running it (``alembic upgrade --sql``)."""
    context.configure(url=url, target_metadata=Base.metadata, literal_binds=True, dialect_opts={"paramstyle": "named"})
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
address = context.get_x_argument(as_dictionary=True).get("url") or context.config.get_main_option("sqlalchemy.url")

if context.is_offline_mode():
    migrate_offline(address or "postgresql+asyncpg://")
elif given is not None:
    migrate(given)
elif address:
    asyncio.run(migrate_at(address))
else:
    raise SystemExit("no database: give -x url=postgresql+asyncpg://… or use `xds migrate`")
