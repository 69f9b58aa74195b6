"""Sign in, stay signed in, sign out, and see where one is signed in."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from argon2 import PasswordHasher

from index import audit, users
from services import accounts, origin, sign_ins
from services.context import Context
from services.errors import Forbidden, NotFound, Unauthenticated
from services.origin import Origin
from services.passwords import Passwords
from services.policy import Actor
from services.sign_ins import TokenPair
from tests.services.conftest import PASSWORD, Clock, person
from tests.services.test_accounts import register


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


def actor_behind(context: Context, pair: TokenPair) -> Actor:
    return context.access_tokens.verify(pair.access_token, context.clock())


async def test_an_access_token_dies_with_its_sign_in_and_with_no_other(context: Context) -> None:
    await register(context, "ada@example.org")
    lost, kept = [await sign_ins.login(context, email="ada@example.org", password=PASSWORD) for _ in range(2)]
    await accounts.me(context, actor_behind(context, lost))
    await sign_ins.logout(context, lost.refresh_token)
    with pytest.raises(Unauthenticated):
        await accounts.me(context, actor_behind(context, lost))
    await accounts.me(context, actor_behind(context, kept))


async def test_a_refresh_token_used_twice_takes_the_access_tokens_with_it(context: Context) -> None:
    await register(context, "ada@example.org")
    first = await sign_ins.login(context, email="ada@example.org", password=PASSWORD)
    second = await sign_ins.refresh(context, first.refresh_token)
    with pytest.raises(Unauthenticated):
        await sign_ins.refresh(context, first.refresh_token)
    for pair in (first, second):
        with pytest.raises(Unauthenticated):
            await accounts.me(context, actor_behind(context, pair))


async def test_one_sees_where_one_is_signed_in_and_ends_what_was_lost(context: Context, clock: Clock) -> None:
    ada, eve = await person(context, "Ada"), await person(context, "Eve")
    clock.advance(minutes=1)
    came = origin.enter(Origin("203.0.113.7", "a\x00gent" + "!" * 400))
    pair = await sign_ins.login(context, email="ada@example.org", password=PASSWORD)
    origin.leave(came)
    page = await sign_ins.list_own(context, ada, limit=10, cursor=None)
    newest, oldest = page.items
    assert (newest.address, newest.method, oldest.id) == ("203.0.113.7", "password", ada.sign_in_id)
    assert newest.agent is not None and len(newest.agent) == 300 and "\x00" not in newest.agent
    first = await sign_ins.list_own(context, ada, limit=1, cursor=None)
    again = await sign_ins.list_own(context, ada, limit=1, cursor=first.next_cursor)
    assert [first.items[0].id, again.items[0].id] == [newest.id, oldest.id]
    with pytest.raises(NotFound):
        await sign_ins.end_own(context, eve, newest.id)
    await sign_ins.end_own(context, ada, newest.id)
    with pytest.raises(NotFound):
        await sign_ins.end_own(context, ada, newest.id)
    with pytest.raises(Unauthenticated):
        await sign_ins.refresh(context, pair.refresh_token)
    assert [item.id for item in (await sign_ins.list_own(context, ada, limit=10, cursor=None)).items] == [oldest.id]


async def test_where_addresses_must_be_confirmed_nobody_signs_in_before(context: Context) -> None:
    user = await register(context, "ada@example.org")
    strict = replace(context, limits=replace(context.limits, require_verified_email=True))
    with pytest.raises(Forbidden, match="Confirm your e-mail address"):
        await sign_ins.login(strict, email=user.email, password=PASSWORD)
    async with context.engine.begin() as db:
        await users.change(db, user.id, {"email_verified_at": context.clock()}, context.clock())
    await sign_ins.login(strict, email=user.email, password=PASSWORD)


async def test_sign_ins_are_audited_whether_or_not_they_succeed(context: Context) -> None:
    user = await register(context, "ada@example.org")
    for email, password in (("ada@example.org", "wrong"), ("nobody@example.org", "wrong"), (user.email, PASSWORD)):
        try:
            pair = await sign_ins.login(context, email=email, password=password)
        except Unauthenticated:
            continue
        await sign_ins.logout(context, pair.refresh_token)
    async with context.engine.connect() as db:
        rows = (await audit.page(db, limit=10, cursor=None)).items
    assert [(row.action, row.outcome, row.user_id) for row in rows] == [
        ("sign-in.ended", "ok", user.id),
        ("sign-in.begun", "ok", user.id),
        ("sign-in.begun", "refused", None),
        ("sign-in.begun", "refused", user.id),
        ("account.registered", "ok", user.id),
    ]
    assert "wrong" not in repr(rows) and PASSWORD not in repr(rows)
