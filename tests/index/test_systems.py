from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from index import activity, systems, users
from index.errors import InvalidCursor, SlugTaken
from index.rows import ActivityRow
from index.users import NOBODY, Caller
from tests.index.rows_made import at, make_member, make_system, make_team, make_user, oid


async def test_a_new_system_has_no_commit_and_no_event(db: AsyncConnection) -> None:
    user, team = await make_user(db), await make_team(db)
    system = await systems.insert(
        db, team_id=team, name="UI", slug="ui", description="d", visibility="public", created_by=user
    )
    assert (system.team_slug, system.head, system.seq, system.version, system.published) == (
        "acme",
        None,
        0,
        None,
        False,
    )
    assert (system.default_branch, system.created_by, system.visibility) == ("main", user, "public")
    assert await systems.get(db, system.id) == system
    assert await systems.by_slug(db, "acme", "ui") == system


async def test_a_taken_slug_is_told_and_the_transaction_goes_on(db: AsyncConnection) -> None:
    team = await make_team(db)
    await make_system(db, "ui", team)
    with pytest.raises(SlugTaken, match="'ui'"):
        await make_system(db, "ui", team)
    await make_system(db, "ui", await make_team(db, "other"))
    await make_system(db, "ui2", team)
    with pytest.raises(SlugTaken):
        await systems.update(db, (await systems.by_slug(db, "acme", "ui2")).id, {"slug": "ui"})  # type: ignore[union-attr]


async def test_access_tells_system_and_role_in_one_round_trip(db: AsyncConnection) -> None:
    team, ada, bob = await make_team(db), await make_user(db, "ada"), await make_user(db, "bob")
    await make_member(db, team, ada, "editor")
    system = await make_system(db, team_id=team)
    sent: list[str] = []
    event.listen(db.sync_connection, "before_cursor_execute", lambda *told: sent.append(told[2]))
    found = await systems.access(db, system.id, Caller(ada))
    assert found == systems.Access(system, "editor", await users.get(db, ada), "editor")
    assert len(sent) == 2
    assert await systems.access(db, system.id, Caller(bob)) == systems.Access(system, None, await users.get(db, bob))
    assert await systems.access(db, system.id, NOBODY) == systems.Access(system, None, None)
    assert await systems.access(db, uuid4(), Caller(ada)) is None
    assert await systems.access_by_slug(db, "acme", "ui", Caller(ada)) == found
    assert await systems.access_by_slug(db, "acme", "other", Caller(ada)) is None


async def test_a_member_of_another_team_has_no_role(db: AsyncConnection) -> None:
    ada = await make_user(db)
    await make_member(db, await make_team(db, "other"), ada, "admin")
    system = await make_system(db)
    found = await systems.access(db, system.id, Caller(ada))
    assert found is not None
    assert (found.system, found.role) == (system, None)


async def test_the_lists_show_what_the_user_may_see(db: AsyncConnection) -> None:
    ours, theirs, ada = await make_team(db, "ours"), await make_team(db, "theirs"), await make_user(db)
    await make_member(db, ours, ada, "viewer")
    await make_system(db, "mine", ours)
    await make_system(db, "secret", theirs)
    await make_system(db, "open", theirs, visibility="public")

    async def slugs(**asked: object) -> list[str]:
        return [system.slug for system in (await systems.list_for(db, **asked)).items]  # type: ignore[arg-type]

    assert await slugs(caller=Caller(ada)) == ["mine", "open"]
    assert await slugs(caller=NOBODY) == ["open"]
    assert await slugs(caller=Caller(ada), is_admin=True) == ["mine", "open", "secret"]
    assert await slugs(caller=Caller(ada), team_id=theirs) == ["open"]
    assert await slugs(caller=Caller(ada), q="PE") == ["open"]
    assert await slugs(caller=Caller(ada), q="%") == []


async def test_pages_hold_every_system_once(db: AsyncConnection) -> None:
    team = await make_team(db)
    for number in range(7):
        await systems.insert(db, team_id=team, name="Same" if number % 2 else f"N{number}", slug=f"s{number}")
    seen, cursor = [], None
    while True:
        page = await systems.list_for(db, caller=NOBODY, is_admin=True, limit=3, cursor=cursor)
        seen += [system.slug for system in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == [f"s{number}" for number in range(7)]
    with pytest.raises(InvalidCursor):
        await systems.list_for(db, caller=NOBODY, cursor="x")


async def test_update_sets_what_is_not_gits_to_say(db: AsyncConnection) -> None:
    system = await make_system(db)
    changed = await systems.update(db, system.id, {"name": "New", "visibility": "public"})
    assert changed is not None
    assert (changed.name, changed.visibility, changed.slug) == ("New", "public", "ui")
    assert await systems.update(db, uuid4(), {"name": "x"}) is None
    with pytest.raises(ValueError, match="head"):
        await systems.update(db, system.id, {"head": oid(1)})


async def test_advance_writes_where_git_stands(db: AsyncConnection) -> None:
    system = await make_system(db)
    await systems.advance(db, system.id, head=oid(5), version="1.2.0", published=True, seq=9, updated_at=at(5))
    found = await systems.get(db, system.id)
    assert found is not None
    assert (found.head, found.version, found.published, found.seq, found.updated_at) == (
        oid(5),
        "1.2.0",
        True,
        9,
        at(5),
    )


async def test_writers_of_one_system_stand_in_line_and_see_what_the_last_one_wrote(engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        system = await make_system(db)

    async def step(n: int) -> None:
        async with engine.begin() as db:
            locked = await systems.lock(db, system.id)
            assert locked is not None
            seq = locked.seq + 1
            row = ActivityRow("token.updated", "token", None, None, at(n), seq=seq)
            await activity.append(db, system.id, system.team_id, [row])
            await systems.advance(db, system.id, head=oid(n), version=None, published=False, seq=seq, updated_at=at(n))

    await asyncio.gather(*(step(n) for n in range(20)))
    async with engine.connect() as db:
        assert [row.seq for row in await activity.since(db, system.id, 0, 100)] == list(range(1, 21))
        assert await systems.lock(db, uuid4()) is None


async def test_delete_takes_the_mirror_along_and_leaves_the_feed(db: AsyncConnection) -> None:
    system = await make_system(db)
    await db.execute(text("INSERT INTO refs VALUES (:id, 'refs/heads/main', repeat('a', 40))"), {"id": system.id})
    row = ActivityRow("design-system.created", "design_system", system.id, None, at(1), seq=1)
    await activity.append(db, system.id, system.team_id, [row])
    assert await systems.delete(db, system.id)
    assert not await systems.delete(db, system.id)
    assert (await db.execute(text("SELECT count(*) FROM refs"))).scalar_one() == 0
    page = await activity.team_page(db, system.team_id)
    assert [(each.action, each.design_system_id) for each in page.items] == [("design-system.created", None)]
