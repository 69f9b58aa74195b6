"""Puts jobs on the queue, from async code, without ever waiting for the same work twice."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import cast

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import WatchError
from rq import Queue, Retry
from rq.exceptions import DuplicateJobError, InvalidJobOperation, NoSuchJobError
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

QUEUE_NAME = "xds"
TASKS = "jobs.tasks"
_RETRY_SECONDS = [5, 30, 120]
_KEEP_FAILED_SECONDS = 7 * 24 * 3600
_LIVE = (JobStatus.CREATED, JobStatus.QUEUED, JobStatus.SCHEDULED, JobStatus.DEFERRED, JobStatus.STARTED)


class TaskJob(Job):
    """A job that runs functions of jobs.tasks only: who can write to Redis must not choose what we import."""

    @property
    def func(self) -> object:
        """The task; raises ValueError for any other name."""
        name = self.func_name or ""
        if not name.startswith(f"{TASKS}."):
            raise ValueError(f"{name!r} is no task")
        return super().func


class JobQueue:
    """The door to background work. Connects on first use; arguments are JSON (ids as strings)."""

    def __init__(self, redis_url: str, *, timeout_seconds: int = 1800) -> None:
        self._connection = Redis.from_url(redis_url)
        self._queue = Queue(
            QUEUE_NAME,
            connection=self._connection,
            default_timeout=timeout_seconds,
            serializer=JSONSerializer,
            job_class=TaskJob,
        )

    async def enqueue(self, task: str, *arguments: str | int | bool | None, key: str | None = None) -> bool:
        """Queue `jobs.tasks.<task>(*arguments)`; rq has no asyncio API, so a thread speaks to Redis.

        With a `key` (letters, digits, `-`, `_`) a job that already waits is not queued again: False. While one with
        that key *runs*, one more is queued behind it, since the running one may have read the state before the
        caller's change. A job that failed is tried again after 5, 30 and 120 s, then kept for a week.
        """
        return await asyncio.to_thread(self.push, task, *arguments, key=key)

    async def depth(self) -> int:
        """How many jobs wait."""
        return await asyncio.to_thread(lambda: self._queue.count)

    async def close(self) -> None:
        """Close the connections."""
        await asyncio.to_thread(self._connection.close)

    def push(self, task: str, *arguments: str | int | bool | None, key: str | None = None) -> bool:
        """The same as `enqueue`, for threads that may wait."""
        if key is None:
            self._push(task, arguments, None)
            return True
        first = f"{task}-{key}"
        status = self._push_unique(task, arguments, first)
        if status == JobStatus.STARTED:
            status = self._push_unique(task, arguments, f"{first}-next")
        return status is None

    def push_in(self, pipe: Pipeline, task: str) -> None:
        """Queue a task without arguments as part of a transaction that the caller has begun."""
        self._queue.enqueue_call(
            f"{TASKS}.{task}",
            result_ttl=0,
            failure_ttl=_KEEP_FAILED_SECONDS,
            retry=Retry(max=len(_RETRY_SECONDS), interval=_RETRY_SECONDS),
            pipeline=pipe,
        )

    def adopt(self, source: str, task: str, *, most: int, retry_seconds: Sequence[int]) -> int:
        """Turn the oldest items of a Redis list into jobs `jobs.tasks.<task>(item)`; how many.

        Both happen in one transaction, so that each item becomes exactly one job, whatever dies and however many
        workers do the same. The log of jobs names the task only: items may be long.
        """
        for _attempt in range(5):  # whoever posts at this very moment makes us look again
            with contextlib.suppress(WatchError), self._connection.pipeline() as pipe:
                return self._adopt(pipe, source, task, most, retry_seconds)
        return 0

    def _adopt(self, pipe: Pipeline, source: str, task: str, most: int, retry_seconds: Sequence[int]) -> int:
        pipe.watch(source)  # type: ignore[no-untyped-call]
        # redis-py types every answer as one that may be awaited, too
        items = cast("list[bytes]", pipe.lrange(source, 0, most - 1))
        pipe.multi()
        for item in items:
            self._queue.enqueue_call(
                f"{TASKS}.{task}",
                args=(item.decode(),),
                description=task,
                result_ttl=0,
                failure_ttl=_KEEP_FAILED_SECONDS,
                retry=Retry(max=len(retry_seconds), interval=list(retry_seconds)),
                pipeline=pipe,
            )
        pipe.ltrim(source, len(items), -1)
        pipe.execute()
        return len(items)

    def _push_unique(self, task: str, arguments: tuple[object, ...], job_id: str) -> JobStatus | None:
        """Queue under `job_id`: None when it was queued, else the status of the live namesake that stands for it."""
        for _attempt in range(3):
            try:
                self._push(task, arguments, job_id)
            except DuplicateJobError:
                status = self._live_status(job_id)
                if status is not None:
                    return status
            else:
                return None
        return JobStatus.QUEUED  # others queue it as fast as it is finished: theirs will do

    def _live_status(self, job_id: str) -> JobStatus | None:
        """The status of a job that waits or runs; one that ended (failed, stopped) is removed to make room."""
        try:
            job = self._queue.fetch_job(job_id)
            status = job.get_status() if job else None
        except (NoSuchJobError, InvalidJobOperation):
            return None
        if status in _LIVE:
            return status
        if job is not None:
            job.delete()
        return None

    def _push(self, task: str, arguments: tuple[object, ...], job_id: str | None) -> None:
        self._queue.enqueue_call(
            f"{TASKS}.{task}",
            args=arguments,
            job_id=job_id,
            unique=job_id is not None,
            result_ttl=0,
            failure_ttl=_KEEP_FAILED_SECONDS,
            retry=Retry(max=len(_RETRY_SECONDS), interval=_RETRY_SECONDS),
        )
