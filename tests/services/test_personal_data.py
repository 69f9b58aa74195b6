"""Guards: the export holds every table that speaks of a person, no secret, nobody else's data, and stays valid JSON."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import ColumnClause, text
from sqlalchemy.sql import visitors

from index.personal_data import SECTIONS, Person, Section
from index.tables import Base
from services import personal_data, sign_ins
from services.context import Context
from services.errors import Forbidden, Unauthenticated
from services.personal_data import ROWS
from services.policy import ANONYMOUS, Actor, Scope
from tests.services.belongings import ADDRESS, AGENT, fill
from tests.services.conftest import person

BY_ADDRESS = {"email", "author_email"}
SECRET = {"password_hash", "token_hash", "key_hash", "token_version"}
PERSONAL = {"email", "username", "address", "agent", "avatar_url", "author_email", "author_name", "content", "subject"}
SOMEBODY = Person(uuid4(), "ada@example.org")


async def exported(context: Context, actor: Actor) -> dict[str, Any]:
    _, document = await personal_data.export(context, actor)
    found: dict[str, Any] = json.loads(b"".join([piece async for piece in document]))
    return found


def asked_of(section: Section) -> set[tuple[str, str]]:
    """The columns that a section knows its person by."""
    return {
        (getattr(node.table, "name", ""), node.name)
        for node in visitors.iterate(section.whose(SOMEBODY))
        if isinstance(node, ColumnClause)
    }


def test_every_column_that_names_a_person_is_asked() -> None:
    asked = set().union(*map(asked_of, SECTIONS))
    wanted = set()
    for table in Base.metadata.tables.values():
        names = {key.parent.name for key in table.foreign_keys if key.column.table.name == "users"}
        wanted |= {(table.name, name) for name in names}
    wanted |= {("invitations", "email"), ("component_versions", "author_email"), ("refresh_tokens", "sign_in_id")}
    wanted |= {("grants", "key_id"), ("users", "id")}
    assert not wanted - asked, "index/personal_data.py does not look there"


def test_every_table_that_goes_with_an_account_is_exported() -> None:
    owned = {"users"}
    while True:
        more = {
            table.name
            for table in Base.metadata.tables.values()
            for key in table.foreign_keys
            if key.column.table.name in owned and key.ondelete == "CASCADE"
        }
        if more <= owned:
            break
        owned |= more
    assert not owned - {section.table.name for section in SECTIONS}


def test_personal_columns_are_handed_over_and_secrets_are_not() -> None:
    for section in SECTIONS:
        handed = {column.key for column in section.columns}
        assert not handed & SECRET, section.name
        if section.name != "audit_about":
            assert not (PERSONAL & set(section.table.columns.keys())) - handed, section.name


async def test_everything_is_there(context: Context) -> None:
    ada, grace = await person(context, "Ada"), await person(context, "Grace")
    await fill(context, ada, grace)
    found = await exported(context, ada)
    assert list(found) == ["exported_at", *(section.name for section in SECTIONS)]
    assert [name for name, rows in found.items() if not rows] == []
    assert found["account"]["email"] == "ada@example.org"
    assert found["account"]["has_password"] is True
    assert found["memberships"][0]["team_name"] == "Together"
    assert {row["role"] for row in found["grants"]} == {"admin", "viewer"}
    assert len(found["invitations"]) == 3
    assert found["sign_ins"][0]["address"] == ADDRESS
    assert AGENT in [row["agent"] for row in found["audit"]]
    assert found["audit"][-1]["action"] == "account.exported"
    assert "hash" not in json.dumps(found).replace("content_hash", "")


async def test_others_are_not_in_it(context: Context) -> None:
    ada, grace = await person(context, "Ada"), await person(context, "Grace")
    await fill(context, ada, grace)
    found = await exported(context, grace)
    assert "ada@example.org" not in json.dumps(found["account"] | {"rest": found["audit_about"]})
    assert [found[name] for name in ("api_keys", "comments", "reactions", "presence", "grants", "activity")] == [[]] * 6


async def test_an_address_that_nobody_confirmed_opens_nothing(context: Context) -> None:
    """Whoever registers with somebody else's address must not read what was sent to it, or committed under it."""
    ada, grace = await person(context, "Ada"), await person(context, "Grace")
    await fill(context, ada, grace)
    async with context.engine.begin() as db:
        await db.execute(text("UPDATE users SET email = 'ada@elsewhere.example' WHERE username = 'ada'"))
        await db.execute(text("UPDATE users SET email = 'ada@example.org' WHERE username = 'grace'"))
        await db.execute(text("UPDATE component_versions SET author_email = 'ada@example.org'"))
    found = await exported(context, grace)
    assert (found["invitations"], found["component_versions"]) == ([], [])
    async with context.engine.begin() as db:
        await db.execute(text("UPDATE users SET email_verified_at = now() WHERE username = 'grace'"))
    found = await exported(context, grace)
    assert (len(found["invitations"]), len(found["component_versions"])) == (2, 1)


async def test_pages_follow_one_another_without_gaps(context: Context) -> None:
    ada = await person(context, "Ada")
    many = 2 * ROWS + 7
    async with context.engine.begin() as db:
        await db.execute(
            text(
                "INSERT INTO sign_ins (user_id, agent) SELECT :user, 'agent ' || n FROM generate_series(1, :many) AS n"
            ),
            {"user": ada.user_id, "many": many},
        )
        await db.execute(
            text(
                "INSERT INTO audit_log (action, user_id, details) "
                """SELECT 'sign-in.begun', :user, '{"text": "\\"quoted\\" ünï"}' FROM generate_series(1, :many) AS n"""
            ),
            {"user": ada.user_id, "many": 2 * ROWS},
        )
    found = await exported(context, ada)
    assert len({row["id"] for row in found["sign_ins"]}) == len(found["sign_ins"]) == many + 1
    assert len(found["audit"]) == 2 * ROWS + 3  # registered, signed in, exported


async def test_memory_holds_a_page_and_no_connection_waits_for_the_reader(context: Context) -> None:
    ada = await person(context, "Ada")
    async with context.engine.begin() as db:
        await db.execute(
            text("INSERT INTO sign_ins (user_id, agent) SELECT :user, repeat('x', 300) FROM generate_series(1, 5000)"),
            {"user": ada.user_id},
        )
    _, document = await personal_data.export(context, ada)
    largest = 0
    async for piece in document:
        largest = max(largest, len(piece))
        assert context.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert largest < ROWS * 1000


async def test_it_breaks_off_when_the_sign_in_ends(context: Context) -> None:
    ada = await person(context, "Ada")
    _, document = await personal_data.export(context, ada)
    await anext(document)
    assert ada.sign_in_id is not None
    await sign_ins.end_own(context, ada, ada.sign_in_id)
    with pytest.raises(Unauthenticated):
        async for _ in document:
            pass


async def test_a_narrow_key_exports_nothing(context: Context) -> None:
    ada = await person(context, "Ada")
    with pytest.raises(Forbidden):
        await exported(context, Actor(user_id=ada.user_id, scopes=frozenset({Scope.PUBLISH})))
    with pytest.raises(Unauthenticated):
        await exported(context, ANONYMOUS)
