"""Writes what a repository says into its indexed view, idempotently, at a cost that follows the change.

Callers hold the system's lock (``systems.lock``) and own the transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from index.mirrored import COMPONENTS, LINES, NUMBERED, TOKENS, VERSIONS, Numbered
from index.rows import ComponentVersionRow, MirrorDelta, MirrorState
from index.staging import BULK_TIMEOUT, COPY_FROM, Stage

Key = tuple[str, ...]
"""The columns that tell a table's rows of one system apart."""

FIRST_ONLY = frozenset({"created_at", "created_by", "version"})
"""What an update of a mirrored row leaves as it was when the row was made (a version number follows the versions)."""

PEOPLE = frozenset({"created_by", "changed_by"})
"""Accounts come and go without the repository: they are written, but a difference in them is no drift."""


def _upsert(table: str, key: Key, stage: Stage[Any], *, keep: frozenset[str], only_changed: bool = False) -> str:
    """INSERT … SELECT … ON CONFLICT over the rows given; $1 is the system. SQL of constants alone."""
    changing = [column.name for column in stage.columns if column.name not in keep and column.name not in key]
    sets = ", ".join(f"{name} = excluded.{name}" for name in changing)
    where = f" WHERE ({_of('t', changing)}) IS DISTINCT FROM ({_of('excluded', changing)})" if only_changed else ""
    return (
        f"INSERT INTO {table} AS t (design_system_id, {stage.names}) "  # noqa: S608 our own names
        f"SELECT $1::uuid, {stage.values} FROM @given AS g ORDER BY g.ord "
        f"ON CONFLICT (design_system_id, {', '.join(key)}) DO UPDATE SET {sets}{where}"
    )


def _of(row: str, names: Iterable[str]) -> str:
    return ", ".join(f"{row}.{name}" for name in names)


UPSERT_TOKENS = _upsert("design_tokens", ("id",), TOKENS, keep=FIRST_ONLY)
UPSERT_COMPONENTS = _upsert("components", ("id",), COMPONENTS, keep=FIRST_ONLY)

REMOVE_TOKENS = "DELETE FROM design_tokens WHERE design_system_id = $1 AND id = ANY($2::uuid[])"

MOVE_LINES = """
UPDATE design_tokens AS t SET line = g.line FROM @given AS g
WHERE t.design_system_id = $1 AND t.id = g.id AND t.line <> g.line
"""

# A commit that a component already has a version for is passed over; the others are numbered on from its newest.
ADD_VERSIONS = f"""
WITH fresh AS (
    SELECT g.*, row_number() OVER (PARTITION BY g.component_id ORDER BY g.ord) AS place FROM @given AS g
    WHERE NOT EXISTS (
        SELECT FROM component_versions AS v
        WHERE v.design_system_id = $1 AND v.component_id = g.component_id AND v.commit = g.commit
    )
), added AS (
    INSERT INTO component_versions (design_system_id, {VERSIONS.names}, version)
    SELECT $1::uuid, {VERSIONS.values}, g.place + coalesce(
        (SELECT max(v.version) FROM component_versions AS v
         WHERE v.design_system_id = $1 AND v.component_id = g.component_id), 0
    ) FROM fresh AS g
    RETURNING component_id, version, commit, removed, created_at
), newest AS (
    SELECT DISTINCT ON (component_id) * FROM added ORDER BY component_id, version DESC
)
UPDATE components AS c
SET version = n.version, commit = n.commit, updated_at = n.created_at,
    removed_commit = CASE WHEN n.removed THEN n.commit END
FROM newest AS n WHERE c.design_system_id = $1 AND c.id = n.component_id
"""  # noqa: S608 our own names

REPLACED: tuple[tuple[str, str, Key, Stage[Any]], ...] = (
    ("token", "design_tokens", ("id",), TOKENS),
    ("component", "components", ("id",), COMPONENTS),
    ("version", "component_versions", ("component_id", "commit"), NUMBERED),
)
"""What is replaced and compared, in the order of writing: what a line calls it, table, key in its system, stage."""


async def apply(db: AsyncConnection, system_id: UUID, delta: MirrorDelta) -> None:
    """Write a delta: at most five statements whatever its size, one where only tokens were set.

    Applying the same delta again changes nothing. Freed token paths may be taken again within the delta.
    """
    if delta.token_removed:
        await db.exec_driver_sql(REMOVE_TOKENS, (system_id, list(delta.token_removed)))
    tokens = list({row.id: row for row in delta.token_upserts}.values())
    await TOKENS.run(db, UPSERT_TOKENS, system_id, tokens)
    await LINES.run(db, MOVE_LINES, system_id, list(dict(delta.token_lines).items()))
    components = {row.id: (row, 1) for row in delta.component_upserts}
    await COMPONENTS.run(db, UPSERT_COMPONENTS, system_id, list(components.values()))
    versions = {(row.component_id, row.commit): row for row in delta.component_versions}
    await VERSIONS.run(db, ADD_VERSIONS, system_id, list(versions.values()))
    if max(len(tokens), len(components), len(versions)) >= COPY_FROM:
        await analyze(db)


async def replace(db: AsyncConnection, system_id: UUID, full: MirrorState) -> None:
    """Make the mirror equal to ``full``: rows that are right are not touched, ids stay, times too.

    A removed component that ``full`` does not know any more (its history was rewritten) goes with its versions.
    """
    await db.exec_driver_sql(BULK_TIMEOUT)
    await _load(db, full)
    for _, table, key, stage in REPLACED:
        await db.exec_driver_sql(stage.staged(_remove_others(table, key)), (system_id,))
        upsert = _upsert(table, key, stage, keep=frozenset(), only_changed=True)
        await db.exec_driver_sql(stage.staged(upsert), (system_id,))
        await stage.drop(db)
    await analyze(db)


async def compare(db: AsyncConnection, system_id: UUID, full: MirrorState, *, limit: int = 1000) -> list[str]:
    """How the mirror differs from ``full``, up to ``limit`` lines a kind; empty when it does not.

    ``token color.a: value differs`` · ``component Button: is missing from the index`` · ``version 3 of Button:
    is not in the repository``.
    """
    await db.exec_driver_sql(BULK_TIMEOUT)
    await _load(db, full)
    lines: list[str] = []
    for kind, table, key, stage in REPLACED:
        found = await db.exec_driver_sql(stage.staged(_differences(kind, table, key, stage)), (system_id, limit))
        lines.extend(line for (line,) in found)
        await stage.drop(db)
    return lines


async def analyze(db: AsyncConnection) -> None:
    """Let the planner know what a bulk load brought; never waits for another session that does the same."""
    await db.exec_driver_sql("ANALYZE (SKIP_LOCKED) design_tokens, components, component_versions")


async def _load(db: AsyncConnection, full: MirrorState) -> None:
    versions = _numbered(full.component_versions)
    newest = Counter(row.component_id for row, _ in versions)
    await TOKENS.load(db, full.tokens)
    await COMPONENTS.load(db, [(row, newest[row.id] or 1) for row in full.components])
    await NUMBERED.load(db, versions)


def _numbered(versions: Sequence[ComponentVersionRow]) -> list[Numbered]:
    """Each version with its number: its place among its component's commits."""
    count: Counter[UUID] = Counter()
    numbered = []
    for row in {(row.component_id, row.commit): row for row in versions}.values():
        count[row.component_id] += 1
        numbered.append((row, count[row.component_id]))
    return numbered


def _remove_others(table: str, key: Key) -> str:
    same = " AND ".join(f"g.{name} = t.{name}" for name in key)
    return (
        f"DELETE FROM {table} AS t WHERE t.design_system_id = $1 "  # noqa: S608 our own names
        f"AND NOT EXISTS (SELECT FROM @given AS g WHERE {same})"
    )


def _differences(kind: str, table: str, key: Key, stage: Stage[Any]) -> str:
    same = " AND ".join(f"g.{name} = t.{name}" for name in key)
    compared = [c for c in stage.columns if c.name not in PEOPLE and c.name not in key]
    names = ", ".join(f"CASE WHEN t.{c.name} IS DISTINCT FROM {c.value} THEN '{c.name}' END" for c in compared)
    subject = {
        "token": "'token ' || coalesce(t.path, g.path)",
        "component": "'component ' || coalesce(t.name, g.name)",
        "version": "'version ' || coalesce(t.version, g.version) || ' of ' || coalesce(t.name, g.name)",
    }[kind]
    return f"""
        SELECT {subject} || ': ' || CASE
            WHEN g.{key[0]} IS NULL THEN 'is not in the repository'
            WHEN t.id IS NULL THEN 'is missing from the index'
            ELSE concat_ws(', ', {names}) || ' differs' END AS line
        FROM (SELECT * FROM {table} WHERE design_system_id = $1) AS t FULL JOIN @given AS g ON {same}
        WHERE t.id IS NULL OR g.{key[0]} IS NULL
            OR ({_of("t", (c.name for c in compared))}) IS DISTINCT FROM ({", ".join(c.value for c in compared)})
        ORDER BY line LIMIT $2
    """  # noqa: S608 our own names
