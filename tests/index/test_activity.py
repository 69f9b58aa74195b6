from __future__ import annotations

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from index import activity
from index.activity import Wanted
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


async def test_a_feed_shows_what_is_asked_for_and_who_did_it(db: AsyncConnection) -> None:
    system, user = await make_system(db), await make_user(db)
    events = [row(n) for n in range(1, 4)]
    events.append(ActivityRow("component.updated", "component", system.id, user, at(4), seq=4))
    await activity.append(db, system.id, system.team_id, events)
    for wanted in (
        Wanted(action="component.updated"),
        Wanted(resource_type="component"),
        Wanted(resource_id=system.id),
        Wanted(user_id=user),
    ):
        (found,) = (await activity.system_page(db, system.id, wanted=wanted)).items
        assert found.seq == 4
        assert [each.id for each in (await activity.people(db, [found])).values()] == [user]
    assert await activity.people(db, await activity.since(db, system.id, 0, 3)) == {}
    assert (await activity.system_page(db, system.id, wanted=Wanted(action="x\0"))).items == []
    assert (await activity.team_page(db, system.team_id, wanted=Wanted(user_id=system.id))).items == []
    page = await activity.system_page(db, system.id, limit=3)
    assert [each.seq for each in page.items] == [4, 3, 2]
    rest = await activity.system_page(db, system.id, limit=3, cursor=page.next_cursor)
    assert ([each.seq for each in rest.items], rest.next_cursor) == ([1], None)


async def test_a_filtered_page_stops_looking_and_the_next_one_goes_on(
    db: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity, "MOST_LOOKED_AT", 3)
    system = await make_system(db)
    rare = ActivityRow("component.updated", "component", None, None, at(1), seq=1)
    await activity.append(db, system.id, system.team_id, [rare, *(row(n) for n in range(2, 9))])
    pages, cursor = [], None
    while True:
        page = await activity.system_page(db, system.id, wanted=Wanted(resource_type="component"), cursor=cursor)
        pages.append([each.seq for each in page.items])
        cursor = page.next_cursor
        if cursor is None:
            break
    assert pages == [[], [], [1]]
