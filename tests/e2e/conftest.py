"""Fixtures for end-to-end tests on the shared service (``tests.service``) with real git clients."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.workbench import Git, System, Workbench
from tests.service import Service


@pytest.fixture(scope="session")
def bench(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """The administrator of the shared service with a team of their own."""
    made = Workbench(service, tmp_path_factory.mktemp("home"))
    yield made
    made.close()


@pytest.fixture
def system(bench: Workbench) -> System:
    """A new design system with an empty repository."""
    return bench.make_system()


@pytest.fixture(scope="session")
def git(bench: Workbench) -> Git:
    """A developer's git."""
    return bench.git
