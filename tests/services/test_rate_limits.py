"""Windows slide, are shared between processes, cost Redis little, and let everybody in when Redis is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from embedded.postgres import remove_data
from embedded.valkey import EmbeddedValkey
from services.rate_limits import Exhausted, Kind, RateLimits, network_of

RATES = {Kind.REQUESTS: "1000/minute", Kind.ANONYMOUS: "5/minute", Kind.SIGN_IN: "3/minute", Kind.MAIL: "2/hour"}
KEY = b"of these tests"


@pytest_asyncio.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    made = Redis.from_url(redis_url)
    yield made
    await made.aclose()


@pytest.fixture
def nowhere() -> Redis:
    return Redis.from_url("redis://127.0.0.1:1")


async def commands(redis: Redis) -> int:
    """How many scripts were run so far."""
    stats = await redis.info("commandstats")
    return sum(stats.get(f"cmdstat_{name}", {"calls": 0})["calls"] for name in ("evalsha", "eval"))


async def taken(limits: RateLimits, kind: Kind, subject: str, times: int) -> int:
    """How many of so many tries pass."""
    passed = 0
    for _ in range(times):
        try:
            await limits.spend(kind, subject)
            passed += 1
        except Exhausted:
            continue
    return passed


async def test_a_window_holds_what_it_says_and_tells_what_is_left(redis: Redis) -> None:
    limits, somebody = RateLimits(redis, RATES, KEY), uuid4().hex
    for remaining in (4, 3, 2, 1, 0):
        quota = await limits.spend(Kind.ANONYMOUS, somebody)
        assert quota is not None
        assert (quota.limit, quota.remaining, quota.window) == (5, remaining, 60)
        assert 0 < quota.reset <= 60
    with pytest.raises(Exhausted, match="5 per minute") as refused:
        await limits.spend(Kind.ANONYMOUS, somebody)
    assert 0 < refused.value.retry_after <= 60
    assert refused.value.quota.remaining == 0
    assert await limits.spend(Kind.ANONYMOUS, uuid4().hex), "others are not touched"


async def test_processes_share_a_window(redis: Redis, redis_url: str) -> None:
    somebody, other = uuid4().hex, Redis.from_url(redis_url)
    first, second = RateLimits(redis, RATES, KEY), RateLimits(other, RATES, KEY)
    assert await taken(first, Kind.SIGN_IN, somebody, 2) + await taken(second, Kind.SIGN_IN, somebody, 5) == 3
    await other.aclose()


async def test_a_hundred_at_once_are_no_way_round_it(redis: Redis) -> None:
    limits, somebody = RateLimits(redis, RATES, KEY), uuid4().hex
    outcomes = await asyncio.gather(*(limits.spend(Kind.SIGN_IN, somebody) for _ in range(100)), return_exceptions=True)
    assert sum(not isinstance(outcome, Exception) for outcome in outcomes) == 3
    assert {type(outcome) for outcome in outcomes if isinstance(outcome, Exception)} == {Exhausted}


async def test_a_busy_caller_pays_a_round_trip_seldom_and_is_counted_to_the_last_hit(redis: Redis) -> None:
    limits, somebody = RateLimits(redis, RATES, KEY), uuid4().hex
    before = await commands(redis)
    assert await taken(limits, Kind.REQUESTS, somebody, 1200) == 1000
    assert await commands(redis) - before < 200, "the median request asks nobody"


async def test_a_flood_of_refused_requests_does_not_reach_redis(redis: Redis) -> None:
    limits, somebody = RateLimits(redis, RATES, KEY), uuid4().hex
    await taken(limits, Kind.SIGN_IN, somebody, 4)
    before = await commands(redis)
    assert await taken(limits, Kind.SIGN_IN, somebody, 500) == 0
    assert await commands(redis) - before <= 6


async def test_without_redis_everything_passes_but_sign_ins_and_mails_which_are_counted_here(
    nowhere: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    limits, somebody = RateLimits(nowhere, RATES, KEY), uuid4().hex
    with caplog.at_level(logging.WARNING, "xds.limits"):
        assert await taken(limits, Kind.ANONYMOUS, somebody, 50) == 50
        assert await taken(limits, Kind.SIGN_IN, somebody, 50) == 3
        assert await limits.spend(Kind.REQUESTS, somebody) is None
    assert len(caplog.records) == 1, "said once, not with every request"


async def test_a_redis_that_answers_again_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.reach.PAUSE", 0.0)
    server = EmbeddedValkey(tmp_path / "data")
    redis = Redis.from_url(server.start())
    limits, somebody = RateLimits(redis, RATES, KEY), uuid4().hex
    try:
        assert await taken(limits, Kind.ANONYMOUS, somebody, 9) == 5
        server.stop()
        assert await taken(limits, Kind.ANONYMOUS, uuid4().hex, 9) == 9
        server.start()
        assert await taken(limits, Kind.ANONYMOUS, uuid4().hex, 9) == 5
    finally:
        await redis.aclose()
        server.stop()
        remove_data(tmp_path / "data")


async def test_mails_are_counted_by_an_address_that_redis_never_sees(redis: Redis) -> None:
    # a name that hexadecimal digits cannot spell
    limits, address = RateLimits(redis, RATES, KEY), f"Zoe-{uuid4().hex}@Example.org"
    await limits.spend_mail(address)
    await limits.spend_mail(f" {address.lower()} ")
    with pytest.raises(Exhausted):
        await limits.spend_mail(address)
    names = [name async for name in redis.scan_iter("xds:limits*mail*")]
    assert names and not any(b"zoe" in name.lower() or b"example" in name for name in names)


async def test_nothing_is_limited_where_that_is_switched_off(redis: Redis) -> None:
    limits = RateLimits(redis, None, KEY)
    assert await taken(limits, Kind.SIGN_IN, "somebody", 100) == 100


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "unknown"),
        (None, "unknown"),
    ],
)
def test_an_address_stands_for_whoever_holds_it(address: str | None, network: str) -> None:
    assert network_of(address) == network
