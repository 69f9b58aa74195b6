"""What is due every night: a list of times in Redis, from which each run becomes one job, however many workers look."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import WatchError

from jobs.queue import JobQueue

DUE = "xds:due"
"""The Redis sorted set of tasks, by when each is to run next (seconds since 1970)."""

NIGHTLY: Mapping[str, time] = {
    "forget_expired": time(3, 17, tzinfo=UTC),
    "sync_all": time(3, 47, tzinfo=UTC),
}
"""Task → when, off the full hour, at which everybody else's nightly work begins."""


def queue_due(connection: Redis, queue: JobQueue, now: datetime | None = None) -> int:
    """Queue what is due and note when it is due again, in one transaction; how many.

    The clock is Redis's, which all workers share. A night that passed while nothing ran is made up for once. A task
    that Redis does not know (it was added, or Redis lost its data) begins with the next night.
    """
    now = now or _time_of(connection)
    scores = [_score(connection, task) for task in NIGHTLY]
    if all(score is not None and score > now.timestamp() for score in scores):
        return 0
    with connection.pipeline() as pipe:
        try:
            return _queue(pipe, queue, now)
        except WatchError:
            return 0  # another worker does it at this moment


def _queue(pipe: Pipeline, queue: JobQueue, now: datetime) -> int:
    pipe.watch(DUE)  # type: ignore[no-untyped-call]
    scores = {task: _score(pipe, task) for task in NIGHTLY}
    due = [task for task, score in scores.items() if score is not None and score <= now.timestamp()]
    pipe.multi()
    for task in due:
        queue.push_in(pipe, task)
    again = [*due, *(task for task, score in scores.items() if score is None)]
    if again:
        pipe.zadd(DUE, {task: following(NIGHTLY[task], now).timestamp() for task in again})
    pipe.execute()
    return len(due)


def following(at: time, now: datetime) -> datetime:
    """The next time that the clock shows ``at``."""
    today = datetime.combine(now.astimezone(UTC).date(), at)
    return today if today > now else today + timedelta(days=1)


def _score(connection: Redis, task: str) -> float | None:
    return connection.zscore(DUE, task)


def _time_of(connection: Redis) -> datetime:
    seconds, _ = connection.time()
    return datetime.fromtimestamp(seconds, UTC)
