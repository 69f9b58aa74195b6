"""Guessing gets slow, at once or one after the other, and nobody can lock somebody else out by it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from services import accounts, administration, api_keys, origin, reach, recovery, sign_ins
from services.access_tokens import AccessTokens
from services.backoff import ACCOUNT, KEYS, PAIR, Backoff
from services.context import Context, opened
from services.errors import Forbidden, InvalidInput, RateLimited, Unauthenticated
from services.origin import Origin
from services.passwords import Passwords
from services.policy import Actor, Scope
from services.vault import Vault
from tests.services.conftest import PASSWORD, Clock

HOME, AWAY = "192.0.2.1", "198.51.100.9"


@contextmanager
def coming_from(address: str) -> Iterator[None]:
    token = origin.enter(Origin(address))
    try:
        yield
    finally:
        origin.leave(token)


@pytest_asyncio.fixture
async def backing_off(
    database_url: str, redis_url: str, tmp_path: Path, clock: Clock, passwords: Passwords
) -> AsyncIterator[Context]:
    """A context that lets failed sign-ins wait."""
    opening = opened(
        database_url=database_url,
        redis_url=redis_url,
        repositories=tmp_path / "repositories",
        access_tokens=AccessTokens.derived("a secret of the tests, long enough"),
        vault=Vault("a secret of the tests, long enough"),
        passwords=passwords,
        clock=clock,
        rates={},
        limits_key=uuid4().bytes,  # counters of its own
    )
    async with opening as made:
        await accounts.register(made, email="ada@example.org", password=PASSWORD, name="Ada", username="ada")
        yield made


async def guess(context: Context, times: int, login: str = "ada@example.org", address: str = AWAY) -> int:
    """Wrong passwords, one after the other; how many of them were judged."""
    judged = 0
    with coming_from(address):
        for _ in range(times):
            try:
                await sign_ins.login(context, email=login, password="wrong")
            except Unauthenticated:
                judged += 1
            except RateLimited:
                continue
    return judged


async def wait_of(context: Context, login: str = "ada@example.org", address: str = AWAY) -> int:
    """Seconds that the right password is told to wait."""
    with coming_from(address), pytest.raises(RateLimited) as refused:
        await sign_ins.login(context, email=login, password=PASSWORD)
    return refused.value.retry_after


async def test_waits_double_up_to_a_quarter_of_an_hour(backing_off: Context, clock: Clock) -> None:
    assert await guess(backing_off, 50) == PAIR.free + 1
    waits = []
    for _ in range(13):
        waits.append(await wait_of(backing_off))
        clock.advance(seconds=waits[-1])
        assert await guess(backing_off, 5) == 1
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


async def test_a_hundred_guesses_at_once_are_counted_before_any_is_judged(
    backing_off: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "LONGEST", 60.0)  # a busy machine is not a Redis that does not answer
    assert sum(await asyncio.gather(*(guess(backing_off, 1) for _ in range(100)))) == PAIR.free + 1


async def test_the_right_password_starts_anew(backing_off: Context, clock: Clock) -> None:
    await guess(backing_off, PAIR.free + 1)
    clock.advance(seconds=1)
    with coming_from(AWAY):
        await sign_ins.login(backing_off, email="ada@example.org", password=PASSWORD)
    assert await guess(backing_off, 50) == PAIR.free + 1


async def test_an_unknown_account_waits_like_a_known_one(backing_off: Context) -> None:
    assert await guess(backing_off, 50, "nobody@example.org") == await guess(backing_off, 50)
    assert await wait_of(backing_off, "nobody@example.org") == await wait_of(backing_off)


async def test_one_address_that_guesses_keeps_no_other_one_out(backing_off: Context) -> None:
    await guess(backing_off, 50)
    with coming_from(HOME):
        assert await sign_ins.login(backing_off, email="ada@example.org", password=PASSWORD)


async def test_many_addresses_that_guess_together_wait_a_minute_but_where_she_lives_she_gets_in(
    backing_off: Context, clock: Clock
) -> None:
    with coming_from(HOME):
        await sign_ins.login(backing_off, email="ada@example.org", password=PASSWORD)
    judged = 0
    for number in range(120):
        judged += await guess(backing_off, 1, address=f"203.0.113.{number}")
    assert judged == ACCOUNT.free + 1
    for _ in range(12):
        wait = await wait_of(backing_off, address="203.0.113.200")
        clock.advance(seconds=wait)
        await guess(backing_off, 1, address="203.0.113.201")
    assert wait == 60, "nobody waits longer for what others did"
    with coming_from(HOME):
        for login in ("ada@example.org", "ADA@example.org", "ada"):
            assert await sign_ins.login(backing_off, email=login, password=PASSWORD)


async def test_who_is_kept_out_on_a_journey_gets_in_by_a_reset(backing_off: Context) -> None:
    """Guessing that never stops takes each chance as soon as it comes, before her; nobody else reads her mail."""
    for number in range(ACCOUNT.free + 1):
        for login in ("ada", "ada@example.org"):
            await guess(backing_off, 1, login, address=f"203.0.113.{number}")
    assert await wait_of(backing_off, address=HOME) and await wait_of(backing_off, "ada", address=HOME)
    token = (await administration.offer_reset(backing_off, "ada@example.org")).token
    with coming_from(HOME):
        await recovery.reset(backing_off, token, "a quiet harbour at nine")
        for login in ("ada", "ada@example.org"):
            assert await sign_ins.login(backing_off, email=login, password="a quiet harbour at nine")
    assert await wait_of(backing_off, address=AWAY), "for everybody else all stays as it was"


async def test_gits_password_backs_off_too_but_not_one_that_was_right_just_now(backing_off: Context) -> None:
    with coming_from(AWAY):
        await sign_ins.authenticate_password(backing_off, "ada", PASSWORD)
        judged = 0
        for _ in range(30):
            try:
                await sign_ins.authenticate_password(backing_off, "ada", "wrong")
            except Unauthenticated:
                judged += 1
            except RateLimited:
                continue
        assert judged == PAIR.free + 1
        assert (await sign_ins.authenticate_password(backing_off, "ada", PASSWORD)).name == "Ada"


async def test_without_redis_guesses_are_counted_here(passwords: Passwords, clock: Clock) -> None:
    backoff = Backoff(Redis.from_url("redis://127.0.0.1:1"), key=b"k", clock=clock, enabled=True)
    for _ in range(10):
        attempt = await backoff.attempt("ada")
    await attempt.succeed("ada")
    with pytest.raises(RateLimited):
        await backoff.attempt("ada")


async def test_redis_sees_neither_logins_nor_addresses(backing_off: Context) -> None:
    await guess(backing_off, 2)
    async for name in backing_off.redis.scan_iter("xds:backoff:*"):
        assert b"ada" not in name.rpartition(b":")[0] and b"198.51" not in name


async def test_unknown_keys_slow_their_address_but_no_key_that_works(backing_off: Context) -> None:
    with coming_from(HOME):
        pair = await sign_ins.login(backing_off, email="ada@example.org", password=PASSWORD)
    ada: Actor = backing_off.access_tokens.verify(pair.access_token, backing_off.clock())
    _, good = await api_keys.create(backing_off, ada, name="CI", scopes=[Scope.READ])
    _, fresh = await api_keys.create(backing_off, ada, name="CI 2", scopes=[Scope.READ])
    with coming_from(AWAY):
        assert await api_keys.authenticate(backing_off, good)
        refused: list[type[Exception]] = []
        for number in range(KEYS.free + 10):
            try:
                await api_keys.authenticate(backing_off, f"xds_made-up-{number}")
            except (Unauthenticated, RateLimited) as error:
                refused.append(type(error))
        assert refused[KEYS.free - 1] is Unauthenticated and refused[-1] is RateLimited
        assert await api_keys.authenticate(backing_off, good)
        with pytest.raises(RateLimited):
            await api_keys.authenticate(backing_off, fresh)
    with coming_from(HOME):
        assert await api_keys.authenticate(backing_off, fresh)


async def test_who_found_the_screen_unlocked_guesses_the_password_no_faster(backing_off: Context) -> None:
    with coming_from(HOME):
        pair = await sign_ins.login(backing_off, email="ada@example.org", password=PASSWORD)
        ada = backing_off.access_tokens.verify(pair.access_token, backing_off.clock())
        judged = 0
        for _ in range(30):
            try:
                await recovery.change_password(backing_off, ada, current="wrong", new="a quiet harbour at nine")
            except InvalidInput:
                judged += 1
            except RateLimited:
                continue
        assert judged == PAIR.free + 1


async def test_git_lets_nobody_in_whom_a_sign_in_would_not_let_in(backing_off: Context) -> None:
    strict = replace(backing_off, limits=replace(backing_off.limits, require_verified_email=True))
    with pytest.raises(Forbidden, match="Confirm your e-mail"):
        await sign_ins.authenticate_password(strict, "ada", PASSWORD)
    assert await sign_ins.authenticate_password(backing_off, "ada", PASSWORD)
