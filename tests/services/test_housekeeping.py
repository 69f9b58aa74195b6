"""Guards: the nightly job deletes what has run out, and nothing that is still of use."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from index import audit as audit_log
from services import accounts, erasure, housekeeping, teams
from services.context import Context
from tests.services.conftest import PASSWORD, Clock, person


async def count(context: Context, table: str) -> int:
    async with context.engine.connect() as db:
        found = await db.scalar(text(f"SELECT count(*) FROM {table}"))
        return int(found or 0)


async def test_what_ran_out_is_forgotten(context: Context, clock: Clock) -> None:
    ada = await person(context, "Ada")
    team = await teams.create(context, ada, name="Acme")
    values = {"user": ada.user_id, "team": team.id, "now": clock()}
    async with context.engine.begin() as db:
        await db.execute(
            text(
                "INSERT INTO one_time_tokens (user_id, purpose, email, expires_at) "
                "SELECT :user, 'password-reset', 'a@example.org', CAST(:now AS timestamptz) + n * interval '1 day' "
                "FROM generate_series(-8, 1) AS n"
            ),
            values,
        )
        await db.execute(
            text(
                "INSERT INTO invitations (team_id, email, role, token_hash, expires_at) "
                "SELECT :team, n || '@example.org', 'viewer', n, CAST(:now AS timestamptz) + n * interval '1 day' "
                "FROM generate_series(-8, 1) AS n"
            ),
            values,
        )
    gone = await housekeeping.forget(context)
    assert (gone["one_time_tokens"], gone["invitations"]) == (1, 1)
    assert (await count(context, "one_time_tokens"), await count(context, "invitations")) == (9, 9)
    assert gone["refresh_tokens"] == gone["audit_rows"] == 0
    clock.advance(days=40)
    gone = await housekeeping.forget(context)
    assert (gone["one_time_tokens"], gone["invitations"], gone["refresh_tokens"]) == (9, 9, 1)
    assert await count(context, "sign_ins") == 0


async def test_old_audit_rows_go_in_small_steps(
    context: Context, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "AT_ONCE", 10)
    async with context.engine.begin() as db:
        await db.execute(
            text(
                "INSERT INTO audit_log (action, created_at) "
                "SELECT 'sign-in.begun', CAST(:now AS timestamptz) - n * interval '1 day' "
                "FROM generate_series(360, 400) AS n"
            ),
            {"now": clock()},
        )
    assert (await housekeeping.forget(context))["audit_rows"] == 35
    async with context.engine.connect() as db:
        kept = (await audit_log.page(db, limit=100, cursor=None)).items
    assert len(kept) == 6
    assert (await housekeeping.forget(context))["audit_rows"] == 0


async def test_what_was_written_for_an_account_while_it_was_erased_goes_too(context: Context) -> None:
    """A sign-in under way at that moment may add its row a moment later."""
    ada = await person(context, "Ada")
    grace = await person(context, "Grace")
    await erasure.erase(context, ada, password=PASSWORD)
    async with context.engine.begin() as db:
        await db.execute(
            text("INSERT INTO sign_ins (user_id, address) VALUES (:user, '198.51.100.1')"), {"user": ada.user_id}
        )
    assert (await housekeeping.forget(context))["accounts_swept"] == 1
    assert await count(context, "sign_ins") == 1
    assert (await accounts.me(context, grace)).user.name == "Grace"
