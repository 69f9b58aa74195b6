"""Keys: shown once, never more than their owner, gone when revoked."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, text

from index.tables import DesignSystem
from services import api_keys, teams
from services.context import Context
from services.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from services.policy import ANONYMOUS, Actor, Role, Scope
from tests.services.conftest import Clock, person


@pytest.fixture
async def ada(context: Context) -> Actor:
    return await person(context, "Ada")


async def make(context: Context, actor: Actor, *scopes: Scope, **more: object) -> tuple[UUID, str]:
    record, key = await api_keys.create(context, actor, name="CI", scopes=scopes, **more)  # type: ignore[arg-type]
    return record.id, key


async def test_a_key_says_who_owns_it_and_is_stored_only_hashed(context: Context, ada: Actor) -> None:
    record, key = await api_keys.create(context, ada, name="CI", scopes=[Scope.WRITE, Scope.READ])
    actor = await api_keys.authenticate(context, key)
    assert (actor.user_id, actor.name, actor.email) == (ada.user_id, "Ada", "ada@example.org")
    assert (actor.scopes, actor.key_id) == (frozenset({Scope.READ, Scope.WRITE}), record.id)
    assert record.scopes == ["read", "write"]
    assert key.startswith(record.prefix) and key.startswith("xds_")
    async with context.engine.connect() as db:
        rows = (await db.execute(text("SELECT api_keys::text FROM api_keys"))).scalars().all()
    assert not any(key in row for row in rows)


async def test_unknown_revoked_and_expired_keys_are_nobody(context: Context, ada: Actor, clock: Clock) -> None:
    revoked_id, revoked = await make(context, ada, Scope.READ)
    _, expiring = await make(context, ada, Scope.READ, expires_at=clock() + timedelta(hours=1))
    await api_keys.authenticate(context, expiring)
    await api_keys.revoke(context, ada, revoked_id)
    clock.advance(hours=1)
    for key in (revoked, expiring, "xds_unknown", "xds_\udcff", ""):
        with pytest.raises(Unauthenticated):
            await api_keys.authenticate(context, key)


async def test_use_is_recorded_but_not_on_every_call(context: Context, ada: Actor, clock: Clock) -> None:
    _, key = await make(context, ada, Scope.READ)

    async def last_used() -> object:
        return (await api_keys.list_keys(context, ada, limit=9, cursor=None)).items[0].last_used_at

    assert await last_used() is None
    await api_keys.authenticate(context, key)
    first = await last_used()
    assert first == clock()
    clock.advance(seconds=30)
    await api_keys.authenticate(context, key)
    assert await last_used() == first
    clock.advance(seconds=31)
    await api_keys.authenticate(context, key)
    assert await last_used() == clock()


async def test_a_key_is_never_more_than_its_owner_is_now(context: Context, ada: Actor) -> None:
    grace = await person(context, "Grace")
    team = await teams.create(context, ada, name="Acme")
    await teams.add_member(context, ada, team.id, role=Role.ADMIN, user_id=grace.user_id)
    _, key = await make(context, grace, Scope.ADMIN, team_id=team.id)
    await teams.update(context, await api_keys.authenticate(context, key), team.id, name="Acme 2", slug=None)
    assert grace.user_id
    await teams.change_role(context, ada, team.id, grace.user_id, Role.VIEWER)
    with pytest.raises(Forbidden):
        await teams.update(context, await api_keys.authenticate(context, key), team.id, name="Acme 3", slug=None)
    await teams.remove_member(context, ada, team.id, grace.user_id)
    with pytest.raises(Unauthenticated):
        await api_keys.authenticate(context, key)


async def test_a_bound_key_sees_its_own_team_only(context: Context, ada: Actor) -> None:
    mine, other = [await teams.create(context, ada, name=name) for name in ("Mine", "Other")]
    _, key = await make(context, ada, Scope.ADMIN, team_id=mine.id)
    bound = await api_keys.authenticate(context, key)
    assert [team.id for team in (await teams.list_teams(context, bound, limit=9, cursor=None)).items] == [mine.id]
    with pytest.raises(NotFound):
        await teams.get(context, bound, other.id)
    with pytest.raises(Forbidden):
        await make(context, bound, Scope.ADMIN)


async def test_a_key_bound_to_a_system_belongs_to_its_team(context: Context, ada: Actor) -> None:
    team = await teams.create(context, ada, name="Acme")
    other = await teams.create(context, ada, name="Other")
    async with context.engine.begin() as db:
        query = insert(DesignSystem).values(team_id=team.id, name="UI", slug="ui").returning(DesignSystem.id)
        system_id = (await db.execute(query)).scalar_one()
    record, key = await api_keys.create(context, ada, name="CI", scopes=[Scope.READ], design_system_id=system_id)
    assert record.team_id == team.id
    bound = await api_keys.authenticate(context, key)
    assert bound.key_system_id == system_id
    assert (await teams.list_teams(context, bound, limit=9, cursor=None)).items == []
    with pytest.raises(InvalidInput):
        await make(context, ada, Scope.READ, team_id=other.id, design_system_id=system_id)
    eve = await person(context, "Eve")
    for unknown in (system_id, uuid4()):
        with pytest.raises(NotFound):
            await make(context, eve, Scope.READ, design_system_id=unknown)


async def test_keys_make_keys_only_within_their_own_limits(context: Context, ada: Actor, clock: Clock) -> None:
    _, reader = await make(context, ada, Scope.READ)
    with pytest.raises(Forbidden):
        await make(context, await api_keys.authenticate(context, reader), Scope.READ)
    soon = clock() + timedelta(hours=1)
    _, key = await make(context, ada, Scope.ADMIN, expires_at=soon)
    admin = await api_keys.authenticate(context, key)
    with pytest.raises(InvalidInput):
        await make(context, admin, Scope.ADMIN)
    await make(context, admin, Scope.ADMIN, expires_at=soon)
    with pytest.raises(InvalidInput):
        await make(context, ada, Scope.READ, expires_at=clock() - timedelta(seconds=1))
    with pytest.raises(InvalidInput):
        await make(context, ada)
    with pytest.raises(Unauthenticated):
        await make(context, ANONYMOUS, Scope.READ)


async def test_a_key_ends_with_the_one_that_it_was_made_with(context: Context, ada: Actor) -> None:
    other, _ = await api_keys.create(context, ada, name="other", scopes=[Scope.ADMIN])
    parent, secret = await api_keys.create(context, ada, name="leaked", scopes=[Scope.ADMIN])
    secrets = []
    for name in ("child", "grandchild"):
        maker = await api_keys.authenticate(context, secret)
        _, secret = await api_keys.create(context, maker, name=name, scopes=[Scope.ADMIN])
        secrets.append(secret)
    await api_keys.revoke(context, ada, parent.id)
    for each in secrets:
        with pytest.raises(Unauthenticated):
            await api_keys.authenticate(context, each)
    assert [key.id for key in (await api_keys.list_keys(context, ada, limit=9, cursor=None)).items] == [other.id]


async def test_a_key_that_is_being_revoked_leaves_no_child_behind(context: Context, ada: Actor) -> None:
    for _ in range(5):
        parent, secret = await api_keys.create(context, ada, name="leaked", scopes=[Scope.ADMIN])
        maker = await api_keys.authenticate(context, secret)
        made, _ = await asyncio.gather(
            api_keys.create(context, maker, name="child", scopes=[Scope.ADMIN]),
            api_keys.revoke(context, ada, parent.id),
            return_exceptions=True,
        )
        if isinstance(made, tuple):
            with pytest.raises(Unauthenticated):
                await api_keys.authenticate(context, made[1])
        else:
            assert isinstance(made, Unauthenticated)


async def test_who_may_see_and_end_a_key(context: Context, ada: Actor) -> None:
    grace, eve = await person(context, "Grace"), await person(context, "Eve")
    team = await teams.create(context, ada, name="Acme")
    await teams.add_member(context, ada, team.id, role=Role.EDITOR, user_id=grace.user_id)
    personal, _ = await make(context, grace, Scope.READ)
    bound, _ = await make(context, grace, Scope.READ, team_id=team.id)
    reader_id, reader = await make(context, grace, Scope.READ)
    listed = await api_keys.list_keys(context, ada, team_id=team.id, limit=9, cursor=None)
    assert [key.id for key in listed.items] == [bound]
    with pytest.raises(Forbidden):
        await api_keys.list_keys(context, grace, team_id=team.id, limit=9, cursor=None)
    for actor, key_id in ((eve, personal), (eve, bound), (ada, personal), (ada, uuid4())):
        with pytest.raises(NotFound):
            await api_keys.revoke(context, actor, key_id)
    with pytest.raises(NotFound):
        await api_keys.revoke(context, await api_keys.authenticate(context, reader), personal)
    await api_keys.revoke(context, await api_keys.authenticate(context, reader), reader_id)
    await api_keys.revoke(context, ada, bound)
    await api_keys.revoke(context, grace, personal)
    assert (await api_keys.list_keys(context, grace, limit=9, cursor=None)).items == []
