from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from index import components, mirror, staging, systems, tokens
from index.rows import MirrorDelta, MirrorState, TokenRow
from tests.index.rows_made import at, component, make_system, make_team, make_user, oid, token, version


@contextmanager
def statements(db: AsyncConnection) -> Iterator[list[str]]:
    """Every statement that is sent meanwhile."""
    sent: list[str] = []
    note = lambda *told: sent.append(told[2])  # noqa: E731
    event.listen(db.sync_connection, "before_cursor_execute", note)
    yield sent
    event.remove(db.sync_connection, "before_cursor_execute", note)


async def snapshot(db: AsyncConnection) -> list[tuple]:
    """Everything mirrored, with the place of each row version: equal only if nothing was written."""
    rows: list[tuple] = []
    for table in ("design_tokens", "components", "component_versions"):
        found = await db.execute(text(f"SELECT xmin::text, ctid::text, t.* FROM {table} AS t ORDER BY ctid"))
        rows.extend(tuple(row) for row in found)
    return rows


async def test_a_token_is_mirrored_with_every_column(db: AsyncConnection) -> None:
    system = await make_system(db)
    row = token(
        system.id,
        "color.brand.500",
        {"colorSpace": "srgb", "components": [1, 0.5, 0], "alpha": 0.25},
        type=None,
        resolved_value={"hex": "#ff8000"},
        description="Ours",
        deprecated="use color.brand.600",
        extensions={"org.example": {"größe": [1, None, True]}},
        alias_paths=("color.base", 'we"ird\\{,} path'),
        line=14,
    )
    await mirror.apply(db, system.id, MirrorDelta(token_upserts=[row]))
    found = await tokens.get(db, system.id, row.id)
    assert found is not None
    for name in TokenRow.__slots__:
        wanted = getattr(row, name)
        assert getattr(found, name) == (list(wanted) if isinstance(wanted, tuple) else wanted), name
    assert found.design_system_id == system.id


async def test_one_token_edit_is_one_statement(db: AsyncConnection) -> None:
    system = await make_system(db)
    await mirror.apply(db, system.id, MirrorDelta(token_upserts=[token(system.id, "color.a")]))
    with statements(db) as sent:
        await mirror.apply(db, system.id, MirrorDelta(token_upserts=[token(system.id, "color.a", "#00ff00", n=2)]))
    assert len(sent) == 1
    found = await tokens.by_path(db, system.id, "color.a")
    assert found is not None
    assert (found.value, found.commit, found.created_at, found.updated_at) == ("#00ff00", oid(2), at(1), at(2))


@pytest.mark.parametrize("size", [2, 40, 400])
async def test_the_number_of_statements_does_not_follow_the_size(db: AsyncConnection, size: int) -> None:
    system = await make_system(db)
    gone = [token(system.id, f"old.t{n}") for n in range(size)]
    shifted = [token(system.id, f"shifted.t{n}") for n in range(size)]
    await mirror.apply(db, system.id, MirrorDelta(token_upserts=[*gone, *shifted]))
    made = [component(system.id, f"C{n}") for n in range(size)]
    delta = MirrorDelta(
        token_upserts=[token(system.id, f"color.t{n}") for n in range(size)],
        token_removed=[row.id for row in gone],
        token_lines=[(row.id, 77) for row in shifted],
        component_upserts=made,
        component_versions=[version(row, 1) for row in made],
    )
    with statements(db) as sent:
        await mirror.apply(db, system.id, delta)
    assert len(sent) == 5
    assert await tokens.count(db, system.id) == 2 * size
    assert await components.count(db, system.id) == size
    moved = await tokens.get(db, system.id, shifted[0].id)
    assert moved is not None
    assert (moved.line, moved.commit) == (77, oid(1))


async def test_an_empty_delta_sends_nothing(db: AsyncConnection) -> None:
    system = await make_system(db)
    with statements(db) as sent:
        await mirror.apply(db, system.id, MirrorDelta())
    assert sent == []
    assert not MirrorDelta()
    assert MirrorDelta(token_removed=[uuid4()])


async def test_many_rows_go_by_copy_to_the_same_rows(db: AsyncConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    system = await make_system(db)
    button = component(system.id, "Button")
    full = MirrorState(
        tokens=[token(system.id, f"color.t{n}", {"n": n}, alias_paths=("a", "b")) for n in range(9)],
        components=[button],
        component_versions=[version(button, 1)],
    )
    monkeypatch.setattr(staging, "COPY_FROM", 1)
    monkeypatch.setattr(mirror, "COPY_FROM", 1)
    delta = MirrorDelta(full.tokens, (), (), full.components, full.component_versions)
    with statements(db) as sent:
        await mirror.apply(db, system.id, delta)
        await mirror.apply(db, system.id, delta)
    assert any("TEMPORARY" in statement for statement in sent)
    assert await mirror.compare(db, system.id, full) == []


async def test_tokens_may_swap_their_paths_in_one_delta(db: AsyncConnection) -> None:
    system = await make_system(db)
    a, b = token(system.id, "color.a", "A"), token(system.id, "color.b", "B")
    await mirror.apply(db, system.id, MirrorDelta(token_upserts=[a, b]))
    swapped = [replace(a, path="color.b", name="b"), replace(b, path="color.a", name="a")]
    await mirror.apply(db, system.id, MirrorDelta(token_upserts=swapped))
    found = await tokens.by_path(db, system.id, "color.a")
    assert found is not None
    assert (found.id, found.value) == (b.id, "B")


async def test_a_freed_path_may_be_taken_in_the_same_delta(db: AsyncConnection) -> None:
    system = await make_system(db)
    old = token(system.id, "color.a")
    await mirror.apply(db, system.id, MirrorDelta(token_upserts=[old]))
    new = token(system.id, "color.a", id=uuid4(), n=2)
    await mirror.apply(db, system.id, MirrorDelta(token_upserts=[new], token_removed=[old.id]))
    assert await tokens.get(db, system.id, old.id) is None
    found = await tokens.by_path(db, system.id, "color.a")
    assert found is not None
    assert (found.id, found.created_at) == (new.id, at(2))


async def test_two_tokens_cannot_have_one_path(db: AsyncConnection) -> None:
    system = await make_system(db)
    twins = [token(system.id, "color.a"), token(system.id, "color.a", id=uuid4())]
    with pytest.raises(IntegrityError):
        await mirror.apply(db, system.id, MirrorDelta(token_upserts=twins))


async def test_versions_are_numbered_in_their_order(db: AsyncConnection) -> None:
    system = await make_system(db)
    author = await make_user(db)
    button = component(system.id, "Button", created_by=author)
    first = [version(button, 1, changed_by=author), version(button, 2)]
    await mirror.apply(db, system.id, MirrorDelta(component_upserts=[button], component_versions=first))
    await mirror.apply(db, system.id, MirrorDelta(component_versions=[version(button, 3)]))
    page = await components.versions(db, system.id, button.id)
    assert [(each.version, each.commit) for each in page.items] == [(3, oid(3)), (2, oid(2)), (1, oid(1))]
    assert page.items[2].changed_by == author
    found = await components.get(db, system.id, button.id)
    assert found is not None
    assert (found.version, found.commit, found.updated_at) == (3, oid(3), at(3))
    assert (found.created_at, found.created_by) == (at(1), author)


async def test_applying_a_delta_again_changes_nothing(db: AsyncConnection) -> None:
    system = await make_system(db)
    button = component(system.id, "Button", n=2)
    delta = MirrorDelta(
        token_upserts=[token(system.id, "color.a")],
        component_upserts=[button],
        component_versions=[version(button, 1), version(button, 2)],
    )
    await mirror.apply(db, system.id, delta)
    before = [await tokens.by_path(db, system.id, "color.a"), await components.get(db, system.id, button.id)]
    await mirror.apply(db, system.id, delta)
    assert before == [await tokens.by_path(db, system.id, "color.a"), await components.get(db, system.id, button.id)]
    assert len((await components.versions(db, system.id, button.id)).items) == 2


async def test_a_removed_component_is_hidden_and_keeps_its_versions(db: AsyncConnection) -> None:
    system = await make_system(db)
    button = component(system.id, "Button")
    delta = MirrorDelta(component_upserts=[button], component_versions=[version(button, 1)])
    await mirror.apply(db, system.id, delta)
    await mirror.apply(db, system.id, MirrorDelta(component_versions=[version(button, 2, removed=True)]))
    assert await components.get(db, system.id, button.id) is None
    assert (await components.list_page(db, system.id)).items == []
    gone = await components.get(db, system.id, button.id, removed=True)
    assert gone is not None
    assert (gone.removed_commit, gone.version, gone.code) == (oid(2), 2, button.code)
    last = await components.version(db, system.id, button.id, 2)
    assert last is not None
    assert last.removed


async def test_a_component_that_comes_back_goes_on_counting(db: AsyncConnection) -> None:
    system = await make_system(db)
    button = component(system.id, "Button")
    steps = [version(button, 1), version(button, 2, removed=True)]
    await mirror.apply(db, system.id, MirrorDelta(component_upserts=[button], component_versions=steps))
    assert await components.get(db, system.id, button.id) is None
    again = replace(button, commit=oid(3), created_at=at(3), updated_at=at(3))
    await mirror.apply(db, system.id, MirrorDelta(component_upserts=[again], component_versions=[version(again, 3)]))
    found = await components.get(db, system.id, button.id)
    assert found is not None
    assert (found.version, found.created_at, found.removed_commit) == (3, at(1), None)


async def test_the_same_ids_in_a_copy_of_the_repository_are_other_rows(db: AsyncConnection) -> None:
    team = await make_team(db)
    ours, copy = await make_system(db, "ui", team), await make_system(db, "copy", team)
    shared = token(ours.id, "color.a", "ours")
    button = component(ours.id, "Button")
    ours_delta = MirrorDelta([shared], (), (), [button], [version(button, 1)])
    copied = replace(button, code="theirs")
    copy_delta = MirrorDelta([replace(shared, value="theirs")], (), (), [copied], [version(copied, 1)])
    await mirror.apply(db, ours.id, ours_delta)
    await mirror.apply(db, copy.id, copy_delta)
    found, theirs = await tokens.get(db, ours.id, shared.id), await tokens.get(db, copy.id, shared.id)
    assert found is not None
    assert theirs is not None
    assert (found.value, theirs.value) == ("ours", "theirs")
    await mirror.replace(db, copy.id, MirrorState())
    assert await components.version(db, ours.id, button.id, 1) is not None
    assert await components.version(db, copy.id, button.id, 1) is None


async def test_what_postgres_cannot_hold_is_replaced(db: AsyncConnection) -> None:
    system = await make_system(db)
    row = token(
        system.id,
        "color.a",
        {"nul\0": ["a\0b", "\ud800", 2**70, r"\u0000"]},
        description="x\0y\ud800",
        file="t\0.json",
        alias_paths=("a\0",),
    )
    button = component(system.id, "But\0ton", code="\0", props={"a": "\0"})
    delta = MirrorDelta([row], (), (), [button], [version(button, 1, change_message="\0", author_name="\ud800")])
    await mirror.apply(db, system.id, delta)
    found = await tokens.get(db, system.id, row.id)
    assert found is not None
    assert found.value == {"nul\ufffd": ["a\ufffdb", "\ufffd", float(2**70), r"\u0000"]}
    assert (found.description, found.file, found.alias_paths) == ("x\ufffdy\ufffd", "t\ufffd.json", ["a\ufffd"])
    state = MirrorState([row], [button], delta.component_versions)
    assert await mirror.compare(db, system.id, state) == []


async def test_paths_too_long_for_an_index_entry_are_cut_and_still_unique(db: AsyncConnection) -> None:
    system = await make_system(db)
    long = "color." + "ä" * 4000
    rows = [token(system.id, long + end, n, alias_paths=(long,)) for n, end in enumerate("ab")]
    button = component(system.id, "B" * 9000, category="c" * 9000)
    await mirror.apply(db, system.id, MirrorDelta(rows, (), (), [button], [version(button, 1)]))
    found = await tokens.by_path(db, system.id, long + "b")
    assert found is not None
    assert found.value == 1
    assert len(await tokens.usages(db, system.id, long)) == 2


async def test_replace_writes_only_what_differs(db: AsyncConnection) -> None:
    system = await make_system(db)
    button, gone = component(system.id, "Button", n=3), component(system.id, "Gone", removed_commit=oid(1))
    full = MirrorState(
        tokens=[token(system.id, f"color.t{n}") for n in range(5)],
        components=[button, gone],
        component_versions=[version(button, 1), version(gone, 1, removed=True), version(button, 3)],
    )
    await mirror.replace(db, system.id, full)
    before = await snapshot(db)
    await mirror.replace(db, system.id, full)
    assert await snapshot(db) == before
    assert await mirror.compare(db, system.id, full) == []
    found = await components.get(db, system.id, button.id)
    assert found is not None
    assert found.version == 2


async def test_replace_repairs_every_kind_of_drift_and_keeps_ids(db: AsyncConnection) -> None:
    system = await make_system(db)
    button = component(system.id, "Button", n=2)
    full = MirrorState(
        tokens=[token(system.id, "color.a"), token(system.id, "color.b")],
        components=[button],
        component_versions=[version(button, 1), version(button, 2)],
    )
    await mirror.replace(db, system.id, full)
    for damage in (
        "UPDATE design_tokens SET value = '1', created_at = now() WHERE path = 'color.a'",
        "DELETE FROM design_tokens WHERE path = 'color.b'",
        "UPDATE components SET code = 'x', removed_commit = repeat('0', 40)",
        "DELETE FROM component_versions WHERE version = 1",
        "UPDATE component_versions SET version = 1",
    ):
        await db.execute(text(damage))
    stray = token(system.id, "color.stray")
    await mirror.apply(db, system.id, MirrorDelta(token_upserts=[stray]))
    assert await mirror.compare(db, system.id, full) == [
        "token color.a: value, created_at differs",
        "token color.b: is missing from the index",
        "token color.stray: is not in the repository",
        "component Button: code, removed_commit differs",
        "version 1 of Button: is missing from the index",
        "version 1 of Button: version differs",
    ]
    await mirror.replace(db, system.id, full)
    assert await mirror.compare(db, system.id, full) == []


async def test_replace_renumbers_versions_when_history_was_rewritten(db: AsyncConnection) -> None:
    system = await make_system(db)
    button = component(system.id, "Button")
    old = MirrorState(components=[button], component_versions=[version(button, n) for n in (1, 2, 3)])
    await mirror.replace(db, system.id, old)
    new = MirrorState(components=[button], component_versions=[version(button, n) for n in (3, 2, 4, 1)])
    await mirror.replace(db, system.id, new)
    page = await components.versions(db, system.id, button.id)
    assert [each.commit for each in page.items] == [oid(1), oid(4), oid(2), oid(3)]


async def test_step_by_step_gives_what_a_rebuild_gives(db: AsyncConnection) -> None:
    system = await make_system(db)
    button = component(system.id, "Button")
    a, b = token(system.id, "color.a"), token(system.id, "color.b", n=2)
    await mirror.apply(db, system.id, MirrorDelta([a], (), (), [button], [version(button, 1)]))
    await mirror.apply(db, system.id, MirrorDelta([b], [a.id]))
    later = replace(button, code="new", commit=oid(3), created_at=at(3), updated_at=at(3))
    await mirror.apply(db, system.id, MirrorDelta((), (), [(b.id, 9)], [later], [version(later, 3)]))
    rebuilt = MirrorState(
        [replace(b, line=9)], [replace(later, created_at=at(1))], [version(button, 1), version(later, 3)]
    )
    assert await mirror.compare(db, system.id, rebuilt) == []


async def test_mirrored_rows_are_written_while_another_session_locks_the_system(engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        system = await make_system(db)
    async with engine.begin() as holder, engine.begin() as other:
        assert await systems.lock(holder, system.id) is not None
        await other.execute(text("SET LOCAL lock_timeout = '1s'"))
        await mirror.apply(other, system.id, MirrorDelta(token_upserts=[token(system.id, "color.a")]))


async def test_bulk_loads_of_two_systems_at_once_do_not_wait_for_each_other(engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        team = await make_team(db)
        pair = [await make_system(db, slug, team) for slug in ("a", "b")]
    ready = asyncio.Barrier(2)

    async def load(system_id: UUID) -> None:
        async with engine.begin() as db:
            await db.execute(text("SET LOCAL lock_timeout = '3s'"))
            rows = [token(system_id, f"color.t{n}") for n in range(1200)]
            await mirror.replace(db, system_id, MirrorState(tokens=rows))
            await ready.wait()
            await mirror.apply(db, system_id, MirrorDelta(token_upserts=rows))
            await ready.wait()

    await asyncio.gather(*(load(system.id) for system in pair))
    async with engine.connect() as db:
        assert [await tokens.count(db, system.id) for system in pair] == [1200, 1200]
