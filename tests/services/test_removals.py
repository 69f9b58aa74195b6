"""Who leaves a team keeps nothing that was held by it."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from sqlalchemy import text

from services import api_keys, audit_reading, grants, systems, teams
from services.context import Context
from services.errors import NotFound, ServiceError, Unauthenticated
from services.policy import Actor, Role, Scope
from services.systems import NewSystem
from tests.services.conftest import person
from tests.services.contents import World, make_world
from tests.services.revoked import announced

ALL: dict[str, Any] = {"limit": 99, "cursor": None}


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    return await make_world(context)


@pytest_asyncio.fixture
async def grace(world: World) -> Actor:
    """An editor of the team."""
    found = await person(world.context, "Grace")
    await teams.add_member(world.context, world.ada, world.team_id, role=Role.EDITOR, user_id=found.user_id)
    return found


async def key(context: Context, owner: Actor, **bounds: Any) -> tuple[UUID, str]:
    record, secret = await api_keys.create(context, owner, name="k", scopes=[Scope.ADMIN], **bounds)
    return record.id, secret


async def lives(context: Context, secret: str) -> bool:
    try:
        await api_keys.authenticate(context, secret)
    except Unauthenticated:
        return False
    return True


@pytest.mark.parametrize("leaving", [False, True], ids=["removed", "left"])
async def test_everything_held_in_the_team_goes_at_once(world: World, grace: Actor, leaving: bool) -> None:
    context, own = world.context, await teams.create(world.context, grace, name="Own")
    elsewhere = await systems.create_system(context, grace, NewSystem(team_id=own.id, name="Elsewhere"))
    bound = [(await key(context, grace, **bounds))[1] for bounds in bounds_of(world)]
    unbound_id, unbound = await key(context, grace)
    kept = [unbound, (await key(context, grace, team_id=own.id))[1]]
    kept.append((await key(context, grace, design_system_id=elsewhere.id))[1])
    kept.append((await key(context, world.ada, team_id=world.team_id))[1])
    for holder in ({"user_id": grace.user_id}, {"key_id": unbound_id}):
        await grants.give(context, world.ada, world.id, role=Role.ADMIN, **holder)
    ada_there = await grants.give(context, grace, elsewhere.id, role=Role.VIEWER, user_id=world.ada.user_id)
    assert grace.user_id
    async with announced(context) as heard:
        await teams.remove_member(context, grace if leaving else world.ada, world.team_id, grace.user_id)
        revocation = await heard()
    assert (revocation.user_id, revocation.team_id) == (grace.user_id, world.team_id)
    assert [await lives(context, secret) for secret in bound] == [False, False]
    assert [await lives(context, secret) for secret in kept] == [True] * 4
    for who in (grace, await api_keys.authenticate(context, unbound)):
        with pytest.raises(NotFound):
            await systems.get_system(context, who, world.id)
    assert (await grants.list_grants(context, world.ada, world.id, **ALL)).items == []
    assert [each.id for each in (await grants.list_grants(context, grace, elsewhere.id, **ALL)).items] == [ada_there.id]
    await audited(world, grace if leaving else world.ada)


def bounds_of(world: World) -> list[dict[str, UUID]]:
    return [{"team_id": world.team_id}, {"design_system_id": world.id}]


async def audited(world: World, by: Actor) -> None:
    rows = (await audit_reading.team_acts(world.context, world.ada, world.team_id, action=None, **ALL)).items
    told = sorted(row.action for row in rows if row.details.get("reason") == "member-removed")
    assert told == ["api-key.revoked", "api-key.revoked", "grant.revoked", "grant.revoked"]
    (removed,) = [row for row in rows if row.action == "member.removed"]
    assert removed.user_id == by.user_id


async def test_a_refused_removal_takes_nothing(world: World) -> None:
    _, secret = await key(world.context, world.ada, team_id=world.team_id)
    with pytest.raises(ServiceError):
        await teams.remove_member(world.context, world.ada, world.team_id, world.ada.user_id or uuid4())
    assert await lives(world.context, secret)


async def test_coming_back_brings_nothing_back(world: World, grace: Actor) -> None:
    context = world.context
    _, secret = await key(context, grace, team_id=world.team_id)
    await grants.give(context, world.ada, world.id, role=Role.ADMIN, user_id=grace.user_id)
    await teams.remove_member(context, world.ada, world.team_id, grace.user_id or uuid4())
    await teams.add_member(context, world.ada, world.team_id, role=Role.VIEWER, user_id=grace.user_id)
    assert not await lives(context, secret)
    assert (await grants.list_grants(context, world.ada, world.id, **ALL)).items == []


async def test_a_key_that_is_just_being_bound_does_not_slip_through(world: World, grace: Actor) -> None:
    """Whichever of the two is first: afterwards no key of somebody outside is bound here."""
    context = world.context
    for bounds in bounds_of(world) * 3:
        await asyncio.gather(
            key(context, grace, **bounds),
            teams.remove_member(context, world.ada, world.team_id, grace.user_id or uuid4()),
            grants.give(context, world.ada, world.id, role=Role.VIEWER, user_id=world.ada.user_id),
            return_exceptions=True,
        )
        assert (await api_keys.list_keys(context, world.ada, team_id=world.team_id, **ALL)).items == []
        await teams.add_member(context, world.ada, world.team_id, role=Role.EDITOR, user_id=grace.user_id)


async def test_removing_and_revoking_the_same_key_at_once_block_nobody(world: World, grace: Actor) -> None:
    context = world.context
    for _ in range(5):
        key_id, secret = await key(context, grace, design_system_id=world.id)
        await grants.give(context, world.ada, world.id, role=Role.VIEWER, key_id=key_id)
        removed, revoked = await asyncio.gather(
            teams.remove_member(context, world.ada, world.team_id, grace.user_id or uuid4()),
            api_keys.revoke(context, grace, key_id),
            return_exceptions=True,
        )
        assert removed is None and (revoked is None or isinstance(revoked, NotFound))
        assert not await lives(context, secret)
        rows = (await audit_reading.team_acts(context, world.ada, world.team_id, action=None, **ALL)).items
        assert sum(row.subject_id == key_id and row.action == "api-key.revoked" for row in rows) == 1
        await teams.add_member(context, world.ada, world.team_id, role=Role.EDITOR, user_id=grace.user_id)


async def test_of_two_who_revoke_a_key_one_did(world: World) -> None:
    key_id, _ = await key(world.context, world.ada)
    done = await asyncio.gather(
        *(api_keys.revoke(world.context, world.ada, key_id) for _ in range(4)), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in done) == ["NoneType", "NotFound", "NotFound", "NotFound"]


async def test_what_runs_is_told_of_lowered_roles_ended_keys_and_deleted_teams(world: World, grace: Actor) -> None:
    context = world.context
    assert grace.user_id
    async with announced(context) as heard:
        await teams.change_role(context, world.ada, world.team_id, grace.user_id, Role.VIEWER)
        assert (await heard()).user_id == grace.user_id
        key_id, _ = await key(context, grace)
        await api_keys.revoke(context, grace, key_id)
        assert (await heard()).key_id == key_id
        team = await teams.create(context, grace, name="Short-lived")
        await teams.delete(context, grace, team.id)
        assert (await heard()).team_id == team.id


async def test_a_deleted_team_takes_its_keys_and_invitations_and_leaves_its_history(context: Context) -> None:
    ada = await person(context, "Ada")
    team = await teams.create(context, ada, name="Acme")
    _, secret = await key(context, ada, team_id=team.id)
    await teams.delete(context, ada, team.id)
    assert not await lives(context, secret)
    async with context.engine.connect() as db:
        rows = (await db.execute(text("SELECT action FROM audit_log WHERE team_id = :id"), {"id": team.id})).scalars()
        assert set(rows) == {"team.created", "api-key.created", "team.deleted"}


async def test_a_deleted_system_takes_its_grants_and_bound_keys(world: World) -> None:
    context, eve = world.context, await person(world.context, "Eve")
    await grants.give(context, world.ada, world.id, role=Role.ADMIN, user_id=eve.user_id)
    _, secret = await key(context, eve, design_system_id=world.id)
    await systems.delete_system(context, world.ada, world.id)
    assert not await lives(context, secret)
    async with context.engine.connect() as db:
        assert (await db.execute(text("SELECT count(*) FROM grants"))).scalar_one() == 0
