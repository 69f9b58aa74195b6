from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from index.engine import create_engine, database_url, reading
from tests.database import administer


@pytest.mark.parametrize("given", ["postgresql://u@h/d", "postgres://u@h/d", "postgresql+asyncpg://u@h/d"])
def test_every_way_of_writing_postgresql_is_understood(given: str) -> None:
    assert database_url(given).render_as_string() == "postgresql+asyncpg://u@h/d"


def test_another_database_is_refused() -> None:
    with pytest.raises(ValueError, match="not a PostgreSQL URL"):
        database_url("sqlite:///x.db")


def test_a_url_that_is_refused_does_not_tell_its_password() -> None:
    with pytest.raises(ValueError, match=r"\*\*\*"):
        database_url("mysql://u:geheim@h/d")


async def test_sessions_carry_our_settings(database_url: str) -> None:
    engine = create_engine(database_url, statement_timeout=0.2, application_name="xds-test")
    async with engine.connect() as db:
        shown = await db.execute(text("SELECT current_setting('application_name'), current_setting('TimeZone')"))
        assert tuple(shown.one()) == ("xds-test", "UTC")
        with pytest.raises(OperationalError, match="statement timeout"):
            await db.execute(text("SELECT pg_sleep(5)"))
    await engine.dispose()


async def kill_others(engine: AsyncEngine) -> None:
    async with engine.connect() as db:
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        await db.execute(text(query + " AND pid <> pg_backend_pid()"))


async def pooled(engine: AsyncEngine, number: int) -> list[Any]:
    """Leave so many open connections in the pool; the driver's own."""
    opened = [await engine.connect() for _ in range(number)]
    for each in opened:
        await each.execute(text("SELECT 1"))
    drivers = [(await each.get_raw_connection()).driver_connection for each in opened]
    for each in opened:
        await each.close()
    return drivers


async def test_connections_that_the_server_closed_cost_no_request(engine: AsyncEngine, database_url: str) -> None:
    connections = await pooled(engine, 3)
    killer = create_engine(database_url)
    await kill_others(killer)
    await killer.dispose()
    async with asyncio.timeout(30):  # the server's goodbye and the socket's end may come apart
        while not all(connection.is_closed() for connection in connections):
            await asyncio.sleep(0.01)
    for _ in range(4):
        async with engine.begin() as db:
            assert (await db.execute(text("SELECT 1"))).scalar_one() == 1


async def test_a_rested_connection_is_asked_whether_it_lives(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.engine.RESTED", -1.0)
    await pooled(engine, 1)
    asked: list[object] = []
    async with engine.connect() as db:
        raw = await db.get_raw_connection()
        query_logger = asked.append
        raw.driver_connection.add_query_logger(query_logger)  # type: ignore[union-attr]
    async with engine.connect() as db:
        await db.execute(text("SELECT 1"))
        (await db.get_raw_connection()).driver_connection.remove_query_logger(query_logger)  # type: ignore[union-attr]
    assert any(getattr(told, "query", "") == ";" for told in asked)


async def test_reading_opens_no_transaction(engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        await db.execute(text("CREATE TABLE t (n int)"))
    async with reading(engine).connect() as db:
        await db.execute(text("INSERT INTO t VALUES (1)"))
        raw = (await db.get_raw_connection()).driver_connection
        assert raw is not None
        assert not raw.is_in_transaction()
    async with engine.connect() as db:
        assert (await db.execute(text("SELECT n FROM t"))).scalar_one() == 1
        raw = (await db.get_raw_connection()).driver_connection
        assert raw is not None
        assert raw.is_in_transaction()


async def test_a_server_that_goes_down_in_the_middle_is_told_from_a_fault(database_url: str) -> None:
    engine, other = create_engine(database_url, pool_size=1, max_overflow=0), create_engine(database_url)
    async with engine.connect() as db:
        pid = (await db.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        async with other.connect() as killer:
            await killer.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        with pytest.raises((OperationalError, InterfaceError)):
            await db.execute(text("SELECT 1"))
    async with engine.connect() as db:
        assert (await db.execute(text("SELECT pg_backend_pid()"))).scalar_one() != pid
    await engine.dispose()
    await other.dispose()


async def test_nobody_at_the_address_is_a_connection_error() -> None:
    engine = create_engine("postgresql+asyncpg://nobody@/none?host=/nonexistent")
    with pytest.raises(ConnectionError, match="takes no connection"):
        async with engine.connect():
            pass
    await engine.dispose()


def test_a_full_server_is_a_connection_error(postgres_url: str, database_url: str) -> None:
    name = database_url.rpartition("/")[2].partition("?")[0]
    administer(postgres_url, f"ALTER DATABASE {name} CONNECTION LIMIT 0")

    async def connect() -> None:
        engine = create_engine(database_url)
        with pytest.raises(ConnectionError, match="too many connections"):
            async with engine.connect():
                pass
        await engine.dispose()

    asyncio.run(connect())
