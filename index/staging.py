"""Hands rows to PostgreSQL in bulk: as arrays in the statement itself, or by COPY into a temporary table.

A statement written against ``@given`` runs on either: few rows travel as one array per column, so that any number of
them is one round trip; many are streamed by COPY, which is as fast and needs no giant message.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

R = TypeVar("R")

COPY_FROM = 1000
"""From how many rows on COPY is worth its temporary table."""

BULK_TIMEOUT = "SET LOCAL statement_timeout = '15min'"


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it travels (``kind``) and, where the table's type differs, what it is cast to."""

    name: str
    kind: str
    cast: str = ""

    @property
    def value(self) -> str:
        """The SQL of its value in a row ``g`` of the rows given."""
        return f"g.{self.name}::{self.cast}" if self.cast else f"g.{self.name}"


@dataclass(frozen=True, slots=True)
class Stage(Generic[R]):
    """How rows of one kind travel: a temporary table's name, its columns, and the record made of a row.

    Both ways add a column ``ord`` with the row's place, from 1.
    """

    name: str
    columns: tuple[Column, ...]
    record: Callable[[R], tuple[Any, ...]]

    @property
    def names(self) -> str:
        """The columns, for an INSERT's list."""
        return ", ".join(column.name for column in self.columns)

    @property
    def values(self) -> str:
        """The values of a row ``g``, for a SELECT's list."""
        return ", ".join(column.value for column in self.columns)

    def inline(self, statement: str) -> str:
        """``statement`` with its ``@given`` read from arrays; $1 stays the statement's own."""
        arrays = ", ".join(f"${place}::{column.kind}[]" for place, column in enumerate(self.columns, 2))
        given = f"(SELECT * FROM unnest({arrays}) WITH ORDINALITY AS u({self.names}, ord))"  # noqa: S608 our own names
        return statement.replace("@given", given)

    def staged(self, statement: str) -> str:
        """``statement`` with its ``@given`` read from the temporary table."""
        return statement.replace("@given", self.name)

    async def load(self, db: AsyncConnection, rows: Sequence[R]) -> None:
        """Stream the rows into the temporary table, which ``drop`` or the transaction's end removes."""
        columns = ", ".join(f"{column.name} {column.kind}" for column in self.columns)
        await db.exec_driver_sql(f"CREATE TEMPORARY TABLE {self.name} ({columns}, ord bigint) ON COMMIT DROP")
        record = self.record
        records = ((*record(row), place) for place, row in enumerate(rows, 1))
        raw: Any = (await db.get_raw_connection()).driver_connection
        await raw.copy_records_to_table(self.name, records=records)
        await db.exec_driver_sql(f"ANALYZE {self.name}")

    async def drop(self, db: AsyncConnection) -> None:
        """Make room for the next bulk step of the same transaction."""
        await db.exec_driver_sql(f"DROP TABLE {self.name}")

    async def run(self, db: AsyncConnection, statement: str, argument: Any, rows: Sequence[R]) -> None:
        """Run ``statement`` once over all rows, with ``argument`` as its $1."""
        if not rows:
            return
        if len(rows) < COPY_FROM:
            arrays = zip(*map(self.record, rows), strict=True)
            await db.exec_driver_sql(self.inline(statement), (argument, *map(list, arrays)))
            return
        await db.exec_driver_sql(BULK_TIMEOUT)
        await self.load(db, rows)
        await db.exec_driver_sql(self.staged(statement), (argument,))
        await self.drop(db)
