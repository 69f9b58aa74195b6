from __future__ import annotations

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from gitstore.refs import RefTarget
from index import refs
from tests.index.rows_made import make_system, oid

MAIN, TAG, LIGHT = "refs/heads/main", "refs/tags/v1.0.0", "refs/tags/nightly"


async def test_refs_are_set_moved_and_removed(db: AsyncConnection) -> None:
    system = await make_system(db)
    assert await refs.indexed_refs(db, system.id) == {}
    await refs.apply(db, system.id, {MAIN: RefTarget(oid(1), None), TAG: RefTarget(oid(2), oid(1))})
    await refs.apply(db, system.id, {MAIN: RefTarget(oid(3), None)}, ["refs/heads/none"])
    assert await refs.indexed_refs(db, system.id) == {MAIN: RefTarget(oid(3), None), TAG: RefTarget(oid(2), oid(1))}
    await refs.apply(db, system.id, {}, [TAG])
    assert await refs.indexed_refs(db, system.id, [TAG, MAIN]) == {MAIN: RefTarget(oid(3), None)}


async def test_annotated_tags_are_those_that_peel(db: AsyncConnection) -> None:
    system = await make_system(db)
    targets = {
        MAIN: RefTarget(oid(1), None),
        TAG: RefTarget(oid(2), oid(1)),
        LIGHT: RefTarget(oid(1), None),
        "refs/tags/itself": RefTarget(oid(1), oid(1)),
    }
    await refs.apply(db, system.id, targets)
    assert await refs.annotated_tags(db, system.id) == [TAG]


async def test_thousands_of_refs_are_one_statement(db: AsyncConnection) -> None:
    system = await make_system(db)
    sent: list[str] = []
    event.listen(db.sync_connection, "before_cursor_execute", lambda *told: sent.append(told[2]))
    await refs.apply(db, system.id, {f"refs/heads/b{n}": RefTarget(oid(n), None) for n in range(5000)})
    assert len(sent) == 1
    await refs.replace(db, system.id, {MAIN: RefTarget(oid(1), None)})
    assert list(await refs.indexed_refs(db, system.id)) == [MAIN]
