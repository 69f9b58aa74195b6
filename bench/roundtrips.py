"""Counts what requests ask PostgreSQL: the service's own application in this process, over a running service's data."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import SecretStr
from sqlalchemy import event

from api.app import create_app
from bench.service import Service
from settings import Settings

OVER = "http://bench.invalid"


def count(service: Service, path: str, callers: Mapping[str, dict[str, str]]) -> dict[str, int]:
    """Round trips of one GET for each caller (name → headers), once connections and prepared statements are warm."""
    settings = Settings(
        _env_file=None,
        data=service.shared("roundtrips"),
        database_url=service.endpoints["database_url"],
        redis_url=service.endpoints["redis_url"],
        secret_key=SecretStr(service.secret),
        rate_limits=False,
    )
    return asyncio.run(_count(settings, path, callers))


async def _count(settings: Settings, path: str, callers: Mapping[str, dict[str, str]]) -> dict[str, int]:
    app = create_app(settings)
    asked: list[str] = []
    found: dict[str, int] = {}
    async with app.router.lifespan_context(app):
        _listen(app.state.context.engine.sync_engine, asked)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=OVER) as client:
            for name, headers in callers.items():
                for _ in range(2):  # the first use of a key is recorded, and statements are prepared
                    asked.clear()
                    (await client.get(path, headers=headers)).raise_for_status()
                found[name] = len(asked)
    return found


def _listen(engine: Any, asked: list[str]) -> None:
    """SQLAlchemy tells of statements; BEGIN and ROLLBACK only the driver knows of."""

    def statement(_connection: object, _cursor: object, text: str, *_: object) -> None:
        asked.append(text)

    def command(record: Any) -> None:
        asked.append(record.query)

    def connected(connection: Any, _: object) -> None:
        connection.driver_connection.add_query_logger(command)

    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "connect", connected)
    engine.pool.dispose()  # connections made before would not be heard
