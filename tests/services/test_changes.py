from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError

from gitstore.commits import read_commit, write_commit
from gitstore.treewriter import BlobRef, write_tree
from index import systems
from services import accounts, design_tokens, sync, teams
from services.context import Context
from services.design_tokens import Where
from services.errors import Conflict, Forbidden, InvalidInput, NotFound, ServiceError, Unauthenticated, Unavailable
from services.policy import ANONYMOUS
from tests.index.histories import ADA
from tests.services.conftest import person
from tests.services.contents import TOKENS, World, make_world, tokens_file

MAIN = "refs/heads/main"


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    return await make_world(context)


@contextmanager
def losing_the_database(context: Context) -> Iterator[None]:
    """The connection breaks when SQL is about to commit: what git has by then, it keeps."""

    def cut(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.terminate()

    event.listen(context.engine.sync_engine, "commit", cut)
    try:
        yield
    finally:
        event.remove(context.engine.sync_engine, "commit", cut)


async def test_a_crash_between_ref_and_commit_loses_nothing(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    seq = (await world.row()).seq
    with losing_the_database(world.context), pytest.raises(DBAPIError):
        await world.add("a.y", 2)
    row = await world.row()
    assert row.head != world.git.ref(MAIN) and row.seq == seq
    made = await world.add("a.z", 3)
    assert made.token is not None
    tokens = await world.tokens()
    assert {path: record.value for path, record in tokens.items()} == {"a.x": 1, "a.y": 2, "a.z": 3}
    created = [details["path"] for _, action, details in await world.events() if action == "token.created"]
    assert created == ["a.x", "a.y", "a.z"]
    await world.check()


async def test_a_crash_on_another_branch_loses_no_event(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    head = world.git.ref(MAIN)
    world.git.point("refs/heads/side", head)
    await sync.sweep(world.context)
    with losing_the_database(world.context), pytest.raises(DBAPIError):
        await world.put({TOKENS: tokens_file(x=2)}, branch="side")
    between = world.git.ref("refs/heads/side")
    await world.put({TOKENS: tokens_file(x=3)}, branch="side")
    moves = [(e["old"], e["commit"]) for _, _, e in await world.events() if e.get("ref") == "refs/heads/side"]
    assert moves == [(None, head), (head, between), (between, world.git.ref("refs/heads/side"))]
    await world.check()


async def test_a_ref_moved_behind_our_back_is_never_overwritten(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between what the edit stands on and the move of the ref, somebody moves it with git itself."""
    await world.put({TOKENS: tokens_file(x=1)})
    theirs = world.git.commit({TOKENS: tokens_file(x=5)}, [world.git.ref(MAIN) or ""])
    advance = systems.advance

    async def late(*args: Any, **more: Any) -> None:
        await advance(*args, **more)
        world.git.point(MAIN, theirs)

    monkeypatch.setattr(systems, "advance", late)
    with pytest.raises(Conflict):
        await world.add("a.y")
    monkeypatch.undo()
    assert world.git.ref(MAIN) == theirs
    assert {path: record.value for path, record in (await world.tokens()).items()} == {"a.x": 1}
    await world.system()
    assert {path: record.value for path, record in (await world.tokens()).items()} == {"a.x": 5}
    await world.check()


async def test_an_edit_that_changes_nothing_makes_no_commit_and_no_event(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    before = await world.row()
    done = await world.put({TOKENS: tokens_file(x=1)})
    assert (done.changed, done.commit) == (False, before.head)
    assert await world.row() == before


async def test_many_writers_at_once_lose_nothing(world: World) -> None:
    await asyncio.gather(*(world.add(f"g{n % 4}.t{n}", n) for n in range(24)))
    tokens = await world.tokens()
    assert {path: record.value for path, record in tokens.items()} == {f"g{n % 4}.t{n}": n for n in range(24)}
    history = subprocess.run(
        ["git", "rev-list", "--count", "main"],
        cwd=world.context.store.path_of(world.id),
        capture_output=True,
        text=True,
        check=True,
    )
    assert history.stdout.strip() == "24"
    await world.check()


async def test_two_writers_who_saw_the_same_merge_or_conflict(world: World) -> None:
    made = await world.add("a.x", 1)
    token = made.token
    assert token is not None
    seen = made.commit

    async def update(**fields: Any) -> Any:
        try:
            return await design_tokens.update_token(
                world.context, world.ada, world.id, token.id, fields, seen=seen, where=Where()
            )
        except ServiceError as error:
            return error

    one, two = await asyncio.gather(update(value=2), update(value=3))
    lost, won = (one, two) if isinstance(one, Conflict) else (two, one)
    assert isinstance(lost, Conflict) and lost.clashes[0].base == 1 and lost.clashes[0].ours == won.token.value
    one, two = await asyncio.gather(update(description="d"), update(deprecated=True))
    assert not isinstance(one, ServiceError) and not isinstance(two, ServiceError)
    record = (await world.tokens())["a.x"]
    assert (record.description, record.deprecated) == ("d", True)
    await world.check()


@pytest.mark.parametrize(
    "branch",
    ["a\0b", "\ud800", "..", "a..b", "@{", "@{-1}", "-x", "x.lock", " ", "a b", "~", "x" * 300, "refs/heads/main"],
)
async def test_no_branch_name_however_odd_breaks_a_write(world: World, branch: str) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    before = await world.row()
    with pytest.raises((InvalidInput, NotFound)):
        await world.put({TOKENS: tokens_file(x=2)}, branch=branch)
    assert await world.row() == before


@pytest.mark.parametrize(
    "message", ["nul\0inside", "\ud800 lone", "line\nline\n\n\nend", "x" * 100_000, "  ", "\x1b[31mred"]
)
async def test_any_message_becomes_a_commit(world: World, message: str) -> None:
    done = await world.put({TOKENS: tokens_file(x=1)}, message=message)
    assert done.changed
    world.git.point("refs/heads/side", done.commit)
    assert (await world.put({TOKENS: tokens_file(x=2)}, branch="side", message=message)).changed
    await sync.sweep(world.context)
    await world.check()


async def test_huge_numbers_and_odd_texts_are_told_to_the_hubs(world: World) -> None:
    made = await world.add("a.x", 123456789012345678901234567890, description="ends in \u2028")
    assert made.token is not None
    await world.add("a.y", 1e308)
    await world.check()


async def test_a_refused_edit_leaves_nothing(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    before, count = await world.row(), _objects(world)
    with pytest.raises(InvalidInput) as caught:
        await world.put({TOKENS: tokens_file(x="{a.none}")})
    assert caught.value.problems[0].subject == "a.x"
    assert await world.row() == before and _objects(world) == count


def _objects(world: World) -> int:
    return sum(1 for each in (world.context.store.path_of(world.id) / "objects").rglob("*") if each.is_file())


async def test_globs_that_reach_a_link_are_refused(world: World) -> None:
    """A symbolic link may lie outside of the token folders, so the manifest must not move them over it."""
    with world.git.store.open(world.id) as repo:
        blob = str(repo.create_blob(b"a.tokens.json"))
        tree = write_tree(repo, None, {"other/b.tokens.json": BlobRef(blob, 0o120000), TOKENS: tokens_file(x=1)})
        commit = write_commit(repo, tree=tree, parents=[], author=ADA, committer=ADA, message="Link")
    world.git.point(MAIN, commit)
    with pytest.raises(InvalidInput, match="symbolic link"):
        await world.put({"designsystem.json": b'{"tokens": ["tokens/*.json", "other/*.json"]}'})
    await world.put({TOKENS: tokens_file(x=2)})
    await world.check()


async def test_who_may_not_write_writes_nothing(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    eve = await person(world.context, "eve")
    with pytest.raises(NotFound):
        await world.put({TOKENS: tokens_file(x=2)}, actor=eve)
    await teams.add_member(
        world.context, world.ada, world.team_id, email="eve@example.org", user_id=None, role="viewer"
    )
    with pytest.raises(Forbidden):
        await world.put({TOKENS: tokens_file(x=2)}, actor=eve)
    with pytest.raises(Unauthenticated):
        await world.put({TOKENS: tokens_file(x=2)}, actor=ANONYMOUS)


async def test_a_system_whose_lock_never_comes_free_answers_unavailable(context: Context, world: World) -> None:
    async with context.engine.begin() as db:
        await systems.lock(db, world.id)
        waiting = asyncio.create_task(world.add("a.x"))
        await asyncio.sleep(0.2)
        async with context.engine.connect() as other:
            await other.execute(
                text("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            )
        with pytest.raises(Unavailable):
            await waiting
    await world.add("a.x")
    await world.check()


async def test_a_commit_names_the_person_and_the_service(world: World) -> None:
    await accounts.rename(world.context, world.ada, name="Ada Lovelace", username=None)
    done = await world.put({TOKENS: tokens_file(x=1), "components/A/index.tsx": b"1"})
    assert done.commit is not None
    with world.git.store.open(world.id) as repo:
        commit = read_commit(repo, done.commit)
    assert (commit.author.name, commit.author.email) == ("Ada Lovelace", "ada@example.org")
    assert commit.committer.name == "xText Design System"
    async with world.context.engine.connect() as db:
        changed_by = (await db.execute(text("SELECT changed_by FROM component_versions"))).scalar_one()
    assert changed_by == world.ada.user_id
    await sync.reindex(world.context, world.id)
    async with world.context.engine.connect() as db:
        assert (await db.execute(text("SELECT changed_by FROM component_versions"))).scalar_one() == changed_by


async def test_a_role_that_goes_while_its_writer_waits_counts(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=1)})
    bob = await person(world.context, "bob")
    await teams.add_member(
        world.context, world.ada, world.team_id, email="bob@example.org", user_id=None, role="editor"
    )
    assert bob.user_id is not None
    async with world.context.turns.of(world.id):
        waiting = asyncio.create_task(world.put({TOKENS: tokens_file(x=2)}, actor=bob))
        async with asyncio.timeout(30):
            while world.context.turns._queues[world.id][1] < 2:
                await asyncio.sleep(0.01)
        await teams.change_role(world.context, world.ada, world.team_id, bob.user_id, "viewer")
    with pytest.raises(Forbidden):
        await waiting
    await world.check()
