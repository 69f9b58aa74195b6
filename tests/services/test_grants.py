"""A grant gives a role on one design system, and nothing beside it."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from index.grants import GrantRecord
from index.keys import KeyRecord
from services import api_keys, audit_reading, grants, systems, teams
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidInput, NotFound, ServiceError, Unauthenticated
from services.policy import ANONYMOUS, SYSTEM, Actor, Role, Scope
from services.systems import SystemChanges
from tests.services.conftest import person
from tests.services.contents import World, make_world
from tests.services.revoked import announced

ALL: dict[str, Any] = {"limit": 99, "cursor": None}


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    return await make_world(context)


@pytest_asyncio.fixture
async def eve(context: Context) -> Actor:
    """Somebody outside the team."""
    return await person(context, "Eve")


async def give(world: World, role: Role, **holder: Any) -> GrantRecord:
    return await grants.give(world.context, world.ada, world.id, role=role, **holder)


async def key_of(
    context: Context, owner: Actor, scope: Scope = Scope.WRITE, **bounds: Any
) -> tuple[KeyRecord, Actor, str]:
    record, secret = await api_keys.create(context, owner, name="k", scopes=[scope], **bounds)
    return record, await api_keys.authenticate(context, secret), secret


async def may(world: World, actor: Actor) -> str:
    """What somebody may do with the system: nothing, read, write or admin."""
    allowed = "nothing"
    for name, attempt in (
        ("read", lambda: systems.get_system(world.context, actor, world.id)),
        (
            "write",
            lambda: systems.update_system(world.context, actor, world.id, SystemChanges(description=str(uuid4()))),
        ),
        ("admin", lambda: grants.list_grants(world.context, actor, world.id, **ALL)),
    ):
        try:
            await attempt()
        except (Forbidden, NotFound, Unauthenticated):
            return allowed
        allowed = name
    return allowed


async def visible(context: Context, actor: Actor) -> list[UUID]:
    found = await systems.list_systems(context, actor, team_id=None, q=None, **ALL)
    return [system.id for system in found.items]


async def test_a_guest_has_the_role_on_that_system_and_nowhere_else(world: World, eve: Actor) -> None:
    context = world.context
    other = await systems.create_system(context, world.ada, systems.NewSystem(team_id=world.team_id, name="Other"))
    assert await may(world, eve) == "nothing"
    grant = await give(world, Role.VIEWER, email="EVE@example.org")
    assert (grant.user.id, grant.key, grant.role, grant.effective_role) == (eve.user_id, None, "viewer", "viewer")
    assert await may(world, eve) == "read"
    for role, able in ((Role.EDITOR, "write"), (Role.ADMIN, "admin"), (Role.VIEWER, "read")):
        await grants.change(context, world.ada, world.id, grant.id, role)
        assert await may(world, eve) == able
    assert await visible(context, eve) == [world.id]
    with pytest.raises(NotFound):
        await systems.get_system(context, eve, other.id)
    with pytest.raises(NotFound):
        await teams.get(context, eve, world.team_id)
    assert (await teams.list_teams(context, eve, **ALL)).items == []
    await grants.revoke(context, world.ada, world.id, grant.id)
    assert await may(world, eve) == "nothing"
    assert await visible(context, eve) == []


async def test_the_strongest_role_counts(world: World, eve: Actor) -> None:
    await teams.add_member(world.context, world.ada, world.team_id, role=Role.EDITOR, user_id=eve.user_id)
    weaker = await give(world, Role.VIEWER, user_id=eve.user_id)
    assert (weaker.role, weaker.effective_role) == ("viewer", "editor")
    assert await may(world, eve) == "write"
    stronger = await grants.change(world.context, world.ada, world.id, weaker.id, Role.ADMIN)
    assert (stronger.role, stronger.effective_role) == ("admin", "admin")
    assert await may(world, eve) == "admin"
    await grants.revoke(world.context, world.ada, world.id, weaker.id)
    assert await may(world, eve) == "write"


async def test_a_key_may_be_given_more_than_its_owner_but_not_more_than_its_scopes(world: World, eve: Actor) -> None:
    writer, key, _ = await key_of(world.context, eve)
    grant = await give(world, Role.ADMIN, key_id=writer.id)
    assert (grant.user.id, grant.key and grant.key.id) == (eve.user_id, writer.id)
    assert await may(world, key) == "write"
    assert await may(world, eve) == "nothing"
    assert await visible(world.context, key) == [world.id]
    await api_keys.revoke(world.context, eve, writer.id)
    assert (await grants.list_grants(world.context, world.ada, world.id, **ALL)).items == []
    assert await may(world, key) == "nothing"


async def test_a_keys_effective_role_includes_its_owners(world: World, eve: Actor) -> None:
    record, _, _ = await key_of(world.context, eve)
    of_key = await give(world, Role.VIEWER, key_id=record.id)
    await give(world, Role.EDITOR, user_id=eve.user_id)
    listed = (await grants.list_grants(world.context, world.ada, world.id, **ALL)).items
    assert {grant.id: grant.effective_role for grant in listed}[of_key.id] == "editor"
    await teams.add_member(world.context, world.ada, world.team_id, role=Role.ADMIN, user_id=eve.user_id)
    listed = (await grants.list_grants(world.context, world.ada, world.id, **ALL)).items
    assert {grant.effective_role for grant in listed} == {"admin"}


async def test_holders_are_named_once_and_must_exist(world: World, eve: Actor) -> None:
    context = world.context
    far = await teams.create(context, eve, name="Far")
    bound, _, _ = await key_of(context, eve, team_id=far.id)
    ended, _, _ = await key_of(context, eve)
    await api_keys.revoke(context, eve, ended.id)
    holders: list[dict[str, Any]] = [
        {},
        {"email": "eve@example.org", "user_id": eve.user_id},
        {"user_id": eve.user_id, "key_id": bound.id},
        {"email": "nobody@example.org"},
        {"email": "no address"},
        {"user_id": uuid4()},
        {"key_id": uuid4()},
        {"key_id": ended.id},
        {"key_id": bound.id},  # works in another team only, so that the grant would be idle
    ]
    for holder in holders:
        with pytest.raises(InvalidInput):
            await give(world, Role.VIEWER, **holder)
    await give(world, Role.VIEWER, user_id=eve.user_id)
    with pytest.raises(Conflict):
        await give(world, Role.ADMIN, email="eve@example.org")


async def test_of_two_grants_at_once_one_stands(world: World, eve: Actor) -> None:
    done = await asyncio.gather(*(give(world, role, user_id=eve.user_id) for role in Role), return_exceptions=True)
    assert sum(isinstance(outcome, Conflict) for outcome in done) == 2
    assert len((await grants.list_grants(world.context, world.ada, world.id, **ALL)).items) == 1


async def test_only_admins_give_see_and_end_grants(world: World, eve: Actor) -> None:
    context = world.context
    grant = await give(world, Role.EDITOR, user_id=eve.user_id)
    stranger = await person(context, "Mallory")
    for actor, kind in ((eve, Forbidden), (stranger, NotFound), (ANONYMOUS, Unauthenticated)):
        for attempt in (
            grants.list_grants(context, actor, world.id, **ALL),
            grants.give(context, actor, world.id, role=Role.ADMIN, user_id=actor.user_id or uuid4()),
            grants.change(context, actor, world.id, grant.id, Role.ADMIN),
            grants.revoke(context, actor, world.id, grant.id),
        ):
            with pytest.raises(kind):
                await attempt
    other = await make_system(world)
    for missing in (
        grants.change(context, world.ada, other, grant.id, Role.ADMIN),
        grants.revoke(context, world.ada, other, grant.id),
        grants.revoke(context, world.ada, uuid4(), grant.id),
    ):
        with pytest.raises(NotFound):
            await missing
    root = await person(context, "Root", actor=SYSTEM, is_admin=True)
    await grants.revoke(context, root, world.id, grant.id)


async def make_system(world: World) -> UUID:
    made = await systems.create_system(
        world.context, world.ada, systems.NewSystem(team_id=world.team_id, name="Second")
    )
    return made.id


async def test_an_admin_who_loses_the_role_in_the_queue_gives_nothing(world: World, eve: Actor) -> None:
    context = world.context
    grace = await person(context, "Grace")
    await teams.add_member(context, world.ada, world.team_id, role=Role.ADMIN, user_id=grace.user_id)
    for _ in range(3):
        await teams.change_role(context, world.ada, world.team_id, grace.user_id or uuid4(), Role.ADMIN)
        demoted, given = await asyncio.gather(
            teams.change_role(context, world.ada, world.team_id, grace.user_id or uuid4(), Role.VIEWER),
            grants.give(context, grace, world.id, role=Role.ADMIN, user_id=eve.user_id),
            return_exceptions=True,
        )
        assert not isinstance(demoted, BaseException)
        listed = (await grants.list_grants(context, world.ada, world.id, **ALL)).items
        assert len(listed) == isinstance(given, GrantRecord)
        assert isinstance(given, GrantRecord | ServiceError)
        for grant in listed:
            await grants.revoke(context, world.ada, world.id, grant.id)


async def test_a_guest_binds_keys_to_the_system_and_loses_them_with_the_grant(world: World, eve: Actor) -> None:
    context = world.context
    with pytest.raises(NotFound):
        await key_of(context, eve, design_system_id=world.id)
    grant = await give(world, Role.EDITOR, user_id=eve.user_id)
    with pytest.raises(NotFound):
        await key_of(context, eve, team_id=world.team_id)
    record, key, secret = await key_of(context, eve, design_system_id=world.id)
    personal, _, kept = await key_of(context, eve)
    assert await may(world, key) == "write"
    assert (await teams.list_teams(context, key, **ALL)).items == []
    listed = await api_keys.list_keys(context, world.ada, team_id=world.team_id, **ALL)
    assert [(each.id, each.user_id) for each in listed.items] == [(record.id, eve.user_id)]
    await grants.revoke(context, world.ada, world.id, grant.id)
    with pytest.raises(Unauthenticated):
        await api_keys.authenticate(context, secret)
    assert (await api_keys.authenticate(context, kept)).key_id == personal.id


async def test_a_bound_key_with_a_grant_of_its_own_outlives_its_owners(world: World, eve: Actor) -> None:
    context = world.context
    grant = await give(world, Role.EDITOR, user_id=eve.user_id)
    record, _, secret = await key_of(context, eve, design_system_id=world.id)
    await give(world, Role.VIEWER, key_id=record.id)
    await grants.revoke(context, world.ada, world.id, grant.id)
    assert await may(world, await api_keys.authenticate(context, secret)) == "read"


async def test_a_member_keeps_keys_when_a_grant_ends(world: World, eve: Actor) -> None:
    context = world.context
    await teams.add_member(context, world.ada, world.team_id, role=Role.VIEWER, user_id=eve.user_id)
    grant = await give(world, Role.EDITOR, user_id=eve.user_id)
    _, _, secret = await key_of(context, eve, design_system_id=world.id)
    await grants.revoke(context, world.ada, world.id, grant.id)
    assert await may(world, await api_keys.authenticate(context, secret)) == "read"


async def test_to_read_a_public_system_is_not_enough_to_bind_a_key(world: World, eve: Actor) -> None:
    await systems.update_system(world.context, world.ada, world.id, SystemChanges(visibility="public"))
    with pytest.raises(Forbidden):
        await key_of(world.context, eve, design_system_id=world.id)
    await give(world, Role.VIEWER, user_id=eve.user_id)
    await key_of(world.context, eve, design_system_id=world.id)


async def test_a_grant_to_a_key_binds_no_other_key(world: World, eve: Actor) -> None:
    """A new key works as its owner does, who has no role: it would lie in the team's list until that changes."""
    record, granted, _ = await key_of(world.context, eve, Scope.ADMIN)
    await give(world, Role.ADMIN, key_id=record.id)
    assert await may(world, granted) == "admin"
    with pytest.raises(Forbidden):
        await key_of(world.context, granted, design_system_id=world.id)
    await give(world, Role.VIEWER, user_id=eve.user_id)
    bound, _, _ = await key_of(world.context, granted, design_system_id=world.id)
    assert bound.design_system_id == world.id


async def test_team_admins_end_a_guests_key(world: World, eve: Actor) -> None:
    await give(world, Role.EDITOR, user_id=eve.user_id)
    record, _, secret = await key_of(world.context, eve, design_system_id=world.id)
    await api_keys.revoke(world.context, world.ada, record.id)
    with pytest.raises(Unauthenticated):
        await api_keys.authenticate(world.context, secret)


async def test_a_grant_to_a_key_that_is_being_revoked_does_not_outlive_it(world: World, eve: Actor) -> None:
    context = world.context
    for _ in range(5):
        record, _, _ = await key_of(context, eve)
        await asyncio.gather(
            give(world, Role.ADMIN, key_id=record.id),
            api_keys.revoke(context, eve, record.id),
            return_exceptions=True,
        )
        assert (await grants.list_grants(context, world.ada, world.id, **ALL)).items == []


async def test_what_runs_is_told_when_a_role_goes(world: World, eve: Actor) -> None:
    context = world.context
    grant = await give(world, Role.EDITOR, user_id=eve.user_id)
    record, _, _ = await key_of(context, eve)
    of_key = await give(world, Role.EDITOR, key_id=record.id)
    async with announced(context) as heard:
        await grants.change(context, world.ada, world.id, grant.id, Role.VIEWER)
        assert (await heard()).user_id == eve.user_id
        await grants.revoke(context, world.ada, world.id, grant.id)
        assert (await heard()).system_id == world.id
        await grants.revoke(context, world.ada, world.id, of_key.id)
        assert (await heard()).key_id == record.id


async def test_grants_are_listed_in_pages_and_written_down(world: World, eve: Actor) -> None:
    context = world.context
    people = [eve, *[await person(context, name) for name in ("Bea", "Cleo")]]
    given = [(await give(world, Role.VIEWER, user_id=who.user_id)).id for who in people]
    first = await grants.list_grants(context, world.ada, world.id, limit=2, cursor=None)
    rest = await grants.list_grants(context, world.ada, world.id, limit=2, cursor=first.next_cursor)
    assert sorted(grant.id for grant in [*first.items, *rest.items]) == sorted(given)
    assert rest.next_cursor is None
    await grants.change(context, world.ada, world.id, given[0], Role.ADMIN)
    await grants.change(context, world.ada, world.id, given[0], Role.ADMIN)
    await grants.revoke(context, world.ada, world.id, given[0])
    rows = (await audit_reading.team_acts(context, world.ada, world.team_id, action=None, **ALL)).items
    told = [(row.action, row.details.get("role")) for row in rows if row.action.startswith("grant")]
    assert told == [("grant.revoked", "admin"), ("grant.given", "admin"), *[("grant.given", "viewer")] * 3]
