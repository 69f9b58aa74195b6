"""A thread that looks for due work now and then and queues it, beside the worker that runs jobs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import cast
from uuid import UUID

from redis import Redis
from redis.exceptions import RedisError

from jobs.queue import JobQueue
from services.mail import QUEUE as MAILS
from services.upkeep import REQUESTED

log = logging.getLogger("xds.ticker")

EVERY_SECONDS = 5.0
_AT_ONCE = 16
_MAILS_AT_ONCE = 100
_MAIL_RETRIES = (30, 120, 600, 3600, 4 * 3600)
"""Seconds; mail servers that know nobody yet say "later" for some minutes, and may be away for hours."""


class Ticker(threading.Thread):
    """Calls `beat` every few seconds until stopped; a beat that fails is logged and comes again."""

    def __init__(self, beat: Callable[[], object], *, seconds: float = EVERY_SECONDS) -> None:
        super().__init__(name="ticker", daemon=True)
        self._beat = beat
        self._seconds = seconds
        self._stopped = threading.Event()

    def run(self) -> None:
        """The thread's work."""
        while not self._stopped.wait(self._seconds):
            try:
                self._beat()
            except (RedisError, OSError) as error:
                log.warning("a beat failed and comes again: %s", error)

    def stop(self) -> None:
        """End the thread; returns when it has."""
        self._stopped.set()
        self.join(self._seconds + 1)


def queue_requested_maintenance(connection: Redis, queue: JobQueue) -> int:
    """Turn the repositories that services asked to have maintained into jobs, one per repository; how many."""
    # redis-py types every answer as one that may be awaited, too
    requested = cast("list[bytes] | None", connection.spop(REQUESTED, _AT_ONCE))
    ids = [str(UUID(item.decode())) for item in requested or ()]
    return sum(queue.push("maintain_repository", system_id, key=system_id) for system_id in ids)


def queue_mails(connection: Redis, queue: JobQueue) -> int:
    """Turn the mails that services posted into one job each; how many."""
    if not connection.exists(MAILS):
        return 0
    return queue.adopt(MAILS, "send_mail", most=_MAILS_AT_ONCE, retry_seconds=_MAIL_RETRIES)
