"""Guards: work is queued once while it waits, again when it may have come too late, and only tasks are run."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from redis import Redis
from rq import SimpleWorker
from rq.job import JobStatus
from rq.serializers import JSONSerializer

from jobs.queue import QUEUE_NAME, JobQueue, TaskJob


@pytest.fixture
async def queue(redis_url: str) -> AsyncIterator[JobQueue]:
    with Redis.from_url(redis_url) as connection:
        connection.flushdb()
    made = JobQueue(redis_url)
    yield made
    await made.close()


def job_in(redis_url: str, job_id: str) -> TaskJob:
    return TaskJob.fetch(job_id, connection=Redis.from_url(redis_url), serializer=JSONSerializer)


async def test_the_same_key_waits_once(queue: JobQueue) -> None:
    assert await queue.enqueue("maintain_repository", "a", key="a") is True
    assert await queue.enqueue("maintain_repository", "a", key="a") is False
    assert await queue.enqueue("maintain_repository", "b", key="b") is True
    assert await queue.depth() == 2


async def test_without_a_key_every_call_counts(queue: JobQueue) -> None:
    await queue.enqueue("sync_all")
    await queue.enqueue("sync_all")
    assert await queue.depth() == 2


async def test_while_one_runs_one_more_may_wait(queue: JobQueue, redis_url: str) -> None:
    await queue.enqueue("sync_all", key="x")
    job_in(redis_url, "sync_all-x").set_status(JobStatus.STARTED)
    assert await queue.enqueue("sync_all", key="x") is True
    assert await queue.enqueue("sync_all", key="x") is False


async def test_one_that_failed_gives_way(queue: JobQueue, redis_url: str) -> None:
    await queue.enqueue("sync_all", key="x")
    job_in(redis_url, "sync_all-x").set_status(JobStatus.FAILED)
    assert await queue.enqueue("sync_all", key="x") is True


async def test_arguments_travel_as_json(queue: JobQueue, redis_url: str) -> None:
    await queue.enqueue("maintain_repository", "ünï", key="k")
    with Redis.from_url(redis_url) as connection:
        stored = connection.hget("rq:job:maintain_repository-k", "data")
    assert b"pickle" not in stored
    assert job_in(redis_url, "maintain_repository-k").args == ["ünï"]


def test_a_job_that_names_no_task_is_not_run(redis_url: str) -> None:
    with Redis.from_url(redis_url) as connection:
        connection.flushdb()
        job = TaskJob.create("os.getpid", connection=connection, serializer=JSONSerializer, origin=QUEUE_NAME)
        with pytest.raises(ValueError, match="is no task"):
            _ = job.func
        worker = SimpleWorker([QUEUE_NAME], connection=connection, serializer=JSONSerializer, job_class=TaskJob)
        worker.queues[0].enqueue_job(job)
        worker.work(burst=True)
        assert job.get_status() == JobStatus.FAILED
