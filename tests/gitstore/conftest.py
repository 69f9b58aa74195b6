"""Repositories, commits and a served wire for the tests of this room."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gitstore.store import RepositoryStore
from tests.gitstore.helpers import Repo
from tests.gitstore.wire_server import WireServer


@pytest.fixture
def store(tmp_path: Path) -> RepositoryStore:
    return RepositoryStore(tmp_path / "repositories")


@pytest.fixture
def system_id() -> uuid.UUID:
    return uuid.uuid4()


@pytest.fixture
def path(store: RepositoryStore, system_id: uuid.UUID) -> Path:
    return store.create(system_id)


@pytest.fixture
def repo(store: RepositoryStore, system_id: uuid.UUID, path: Path) -> Iterator[Repo]:
    with store.open(system_id) as opened:
        yield Repo(opened, path)


@pytest.fixture
async def wire(tmp_path: Path, store: RepositoryStore) -> AsyncIterator[WireServer]:
    server = WireServer(store, tmp_path)
    async with server.running():
        yield server
