"""What every table is made of: the declarative base, naming of constraints, and the columns that recur."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, cast
from uuid import UUID

from sqlalchemy import CHAR, CheckConstraint, DateTime, ForeignKey, MetaData, Table, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Json = Any
"""Whatever JSON can say."""

SORTED = Text(collation="C")
"""Text that keyset pages are ordered by: bytewise, so that the order never depends on the server's locale."""

OID = CHAR(40)

PENDING = {"gin_pending_list_limit": 256}
"""Kilobytes that a GIN index may leave unsorted: a search reads them all, and 4 MB of them made it ten times slower."""


class Base(DeclarativeBase):
    """The one metadata."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {datetime: DateTime(timezone=True), str: Text, Json: JSONB, list[str]: ARRAY(Text)}


def table_of(model: type[Base]) -> Table:
    """The model's table, for queries without ORM sessions."""
    return cast("Table", model.__table__)


def row_id() -> Mapped[UUID]:
    """A random primary key."""
    return mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))


def set_now() -> Mapped[datetime]:
    """A time that is the row's first unless it is given."""
    return mapped_column(server_default=func.now())


def author() -> Mapped[UUID | None]:
    """Who did it; the row outlives the account."""
    return mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


def owned_by(table: str) -> Mapped[UUID]:
    """A row that goes when the row of ``table`` goes."""
    return mapped_column(ForeignKey(f"{table}.id", ondelete="CASCADE"))


def one_of(column: str, *values: str) -> CheckConstraint:
    """Only these values."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=column)
