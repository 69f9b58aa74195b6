"""What the operator does about accounts and secrets, also beside a running service."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from index import sealed
from index.account_tables import AuditRow, IdentityProvider
from index.columns import Base
from services import accounts, administration, api_keys
from services.context import Context
from services.errors import Conflict, NotFound, Unauthenticated
from services.policy import SYSTEM, Scope
from services.vault import Vault
from tests.services.conftest import PASSWORD, person

OLD, NEW = "a secret of the tests, long enough", "another secret of the tests, as long"
KIND = "identity-provider"


async def administrator(context: Context, name: str) -> None:
    await accounts.register(
        context, email=f"{name}@example.org", password=PASSWORD, name=name, actor=SYSTEM, is_admin=True
    )


async def provider(context: Context, name: str, vault: Vault) -> UUID:
    values = {"name": name, "kind": "oidc", "title": name, "issuer": "https://id.test", "client_id": "xds"}
    async with context.engine.begin() as db:
        query = insert(IdentityProvider).values(**values, sealed_secret=vault.seal(KIND, f"secret of {name}"))
        made: UUID = (await db.execute(query.returning(IdentityProvider.id))).scalar_one()
    return made


async def secrets_of(context: Context, vault: Vault) -> list[str]:
    async with context.engine.connect() as db:
        return sorted(vault.open(KIND, text) for _, text in await sealed.every(db, KIND))


async def acts(db: AsyncConnection) -> list[str]:
    return list((await db.execute(select(AuditRow.action).order_by(AuditRow.position))).scalars())


def test_every_sealed_column_is_rotated() -> None:
    known = {column.class_.__tablename__ + "." + column.key for _, column in sealed.COLUMNS.values()}
    tables = Base.metadata.sorted_tables
    assert known == {f"{t.name}.{c.name}" for t in tables for c in t.columns if c.name.startswith("sealed_")}


async def test_rotation_seals_anew_once_and_is_written_down(context: Context) -> None:
    before, after = Vault(OLD), Vault(NEW, [OLD])
    await provider(context, "one", before)
    await provider(context, "two", after)
    rotating = replace(context, vault=after)
    assert await administration.rotate_secrets(rotating) == administration.Rotated(1, 1, ())
    assert await administration.rotate_secrets(rotating) == administration.Rotated(0, 2, ())
    assert await secrets_of(context, Vault(NEW)) == ["secret of one", "secret of two"]
    async with context.engine.connect() as db:
        assert (await acts(db)).count("secrets.rotated") == 2


async def test_two_rotations_at_once_lose_nothing(context: Context) -> None:
    for name in "abcdef":
        await provider(context, name, Vault(OLD))
    rotating = replace(context, vault=Vault(NEW, [OLD]))
    done = await asyncio.gather(*(administration.rotate_secrets(rotating) for _ in range(3)))
    assert sum(found.resealed for found in done) == 6
    assert await secrets_of(context, Vault(NEW)) == [f"secret of {name}" for name in "abcdef"]


async def test_rotation_never_overwrites_what_was_changed_meanwhile(context: Context) -> None:
    row_id = await provider(context, "one", Vault(OLD))
    async with context.engine.begin() as db:
        ((_, read),) = await sealed.every(db, KIND)
        assert await sealed.swap(db, KIND, row_id, read, "theirs")
        assert not await sealed.swap(db, KIND, row_id, read, "ours")
        assert await sealed.every(db, KIND) == [(row_id, "theirs")]


async def test_what_no_secret_opens_is_named_and_left_alone(context: Context) -> None:
    lost = await provider(context, "lost", Vault("a secret that the settings name no more"))
    await provider(context, "kept", Vault(OLD))
    rotated = await administration.rotate_secrets(replace(context, vault=Vault(NEW, [OLD])))
    assert rotated == administration.Rotated(1, 0, ((KIND, lost),))


async def test_of_two_administrators_removing_each_other_one_stays(context: Context) -> None:
    await administrator(context, "ada")
    await administrator(context, "bob")
    outcomes = await asyncio.gather(
        *(administration.set_admin(context, f"{name}@example.org", is_admin=False) for name in ("ada", "bob")),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes if outcome is not True] == [Conflict]


async def test_administrators_are_made_and_removed_and_it_is_written_down(context: Context) -> None:
    await administrator(context, "root")
    ada = await person(context, "Ada")
    assert await administration.set_admin(context, "ADA@example.org ", is_admin=True)
    assert not await administration.set_admin(context, "ada@example.org", is_admin=True)
    assert await administration.set_admin(context, "ada@example.org", is_admin=False)
    assert not (await accounts.me(context, ada)).user.is_admin
    async with context.engine.connect() as db:
        assert (await acts(db))[-2:] == ["account.admin-made", "account.admin-removed"]


async def test_an_unknown_address_is_refused(context: Context) -> None:
    for work in (
        administration.offer_reset(context, "nobody@example.org"),
        administration.verify_email(context, "nobody@example.org"),
        administration.set_admin(context, "nobody@example.org", is_admin=True),
    ):
        with pytest.raises(NotFound):
            await work


async def test_an_address_is_confirmed_by_the_operator_once(context: Context) -> None:
    await person(context, "Ada")
    assert await administration.verify_email(context, "ada@example.org")
    assert not await administration.verify_email(context, "ada@example.org")


async def test_an_offered_reset_ends_keys_only_where_it_is_asked_to(context: Context) -> None:
    ada = await person(context, "Ada")
    _, key = await api_keys.create(context, ada, name="CI", scopes=[Scope.READ])
    assert (await administration.offer_reset(context, "ada@example.org")).keys_revoked == 0
    assert (await api_keys.authenticate(context, key)).user_id == ada.user_id
    assert (await administration.offer_reset(context, "ada@example.org", revoke_keys=True)).keys_revoked == 1
    with pytest.raises(Unauthenticated):
        await api_keys.authenticate(context, key)
    assert (await accounts.me(context, ada)).user.id == ada.user_id  # sign-ins end when the password is set
