"""Register, sign in, rotate, sign out."""

from __future__ import annotations

import asyncio

import pytest
from argon2 import PasswordHasher

from index import users
from services import accounts, sign_ins
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidInput, Unauthenticated
from services.passwords import Passwords
from services.policy import SYSTEM
from tests.services.conftest import PASSWORD, Clock, person


async def register(context: Context, email: str, name: str = "Ada", **more: object) -> users.UserRecord:
    return await accounts.register(context, email=email, password=PASSWORD, name=name, **more)  # type: ignore[arg-type]


async def test_registering_normalises_and_derives_a_username(context: Context) -> None:
    user = await register(context, "  Ada@Example.ORG ", "  Ada   Lovelace ")
    assert (user.email, user.name, user.username) == ("ada@example.org", "Ada Lovelace", "ada-lovelace")
    assert PASSWORD not in repr(user) and "argon2" not in repr(user)


async def test_equal_names_registered_at_once_get_distinct_usernames(context: Context) -> None:
    made = await asyncio.gather(*(register(context, f"ada{n}@example.org") for n in range(8)))
    assert len({user.username for user in made}) == 8
    assert all(user.username.startswith("ada") for user in made)


async def test_one_address_registered_at_once_makes_one_account(context: Context) -> None:
    outcomes = await asyncio.gather(
        *(register(context, email) for email in ["ada@example.org", "ADA@example.org"] * 3), return_exceptions=True
    )
    assert sum(isinstance(outcome, users.UserRecord) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 5


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"email": "not an address"}, "bad-email"),
        ({"password": "short"}, "password-too-short"),
        ({"password": "password1234"}, "password-too-weak"),
        ({"password": "adalovelace"}, "password-too-weak"),
        ({"password": "x" * 1025}, "password-too-long"),
        ({"name": " \t "}, "bad-name"),
        ({"name": "Ada <ada>"}, "bad-name"),
        ({"name": "Ada\x00"}, "bad-name"),
        ({"username": "Ada L"}, "bad-slug"),
        ({"username": "a@b"}, "bad-slug"),
    ],
)
async def test_bad_registrations_name_the_fault(context: Context, change: dict[str, str], code: str) -> None:
    body = {"email": "ada@example.org", "password": PASSWORD, "name": "Ada Lovelace"} | change
    with pytest.raises(InvalidInput) as refused:
        await accounts.register(context, **body)  # type: ignore[arg-type]
    (problem,) = refused.value.problems
    assert problem.code == code
    assert problem.pointer == f"/{next(iter(change))}"


async def test_a_taken_username_is_refused_and_not_replaced(context: Context) -> None:
    await register(context, "ada@example.org", username="ada")
    with pytest.raises(Conflict):
        await register(context, "other@example.org", username="ada")


async def test_only_admins_make_admins(context: Context) -> None:
    with pytest.raises(Forbidden):
        await register(context, "eve@example.org", is_admin=True)
    assert (await register(context, "root@example.org", is_admin=True, actor=SYSTEM)).is_admin


async def test_signing_in_works_by_address_and_by_username(context: Context) -> None:
    await register(context, "ada@example.org", username="ada")
    for login in ("ADA@example.org", "ada"):
        pair = await sign_ins.login(context, email=login, password=PASSWORD)
        actor = context.access_tokens.verify(pair.access_token, context.clock())
        assert (actor.email, actor.token_version, pair.expires_in) == ("ada@example.org", 0, 900)
        assert pair.access_token not in repr(pair)


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(context: Context) -> None:
    await register(context, "ada@example.org")
    said = set()
    for email in ("ada@example.org", "nobody@example.org"):
        with pytest.raises(Unauthenticated) as refused:
            await sign_ins.login(context, email=email, password="wrong-horse-battery")
        said.add(str(refused.value))
    assert len(said) == 1


async def test_outdated_hashes_are_renewed_at_sign_in(context: Context) -> None:
    user = await register(context, "ada@example.org")
    old = await Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)).hash(PASSWORD)
    async with context.engine.begin() as db:
        await users.change(db, user.id, {"password_hash": old}, context.clock())
    await sign_ins.login(context, email=user.email, password=PASSWORD)
    async with context.engine.connect() as db:
        renewed = await users.get(db, user.id)
    assert renewed is not None and renewed.password_hash not in (None, old)
    await sign_ins.login(context, email=user.email, password=PASSWORD)


async def test_refreshing_rotates_and_reuse_ends_the_family(context: Context) -> None:
    await register(context, "ada@example.org")
    other = await sign_ins.login(context, email="ada@example.org", password=PASSWORD)
    first = await sign_ins.login(context, email="ada@example.org", password=PASSWORD)
    second = await sign_ins.refresh(context, first.refresh_token)
    assert second.refresh_token != first.refresh_token
    with pytest.raises(Unauthenticated):
        await sign_ins.refresh(context, first.refresh_token)
    with pytest.raises(Unauthenticated):
        await sign_ins.refresh(context, second.refresh_token)
    await sign_ins.refresh(context, other.refresh_token)  # another sign-in is another family


async def test_of_two_refreshes_at_once_one_wins_and_the_family_ends(context: Context) -> None:
    await register(context, "ada@example.org")
    pair = await sign_ins.login(context, email="ada@example.org", password=PASSWORD)
    outcomes = await asyncio.gather(
        *(sign_ins.refresh(context, pair.refresh_token) for _ in range(4)), return_exceptions=True
    )
    won = [outcome for outcome in outcomes if isinstance(outcome, sign_ins.TokenPair)]
    assert len(won) == 1
    with pytest.raises(Unauthenticated):
        await sign_ins.refresh(context, won[0].refresh_token)


async def test_refresh_tokens_expire_and_die_at_logout(context: Context, clock: Clock) -> None:
    await register(context, "ada@example.org")
    pair = await sign_ins.login(context, email="ada@example.org", password=PASSWORD)
    kept = await sign_ins.login(context, email="ada@example.org", password=PASSWORD)
    await sign_ins.logout(context, pair.refresh_token)
    await sign_ins.logout(context, "unknown")
    with pytest.raises(Unauthenticated):
        await sign_ins.refresh(context, pair.refresh_token)
    clock.advance(days=31)
    with pytest.raises(Unauthenticated):
        await sign_ins.refresh(context, kept.refresh_token)
    assert await sign_ins.forget_dead(context) == 0
    clock.advance(days=7)
    assert await sign_ins.forget_dead(context) == 2


async def test_ended_sessions_are_refused_by_the_next_call(context: Context) -> None:
    ada = await person(context, "Ada")
    assert ada.user_id is not None
    assert (await accounts.me(context, ada)).user.name == "Ada"
    async with context.engine.begin() as db:
        await users.end_sessions(db, ada.user_id)
    with pytest.raises(Unauthenticated):
        await accounts.me(context, ada)


async def test_renaming_keeps_usernames_unique(context: Context) -> None:
    ada, _ = await person(context, "Ada"), await person(context, "Grace")
    renamed = await accounts.rename(context, ada, name="Ada L.", username=None)
    assert (renamed.user.name, renamed.user.username) == ("Ada L.", "ada")
    with pytest.raises(Conflict):
        await accounts.rename(context, ada, name=None, username="grace")


async def test_git_passwords_are_remembered_but_never_longer_than_they_hold(context: Context) -> None:
    user = await register(context, "ada@example.org", username="ada")
    for login in ("ada", "ada@example.org", "ada"):
        assert (await sign_ins.authenticate_password(context, login, PASSWORD)).user_id == user.id
    with pytest.raises(Unauthenticated):
        await sign_ins.authenticate_password(context, "ada", PASSWORD + "x")
    async with context.engine.begin() as db:
        changed = await context.passwords.hash("another-horse-battery")
        await users.change(db, user.id, {"password_hash": changed}, context.clock())
    with pytest.raises(Unauthenticated):
        await sign_ins.authenticate_password(context, "ada", PASSWORD)
