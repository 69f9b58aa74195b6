"""Guards: an erased account leaves nothing that says who it was, costs no team its admin, and is erased once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from index import audit as audit_log
from index import erasure as erasing
from index import teams as team_index
from index import users
from index.tables import Base
from services import accounts, api_keys, erasure, invitations, personal_data, sign_ins, teams
from services.backoff import PAIR, Backoff
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidInput, NotFound, RateLimited, ServiceError, Unauthenticated
from services.policy import ANONYMOUS, SYSTEM, Actor, Role, Scope
from services.revocations import CHANNEL
from tests.services.belongings import ADDRESS, AGENT, fill
from tests.services.conftest import PASSWORD, Clock, person


async def dump(context: Context) -> str:
    """Everything that the database says, in lower case."""
    async with context.engine.connect() as db:
        rows = [
            str(row[0])
            for table in Base.metadata.tables
            for row in await db.execute(text(f"SELECT '{table} ' || row_to_json(t)::text FROM {table} AS t"))
        ]
    return "\n".join(rows).lower()


async def references(context: Context, user_id: UUID) -> set[str]:
    """The columns in which the account is still named."""
    found = set()
    async with context.engine.connect() as db:
        for table in Base.metadata.tables.values():
            for key in table.foreign_keys:
                if key.column.table.name != "users":
                    continue
                query = f"SELECT count(*) FROM {table.name} WHERE {key.parent.name} = :user"
                if await db.scalar(text(query), {"user": user_id}):
                    found.add(f"{table.name}.{key.parent.name}")
    return found


def id_of(actor: Actor) -> UUID:
    assert actor.user_id is not None
    return actor.user_id


async def test_nothing_says_any_more_who_it_was(context: Context) -> None:
    ada, grace = await person(context, "Ada"), await person(context, "Grace")
    await fill(context, ada, grace)
    before = await dump(context)
    said = ("ada@example.org", '"ada"', ADDRESS, AGENT.lower(), "face.png", "subject-of-ada")
    assert [word for word in said if word not in before] == []
    await erasure.erase(context, ada, password=PASSWORD)
    after = await dump(context)
    assert [word for word in said if word in after] == [ADDRESS, AGENT.lower()], "and these are Grace's"
    async with context.engine.connect() as db:
        rows = (await audit_log.page(db, limit=100, cursor=None)).items
    assert {row.user_id for row in rows if row.address or row.agent} == {grace.user_id}
    assert "git@authors.example" in after, "authorship in git stays"
    assert "erased account" in after and '"nice"' in after


async def test_what_still_names_the_account_is_what_was_meant_to(context: Context) -> None:
    ada, grace = await person(context, "Ada"), await person(context, "Grace")
    await fill(context, ada, grace)
    async with context.engine.begin() as db:  # what she gave to others
        await db.execute(
            text(
                "INSERT INTO grants (design_system_id, user_id, role, granted_by) "
                "SELECT id, :grace, 'viewer', :ada FROM design_systems"
            ),
            {"ada": ada.user_id, "grace": grace.user_id},
        )
        await db.execute(
            text(
                "INSERT INTO invitations (team_id, email, role, token_hash, invited_by, accepted_by, accepted_at, "
                "expires_at) SELECT team_id, 'grace@example.org', 'viewer', 'x', :ada, :grace, now(), now() "
                "FROM design_systems"
            ),
            {"ada": ada.user_id, "grace": grace.user_id},
        )
    await erasure.erase(context, ada, password=PASSWORD)
    assert await references(context, id_of(ada)) == set(erasing.STAYS)


def test_every_column_that_stays_is_one() -> None:
    known = {f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns}
    assert set(erasing.STAYS) <= known


async def test_nothing_that_it_held_works_any_more(context: Context) -> None:
    ada = await person(context, "Ada")
    pair = await sign_ins.login(context, email="ada@example.org", password=PASSWORD)
    _, key = await api_keys.create(context, ada, name="CI", scopes=[Scope.READ])
    await erasure.erase(context, ada, password=PASSWORD)
    for attempt in (
        accounts.me(context, ada),
        sign_ins.refresh(context, pair.refresh_token),
        sign_ins.login(context, email="ada@example.org", password=PASSWORD),
        sign_ins.authenticate_password(context, "ada", PASSWORD),
        api_keys.authenticate(context, key),
        erasure.erase(context, ada, password=PASSWORD),
    ):
        with pytest.raises(Unauthenticated):
            await attempt


async def test_the_address_and_the_name_are_free_again_and_open_nothing_of_before(context: Context) -> None:
    ada, grace = await person(context, "Ada"), await person(context, "Grace")
    await fill(context, ada, grace)
    await erasure.erase(context, ada, password=PASSWORD)
    again = await person(context, "Ada")
    assert again.user_id != ada.user_id
    assert (await accounts.me(context, again)).teams == []
    _, document = await personal_data.export(context, again)
    found = json.loads(b"".join([piece async for piece in document]))
    assert [name for name in ("comments", "activity", "invitations", "audit_about") if found[name]] == []


async def test_it_takes_the_password(context: Context) -> None:
    ada = await person(context, "Ada")
    for wrong in (None, "", "wrong-horse-battery", "x" * 2000):
        with pytest.raises(InvalidInput):
            await erasure.erase(context, ada, password=wrong)
    assert (await accounts.me(context, ada)).user.name == "Ada"
    async with context.engine.connect() as db:
        (row, *_) = (await audit_log.page(db, action="account.erased", limit=10, cursor=None)).items
    assert (row.outcome, row.user_id) == ("refused", ada.user_id)
    for actor in (ANONYMOUS, SYSTEM):
        with pytest.raises(Unauthenticated):
            await erasure.erase(context, actor, password=PASSWORD)
    with pytest.raises(Forbidden):
        await erasure.erase(context, replace(ada, scopes=frozenset({Scope.PUBLISH})), password=PASSWORD)


async def test_guessing_waits_as_it_does_at_sign_in(context: Context, clock: Clock) -> None:
    ada = await person(context, "Ada")
    guarded = replace(context, backoff=Backoff(context.redis, key=b"of this test", clock=clock, enabled=True))
    for _ in range(PAIR.free + 1):
        with pytest.raises(InvalidInput):
            await erasure.erase(guarded, ada, password="wrong-horse-battery")
    with pytest.raises(RateLimited):
        await erasure.erase(guarded, ada, password=PASSWORD)
    clock.advance(minutes=1)
    await erasure.erase(guarded, ada, password=PASSWORD)


async def test_without_a_password_it_takes_a_fresh_sign_in(context: Context, clock: Clock) -> None:
    ada = await person(context, "Ada")
    async with context.engine.begin() as db:
        await users.change(db, id_of(ada), {"password_hash": None}, clock())
    record, _ = await api_keys.create(context, ada, name="CI", scopes=[Scope.ADMIN])
    by_key = Actor(user_id=ada.user_id, scopes=frozenset({Scope.ADMIN}), key_id=record.id)
    clock.advance(minutes=4)
    with pytest.raises(Forbidden):
        await erasure.erase(context, by_key, password=None)
    clock.advance(minutes=2)
    with pytest.raises(Forbidden):
        await erasure.erase(context, ada, password=None)
    clock.advance(minutes=-2)
    await erasure.erase(context, ada, password=None)
    with pytest.raises(Unauthenticated):
        await accounts.me(context, ada)


async def test_a_team_with_others_keeps_its_admin(context: Context) -> None:
    ada, grace = await person(context, "Ada"), await person(context, "Grace")
    team = await teams.create(context, ada, name="Acme Design", slug="acme")
    await teams.add_member(context, ada, team.id, role=Role.EDITOR, user_id=grace.user_id)
    with pytest.raises(Conflict, match=r"Acme Design \(acme\)"):
        await erasure.erase(context, ada, password=PASSWORD)
    assert (await accounts.me(context, ada)).user.name == "Ada"
    await erasure.erase(context, grace, password=PASSWORD)  # who is no admin may always go
    await erasure.erase(context, ada, password=PASSWORD)


async def test_a_team_with_systems_is_not_orphaned(context: Context) -> None:
    ada = await person(context, "Ada")
    team = await teams.create(context, ada, name="Acme")
    async with context.engine.begin() as db:
        await db.execute(
            text("INSERT INTO design_systems (team_id, name, slug) VALUES (:team, 'UI', 'ui')"), {"team": team.id}
        )
    with pytest.raises(Conflict, match="acme"):
        await erasure.erase(context, ada, password=PASSWORD)
    async with context.engine.begin() as db:
        await db.execute(text("DELETE FROM design_systems"))
    await erasure.erase(context, ada, password=PASSWORD)
    with pytest.raises(NotFound):
        await teams.get(context, SYSTEM, team.id)


async def test_those_who_stay_can_read_that_somebody_left(context: Context) -> None:
    ada, grace = await person(context, "Ada"), await person(context, "Grace")
    team = await teams.create(context, ada, name="Acme")
    await teams.add_member(context, ada, team.id, role=Role.ADMIN, user_id=grace.user_id)
    key, _ = await api_keys.create(context, ada, name="CI of the team", scopes=[Scope.READ], team_id=team.id)
    await erasure.erase(context, ada, password=PASSWORD)
    async with context.engine.connect() as db:
        ended, row, *_ = (await audit_log.page(db, team_id=team.id, limit=10, cursor=None)).items
    assert (ended.action, ended.subject_id) == ("api-key.revoked", key.id)
    assert (row.action, row.subject_id, row.details) == ("member.removed", ada.user_id, {"role": "admin"})
    assert row.user is not None and row.user.name == "Erased account"
    members = await teams.list_members(context, grace, team.id, limit=10, cursor=None)
    assert [member.user.id for member in members.items] == [grace.user_id]


async def test_the_last_administrator_of_the_service_stays(context: Context) -> None:
    root = await person(context, "Root", is_admin=True, actor=SYSTEM)
    with pytest.raises(Conflict, match="last administrator"):
        await erasure.erase(context, root, password=PASSWORD)
    second = await person(context, "Second", is_admin=True, actor=SYSTEM)
    outcomes = await asyncio.gather(
        erasure.erase(context, root, password=PASSWORD),
        erasure.erase(context, second, password=PASSWORD),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "NoneType"]
    async with context.engine.connect() as db:
        assert await users.first_admin(db) is not None


async def test_two_admins_of_a_team_who_go_at_once_do_not_both(context: Context) -> None:
    ada, grace, eve = [await person(context, name) for name in ("Ada", "Grace", "Eve")]
    team = await teams.create(context, ada, name="Acme")
    await teams.add_member(context, ada, team.id, role=Role.ADMIN, user_id=grace.user_id)
    await teams.add_member(context, ada, team.id, role=Role.VIEWER, user_id=eve.user_id)
    outcomes = await asyncio.gather(
        erasure.erase(context, ada, password=PASSWORD),
        erasure.erase(context, grace, password=PASSWORD),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "NoneType"]


async def test_of_two_at_once_both_find_it_done(context: Context) -> None:
    ada = await person(context, "Ada")
    async with context.engine.connect() as db, held(db, id_of(ada)):
        both = [asyncio.create_task(erasure.erase(context, ada, password=PASSWORD)) for _ in range(2)]
        await waiting(context, 2)
    assert await asyncio.gather(*both) == [None, None]
    async with context.engine.connect() as db:
        assert len((await audit_log.page(db, action="account.erased", limit=10, cursor=None)).items) == 1


async def test_a_password_changed_meanwhile_is_no_proof(context: Context, clock: Clock) -> None:
    ada = await person(context, "Ada")
    async with context.engine.connect() as db, held(db, id_of(ada)):
        attempt = asyncio.create_task(erasure.erase(context, ada, password=PASSWORD))
        await waiting(context, 1)
        hashed = await context.passwords.hash("another-horse-battery")
        await users.change(db, id_of(ada), {"password_hash": hashed}, clock())
        await db.commit()
    with pytest.raises(Conflict):
        await attempt
    assert (await accounts.me(context, ada)).user.name == "Ada"


async def test_who_is_taken_into_a_team_meanwhile_is_no_ghost_in_it(context: Context) -> None:
    """The new membership waits for the account and finds it gone, or the erasure finds it."""
    ada, grace = await person(context, "Ada"), await person(context, "Grace")
    team = await teams.create(context, grace, name="Acme")
    async with context.engine.connect() as db, held(db, id_of(ada)):
        gone = asyncio.create_task(erasure.erase(context, ada, password=PASSWORD))
        await waiting(context, 1)
        added = asyncio.create_task(teams.add_member(context, grace, team.id, role=Role.EDITOR, user_id=ada.user_id))
        await waiting(context, 2)
    outcomes = await asyncio.gather(gone, added, return_exceptions=True)
    members = await teams.list_members(context, grace, team.id, limit=10, cursor=None)
    names = [member.user.name for member in members.items]
    assert "Erased account" not in names, outcomes


async def test_a_team_that_came_just_before_is_left_too(context: Context) -> None:
    ada, grace = await person(context, "Ada"), await person(context, "Grace")
    team = await teams.create(context, grace, name="Acme")
    async with context.engine.connect() as db, held(db, id_of(ada)):
        gone = asyncio.create_task(erasure.erase(context, ada, password=PASSWORD))
        await waiting(context, 1)
        await team_index.add_member(db, team.id, id_of(ada), Role.VIEWER, context.clock())
        await db.commit()
    await gone
    members = await teams.list_members(context, grace, team.id, limit=10, cursor=None)
    assert [member.user.name for member in members.items] == ["Grace"]


async def test_accepting_an_invitation_and_erasing_oneself_at_once_ends_one_way_or_the_other(context: Context) -> None:
    """They lock in the same order: neither ends as a deadlock, and no team gets a ghost."""
    grace = await person(context, "Grace")
    for n in range(6):
        ada = await person(context, f"Ada{n}")
        team = await teams.create(context, grace, name=f"Acme {n}")
        async with context.engine.begin() as db:
            await users.change(db, id_of(ada), {"email_verified_at": context.clock()}, context.clock())
        invited = await invitations.invite(context, grace, team.id, email=ada.email, role=Role.EDITOR)
        erased, accepted = await asyncio.gather(
            erasure.erase(context, ada, password=PASSWORD),
            invitations.accept(context, ada, invitation_id=invited.invitation.id),
            return_exceptions=True,
        )
        members = await teams.list_members(context, grace, team.id, limit=10, cursor=None)
        assert [member.user.name for member in members.items] == ["Grace"], accepted
        assert erased is None
        assert not isinstance(accepted, Exception) or isinstance(accepted, ServiceError), accepted


async def test_a_death_in_the_middle_leaves_the_account_whole(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, grace = await person(context, "Ada"), await person(context, "Grace")
    await fill(context, ada, grace)
    before = await dump(context)

    async def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(erasing, "anonymise", dies)
        with pytest.raises(KeyboardInterrupt):
            await erasure.erase(context, ada, password=PASSWORD)
    assert await dump(context) == before


async def test_every_process_is_told(context: Context) -> None:
    ada = await person(context, "Ada")
    async with context.redis.pubsub() as listener:
        await listener.subscribe(CHANNEL)
        await erasure.erase(context, ada, password=PASSWORD)
        async with asyncio.timeout(5):
            async for message in listener.listen():
                if message["type"] == "message":
                    break
    assert json.loads(message["data"]) == {"user_id": str(ada.user_id)}


@asynccontextmanager
async def held(db: AsyncConnection, user_id: UUID) -> AsyncIterator[None]:
    """Somebody else holds the account's row."""
    await db.execute(text("SELECT FROM users WHERE id = :user FOR NO KEY UPDATE"), {"user": user_id})
    yield
    await db.rollback()


async def waiting(context: Context, many: int) -> None:
    """Return once so many wait for a lock."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(10), context.reads.connect() as db:
        while (await db.scalar(query) or 0) < many:
            await asyncio.sleep(0.01)
