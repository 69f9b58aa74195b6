"""Guards: every posted mail becomes exactly one job, and a real worker sends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
from redis import Redis

from jobs.queue import QUEUE_NAME, JobQueue
from jobs.ticker import queue_mails
from services.mail import PURPOSE, QUEUE
from services.vault import Vault
from tests.mailserver import MailServer

SECRET = "k3y-0123456789-abcdefghijklmnopqrstuvwxyz"
RUN = "from jobs.worker import run; from settings import Settings; run(Settings())"


def test_several_workers_make_one_job_of_each_mail(redis_url: str) -> None:
    with Redis.from_url(redis_url) as connection:
        connection.flushdb()
        connection.rpush(QUEUE, *(f"sealed-{n}" for n in range(250)))

        def work(_: int) -> int:
            with Redis.from_url(redis_url) as own:
                queue = JobQueue(redis_url)
                return sum(queue_mails(own, queue) for _ in range(5))

        with ThreadPoolExecutor(4) as threads:
            assert sum(threads.map(work, range(4))) == 250
        assert connection.llen(f"rq:queue:{QUEUE_NAME}") == 250
        assert not connection.exists(QUEUE)
        connection.flushdb()


def test_the_log_of_jobs_does_not_hold_the_mail(redis_url: str) -> None:
    with Redis.from_url(redis_url) as connection:
        connection.flushdb()
        connection.rpush(QUEUE, "sealed-mail")
        assert queue_mails(connection, JobQueue(redis_url)) == 1
        (job,) = [key for key in connection.keys("rq:job:*") if connection.type(key) == b"hash"]
        assert connection.hget(job, "description") == b"send_mail"
        connection.flushdb()


def test_a_worker_sends_what_was_posted(
    tmp_path: Path, database_url: str, redis_url: str, mail_server: MailServer
) -> None:
    sealed = Vault(SECRET).seal(PURPOSE, orjson.dumps({"to": "ada@example.org", "subject": "Hi", "text": "x"}).decode())
    with Redis.from_url(redis_url) as connection:
        connection.flushdb()
        connection.rpush(QUEUE, sealed)
    urls = {"XDS_DATABASE_URL": database_url, "XDS_REDIS_URL": redis_url, "XDS_SECRET_KEY": SECRET}
    smtp = {"XDS_SMTP_HOST": "127.0.0.1", "XDS_SMTP_PORT": str(mail_server.port), "XDS_SMTP_SECURITY": "none"}
    log = tmp_path / "worker.log"
    with log.open("wb") as output:
        worker = subprocess.Popen(
            [sys.executable, "-c", RUN],
            env={**os.environ, **urls, **smtp, "XDS_DATA": str(tmp_path)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        assert mail_server.next()["To"] == "ada@example.org", log.read_text(encoding="utf-8")
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(30)
    said = log.read_text(encoding="utf-8")
    assert sealed not in said and "Traceback" not in said
