from __future__ import annotations

import asyncio
from argparse import Namespace
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from index import schema, sessions
from index.engine import create_engine
from index.tables import Base
from tests.index.rows_made import make_member, make_system, make_team, make_user

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

CATALOGUE = """
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'column', table_name, column_name, concat_ws(
    ' ', data_type, udt_name, character_maximum_length, collation_name, is_nullable, column_default, identity_generation
) FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'options', relname, '', reloptions::text FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
ORDER BY 1, 2, 3
"""

SEED = {
    "users": "id email name avatar_url created_at updated_at",
    "teams": "id name slug created_at",
    "team_members": "team_id user_id role joined_at",
    "design_systems": "id team_id name version published created_by created_at updated_at",
    "components": "id design_system_id name category props code documentation version created_by created_at updated_at",
    "design_tokens": "id design_system_id category name value created_at updated_at",
    "comments": "id resource_type resource_id parent_id user_id content resolved created_at updated_at",
    "reactions": "id comment_id user_id emoji created_at",
    "user_presence": "user_id design_system_id status last_seen cursor_position",
    "activity_log": "id team_id user_id action resource_type resource_id metadata created_at",
    "component_versions": "id component_id version props code documentation changed_by change_message created_at",
}


async def catalogue(engine: AsyncEngine) -> list[tuple[Any, ...]]:
    async with engine.connect() as db:
        rows = await db.execute(text(CATALOGUE))
        return [tuple(row) for row in rows if row[1] != "alembic_version"]


async def test_models_and_migrations_agree(engine: AsyncEngine) -> None:
    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, Base.metadata))

    async with engine.connect() as db:
        assert await db.run_sync(differences) == []


async def test_the_catalogue_of_models_and_migrations_is_the_same(engine: AsyncEngine, empty_database_url: str) -> None:
    """Alembic does not compare checks, deferrability, collations or index conditions; the catalogue does."""
    made = create_engine(empty_database_url)
    async with made.begin() as db:
        await db.execute(text("CREATE EXTENSION pg_trgm"))
        await db.run_sync(Base.metadata.create_all)
    by_models = await catalogue(made)
    await made.dispose()
    assert await catalogue(engine) == by_models


async def test_every_column_of_the_seed_schema_is_there(engine: AsyncEngine) -> None:
    for table, names in SEED.items():
        missing = set(names.split()) - set(Base.metadata.tables[table].columns.keys())
        assert not missing, f"{table}: {missing}"


async def test_downgrade_leaves_nothing_and_upgrade_works_again(database_url: str) -> None:
    assert await schema.current(database_url) == schema.head()
    await schema.downgrade(database_url, "base")
    assert await schema.current(database_url) is None
    engine = create_engine(database_url)
    async with engine.connect() as db:
        left = await db.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        assert [name for (name,) in left] == ["alembic_version"]
    await engine.dispose()
    await schema.upgrade(database_url)
    assert await schema.current(database_url) == schema.head()


async def test_several_processes_may_upgrade_at_once(empty_database_url: str) -> None:
    await asyncio.gather(*(schema.upgrade(empty_database_url) for _ in range(4)))
    assert await schema.current(empty_database_url) == schema.head()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO users (email, username, name) VALUES ('ADA@Example.com', 'other', 'x')",
        "INSERT INTO users (email, username, name) VALUES ('other@example.com', 'ADA', 'x')",
        "UPDATE team_members SET role = 'owner'",
        "UPDATE design_systems SET visibility = 'secret'",
        "INSERT INTO user_presence SELECT u.id, s.id, 'gone' FROM users AS u, design_systems AS s",
        "DELETE FROM teams",
    ],
)
async def test_the_database_refuses(db: AsyncConnection, statement: str) -> None:
    team, user = await make_team(db), await make_user(db)
    await make_member(db, team, user, "admin")
    await make_system(db, team_id=team)
    with pytest.raises(IntegrityError):
        await db.execute(text(statement))


def test_the_alembic_command_takes_the_url_by_x(empty_database_url: str) -> None:
    settings = schema.config()
    settings.cmd_opts = Namespace(x=[f"url={empty_database_url}"])
    command.upgrade(settings, "head")
    assert asyncio.run(schema.current(empty_database_url)) == schema.head()


def test_the_alembic_command_without_a_url_says_what_is_missing() -> None:
    with pytest.raises(SystemExit, match="no database"):
        command.upgrade(schema.config(), "head")


def test_the_schema_can_be_printed_for_those_who_run_sql_by_hand() -> None:
    settings = schema.config()
    settings.output_buffer = StringIO()
    command.upgrade(settings, "head", sql=True)
    printed = settings.output_buffer.getvalue()
    assert "CREATE TABLE design_tokens" in printed
    assert printed.rstrip().endswith("COMMIT;")


async def test_a_failing_migration_leaves_the_database_as_it_was(database_url: str) -> None:
    await schema.downgrade(database_url, "0002")
    engine = create_engine(database_url)
    tables = text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    async with engine.begin() as db:
        await db.execute(text("CREATE VIEW in_the_way AS SELECT id FROM sign_ins"))
        before = (await db.execute(tables)).scalar_one()
    with pytest.raises(DBAPIError, match="other objects depend on it"):
        await schema.downgrade(database_url, "base")
    async with engine.connect() as db:
        assert (await db.execute(tables)).scalar_one() == before
        locks = await db.execute(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))
        assert locks.scalar_one() == 0
    await engine.dispose()
    assert await schema.current(database_url) == "0002"


async def test_who_was_signed_in_stays_so_through_the_upgrade_that_knows_sign_ins(database_url: str) -> None:
    engine = create_engine(database_url)
    async with engine.begin() as db:
        user = await make_user(db)
        sign_in = await sessions.open_sign_in(db, user_id=user, method="password", address=None, agent=None, now=NOON)
        await sessions.add(db, sign_in_id=sign_in, token_hash="a", now=NOON, expires_at=NOON + timedelta(days=1))
    await schema.downgrade(database_url, "0001")
    await schema.upgrade(database_url)
    async with engine.begin() as db:
        spent = await sessions.spend(db, "a", NOON)
    await engine.dispose()
    assert spent is not None
    assert (spent.sign_in_id, spent.user_id) == (sign_in, user)
