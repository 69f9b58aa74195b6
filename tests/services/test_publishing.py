from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gitstore import trees
from gitstore.refs import list_refs
from gitstore.tags import read_tag
from index import releases
from index.releases import ReleaseRecord
from services import protections, publishing, sync, teams
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from services.policy import ANONYMOUS, Role, Scope
from services.protection import Protection
from services.publishing import Publication
from tests.index.histories import component
from tests.services.conftest import person
from tests.services.contents import TOKENS, World, make_world, tokens_file
from tests.services.test_changes import losing_the_database

MAIN = "refs/heads/main"


@pytest_asyncio.fixture
async def world(context: Context) -> AsyncIterator[World]:
    made = await make_world(context, init=True)
    await made.put({TOKENS: tokens_file(x=1, y=2)})
    yield made
    await made.check()


async def publish(world: World, actor: Any = None, **wanted: Any) -> ReleaseRecord:
    wanted_by = actor or world.ada
    return (await publishing.publish(world.context, wanted_by, Publication(system_id=world.id, **wanted)))[1]


async def versions(world: World) -> list[str]:
    async with world.context.engine.connect() as db:
        return [record.version for record in await releases.everything(db, world.id)]


def manifest(world: World, ref: str = "main") -> Any:
    return json.loads(world.blob("designsystem.json", ref) or b"{}")


async def test_a_publication_is_a_commit_a_tag_and_a_release_in_one(world: World) -> None:
    before = world.git.ref(MAIN)
    made = await publish(world, version="1.0.0", message="The first one")
    assert (made.version, made.source, made.message, made.published_by) == (
        "1.0.0",
        "service",
        "The first one",
        world.ada.user_id,
    )
    assert manifest(world)["version"] == "1.0.0"
    assert made.commit == world.git.ref(MAIN) != before
    assert world.git.ref("refs/tags/v1.0.0") == made.tag
    with world.git.store.open(world.id) as repo:
        tag = read_tag(repo, made.tag)
        assert trees.resolve(repo, "v1.0.0") == made.commit
    assert tag is not None and tag.tagger.email == "ada@example.org" and tag.message.startswith("v1.0.0\n\nThe first")
    row = await world.row()
    assert (row.version, row.published, row.head) == ("1.0.0", True, made.commit)
    told = [(action, details.get("version")) for _, action, details in await world.events()]
    assert told[-3:] == [("branch.updated", None), ("tag.created", None), ("design-system.published", "1.0.0")]


async def test_what_changed_chooses_the_version(world: World) -> None:
    assert (await publish(world)).version == "0.1.0"
    await publish(world, version="1.0.0")
    await world.put({TOKENS: tokens_file(x=5, y=2)})
    assert (await publish(world)).version == "1.0.1"
    await world.put({TOKENS: tokens_file(x=5, y=2, z=3)})
    assert (await publish(world)).version == "1.1.0"
    await world.put({TOKENS: tokens_file(x=5, y=2)})
    assert (await publish(world)).version == "2.0.0"
    await world.put({"README.md": b"# Hello\n"})
    assert (await publish(world)).version == "2.0.1"
    await world.put({"components/A/component.json": component("A")})
    assert (await publish(world, bump="major")).version == "3.0.0"
    assert await versions(world) == ["0.1.0", "1.0.0", "1.0.1", "1.1.0", "2.0.0", "2.0.1", "3.0.0"]


async def test_a_prerelease_becomes_final(world: World) -> None:
    await publish(world, version="1.0.0")
    await world.put({TOKENS: tokens_file(x=1)})
    with pytest.raises(InvalidInput, match=r"1\.1\.0-rc\.1 is too low"):
        await publish(world, version="1.1.0-rc.1")
    await publish(world, version="2.0.0-rc.1")
    await world.put({TOKENS: tokens_file(x=2)})
    await publish(world, version="2.0.0-rc.2")
    assert (await publish(world, version="2.0.0")).commit != world.git.ref("refs/tags/v2.0.0-rc.2")
    assert (await world.row()).version == "2.0.0"


async def test_a_version_that_is_too_low_is_refused_with_reasons(world: World) -> None:
    await publish(world, version="1.0.0")
    await world.put({TOKENS: tokens_file(x=1)})
    refs, seq = refs_of(world), (await world.row()).seq
    for wanted in ({"version": "1.0.1"}, {"bump": "minor"}, {"version": "1.9.9"}):
        with pytest.raises(InvalidInput) as refused:
            await publish(world, **wanted)
        head, reason = refused.value.problems
        assert "asks for 2.0.0 or higher" in head.message
        assert (reason.subject, reason.code, reason.message) == ("a.y", "XDS410", "removed")
        needed = "patch" if wanted == {"version": "1.0.1"} else "minor"
        assert refused.value.detail.endswith(f"say allow_breaking_as: {needed}.")
    assert refs_of(world) == refs and (await world.row()).seq == seq
    made = await publish(world, version="1.1.0", allow_breaking_as="minor")
    assert made.allowed_as == "minor"
    await world.put({TOKENS: tokens_file(x=1, z=1)})
    with pytest.raises(InvalidInput, match=r"asks for 1\.2\.0 or higher \(minor\)\.$"):  # easing hides no additions
        await publish(world, version="1.1.1", allow_breaking_as="patch")
    assert (await publish(world, bump="minor", allow_breaking_as="patch")).allowed_as is None


async def test_before_one_nothing_is_promised(world: World) -> None:
    await publish(world, version="0.1.0")
    await world.put({TOKENS: tokens_file(x=1)})
    with pytest.raises(InvalidInput, match=r"asks for 0\.2\.0"):
        await publish(world, version="0.1.1")
    assert (await publish(world)).version == "0.2.0"
    assert (await publish(world, version="1.0.0")).version == "1.0.0"  # without a change, because it was named


async def test_a_version_is_published_once_and_only_upwards(world: World) -> None:
    made = await publish(world, version="1.2.0")
    for version, words in (("1.2.0", "1.2.0 was published by ada"), ("1.1.9", "lower than"), ("1.2.0+x", "1.2.0 was")):
        with pytest.raises(Conflict, match=words) as refused:
            await publish(world, version=version)
        assert refused.value.commit == made.commit
        assert refused.value.clashes[0].ours["version"] == "1.2.0"
    with pytest.raises(Conflict, match=r"Nothing changed since 1\.2\.0"):
        await publish(world)
    for version in ("v1.3.0", "1.3", "latest", "1.3.0\n", "1." + "1" * 100 + ".0"):
        with pytest.raises(InvalidInput, match="A version is written like"):
            await publish(world, version=version)
    with pytest.raises(InvalidInput):
        await publish(world, version="2.0.0", bump="major")
    assert await versions(world) == ["1.2.0"]


async def test_only_what_the_publisher_has_seen(world: World) -> None:
    seen = world.git.ref(MAIN)
    await world.put({TOKENS: tokens_file(x=9)})
    with pytest.raises(Conflict) as refused:
        await publish(world, expected=seen)
    assert refused.value.commit == world.git.ref(MAIN)
    with pytest.raises(InvalidInput):
        await publish(world, ref="side")
    assert (await publish(world, expected=world.git.ref(MAIN), ref="main")).version == "0.1.0"


async def test_a_system_with_faults_is_not_published(world: World) -> None:
    """Files that came in before the service would have refused them: put there behind its back."""
    head = world.git.ref(MAIN) or ""
    broken = world.git.commit({"tokens/b.tokens.json": b'{"b": {"$type": "number", "$value": "{c.d}"}}'}, [head])
    world.git.point(MAIN, broken)
    await world.put({"README.md": b"x"})
    with pytest.raises(InvalidInput) as refused:
        await publish(world, version="1.0.0")
    assert [(problem.path, problem.code) for problem in refused.value.problems] == [("tokens/b.tokens.json", "XDS020")]
    assert not [name for name in refs_of(world) if name.startswith("refs/tags/")]


async def test_nothing_is_no_version(context: Context) -> None:
    empty = await make_world(context, name="eve")
    with pytest.raises(Conflict, match="Nothing was committed"):
        await publish(empty)
    await empty.put({TOKENS: tokens_file(x=1)})  # and no manifest, which then states no version
    made = await publish(empty)
    assert made.version == "0.1.0" and made.commit == empty.git.ref(MAIN)
    assert empty.blob("designsystem.json") is None
    await empty.check()


async def test_who_may_publish(world: World, context: Context) -> None:
    bob = await person(context, "Bob")
    with pytest.raises(NotFound):
        await publish(world, bob)
    assert bob.user_id is not None
    await teams.add_member(context, world.ada, world.team_id, role=Role.EDITOR, user_id=bob.user_id)
    for actor in (bob, replace(world.ada, scopes=frozenset({Scope.WRITE}))):
        with pytest.raises(Forbidden):
            await publish(world, actor)
    with pytest.raises(Unauthenticated):
        await publish(world, ANONYMOUS)
    ci = replace(world.ada, scopes=frozenset({Scope.PUBLISH}))
    await protections.set_protection(context, world.ada, world.id, Protection(pattern="main"))
    with pytest.raises(Forbidden, match="protected"):
        await publish(world, ci)
    assert await versions(world) == [] and manifest(world).get("version") is None
    await protections.set_protection(
        context, world.ada, world.id, Protection(pattern="main", role="editor", required_approvals=2)
    )
    assert (await publish(world, ci, version="1.0.0")).version == "1.0.0"


async def test_twenty_publish_the_same_version_at_once(world: World) -> None:
    outcomes = await asyncio.gather(*(publish(world, version="1.0.0") for _ in range(20)), return_exceptions=True)
    made = [each for each in outcomes if isinstance(each, ReleaseRecord)]
    lost = [each for each in outcomes if isinstance(each, Conflict)]
    assert (len(made), len(lost)) == (1, 19)
    assert {each.commit for each in lost} == {made[0].commit}
    assert all("1.0.0 was published by ada" in each.detail for each in lost)
    assert await versions(world) == ["1.0.0"]


async def test_twenty_count_up_at_once(world: World) -> None:
    wanted: list[dict[str, Any]] = [{"bump": "minor"}, {"bump": "auto"}, {"version": "0.3.0"}, {"bump": "patch"}]
    outcomes = await asyncio.gather(*(publish(world, **wanted[n % 4]) for n in range(20)), return_exceptions=True)
    made = [each.version for each in outcomes if isinstance(each, ReleaseRecord)]
    assert all(isinstance(each, (ReleaseRecord, Conflict)) for each in outcomes)
    assert sorted(made) == await versions(world)
    assert len(made) in (1, 2) and len(set(made)) == len(made)  # what counts up, and the one that was named


async def test_a_crash_between_tag_and_row_repairs_itself(world: World) -> None:
    with losing_the_database(world.context), pytest.raises(DBAPIError):
        await publish(world, version="1.0.0", message="Out", allow_breaking_as="patch")
    assert world.git.ref("refs/tags/v1.0.0") is not None and await versions(world) == []
    assert (await world.row()).version is None
    assert (await world.system()).version == "1.0.0"  # the first read finds it
    async with world.context.engine.connect() as db:
        record = await releases.get(db, world.id, "1.0.0")
    assert record is not None and (record.source, record.message) == ("service", "Out")
    assert record.published_by == world.ada.user_id
    assert [details["version"] for _, action, details in await world.events() if action.endswith(".published")] == [
        "1.0.0"
    ]


async def test_the_next_publisher_finds_what_a_crash_left(world: World) -> None:
    with losing_the_database(world.context), pytest.raises(DBAPIError):
        await publish(world, version="1.0.0")
    with pytest.raises(Conflict, match=r"1\.0\.0 was published by ada"):
        await publish(world, version="1.0.0")
    await world.put({TOKENS: tokens_file(x=3, y=2)})
    assert (await publish(world)).version == "1.0.1"


async def test_a_crash_before_the_tag_leaves_only_a_commit(world: World) -> None:
    """The refs of one landing move one after the other, the branch first."""
    await publish(world, version="1.0.0")
    await world.put({TOKENS: tokens_file(x=3, y=2)})
    head = world.git.ref(MAIN) or ""
    stated = json.dumps(manifest(world) | {"version": "1.0.1"}, indent=2).encode()
    world.git.point(MAIN, world.git.commit({"designsystem.json": stated}, [head]))
    made = await publish(world)
    assert made.version == "1.0.1" and made.commit == world.git.ref(MAIN)


async def test_rows_follow_from_tags_alone(world: World) -> None:
    await publish(world, version="1.0.0", message="One")
    await world.put({TOKENS: tokens_file(x=1)})
    await publish(world, version="1.1.0", allow_breaking_as="minor")

    async def rows() -> list[Any]:
        async with world.context.engine.connect() as db:
            return [tuple(row) for row in await db.execute(text("SELECT * FROM releases ORDER BY version"))]

    before = await rows()
    async with world.context.engine.begin() as db:
        await db.execute(text("DELETE FROM releases WHERE version = '1.0.0'"))
        await db.execute(text("UPDATE releases SET allowed_as = 'patch'"))
    assert (await sync.check(world.context, world.id)).lines == (
        "release 1.0.0: no row",
        "release 1.1.0: another row",
    )
    assert len((await sync.reindex(world.context, world.id)).lines) >= 1
    assert await rows() == before
    async with world.context.engine.begin() as db:
        await db.execute(text("DELETE FROM releases"))
    await sync.sweep(world.context)
    assert await rows() == before


def refs_of(world: World) -> dict[str, object]:
    with world.git.store.open(world.id) as repo:
        return dict(list_refs(repo))
