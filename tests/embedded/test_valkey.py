"""Guards: the private Valkey answers only to its password, dies with its parent and is replaced after a kill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis

from embedded.postgres import remove_data
from embedded.processes import ProcessRecord
from embedded.valkey import EmbeddedValkey


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "data"
    path.mkdir(mode=0o700)
    yield path
    remove_data(path)


def server_of(data: Path) -> psutil.Process:
    record = ProcessRecord.read(data / "run" / "valkey.json")
    assert record is not None
    process = record.process()
    assert process is not None
    return process


def test_answers_to_its_password_only(data: Path) -> None:
    server = EmbeddedValkey(data)
    url = server.start()
    try:
        with redis.Redis.from_url(url) as client:
            assert client.ping()
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert client.config_get("port") == {"port": "0"}
        with (
            redis.Redis.from_url("unix://@" + url.split("@", 1)[1]) as stranger,
            pytest.raises(redis.AuthenticationError),
        ):
            stranger.ping()
    finally:
        server.stop()
    assert not server.is_running()
    assert not Path(url.split("@", 1)[1].split("?")[0]).parent.exists(), (
        "the folder of sockets goes with the last server"
    )


def test_the_password_is_in_no_process_list(data: Path) -> None:
    server = EmbeddedValkey(data)
    server.start()
    try:
        password = (data / "secrets" / "valkey-password").read_text().strip()
        assert password not in " ".join(server_of(data).cmdline())
    finally:
        server.stop()


def test_keeps_its_url_over_restarts_and_replaces_one_left_behind(data: Path) -> None:
    first, second = EmbeddedValkey(data), EmbeddedValkey(data)
    url = first.start()
    left = server_of(data)
    assert second.start() == url
    assert first.is_running() is False
    assert not left.is_running()
    second.stop()


def test_starts_again_after_kill_9(data: Path) -> None:
    server = EmbeddedValkey(data)
    url = server.start()
    server_of(data).kill()
    assert server.start() == url
    with redis.Redis.from_url(url) as client:
        assert client.ping()
    server.stop()
