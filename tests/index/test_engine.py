from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from index.engine import create_engine, database_url


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
        with pytest.raises(DBAPIError, match="statement timeout"):
            await db.execute(text("SELECT pg_sleep(5)"))
    await engine.dispose()


async def test_a_restarted_server_costs_no_request(engine: AsyncEngine) -> None:
    async with engine.connect() as db:
        own = (await db.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    async with engine.connect() as first, engine.connect() as second:
        pids = [(await each.execute(text("SELECT pg_backend_pid()"))).scalar_one() for each in (first, second)]
        other = second if pids[0] == own else first
        await other.execute(text(f"SELECT pg_terminate_backend({own})"))
        await (first if other is second else second).invalidate()
    async with engine.connect() as db:
        assert (await db.execute(text("SELECT 1"))).scalar_one() == 1
