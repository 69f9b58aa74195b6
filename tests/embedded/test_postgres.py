"""Guards: the private PostgreSQL is created whole, keeps its data, survives kill -9 and never meets a stranger."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from embedded.account import Account
from embedded.errors import EmbeddedError, StartFailed
from embedded.postgres import EmbeddedPostgres, remove_data
from embedded.processes import ProcessRecord
from embedded.rundir import run_directory


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "data"
    path.mkdir(mode=0o700)
    yield path
    remove_data(path)


def query(url: str, *statements: str) -> object:
    async def run() -> object:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            answer: object = None
            for statement in statements:
                answer = await connection.fetchval(statement)
            return answer
        finally:
            await connection.close()

    return asyncio.run(run())


def postmaster(data: Path) -> psutil.Process:
    record = ProcessRecord.read(data / "run" / "postgres.json")
    assert record is not None
    process = record.process()
    assert process is not None
    return process


def test_data_and_url_stay_over_a_restart(data: Path) -> None:
    server = EmbeddedPostgres(data, fast=True)
    url = server.start()
    query(url, "CREATE TABLE t AS SELECT 42 AS n")
    server.stop()
    assert not server.is_running()
    assert server.start() == url
    assert query(url, "SELECT n FROM t") == 42
    server.stop()


def test_durable_by_default_and_the_role_is_no_superuser(data: Path) -> None:
    server = EmbeddedPostgres(data)
    url = server.start()
    try:
        assert query(url, "SHOW fsync") == "on"
        assert query(url, "SHOW data_checksums") == "on"
        assert query(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        assert query(url, "CREATE EXTENSION pg_trgm", "SELECT similarity('a', 'a')") == 1.0
    finally:
        server.stop()


def test_secrets_and_cluster_are_closed_to_others(data: Path) -> None:
    server = EmbeddedPostgres(data, fast=True)
    server.start()
    try:
        for secret in (data / "secrets").iterdir():
            assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        account = Account.for_servers()
        for directory in (data / "postgres", run_directory(data, account)):
            found = directory.stat()
            assert stat.S_IMODE(found.st_mode) == 0o700
            assert found.st_uid == account.uid
        assert postmaster(data).uids().real == account.uid != 0
    finally:
        server.stop()


def test_a_wrong_password_is_refused(data: Path) -> None:
    server = EmbeddedPostgres(data, fast=True)
    url = server.start()
    try:
        user, rest = url.split("@", 1)
        with pytest.raises(asyncpg.InvalidPasswordError):
            query(user[:-3] + "xyz@" + rest, "SELECT 1")
    finally:
        server.stop()


def test_recovers_after_kill_9_of_the_server(data: Path) -> None:
    server = EmbeddedPostgres(data)
    url = server.start()
    query(url, "CREATE TABLE t AS SELECT 7 AS n")
    postmaster(data).kill()
    assert server.start() == url
    assert query(url, "SELECT n FROM t") == 7
    server.stop()


def test_replaces_a_server_that_a_killed_run_left_behind(data: Path) -> None:
    script = (
        "import ctypes, os, sys; from pathlib import Path; import embedded.processes as p; "
        "p._die_with = lambda parent, number: (lambda: None); "  # as on a system without parent-death signals
        "from embedded.postgres import EmbeddedPostgres; "
        "print(EmbeddedPostgres(Path(sys.argv[1])).start(), flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(data)], capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    orphan = postmaster(data)
    server = EmbeddedPostgres(data)
    url = server.start()
    try:
        assert url == done.stdout.strip()
        assert not orphan.is_running()
        assert query(url, "SELECT 1") == 1
    finally:
        server.stop()


def test_dies_with_its_parent(data: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from embedded.postgres import EmbeddedPostgres; "
        "EmbeddedPostgres(Path(sys.argv[1]), fast=True).start(); print('up', flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "up\n"
    orphan = postmaster(data)
    parent.kill()
    parent.communicate()
    psutil.wait_procs([orphan], timeout=10)
    assert not orphan.is_running()


def test_a_stale_pid_file_that_names_a_living_stranger_is_no_hindrance(data: Path) -> None:
    server = EmbeddedPostgres(data, fast=True)
    url = server.start()
    server.stop()
    (data / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{data / 'postgres'}\n0\n5432\n\n\n")
    ProcessRecord(os.getpid(), 12345.0, "another boot").write(data / "run" / "postgres.json")
    server.start()
    try:
        assert query(url, "SELECT 1") == 1
    finally:
        server.stop()


def test_a_half_made_cluster_is_made_again(data: Path) -> None:
    half = data / ".postgres.new"
    (half / "base").mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(data, fast=True)
    url = server.start()
    try:
        assert query(url, "SELECT 1") == 1
        assert not half.exists()
    finally:
        server.stop()


def test_a_cluster_of_another_major_version_is_refused_in_words(data: Path) -> None:
    server = EmbeddedPostgres(data, fast=True)
    server.start()
    server.stop()
    (data / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedError, match="made by PostgreSQL 12"):
        server.start()


def test_a_server_that_cannot_start_says_why(data: Path) -> None:
    server = EmbeddedPostgres(data, fast=True)
    server.start()
    server.stop()
    with (data / "postgres" / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(StartFailed, match="no_such_setting"):
        server.start()
    assert not server.is_running()


def test_a_run_directory_that_is_not_ours_is_refused(data: Path) -> None:
    path = run_directory(data, Account.for_servers())
    path.chmod(0o777)
    with pytest.raises(EmbeddedError, match="not a private directory"):
        EmbeddedPostgres(data, fast=True).start()
    path.chmod(0o700)
