"""The worker process: opens the engines, then runs jobs until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import AbstractAsyncContextManager

from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from embedded.processes import forks_die_with_us
from jobs import runtime
from jobs.queue import QUEUE_NAME, JobQueue, TaskJob
from jobs.schedule import queue_due
from jobs.ticker import Ticker, queue_mails, queue_requested_maintenance
from services import logs
from services.context import Context
from services.wiring import opened_from
from settings import Settings, SettingsError

_MOST_JOBS = 2000  # then a fresh process takes over, so that nothing grows for ever
BEATS = (queue_requested_maintenance, queue_mails, queue_due)
"""What the ticker looks for; one line each."""


def run(settings: Settings, *, burst: bool = False) -> None:
    """Run jobs until SIGTERM or SIGINT, which let the job at hand finish; `burst` ends when the queue is empty.

    Jobs run in this process, not in forks of it: forks would copy open connections. rq's scheduler, which queues
    the retries when they are due, is a fork; it is made to end with us.
    """
    if settings.redis_url is None or settings.database_url is None:
        raise SettingsError("XDS_DATABASE_URL and XDS_REDIS_URL are not set; `xds serve` starts a worker of its own")
    logs.configure(settings.log_level, settings.all_secrets())
    if sys.version_info < (3, 12) and hasattr(os, "pidfd_open"):
        asyncio.set_child_watcher(asyncio.PidfdChildWatcher())
    forks_die_with_us()
    with asyncio.Runner() as runner:
        opened = open_context(settings)
        context = runner.run(opened.__aenter__())
        try:
            runtime.install(runtime.Runtime(context, runner))
            _work(settings, settings.redis_url, burst=burst)
        finally:
            runner.run(opened.__aexit__(None, None, None))


def open_context(settings: Settings) -> AbstractAsyncContextManager[Context]:
    """The engines that the services need, with few connections: a worker does one job at a time."""
    return opened_from(settings, pool_size=2, max_overflow=2)


def _work(settings: Settings, redis_url: str, *, burst: bool) -> None:
    connection = Redis.from_url(redis_url)
    rq_queue = Queue(QUEUE_NAME, connection=connection, serializer=JSONSerializer, job_class=TaskJob)
    worker = SimpleWorker([rq_queue], connection=connection, serializer=JSONSerializer, job_class=TaskJob)
    queue = JobQueue(redis_url, timeout_seconds=settings.job_timeout_seconds)
    ticker = Ticker(lambda: [beat(connection, queue) for beat in BEATS])
    ticker.start()
    try:
        queue.push("sync_all", key="start")  # what a crash left behind; once, however many workers start
        queue.push("forget_expired", key="start")  # a machine that sleeps every night forgets things, too
        worker.work(
            burst=burst, max_jobs=_MOST_JOBS, logging_level=settings.log_level.upper(), with_scheduler=not burst
        )
    finally:
        ticker.stop()
        connection.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:  # a supervisor holds us back until the database is ready
        os.read(int(sys.argv[1]), 1)
    run(Settings())
