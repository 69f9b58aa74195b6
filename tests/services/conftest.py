"""A context on the real servers, with a clock that tests turn and argon2 at its cheapest."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from argon2 import PasswordHasher

from services import accounts, sign_ins
from services.access_tokens import AccessTokens
from services.context import Context, opened
from services.passwords import Passwords
from services.policy import Actor
from services.vault import Vault

PASSWORD = "correct-horse-battery"


class Clock:
    """Stands still until told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest_asyncio.fixture
async def context(
    database_url: str, redis_url: str, tmp_path: Path, clock: Clock, passwords: Passwords
) -> AsyncIterator[Context]:
    tokens = AccessTokens.derived("a secret of the tests, long enough")
    opening = opened(
        database_url=database_url,
        redis_url=redis_url,
        repositories=tmp_path / "repositories",
        access_tokens=tokens,
        vault=Vault("a secret of the tests, long enough"),
        passwords=passwords,
        clock=clock,
    )
    async with opening as made:
        yield made


async def person(context: Context, name: str, **more: object) -> Actor:
    """Somebody who just registered and signed in."""
    email = f"{name.lower()}@example.org"
    await accounts.register(context, email=email, password=PASSWORD, name=name, **more)  # type: ignore[arg-type]
    pair = await sign_ins.login(context, email=email, password=PASSWORD)
    return context.access_tokens.verify(pair.access_token, context.clock())
