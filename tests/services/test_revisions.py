from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from gitstore.commits import write_tag
from services import components, design_tokens, exports, sync, systems
from services.context import Context
from services.design_tokens import Filter, Where
from services.errors import NotFound, Unauthenticated
from services.policy import ANONYMOUS
from services.revisions import revision_at
from tests.index.histories import ADA
from tests.services.conftest import person
from tests.services.contents import TOKENS, World, make_world, tokens_file

MAIN = "refs/heads/main"


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    made = await make_world(context)
    await made.put({TOKENS: tokens_file(x=1), "components/A/component.json": b'{"name": "A"}'})
    return made


async def listed(world: World, ref: str | None = None) -> dict[str, Any]:
    revision, read = await design_tokens.list_tokens(
        world.context, world.ada, world.id, ref=ref, wanted=Filter(), limit=100, cursor=None
    )
    assert revision.commit
    return {view.path: view.value for view in (await read()).items}


async def test_names_mean_a_branch_before_a_tag_before_a_commit(world: World) -> None:
    first = world.git.ref(MAIN) or ""
    await world.put({TOKENS: tokens_file(x=2)})
    second = world.git.ref(MAIN) or ""
    with world.git.store.open(world.id) as repo:
        tag = write_tag(repo, name="v1", target=first, tagger=ADA, message="1")
    world.git.point("refs/tags/v1", tag)
    world.git.point("refs/tags/both", first)
    world.git.point("refs/heads/both", second)
    world.git.point("refs/heads/" + first[:10], second)
    system = await world.system()
    wanted = {
        None: (second, True, False),
        "main": (second, True, False),
        "HEAD": (second, True, False),
        MAIN: (second, True, False),
        "both": (second, False, False),
        "refs/tags/both": (first, False, True),
        "v1": (first, False, True),
        tag: (first, False, False),
        first: (first, False, True),
        second: (second, False, True),
        first[:10]: (second, False, False),
        first[:12]: (first, False, False),
    }
    for ref, told in wanted.items():
        found = await revision_at(world.context, system, ref)
        assert (found.commit, found.indexed, found.fixed) == told, ref


@pytest.mark.parametrize(
    "ref", ["nope", "..", "main~1", "@{u}", "main@{1}", "0" * 40, "abcdef0", "refs/heads/", "a\0b"]
)
async def test_what_is_no_branch_tag_or_commit_is_not_found(world: World, ref: str) -> None:
    with pytest.raises(NotFound):
        await revision_at(world.context, await world.system(), ref)


async def test_a_file_is_no_revision(world: World) -> None:
    with world.git.store.open(world.id) as repo:
        blob = str(repo.create_blob(b"x"))
    for oid in (blob, blob[:10]):
        with pytest.raises(NotFound):
            await revision_at(world.context, await world.system(), oid)


async def test_a_list_is_of_the_commit_that_it_says(world: World) -> None:
    """Somebody writes between the look at the head and the reading of the rows."""
    before = world.git.ref(MAIN)
    revision, read = await design_tokens.list_tokens(
        world.context, world.ada, world.id, ref=None, wanted=Filter(), limit=100, cursor=None
    )
    parts, read_parts = await components.list_components(
        world.context, world.ada, world.id, ref=None, category=None, q=None, limit=100, cursor=None
    )
    await world.put({TOKENS: tokens_file(x=2), "components/A/component.json": b'{"name": "B"}'})
    assert (revision.commit, parts.commit) == (before, before)
    assert [view.value for view in (await read()).items] == [1]
    assert [view.name for view in (await read_parts()).items] == ["A"]


async def test_an_export_says_only_the_version_that_its_commit_is(world: World) -> None:
    async def header(ref: str | None) -> tuple[str, str | None]:
        revision = await exports.revision_for(world.context, world.ada, world.id, ref)
        found = await exports.header_of(world.context, revision)
        return found.system, found.version

    assert await header(None) == ("UI", None)
    for name, value in (("v1.0.0", 2), ("v2.0.0-rc.1", 3)):
        await world.put({TOKENS: tokens_file(x=value)})
        with world.git.store.open(world.id) as repo:
            tag = write_tag(repo, name=name, target=world.git.ref(MAIN) or "", tagger=ADA, message="Out")
        world.git.point(f"refs/tags/{name}", tag)
    await sync.sweep(world.context)
    assert await header("v1.0.0") == ("UI", "1.0.0")
    assert await header(None) == ("UI", "2.0.0-rc.1")
    await world.put({TOKENS: tokens_file(x=9)})
    assert await header("main") == ("UI", None)


async def test_every_read_asks_who_reads(world: World) -> None:
    context, ada, identity = world.context, world.ada, world.id
    token = (await world.tokens())["a.x"].id
    reads = [
        lambda who: systems.get_system(context, who, identity),
        lambda who: design_tokens.list_tokens(
            context, who, identity, ref="nope", wanted=Filter(), limit=1, cursor=None
        ),
        lambda who: design_tokens.get_token(context, who, identity, token, ref="nope"),
        lambda who: design_tokens.usages(context, who, identity, token, ref="nope"),
        lambda who: design_tokens.resolved(context, who, identity, ref="nope"),
        lambda who: design_tokens.validate_document(context, who, identity, path="x", source=b"{}", ref="nope"),
        lambda who: components.list_components(
            context, who, identity, ref="nope", category=None, q=None, limit=1, cursor=None
        ),
        lambda who: components.get_component(context, who, identity, token, ref="nope"),
        lambda who: components.list_versions(context, who, identity, token, limit=1, cursor=None),
        lambda who: exports.revision_for(context, who, identity, "nope"),
    ]
    eve = await person(context, "eve")
    for read in reads:
        with pytest.raises(NotFound, match="may not know"):
            await read(eve)
        with pytest.raises(Unauthenticated):
            await read(ANONYMOUS)
    await systems.update_system(context, ada, identity, systems.SystemChanges(visibility="public"))
    for who in (eve, ANONYMOUS):
        assert (await systems.get_system(context, who, identity)).id == identity
        revision, read = await design_tokens.list_tokens(
            context, who, identity, ref=None, wanted=Filter(), limit=9, cursor=None
        )
        assert len((await read()).items) == 1 and revision.indexed
    with pytest.raises(Unauthenticated):
        await design_tokens.create_token(context, ANONYMOUS, identity, "a.z", {"value": 1}, where=Where())
