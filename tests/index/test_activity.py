from __future__ import annotations

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from index import activity
from index.rows import ActivityRow
from tests.index.rows_made import at, make_system, make_user


def row(seq: int | None, **more: object) -> ActivityRow:
    return ActivityRow("token.updated", "token", None, None, at(seq or 0), seq=seq, **more)  # type: ignore[arg-type]


async def test_many_events_are_appended_in_one_statement_and_read_back_in_order(db: AsyncConnection) -> None:
    system, user = await make_system(db), await make_user(db)
    sent: list[str] = []
    event.listen(db.sync_connection, "before_cursor_execute", lambda *told: sent.append(told[2]))
    await activity.append(
        db, system.id, system.team_id, [row(n, metadata={"n": n, "nul": "\0"}) for n in range(1, 201)]
    )
    assert len(sent) == 1
    await activity.append(db, system.id, system.team_id, [])
    assert len(sent) == 1
    missed = await activity.since(db, system.id, 150, 10)
    assert [each.seq for each in missed] == list(range(151, 161))
    assert missed[0].metadata == {"n": 151, "nul": "\ufffd"}
    assert (missed[0].team_id, missed[0].created_at) == (system.team_id, at(151))
    last = ActivityRow("component.updated", "component", system.id, user, at(300), seq=201)
    await activity.append(db, system.id, system.team_id, [last])
    (found,) = await activity.since(db, system.id, 200, 10)
    assert (found.user_id, found.resource_id, found.action) == (user, system.id, "component.updated")


async def test_a_sequence_number_is_given_once(db: AsyncConnection) -> None:
    system = await make_system(db)
    await activity.append(db, system.id, system.team_id, [row(1)])
    with pytest.raises(IntegrityError):
        await activity.append(db, system.id, system.team_id, [row(1)])


async def test_the_feed_pages_newest_first_with_events_of_the_team_itself(db: AsyncConnection) -> None:
    system = await make_system(db)
    await activity.append(db, system.id, system.team_id, [row(n) for n in range(1, 6)])
    joined = ActivityRow("member.added", "user", None, None, at(9))
    await activity.append(db, None, system.team_id, [joined, joined])
    seen, cursor = [], None
    for _ in range(4):
        page = await activity.team_page(db, system.team_id, limit=2, cursor=cursor)
        seen += [each.seq for each in page.items]
        cursor = page.next_cursor
    assert seen == [None, None, 5, 4, 3, 2, 1]
    assert cursor is None
