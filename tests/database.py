"""Fixtures on the real PostgreSQL: a database per test, cloned from one that the migrations built."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from itertools import count

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from index import schema
from index.engine import create_engine

NUMBERS = count(1)


def administer(admin_url: str, *statements: str) -> None:
    """Run statements that no transaction may hold, such as CREATE DATABASE."""

    async def run() -> None:
        connection = await asyncpg.connect(plain(admin_url))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


def plain(url: str) -> str:
    """The URL as asyncpg itself takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def url_of(admin_url: str, database: str) -> str:
    """The URL of another database of the same server."""
    return make_url(admin_url).set(database=database).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def template_database(postgres_url: str) -> str:
    """The name of a migrated, empty database that nobody is connected to."""
    name = f"xds_template_{os.getpid()}"
    administer(postgres_url, f"CREATE DATABASE {name}")
    asyncio.run(schema.upgrade(url_of(postgres_url, name)))
    return name


@pytest.fixture(scope="session")
def shared_database_url(postgres_url: str, template_database: str) -> Iterator[str]:
    """A migrated database in which nothing is ever committed."""
    yield from _database(postgres_url, template_database)


@pytest.fixture
def empty_database_url(postgres_url: str) -> Iterator[str]:
    """A database of this test alone in which no migration ran."""
    yield from _database(postgres_url, "template0")


@pytest.fixture
def database_url(postgres_url: str, template_database: str) -> Iterator[str]:
    """A migrated database of this test alone."""
    yield from _database(postgres_url, template_database)


def _database(admin_url: str, template: str) -> Iterator[str]:
    name = f"xds_test_{os.getpid()}_{next(NUMBERS)}"
    # copied file by file: through the log, as PostgreSQL does it unless told, a copy takes six times as long
    administer(admin_url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield url_of(admin_url, name)
    _drop(admin_url, name)


def _drop(admin_url: str, name: str) -> None:
    """An autovacuum worker may be in the database at that moment, which FORCE may not end, but which soon leaves."""
    for _ in range(50):
        try:
            administer(admin_url, f"DROP DATABASE {name} WITH (FORCE)")
        except asyncpg.InsufficientPrivilegeError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"{name} cannot be dropped")


@pytest_asyncio.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """A pool on the test's database."""
    made = create_engine(database_url)
    yield made
    await made.dispose()


@pytest.fixture
def transaction_url(request: pytest.FixtureRequest) -> str:
    """Where ``db`` works: the test's own database where it uses that too, else one shared by all that roll back."""
    alone = {"engine", "database_url"} & set(request.fixturenames)
    found: str = request.getfixturevalue("database_url" if alone else "shared_database_url")
    return found


@pytest_asyncio.fixture
async def db(transaction_url: str) -> AsyncIterator[AsyncConnection]:
    """One transaction, rolled back at the end."""
    made = create_engine(transaction_url)
    async with made.connect() as connection:
        yield connection
        await connection.rollback()
    await made.dispose()
