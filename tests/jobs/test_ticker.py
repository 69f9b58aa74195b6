"""Guards: what services ask to have maintained becomes one job each, and a failing beat comes again."""

from __future__ import annotations

import threading
import uuid

from redis import Redis
from redis.exceptions import ConnectionError as RedisGone

from jobs.queue import JobQueue
from jobs.ticker import Ticker, queue_requested_maintenance
from services.upkeep import REQUESTED


def test_requested_maintenance_becomes_one_job_per_repository(redis_url: str) -> None:
    with Redis.from_url(redis_url) as connection:
        connection.flushdb()
        first, second = str(uuid.uuid4()), str(uuid.uuid4())
        connection.sadd(REQUESTED, first, second, first)
        queue = JobQueue(redis_url)
        assert queue_requested_maintenance(connection, queue) == 2
        assert queue_requested_maintenance(connection, queue) == 0
        assert connection.exists(f"rq:job:maintain_repository-{first}")


def test_a_beat_that_fails_comes_again() -> None:
    beats: list[int] = []
    twice = threading.Event()

    def beat() -> None:
        beats.append(1)
        if len(beats) == 2:
            twice.set()
        raise RedisGone("gone for a moment")

    ticker = Ticker(beat, seconds=0.01)
    ticker.start()
    assert twice.wait(5)
    ticker.stop()
    assert not ticker.is_alive()
