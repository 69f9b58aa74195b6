from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from index import mirror, tokens
from index.errors import InvalidCursor
from index.rows import MirrorDelta
from tests.index.rows_made import make_system, make_team, token


async def paths(db: AsyncConnection, system_id: Any, **asked: Any) -> list[str]:
    return [each.path for each in (await tokens.list_page(db, system_id, **asked)).items]


async def test_pages_hold_every_token_once_in_order(db: AsyncConnection) -> None:
    system = await make_system(db)
    names = ["Zed.a", "a", "a-b.x", "a.b", "a.B", "a.b.c", "ä.x", "size.1", "size.10", "size.2"]
    await mirror.apply(db, system.id, MirrorDelta(token_upserts=[token(system.id, name) for name in names]))
    seen, cursor = [], None
    while True:
        page = await tokens.list_page(db, system.id, limit=3, cursor=cursor)
        seen += [each.path for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == ["Zed.a", "a", "a.B", "a.b", "a.b.c", "a-b.x", "size.1", "size.10", "size.2", "ä.x"]
    with pytest.raises(InvalidCursor):
        await tokens.list_page(db, system.id, cursor="nonsense")


async def test_filters_narrow_the_list(db: AsyncConnection) -> None:
    team = await make_team(db)
    system, other = await make_system(db, "ui", team), await make_system(db, "other", team)
    rows = [
        token(system.id, "color.red", description="Danger 100% GRÖSSE"),
        token(system.id, "color.alias", type=None, alias_paths=("color.red",)),
        token(system.id, "color.broken", type="color", resolved_type=None, resolved_value=None),
        token(system.id, "size.small", type="dimension", resolved_type="dimension"),
    ]
    await mirror.apply(db, system.id, MirrorDelta(token_upserts=rows))
    await mirror.apply(db, other.id, MirrorDelta(token_upserts=[token(other.id, "color.red")]))
    assert await paths(db, system.id, category="color") == ["color.alias", "color.broken", "color.red"]
    assert await paths(db, system.id, category="colo") == []
    assert await paths(db, system.id, category="\0") == []
    assert await paths(db, system.id, type="color") == ["color.alias", "color.broken", "color.red"]
    assert await paths(db, system.id, type="dimension") == ["size.small"]
    assert await paths(db, system.id, q="SMALL") == ["size.small"]
    assert await paths(db, system.id, q="danger") == ["color.red"]
    assert await paths(db, system.id, q="größe"[:3]) == ["color.red"]
    assert await paths(db, system.id, q="0%") == ["color.red"]
    assert await paths(db, system.id, q="_") == []
    assert await paths(db, system.id, q="\0\ud800") == []
    assert await paths(db, system.id, q="re", category="color", type="color") == ["color.red"]


async def test_a_token_is_found_in_its_own_system_only(db: AsyncConnection) -> None:
    team = await make_team(db)
    system, other = await make_system(db, "ui", team), await make_system(db, "other", team)
    row = token(system.id, "color.red")
    await mirror.apply(db, system.id, MirrorDelta(token_upserts=[row]))
    assert (await tokens.get(db, system.id, row.id)) == (await tokens.by_path(db, system.id, "color.red"))
    assert await tokens.get(db, other.id, row.id) is None
    assert await tokens.by_path(db, other.id, "color.red") is None
    assert await tokens.get(db, system.id, uuid4()) is None


async def test_usages_are_those_who_refer_directly(db: AsyncConnection) -> None:
    system = await make_system(db)
    rows = [
        token(system.id, "color.base"),
        token(system.id, "color.link", alias_paths=("color.base",)),
        token(system.id, "shadow.card", alias_paths=("size.1", "color.base")),
        token(system.id, "color.far", alias_paths=("color.link",)),
    ]
    await mirror.apply(db, system.id, MirrorDelta(token_upserts=rows))
    assert [each.path for each in await tokens.usages(db, system.id, "color.base")] == ["color.link", "shadow.card"]
    assert len(await tokens.usages(db, system.id, "color.base", limit=1)) == 1
    assert await tokens.usages(db, system.id, "color.far") == []


@pytest.mark.parametrize("value", [None, 0, False, "", [], {}, 1e300, -1.5, "\u2028", {"a": {"b": [1, {"c": None}]}}])
async def test_any_json_value_comes_back(db: AsyncConnection, value: Any) -> None:
    system = await make_system(db)
    row = token(system.id, "a.b", value)
    await mirror.apply(db, system.id, MirrorDelta(token_upserts=[row]))
    found = await tokens.get(db, system.id, row.id)
    assert found is not None
    assert found.value == value
    assert found.resolved_value == value
