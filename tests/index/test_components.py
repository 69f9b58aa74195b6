from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from index import components, mirror
from index.errors import InvalidCursor
from index.rows import MirrorDelta
from tests.index.rows_made import component, make_system, oid, version


async def names(db: AsyncConnection, system_id: Any, **asked: Any) -> list[str]:
    return [each.name for each in (await components.list_page(db, system_id, **asked)).items]


async def test_pages_hold_every_component_once_by_name(db: AsyncConnection) -> None:
    system = await make_system(db)
    rows = [component(system.id, name) for name in ("Tabs", "Button", "Card", "Alert")]
    rows.append(component(system.id, "Card2", name="Card"))
    await mirror.apply(db, system.id, MirrorDelta(component_upserts=rows))
    first = await components.list_page(db, system.id, limit=3)
    second = await components.list_page(db, system.id, limit=3, cursor=first.next_cursor)
    assert [each.name for each in [*first.items, *second.items]] == ["Alert", "Button", "Card", "Card", "Tabs"]
    assert second.next_cursor is None
    assert len({each.id for each in [*first.items, *second.items]}) == 5
    with pytest.raises(InvalidCursor):
        await components.list_page(db, system.id, cursor="nonsense")


async def test_filters_narrow_the_list(db: AsyncConnection) -> None:
    system = await make_system(db)
    rows = [
        component(system.id, "Button", category="actions"),
        component(system.id, "Input"),
        component(system.id, "Überschrift", category="text"),
        component(system.id, "Old", removed_commit=oid(9)),
    ]
    await mirror.apply(db, system.id, MirrorDelta(component_upserts=rows))
    assert await names(db, system.id) == ["Button", "Input", "Überschrift"]
    assert await names(db, system.id, category="forms") == ["Input"]
    assert await names(db, system.id, q="BUTT") == ["Button"]
    assert await names(db, system.id, q="components/i") == ["Input"]
    assert await names(db, system.id, q="üBER") == ["Überschrift"]
    assert await names(db, system.id, q="%") == []
    assert await components.count(db, system.id) == 3


async def test_versions_page_newest_first(db: AsyncConnection) -> None:
    system = await make_system(db)
    button = component(system.id, "Button")
    delta = MirrorDelta(component_upserts=[button], component_versions=[version(button, n) for n in range(1, 6)])
    await mirror.apply(db, system.id, delta)
    first = await components.versions(db, system.id, button.id, limit=3)
    second = await components.versions(db, system.id, button.id, limit=3, cursor=first.next_cursor)
    assert [each.version for each in [*first.items, *second.items]] == [5, 4, 3, 2, 1]
    found = await components.version(db, system.id, button.id, 4)
    assert found is not None
    assert (found.commit, found.change_message, found.author_email) == (oid(4), "change 4", "ada@example.com")
    assert await components.version(db, system.id, button.id, 6) is None
    assert await components.version(db, system.id, button.id, 2**40) is None
    assert await components.version(db, uuid4(), button.id, 4) is None
