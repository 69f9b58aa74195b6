"""Tells other `xds` commands on this machine how to reach the servers of a data directory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from embedded.errors import DataDirectoryInUse, EmbeddedError
from embedded.lock import DataLock
from embedded.postgres import EmbeddedPostgres
from embedded.secrets import keep_secret, write_private
from embedded.valkey import EmbeddedValkey
from settings import Settings


def secret_of(data: Path) -> SecretStr:
    """The signing secret of an embedded service, made on first use (0600 below the data directory)."""
    return SecretStr(keep_secret(data / "secrets" / "secret-key", length=48))


def endpoints_path(data: Path) -> Path:
    """Where a running `xds serve` writes the URLs of its servers (0600)."""
    return data / "run" / "endpoints.json"


def announce(settings: Settings) -> None:
    """Write the URLs of the servers that now run, and of the service: its port may be an option that only it knows."""
    urls = {"database_url": settings.database_url, "redis_url": settings.redis_url, "public_url": settings.base_url}
    write_private(endpoints_path(settings.data), json.dumps(urls))


def withdraw(data: Path) -> None:
    """Remove what `announce` wrote."""
    endpoints_path(data).unlink(missing_ok=True)


@contextmanager
def reachable(settings: Settings) -> Iterator[Settings]:
    """Settings with working URLs: those given, those of a running `xds serve`, or servers started for the while.

    For commands such as `xds migrate` and `xds reindex`, which work whether or not the service runs.
    """
    settings = settings.model_copy(update={"data": settings.data.resolve()})
    if settings.database_url and settings.redis_url:
        yield settings
        return
    lock = DataLock(settings.data)
    try:
        lock.acquire()
    except DataDirectoryInUse:
        yield with_urls(settings, **_announced(settings.data))
        return
    postgres, valkey = EmbeddedPostgres(settings.data), EmbeddedValkey(settings.data)
    try:
        database_url = settings.database_url or postgres.start()
        yield with_urls(settings, database_url=database_url, redis_url=settings.redis_url or valkey.start())
    finally:
        valkey.stop()
        postgres.stop()
        lock.release()


def with_urls(settings: Settings, *, database_url: str, redis_url: str, public_url: str | None = None) -> Settings:
    """The settings of an embedded service whose servers answer at these URLs, and it at `public_url`."""
    secret = settings.secret_key or secret_of(settings.data)
    reached_at = settings.public_url or public_url
    urls = {"database_url": database_url, "redis_url": redis_url, "secret_key": secret, "public_url": reached_at}
    return settings.model_copy(update=urls)


def _announced(data: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(endpoints_path(data).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EmbeddedError(f"the service of {data} is just starting or stopping; try again in a moment") from error
    return found
