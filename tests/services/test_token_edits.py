from __future__ import annotations

import json
import subprocess
import time
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from designsystem.tokens.token import EXTENSION_KEY
from services import comparisons, design_tokens
from services.context import Context
from services.design_tokens import TokenWritten, Where
from services.errors import Conflict, InvalidInput, NotFound, ServiceError, Stale
from services.token_batches import Operation
from services.token_edits import Target
from tests.services.contents import TOKENS, World, make_world, tokens_file

BASE, OVER = "tokens/a.tokens.json", "tokens/b.tokens.json"


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    return await make_world(context)


async def update(
    world: World, path: str, fields: dict[str, Any], *, seen: str | None = None, branch: str | None = None
) -> TokenWritten:
    token = (await world.tokens())[path]
    return await design_tokens.update_token(
        world.context, world.ada, world.id, token.id, fields, seen=seen, where=Where(branch=branch)
    )


async def rename(
    world: World, path: str, new: str, *, keep_alias: bool = False, seen: str | None = None
) -> TokenWritten:
    token = (await world.tokens())[path]
    return await design_tokens.rename_token(
        world.context, world.ada, world.id, token.id, new, keep_alias=keep_alias, seen=seen, where=Where()
    )


async def delete(world: World, path: str, *, seen: str | None = None) -> TokenWritten:
    token = (await world.tokens())[path]
    return await design_tokens.delete_token(world.context, world.ada, world.id, token.id, seen=seen, where=Where())


def values(world_tokens: dict[str, Any]) -> dict[str, Any]:
    return {path: record.value for path, record in world_tokens.items()}


def changed_lines(world: World) -> list[str]:
    """The lines of the newest commit's diff that were added or removed."""
    told = subprocess.run(
        ["git", "show", "--format=", "--unified=0", "main"],
        cwd=world.context.store.path_of(world.id),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [line for line in told.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]


async def test_an_edit_changes_its_line_alone(world: World) -> None:
    source = b"""{\r
\t"a": { "$type": "number",\r
\t\t"x" : {"$value":1, "$extensions": {"z": 1, "a": [ ]}},\r
\t\t"y": {"$value": 2}\r
\t} }"""
    await world.put({BASE: source})
    await update(world, "a.x", {"value": 3})
    assert world.blob(BASE) == source.replace(b'"$value":1', b'"$value":3')
    assert len(changed_lines(world)) == 2
    await world.check()


async def test_saying_what_stands_makes_no_commit(world: World) -> None:
    await world.put({BASE: tokens_file(x=1)})
    renamed = await rename(world, "a.x", "a.y")  # gives it an explicit id
    token = renamed.token
    assert token is not None
    fields = {
        "value": token.value,
        "type": token.type,
        "description": token.description,
        "deprecated": token.deprecated,
        "extensions": token.extensions,
    }
    for wanted in (fields, {"extensions": {}}, {"extensions": None}, {"description": None}, {}):
        done = await update(world, "a.y", wanted)
        assert (done.changed, done.commit) == (False, renamed.commit), wanted


async def test_what_a_group_says_can_be_denied_for_one_token(world: World) -> None:
    await world.put({BASE: b'{"a": {"$deprecated": true, "$type": "number", "x": {"$value": 1}}}'})
    done = await update(world, "a.x", {"deprecated": None})
    assert done.token is not None and not done.token.deprecated
    await world.check()


async def test_renaming_rewrites_aliases_in_every_file(world: World) -> None:
    await world.put(
        {
            BASE: tokens_file(x=1, y="{a.x}"),
            OVER: tokens_file("b", y="{a.x}"),
            "tokens/z.tokens.json": tokens_file("b", y=2),  # hides the one before, which must be rewritten all the same
        }
    )
    before = (await world.tokens())["a.x"]
    done = await rename(world, "a.x", "c.d.e")
    assert done.token is not None and done.token.id == before.id
    assert b"{c.d.e}" in (world.blob(OVER) or b"") and b"{c.d.e}" in (world.blob(BASE) or b"")
    assert (await world.tokens())["c.d.e"].created_at == before.created_at
    await world.check()


async def test_renaming_takes_every_declaration_along(world: World) -> None:
    await world.put({BASE: tokens_file(x=1, y="{a.x}"), OVER: tokens_file(x=2)})
    before = (await world.tokens())["a.x"]
    done = await rename(world, "a.x", "a.n")
    assert done.token is not None and (done.token.id, done.token.value) == (before.id, 2)
    assert values(await world.tokens()) == {"a.n": 2, "a.y": "{a.n}"}
    await world.put({OVER: None})
    left = (await world.tokens())["a.n"]
    assert (left.id, left.value) == (before.id, 1)
    await world.check()


async def test_renaming_may_leave_an_alias(world: World) -> None:
    await world.put({BASE: tokens_file(x=1, y="{a.x}"), OVER: tokens_file(x=2)})
    before = (await world.tokens())["a.x"]
    await rename(world, "a.x", "a.n", keep_alias=True)
    tokens = await world.tokens()
    assert values(tokens) == {"a.n": 2, "a.x": "{a.n}", "a.y": "{a.n}"}
    assert tokens["a.n"].id == before.id and tokens["a.x"].deprecated == "Renamed to a.n"
    assert tokens["a.x"].extensions == {EXTENSION_KEY: {"replacedBy": "a.n"}}
    await world.check()
    again = await rename(world, "a.n", "a.m")
    assert again.token is not None and again.token.id == before.id
    tokens = await world.tokens()
    assert values(tokens) == {"a.m": 2, "a.x": "{a.m}", "a.y": "{a.m}"}
    assert (tokens["a.x"].deprecated, tokens["a.x"].extensions) == (
        "Renamed to a.m",
        {EXTENSION_KEY: {"replacedBy": "a.m"}},
    )
    await world.check()


async def test_what_names_a_renamed_token_as_its_successor_follows(world: World) -> None:
    said = {"$value": 3, "$deprecated": "Use a.x", "$extensions": {EXTENSION_KEY: {"replacedBy": "{a.x}", "k": 1}}}
    old = json.dumps({"a": {"$type": "number", "old": said}}, indent=2).encode()
    await world.put({BASE: tokens_file(x=1), OVER: old})
    await rename(world, "a.x", "a.n")
    found = (await world.tokens())["a.old"]
    assert (found.deprecated, found.extensions) == ("Use a.x", {EXTENSION_KEY: {"replacedBy": "{a.n}", "k": 1}})


async def test_renaming_back_and_again_keeps_the_id(world: World) -> None:
    await world.put({BASE: tokens_file(x=1)})
    before = (await world.tokens())["a.x"].id
    await rename(world, "a.x", "a.y")
    await world.add("a.x", 5)
    assert (await world.tokens())["a.x"].id != before
    await delete(world, "a.x")
    await rename(world, "a.y", "a.x")
    assert (await world.tokens())["a.x"].id == before
    await world.check()


async def test_a_file_that_moves_keeps_ids(world: World) -> None:
    await world.put({BASE: tokens_file(x=1, y="{a.x}")})
    await rename(world, "a.x", "a.n")
    before = {path: record.id for path, record in (await world.tokens()).items()}
    await world.put({BASE: None, "tokens/deep/er.tokens.json": world.blob(BASE)})
    assert {path: record.id for path, record in (await world.tokens()).items()} == before
    await world.put({"tokens/deep/er.tokens.json": None})
    assert await world.tokens() == {}
    await world.put({BASE: tokens_file(y=1)})
    assert (await world.tokens())["a.y"].id == before["a.y"]
    await world.check()


async def test_deleting_takes_every_declaration(world: World) -> None:
    await world.put({BASE: tokens_file(x=1, y=1), OVER: tokens_file(x=2)})
    done = await delete(world, "a.x")
    assert done.token is None and values(await world.tokens()) == {"a.y": 1}
    await world.check()


async def test_a_stale_writer_is_merged_or_told(world: World) -> None:
    first = await world.add("a.x", 1)
    await update(world, "a.x", {"description": "ours", "value": 2})
    done = await update(world, "a.x", {"deprecated": True}, seen=first.commit)
    assert done.token is not None and (done.token.value, done.token.deprecated) == (2, True)
    with pytest.raises(Conflict) as caught:
        await update(world, "a.x", {"value": 3, "description": "theirs"}, seen=first.commit)
    told = {clash.field: (clash.base, clash.ours, clash.theirs) for clash in caught.value.clashes}
    assert told == {"value": (1, 2, 3), "description": (None, "ours", "theirs")}
    with pytest.raises(Conflict):
        await delete(world, "a.x", seen=first.commit)
    with pytest.raises(Stale):
        await update(world, "a.x", {"value": 3}, seen="1" * 40)
    assert (await world.tokens())["a.x"].value == 2


async def test_a_state_without_the_token_is_no_base(world: World) -> None:
    """An ETag of before the token was there says nothing of it: taking it for "whatever stands" would overwrite."""
    other = await world.add("a.other", 1)
    await world.add("a.x", 1)
    with pytest.raises(Stale):
        await update(world, "a.x", {"value": 2}, seen=other.commit)
    with pytest.raises(Stale):
        await delete(world, "a.x", seen=other.commit)
    assert (await world.tokens())["a.x"].value == 1


async def test_a_stale_rename_follows_a_rename(world: World) -> None:
    made = await world.add("a.x", 1)
    await rename(world, "a.x", "a.y")
    token = (await world.tokens())["a.y"]
    done = await design_tokens.update_token(
        world.context, world.ada, world.id, token.id, {"value": 2}, seen=made.commit, where=Where()
    )
    assert done.token is not None and (done.token.path, done.token.value) == ("a.y", 2)
    with pytest.raises(Conflict):
        await rename(world, "a.y", "a.z", seen=made.commit)


async def test_a_deleted_token_is_a_conflict_for_who_saw_it_and_nothing_for_others(world: World) -> None:
    made = await world.add("a.x", 1)
    identity = (await world.tokens())["a.x"].id
    await delete(world, "a.x")
    for seen, kind in ((made.commit, Conflict), (None, NotFound)):
        with pytest.raises(kind):
            await design_tokens.update_token(
                world.context, world.ada, world.id, identity, {"value": 2}, seen=seen, where=Where()
            )


async def batch(world: World, *operations: Operation) -> Any:
    return await design_tokens.batch(world.context, world.ada, world.id, operations, where=Where())


async def test_a_batch_sees_its_own_steps(world: World) -> None:
    await world.put({BASE: tokens_file(x=1, y="{a.x}")})
    x = (await world.tokens())["a.x"].id
    done, views = await batch(
        world,
        Operation(op="rename", target=Target(x), path="a.n"),
        Operation(op="create", path="a.x", fields={"value": 5, "type": "number"}),
        Operation(op="update", target=Target(x), fields={"value": 7}),
        Operation(op="create", path="b.z", fields={"value": "{a.x}"}),
    )
    assert [view.path for view in views] == ["a.n", "a.x", "a.n", "b.z"]
    assert values(await world.tokens()) == {"a.n": 7, "a.x": 5, "a.y": "{a.n}", "b.z": "{a.x}"}
    assert (await world.tokens())["a.n"].id == x and len(done.result) == 4
    await world.check()


async def test_a_batch_is_all_or_nothing(world: World) -> None:
    await world.put({BASE: tokens_file(x=1)})
    before = await world.row()
    create = Operation(op="create", path="a.y", fields={"value": 5, "type": "number"})
    for last in (
        Operation(op="update", target=Target(UUID(int=7)), fields={"value": 1}),
        Operation(op="create", path="a.x", fields={"value": 5}),
        Operation(op="create", path="a.z", fields={"value": "{a.none}"}),
        Operation(op="create", path="a.$z", fields={"value": 1}),
        Operation(op="create", path="a.z", fields={"value": 1}, file="../x.tokens.json"),
    ):
        with pytest.raises(ServiceError):
            await batch(world, create, last)
    assert await world.row() == before and values(await world.tokens()) == {"a.x": 1}


async def test_five_hundred_steps_in_a_large_file_take_seconds(world: World) -> None:
    groups = {f"g{n}": {f"t{m}": {"$type": "number", "$value": m} for m in range(40)} for n in range(100)}
    await world.put({BASE: json.dumps(groups, indent=2).encode()})
    ids = [record.id for record in (await world.tokens()).values()][:400]
    started = time.monotonic()
    await batch(
        world,
        *(Operation(op="update", target=Target(each), fields={"value": -1}) for each in ids),
        *(Operation(op="create", path=f"g{n}.new", fields={"value": 1, "type": "number"}) for n in range(100)),
    )
    assert time.monotonic() - started < 15
    assert len(changed_lines(world)) < 1500
    await world.check()


@pytest.mark.parametrize(
    "path",
    ["", ".", "a..b", "a.", "$a", "a.{b}", "a.b\0c", "a.\ud800", "a." + "x" * 5000, "a\nb", "a.b/c", "ä.ö", "a.x y"],
)
async def test_any_path_is_taken_or_refused(world: World, path: str) -> None:
    try:
        await world.add(path, 1)
    except (InvalidInput, Conflict):
        assert await world.tokens() == {}
    else:
        assert list(await world.tokens()) == [path]
    await world.check()


@pytest.mark.parametrize(
    "file",
    [
        "../x.tokens.json",
        "tokens/../x.tokens.json",
        "/tokens/x.tokens.json",
        "tokens//x.tokens.json",
        "tokens/.git/x.tokens.json",
        "tokens/\0.tokens.json",
        "tokens/\ud800.tokens.json",
        "designsystem.json",
        "README.md",
        "tokens",
        "tokens/a.tokens.json/b.tokens.json",
        "tokens/" + "d/" * 40 + "x.tokens.json",
        "tokens/" + "x" * 300 + ".tokens.json",
        "tokens/broken.tokens.json",
    ],
)
async def test_no_file_outside_of_the_globs_is_written(world: World, file: str) -> None:
    await world.put({BASE: tokens_file(x=1)})
    before = await world.row()
    with pytest.raises((InvalidInput, Conflict)):
        await world.add("new.y", 1, file=file if file != "tokens/broken.tokens.json" else "tokens/a.tokens.json/")
    assert await world.row() == before


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), "\0", "\ud800", {"a": "\ud800"}, 10**400, [[[]] * 3], None]
)
async def test_any_value_is_taken_or_refused(world: World, value: Any) -> None:
    try:
        await world.add("a.x", value)
    except InvalidInput:
        assert await world.tokens() == {}
    await world.check()


async def test_a_new_token_goes_beside_its_siblings(world: World) -> None:
    await world.put({BASE: tokens_file(x=1), OVER: tokens_file("b", x=1)})
    assert (await world.add("b.y")).token.file == OVER  # type: ignore[union-attr]
    assert (await world.add("c.y")).token.file == "tokens/c.tokens.json"  # type: ignore[union-attr]
    assert TOKENS == BASE


async def test_a_batch_renames_a_whole_group_and_leaves_its_aliases(world: World) -> None:
    await world.put({BASE: tokens_file(x=1, y=2, z="{a.x}")})
    before = await world.tokens()
    steps = [
        Operation(op="rename", target=Target(before[f"a.{name}"].id), path=f"b.{name}", keep_alias=True)
        for name in "xyz"
    ]
    start = world.git.ref("refs/heads/main") or ""
    await batch(world, *steps)
    tokens = await world.tokens()
    assert {path: token.value for path, token in tokens.items()} == {
        "b.x": 1, "b.y": 2, "b.z": "{b.x}", "a.x": "{b.x}", "a.y": "{b.y}", "a.z": "{b.z}",
    }  # fmt: skip
    for name in "xyz":
        assert tokens[f"b.{name}"].id == before[f"a.{name}"].id
        assert tokens[f"a.{name}"].extensions == {EXTENSION_KEY: {"replacedBy": f"b.{name}"}}
    await world.check()
    found = await comparisons.compare(world.context, world.ada, world.id, start, "main")
    assert {change.kind.value for change in found.changes} == {"token-moved", "token-deprecated"}
