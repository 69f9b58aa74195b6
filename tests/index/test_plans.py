"""At 10,000 rows every query of the lists goes by an index, and a page costs what a page costs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from gitstore.refs import RefTarget
from index import activity, components, mirror, proposals, refs, systems, tokens
from index.rows import ActivityRow, MirrorState
from index.users import Caller
from tests.index.rows_made import at, component, make_system, make_team, make_user, oid, token, version

SIZE = 10_000


@contextmanager
def asked(db: AsyncConnection) -> Iterator[list[tuple[str, Any]]]:
    sent: list[tuple[str, Any]] = []
    note = lambda *told: sent.append((told[2], told[3]))  # noqa: E731
    event.listen(db.sync_connection, "before_cursor_execute", note)
    yield sent
    event.remove(db.sync_connection, "before_cursor_execute", note)


async def plan_of(db: AsyncConnection, call: Callable[[], Awaitable[Any]]) -> str:
    """The plan of the one query that ``call`` sends."""
    with asked(db) as sent:
        await call()
    ((query, values),) = sent
    rows = await db.exec_driver_sql(
        f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) {query}", values
    )
    return "\n".join(line for (line,) in rows)


@pytest.fixture(scope="module")
def rows() -> Callable[[UUID], MirrorState]:
    def make(system_id: UUID) -> MirrorState:
        made = [
            token(
                system_id,
                f"c{n % 40:02}.group{n % 500}.t{n}",
                alias_paths=(f"c{n % 40:02}.base{n // 10}",),
                description=f"number {n}",
                **({"type": "number", "resolved_type": "number"} if n % 100 == 0 else {}),
            )
            for n in range(SIZE)
        ]
        parts = [component(system_id, f"C{n}", category=f"k{n % 40}") for n in range(SIZE)]
        return MirrorState(made, parts, [version(part, 1) for part in parts])

    return make


async def test_queries_at_ten_thousand_rows_use_their_indexes(
    db: AsyncConnection, database_url: str, rows: Callable[[UUID], MirrorState]
) -> None:
    team, ada = await make_team(db), await make_user(db)
    system, other = await make_system(db, "ui", team), await make_system(db, "other", team)
    await mirror.replace(db, system.id, rows(system.id))
    await mirror.replace(db, other.id, rows(other.id))
    events = [ActivityRow("token.updated", "token", None, None, at(n), seq=n) for n in range(1, 2001)]
    await activity.append(db, system.id, team, events)
    await db.exec_driver_sql("ANALYZE activity_log")
    one, part = token(system.id, "c07.group7.t7"), component(system.id, "C7")
    page, parts = await tokens.list_page(db, system.id), await components.list_page(db, system.id)
    wanted: list[tuple[str, str, Callable[[], Awaitable[Any]]]] = [
        ("page", "uq_design_tokens_design_system_id_category_name", lambda: tokens.list_page(db, system.id)),
        (
            "next page",
            "uq_design_tokens_design_system_id_category_name",
            lambda: tokens.list_page(db, system.id, cursor=page.next_cursor),
        ),
        (
            "category",
            "uq_design_tokens_design_system_id_category_name",
            lambda: tokens.list_page(db, system.id, category="c07"),
        ),
        ("type", "ix_design_tokens_type_page", lambda: tokens.list_page(db, system.id, type="number")),
        ("search", "ix_design_tokens_search", lambda: tokens.list_page(db, system.id, q="t4711")),
        ("usages", "ix_design_tokens_alias_paths", lambda: tokens.usages(db, system.id, "c07.base4")),
        ("id", "pk_design_tokens", lambda: tokens.get(db, system.id, one.id)),
        ("path", "uq_design_tokens_design_system_id_path", lambda: tokens.by_path(db, system.id, one.path)),
        ("components", "ix_components_page", lambda: components.list_page(db, system.id)),
        (
            "next components",
            "ix_components_page",
            lambda: components.list_page(db, system.id, cursor=parts.next_cursor),
        ),
        (
            "component category",
            "ix_components_category_page",
            lambda: components.list_page(db, system.id, category="k7"),
        ),
        ("component search", "ix_components_search", lambda: components.list_page(db, system.id, q="C4711")),
        ("component", "pk_components", lambda: components.get(db, system.id, part.id)),
        (
            "versions",
            "uq_component_versions_design_system_id_component_id",
            lambda: components.versions(db, system.id, part.id),
        ),
        ("replay", "uq_activity_log_design_system_id_seq", lambda: activity.since(db, system.id, 1990, 50)),
        ("feed", "ix_activity_log_team_id_position", lambda: activity.team_page(db, team)),
    ]
    for name, index, call in wanted:
        plan = await plan_of(db, call)
        assert index in plan, f"{name}\n{plan}"
        assert "Seq Scan" not in plan, f"{name}\n{plan}"
    # a page reads a page: nothing is sorted or filtered away
    for call in (wanted[0][2], wanted[1][2], wanted[2][2], wanted[3][2], wanted[8][2], wanted[9][2], wanted[10][2]):
        plan = await plan_of(db, call)
        assert "Sort" not in plan, plan
        assert "Removed by Filter" not in plan, plan
    assert await systems.access(db, system.id, Caller(ada)) is not None


async def test_pages_of_branches_and_proposals_cost_a_page(db: AsyncConnection, database_url: str) -> None:
    system = await make_system(db, "ui", await make_team(db))
    names = {f"refs/{kind}/b{n:05}": RefTarget(oid(n)) for n in range(5000) for kind in ("heads", "tags")}
    await refs.apply(db, system.id, names)
    await db.exec_driver_sql(
        "INSERT INTO proposals (design_system_id, number, title, source, target, state, source_commit) "
        "SELECT $1, n, 'Title', 'b' || n, 'main', CASE WHEN n % 100 = 0 THEN 'open' ELSE 'merged' END, repeat('a', 40) "
        "FROM generate_series(1, 10000) AS n",
        (system.id,),
    )
    for table in ("refs", "proposals"):
        await db.exec_driver_sql(f"ANALYZE {table}")
    branch_page, page = await refs.branch_page(db, system.id), await proposals.page(db, system.id)
    wanted: list[tuple[str, Callable[[], Awaitable[Any]]]] = [
        ("pk_refs", lambda: refs.branch_page(db, system.id)),
        ("pk_refs", lambda: refs.branch_page(db, system.id, cursor=branch_page.next_cursor)),
        ("pk_proposals", lambda: proposals.page(db, system.id)),
        ("pk_proposals", lambda: proposals.page(db, system.id, cursor=page.next_cursor)),
        ("ix_proposals_state_page", lambda: proposals.page(db, system.id, state="open")),
    ]
    for index, call in wanted:
        plan = await plan_of(db, call)
        assert index in plan and "Sort" not in plan and "Removed by Filter" not in plan, plan
    for index, branches in (("ix_proposals_open", ["b100"]), ("ix_proposals_open", ["b7", "b9"])):
        plan = await plan_of(db, lambda: proposals.touching(db, system.id, branches))  # noqa: B023
        assert index in plan and "Seq Scan" not in plan, plan
