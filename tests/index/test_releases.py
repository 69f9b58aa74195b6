from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from semver import Version
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from index import releases
from index.errors import InvalidCursor
from index.rows import ReleaseRow
from index.systems import SystemRecord
from tests.index.rows_made import make_system

WHEN = datetime(2026, 11, 22, tzinfo=UTC)
LINE = [
    "0.9.0",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-rc.2",
    "1.0.0-rc.10",
    "1.0.0",
    "1.2.0",
    "1.10.0",
    "2.0.0-rc.1",
    "10.0.0",
]


def row(version: str, tag: str = "a") -> ReleaseRow:
    return ReleaseRow(version, tag * 40, "c" * 40, "Note", "git", None, "Ada", "ada@example.org", None, WHEN)


async def filled(db: AsyncConnection) -> SystemRecord:
    system = await make_system(db)
    rows = [row(version) for version in LINE]
    random.Random(7).shuffle(rows)
    await releases.put(db, system.id, rows)
    return system


async def test_pages_follow_the_order_of_versions(db: AsyncConnection) -> None:
    system = await filled(db)
    found: list[str] = []
    cursor = None
    while True:
        page = await releases.page(db, system.id, limit=3, cursor=cursor)
        found += [record.version for record in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == LINE[::-1] == sorted(LINE, key=Version.parse, reverse=True)
    with pytest.raises(InvalidCursor):
        await releases.page(db, system.id, cursor="x")
    newest = await releases.newest(db, system.id)
    assert newest is not None and newest.version == "10.0.0"


async def test_yanked_is_remembered_as_long_as_the_tag_stands(db: AsyncConnection) -> None:
    system = await filled(db)
    assert await releases.yank(db, system.id, "10.0.0", by=None, now=WHEN, why="Wrong")
    assert not await releases.yank(db, system.id, "10.0.0", by=None, now=WHEN, why="Again")
    assert not await releases.yank(db, system.id, "11.0.0", by=None, now=WHEN, why="None")
    standing = await releases.newest(db, system.id, standing=True)
    assert standing is not None and standing.version == "2.0.0-rc.1"
    await releases.put(db, system.id, [row("10.0.0")])
    kept = await releases.get(db, system.id, "10.0.0")
    assert kept is not None and kept.yank_reason == "Wrong"
    listed = await releases.page(db, system.id, yanked=True)
    assert [record.version for record in listed.items] == ["10.0.0"]
    await releases.put(db, system.id, [row("10.0.0", "b")])
    other = await releases.get(db, system.id, "10.0.0")
    assert other is not None and other.yanked_at is None
    assert not await releases.unyank(db, system.id, "10.0.0")


async def test_what_rows_and_tags_differ_in(db: AsyncConnection) -> None:
    system = await filled(db)
    for name, oid, peeled in (
        ("v1.0.0", "a", "c"),
        ("v1.2.0", "b", "c"),
        ("v3.0.0", "d", "c"),
        ("v4.0.0", "e", None),
        ("v", "f", "c"),
        ("other", "a", "c"),
    ):
        await db.execute(
            text("INSERT INTO refs (design_system_id, name, oid, peeled) VALUES (:id, :name, :oid, :peeled)"),
            {
                "id": system.id,
                "name": f"refs/tags/{name}",
                "oid": oid * 40,
                "peeled": peeled * 40 if peeled else None,
            },
        )
    missing, orphans = await releases.behind(db, system.id)
    assert missing == {"refs/tags/v": "f" * 40, "refs/tags/v1.2.0": "b" * 40, "refs/tags/v3.0.0": "d" * 40}
    assert orphans == sorted(set(LINE) - {"1.0.0"})
    await releases.remove(db, system.id, orphans)
    assert [record.version for record in await releases.everything(db, system.id)] == ["1.0.0"]
