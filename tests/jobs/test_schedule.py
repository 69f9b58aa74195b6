"""Guards: each night's work is queued once, whoever looks and however often, and a missed night is made up for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import asyncpg
import pytest
from redis import Redis

from jobs import tasks
from jobs.queue import JobQueue
from jobs.schedule import DUE, NIGHTLY, following, queue_due
from tests.database import plain
from tests.jobs.test_worker import BURST, SECRET

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.fixture
def connection(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as made:
        made.flushdb()
        yield made


@pytest.fixture
def queue(redis_url: str) -> JobQueue:
    return JobQueue(redis_url)


def depth(connection: Redis) -> int:
    return len(connection.keys("rq:job:*"))


def test_the_next_time_is_today_or_tomorrow() -> None:
    at = time(3, 17, tzinfo=UTC)
    assert following(at, NOON) == datetime(2026, 11, 23, 3, 17, tzinfo=UTC)
    assert following(at, NOON.replace(hour=1)) == datetime(2026, 11, 22, 3, 17, tzinfo=UTC)
    assert following(at, NOON.replace(hour=3, minute=17)) == datetime(2026, 11, 23, 3, 17, tzinfo=UTC)


def test_every_scheduled_task_is_one() -> None:
    assert all(callable(getattr(tasks, task)) for task in NIGHTLY)


def test_it_begins_with_the_next_night_and_comes_every_night(connection: Redis, queue: JobQueue) -> None:
    assert queue_due(connection, queue, NOON) == 0
    assert queue_due(connection, queue, NIGHT) == len(NIGHTLY)
    assert queue_due(connection, queue, NIGHT) == 0
    assert queue_due(connection, queue, NIGHT + timedelta(hours=20)) == 0
    assert queue_due(connection, queue, NIGHT + timedelta(days=1)) == len(NIGHTLY)
    assert depth(connection) == 2 * len(NIGHTLY)


def test_nights_that_nobody_saw_are_made_up_for_once(connection: Redis, queue: JobQueue) -> None:
    queue_due(connection, queue, NOON)
    assert queue_due(connection, queue, NIGHT + timedelta(days=9)) == len(NIGHTLY)
    assert queue_due(connection, queue, NIGHT + timedelta(days=9)) == 0


def test_of_many_workers_that_look_at_once_one_queues(connection: Redis, redis_url: str, queue: JobQueue) -> None:
    queue_due(connection, queue, NOON)

    def look(_: int) -> int:
        with Redis.from_url(redis_url) as own:
            return queue_due(own, JobQueue(redis_url), NIGHT)

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(look, range(32))) == len(NIGHTLY)
    assert depth(connection) == len(NIGHTLY)


def test_a_task_that_is_new_to_redis_waits_for_its_night(connection: Redis, queue: JobQueue) -> None:
    queue_due(connection, queue, NOON)
    connection.zrem(DUE, "forget_expired")
    assert queue_due(connection, queue, NIGHT) == len(NIGHTLY) - 1
    assert queue_due(connection, queue, NIGHT + timedelta(days=1)) == len(NIGHTLY)


def test_the_clock_is_that_of_redis(connection: Redis, queue: JobQueue) -> None:
    assert queue_due(connection, queue) == 0
    seconds, _ = connection.time()
    scores = [connection.zscore(DUE, task) for task in NIGHTLY]
    assert all(score is not None and seconds < score <= seconds + 24 * 3600 for score in scores)


async def test_a_worker_does_what_is_due(tmp_path: Path, database_url: str, redis_url: str, connection: Redis) -> None:
    database = await asyncpg.connect(plain(database_url))
    await database.execute(
        "INSERT INTO audit_log (action, created_at) VALUES ('account.exported', now() - interval '100 days'), "
        "('account.exported', now() - interval '80 days')"
    )
    queue = JobQueue(redis_url)
    queue_due(connection, queue, NOON)
    assert queue_due(connection, queue, NIGHT) == len(NIGHTLY)
    urls = {"XDS_DATABASE_URL": database_url, "XDS_REDIS_URL": redis_url, "XDS_SECRET_KEY": SECRET}
    done = subprocess.run(
        [sys.executable, "-c", BURST],
        env={**os.environ, **urls, "XDS_DATA": str(tmp_path), "XDS_AUDIT_DAYS": "90"},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert depth(connection) == 0, "every job ran, and none failed"
    assert await database.fetchval("SELECT count(*) FROM audit_log") == 1
    await database.close()
