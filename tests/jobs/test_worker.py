"""Guards: the worker runs tasks against a real repository, and refuses to start without what it needs."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from redis import Redis

from gitstore.commits import Person, write_commit, write_tree
from gitstore.maintenance import MANY_LOOSE_REFS, needs_maintenance
from gitstore.refs import RefUpdate, move
from gitstore.store import RepositoryStore
from jobs.queue import JobQueue
from jobs.worker import run
from settings import Settings, SettingsError

SECRET = "k3y-0123456789-abcdefghijklmnopqrstuvwxyz"
BURST = "from jobs.worker import run; from settings import Settings; run(Settings(), burst=True)"
ADA = Person("Ada", "ada@example.org")


def busy_repository(store: RepositoryStore, system_id: uuid.UUID) -> Path:
    """A repository with more loose branches than maintenance tolerates."""
    path = store.create(system_id)
    with store.open(system_id) as repo:
        tree = write_tree(repo, None, {"tokens/color.tokens.json": b"{}"})
        commit = write_commit(repo, tree=tree, parents=[], author=ADA, committer=ADA, message="begin")
        updates = [RefUpdate(f"refs/heads/topic-{n}", None, commit) for n in range(MANY_LOOSE_REFS + 1)]
        for update in updates:  # one by one: many at once are packed at once
            move(repo, [update], who=ADA, reason="test")
    return path


def test_a_requested_repository_is_repacked(tmp_path: Path, database_url: str, redis_url: str) -> None:
    store, system_id = RepositoryStore(tmp_path / "repositories"), uuid.uuid4()
    path = busy_repository(store, system_id)
    assert needs_maintenance(path)
    with Redis.from_url(redis_url) as connection:
        connection.flushdb()
    JobQueue(redis_url).push("maintain_repository", str(system_id), key=str(system_id))
    urls = {"XDS_DATABASE_URL": database_url, "XDS_REDIS_URL": redis_url, "XDS_SECRET_KEY": SECRET}
    done = subprocess.run(
        [sys.executable, "-c", BURST],
        env={**os.environ, **urls, "XDS_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    assert not needs_maintenance(path), done.stderr
    assert "Traceback" not in done.stderr
    with Redis.from_url(redis_url) as connection:
        assert not connection.keys("rq:job:*"), "every job ran, and none failed"


def test_without_urls_it_does_not_start() -> None:
    with pytest.raises(SettingsError, match="XDS_DATABASE_URL and XDS_REDIS_URL"):
        run(Settings(database_url=None, redis_url=None))
