"""Teams keep their secrets from outsiders, and at least one admin."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert

from index.tables import DesignSystem
from services import accounts, teams
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidCursor, InvalidInput, NotFound, ServiceError, Unauthenticated
from services.policy import ANONYMOUS, Actor, Role
from tests.services.conftest import Clock, person


@pytest.fixture
async def ada(context: Context) -> Actor:
    return await person(context, "Ada")


@pytest.fixture
async def grace(context: Context) -> Actor:
    return await person(context, "Grace")


async def join(context: Context, admin: Actor, team: UUID, who: Actor, role: Role) -> None:
    await teams.add_member(context, admin, team, role=role, user_id=who.user_id)


async def test_the_creator_is_admin_and_the_slug_is_derived(context: Context, ada: Actor) -> None:
    team = await teams.create(context, ada, name="Acmé Design")
    assert (team.slug, team.role) == ("acme-design", Role.ADMIN)
    assert await teams.get(context, ada, team.id) == team
    assert [found.id for found in (await accounts.me(context, ada)).teams] == [team.id]


async def test_teams_of_one_name_made_at_once_get_distinct_slugs(context: Context, ada: Actor) -> None:
    made = await asyncio.gather(*(teams.create(context, ada, name="Acme") for _ in range(8)))
    assert len({team.slug for team in made}) == 8


async def test_a_slug_asked_for_is_used_or_refused(context: Context, ada: Actor) -> None:
    first = await teams.create(context, ada, name="Acme", slug="acme")
    second = await teams.create(context, ada, name="Other", slug="other")
    with pytest.raises(Conflict):
        await teams.create(context, ada, name="Acme", slug="acme")
    with pytest.raises(Conflict):
        await teams.update(context, ada, second.id, name="Other", slug="acme")
    with pytest.raises(InvalidInput):
        await teams.create(context, ada, name="Acme", slug="../etc")
    renamed = await teams.update(context, ada, first.id, name="Acme 2", slug=None)
    assert (renamed.name, renamed.slug) == ("Acme 2", "acme")


async def test_outsiders_cannot_tell_a_team_from_none(context: Context, ada: Actor, grace: Actor) -> None:
    team = await teams.create(context, ada, name="Acme")
    for actor, kind in ((grace, NotFound), (ANONYMOUS, Unauthenticated)):
        said = set()
        for team_id in (team.id, uuid4()):
            with pytest.raises(kind) as refused:
                await teams.get(context, actor, team_id)
            said.add(str(refused.value))
        assert len(said) == 1
    assert (await teams.list_teams(context, grace, limit=10, cursor=None)).items == []


async def test_viewers_see_but_do_not_manage(context: Context, ada: Actor, grace: Actor) -> None:
    team = await teams.create(context, ada, name="Acme")
    await join(context, ada, team.id, grace, Role.VIEWER)
    assert (await teams.get(context, grace, team.id)).role == Role.VIEWER
    for attempt in (
        teams.update(context, grace, team.id, name="Mine", slug=None),
        teams.delete(context, grace, team.id),
        teams.change_role(context, grace, team.id, grace.user_id or uuid4(), Role.ADMIN),
        teams.remove_member(context, grace, team.id, ada.user_id or uuid4()),
        teams.add_member(context, grace, team.id, role=Role.ADMIN, email="x@example.org"),
    ):
        with pytest.raises(Forbidden):
            await attempt


async def test_lists_page_without_repeating(context: Context, ada: Actor, clock: Clock) -> None:
    made = [await teams.create(context, ada, name=f"Team {n}") for n in range(5)]
    seen, cursor = [], None
    while True:
        found = await teams.list_teams(context, ada, limit=2, cursor=cursor)
        seen += [team.id for team in found.items]
        cursor = found.next_cursor
        if cursor is None:
            break
    assert seen == [team.id for team in made]
    for other in ("Bea", "Cleo", "Dora"):
        clock.advance(seconds=1)
        await join(context, ada, made[0].id, await person(context, other), Role.EDITOR)
    first = await teams.list_members(context, ada, made[0].id, limit=3, cursor=None)
    rest = await teams.list_members(context, ada, made[0].id, limit=3, cursor=first.next_cursor)
    assert [member.user.name for member in [*first.items, *rest.items]] == ["Ada", "Bea", "Cleo", "Dora"]
    assert rest.next_cursor is None
    for bad in ("nonsense", "WyIyMDI2LTAxLTAxIiwieCJd", first.next_cursor):
        with pytest.raises(InvalidCursor):
            await teams.list_teams(context, ada, limit=2, cursor=bad)


async def test_members_are_added_once_and_must_exist(context: Context, ada: Actor, grace: Actor) -> None:
    team = await teams.create(context, ada, name="Acme")
    added = await teams.add_member(context, ada, team.id, role=Role.EDITOR, email="GRACE@example.org")
    assert (added.user.id, added.role) == (grace.user_id, Role.EDITOR)
    with pytest.raises(Conflict):
        await join(context, ada, team.id, grace, Role.ADMIN)
    for who in ({"email": "nobody@example.org"}, {"user_id": uuid4()}, {}, {"email": "a@b.org", "user_id": uuid4()}):
        with pytest.raises(InvalidInput):
            await teams.add_member(context, ada, team.id, role=Role.EDITOR, **who)


async def test_the_last_admin_stays(context: Context, ada: Actor, grace: Actor) -> None:
    team = await teams.create(context, ada, name="Acme")
    await join(context, ada, team.id, grace, Role.EDITOR)
    assert ada.user_id and grace.user_id
    with pytest.raises(Conflict):
        await teams.change_role(context, ada, team.id, ada.user_id, Role.EDITOR)
    with pytest.raises(Conflict):
        await teams.remove_member(context, ada, team.id, ada.user_id)
    await teams.change_role(context, ada, team.id, grace.user_id, Role.ADMIN)
    await teams.remove_member(context, ada, team.id, ada.user_id)
    with pytest.raises(NotFound):
        await teams.get(context, ada, team.id)


async def test_two_admins_who_leave_at_once_do_not_orphan_the_team(context: Context, ada: Actor, grace: Actor) -> None:
    for _ in range(5):
        team = await teams.create(context, ada, name="Acme")
        await join(context, ada, team.id, grace, Role.ADMIN)
        assert ada.user_id and grace.user_id
        outcomes = await asyncio.gather(
            teams.remove_member(context, ada, team.id, ada.user_id),
            teams.change_role(context, grace, team.id, grace.user_id, Role.VIEWER),
            return_exceptions=True,
        )
        assert sum(isinstance(outcome, ServiceError) for outcome in outcomes) == 1


async def test_anybody_may_leave(context: Context, ada: Actor, grace: Actor) -> None:
    team = await teams.create(context, ada, name="Acme")
    await join(context, ada, team.id, grace, Role.VIEWER)
    await teams.remove_member(context, grace, team.id, grace.user_id or uuid4())
    with pytest.raises(NotFound):
        await teams.get(context, grace, team.id)


async def test_a_team_with_design_systems_is_not_deleted(context: Context, ada: Actor) -> None:
    team = await teams.create(context, ada, name="Acme")
    empty = await teams.create(context, ada, name="Empty")
    async with context.engine.begin() as db:
        await db.execute(insert(DesignSystem).values(team_id=team.id, name="UI", slug="ui"))
    with pytest.raises(Conflict):
        await teams.delete(context, ada, team.id)
    await teams.delete(context, ada, empty.id)
    assert [found.id for found in (await teams.list_teams(context, ada, limit=9, cursor=None)).items] == [team.id]
