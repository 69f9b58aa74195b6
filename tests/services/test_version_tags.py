from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from pygit2.enums import ObjectType

from designsystem.release import TagMessage
from gitstore.commits import write_tag
from gitstore.objects import write_object
from gitstore.refs import RefUpdate, read_ref
from gitstore.wire.pushes import Verdict
from services import publishing, releases, sync
from services.context import Context
from services.policy import SYSTEM
from services.publishing import Publication
from services.version_tags import MOST_AT_ONCE
from tests.index.histories import ADA
from tests.services.contents import TOKENS, World, make_world, tokens_file
from tests.services.test_changes import losing_the_database
from tests.services.test_pushes import judged, opened, pushed

MAIN = "refs/heads/main"


@pytest_asyncio.fixture
async def world(context: Context) -> AsyncIterator[World]:
    """A system whose version 1.0.0 was published here, with a change since that asks for a patch."""
    made = await make_world(context)
    await made.put({TOKENS: tokens_file(x=1, y=2)})
    await publishing.publish(context, made.ada, Publication(system_id=made.id, version="1.0.0"))
    await made.put({TOKENS: tokens_file(x=5, y=2)})
    yield made
    await made.check()


def tagged(world: World, name: str, target: str | None = None, *, message: str = "Out", inner: str = "") -> RefUpdate:
    with world.git.store.open(world.id) as repo:
        oid = write_tag(
            repo, name=inner or name, target=target or world.git.ref(MAIN) or "", tagger=ADA, message=message
        )
        return RefUpdate(f"refs/tags/{name}", read_ref(repo, f"refs/tags/{name}"), oid)


async def refusal(world: World, *updates: RefUpdate) -> str:
    """What a developer reads; nothing moved."""
    before = await world.indexed_refs()
    verdict = await pushed(world, *updates)
    assert isinstance(verdict, Verdict) and not verdict.accepted
    assert await world.indexed_refs() == before
    return "\n".join(verdict.lines)


async def landed(world: World, *updates: RefUpdate) -> None:
    results = await pushed(world, *updates)
    assert isinstance(results, list) and all(result.ok for result in results), results


async def listed(world: World) -> list[tuple[str, str]]:
    page = await releases.list_releases(world.context, world.ada, world.id, yanked=None, limit=50, cursor=None)
    return [(record.version, record.source) for record in page.items]


async def test_a_pushed_tag_is_a_publication(world: World) -> None:
    await landed(world, tagged(world, "v1.0.1", message="Brighter\n"))
    assert await listed(world) == [("1.0.1", "git"), ("1.0.0", "service")]
    found = await releases.get_release(world.context, world.ada, world.id, "v1.0.1")
    assert found.contents is not None and found.record.message == "Brighter"
    assert (found.contents.previous, found.contents.bump) == ("1.0.0", "patch")
    assert found.record.published_by == world.ada.user_id  # by the tagger's address
    told = [details for _, action, details in await world.events() if action == "design-system.published"]
    assert [(each["version"], each["via"]) for each in told] == [("1.0.0", "rest"), ("1.0.1", "push")]
    assert (await world.row()).version == "1.0.1"


async def test_commit_and_tag_in_one_push(world: World) -> None:
    head = world.git.ref(MAIN)
    new = world.git.commit({TOKENS: tokens_file(x=5, y=2, z=1)}, [head or ""])
    await landed(world, RefUpdate(MAIN, head, new), tagged(world, "v1.1.0", new))
    assert (await world.row()).version == "1.1.0"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("v1.0.0+again", "the newest version is 1.0.0"),
        ("v0.9.0", "the newest version is 1.0.0; a new one is higher"),
        ("v1.0.0-rc.1", "the newest version is 1.0.0"),
    ],
)
async def test_only_upwards(world: World, name: str, words: str) -> None:
    assert words in await refusal(world, tagged(world, name))


async def test_what_changed_asks_for_more(world: World) -> None:
    await world.put({TOKENS: tokens_file(x=5)})
    said = await refusal(world, tagged(world, "v1.1.0"))
    assert "refs/tags/v1.1.0: 1.1.0 is too low: what changed since 1.0.0 asks for 2.0.0" in said
    assert "\n  a.y: removed" in said and 'paragraph "Allow-Breaking-As: minor"' in said and "xds validate" not in said
    allowed = TagMessage("We know", allowed_as="minor").text("1.1.0")
    await landed(world, tagged(world, "v1.1.0", message=allowed))
    record = (await releases.get_release(world.context, world.ada, world.id, "1.1.0")).record
    assert (record.allowed_as, record.message) == ("minor", "We know")


async def test_tags_that_are_none(world: World) -> None:
    head = world.git.ref(MAIN) or ""
    light = RefUpdate("refs/tags/v1.0.1", None, head)
    assert "annotated tag: git tag -a v1.0.1" in await refusal(world, light)
    assert "calls itself 'v1.0.2'" in await refusal(world, tagged(world, "v1.0.1", inner="v1.0.2"))
    elsewhere = world.git.commit({TOKENS: tokens_file(x=6, y=2)}, [head])
    branch = RefUpdate("refs/heads/side", None, elsewhere)
    assert "not on main" in await refusal(world, branch, tagged(world, "v1.0.1", elsewhere))
    with world.git.store.open(world.id) as repo:
        blob = str(repo.create_blob(b"x"))
        raw = f"object {blob}\ntype blob\ntag v1.0.1\ntagger Ada <ada@example.org> 1 +0000\n\nx\n".encode()
        oid = str(repo.odb.write(4, raw))
    assert "leads to none" in await refusal(world, RefUpdate("refs/tags/v1.0.1", None, oid))


async def test_a_manifest_that_says_otherwise(world: World) -> None:
    manifest = {"schemaVersion": 1, "name": "UI", "version": "1.0.0"}
    await world.put({"designsystem.json": json.dumps(manifest).encode()})
    assert "the manifest states version 1.0.0" in await refusal(world, tagged(world, "v1.0.1"))
    await world.put({"designsystem.json": json.dumps(manifest | {"version": "1.0.1"}).encode()})
    await landed(world, tagged(world, "v1.0.1"))


async def test_a_system_with_faults_is_not_published(world: World) -> None:
    broken = world.git.commit(
        {"tokens/b.tokens.json": b'{"b": {"$type": "number", "$value": "{c.d}"}}'}, [world.git.ref(MAIN) or ""]
    )
    world.git.point(MAIN, broken)
    await world.system()
    said = await refusal(world, tagged(world, "v1.1.0"))
    assert "tokens/b.tokens.json:1" in said and "{c.d}" in said


async def test_a_published_tag_never_moves(world: World) -> None:
    """For nobody: the service's own administrator included."""
    tag = world.git.ref("refs/tags/v1.0.0")
    moved = tagged(world, "v1.0.0")
    for update in (RefUpdate("refs/tags/v1.0.0", tag, None), moved):
        for actor in (world.ada, replace(world.ada, is_admin=True), SYSTEM):
            verdict = await pushed(world, update, actor=actor)
            assert isinstance(verdict, Verdict) and "it is published and stays as it is" in "\n".join(verdict.lines)
    assert world.git.ref("refs/tags/v1.0.0") == tag


async def test_several_versions_in_one_push_stand_in_line(world: World) -> None:
    first = tagged(world, "v1.0.1")
    new = world.git.commit({TOKENS: tokens_file(x=5, y=2, z=1)}, [world.git.ref(MAIN) or ""])
    move = RefUpdate(MAIN, world.git.ref(MAIN), new)
    assert "asks for 1.1.0" in await refusal(world, move, first, tagged(world, "v1.0.2", new))
    await landed(world, move, tagged(world, "v1.1.0", new), first)
    assert [version for version, _ in await listed(world)] == ["1.1.0", "1.0.1", "1.0.0"]


async def test_who_publishes_while_a_push_waits_is_heard(world: World) -> None:
    """The push was judged when 1.0.0 was the newest."""
    push, wanted = opened(world), tagged(world, "v1.0.1")
    judge = push._judge

    async def overtaken(request: object) -> object:
        found = await judge(request)  # type: ignore[arg-type]
        await publishing.publish(world.context, world.ada, Publication(system_id=world.id, version="1.0.2"))
        return found

    push._judge = overtaken  # type: ignore[method-assign, assignment]
    verdict = await judged(push, [wanted])
    await push.closed()
    assert not verdict.accepted and "the newest version is 1.0.2" in "\n".join(verdict.lines)


async def test_a_crash_between_the_tag_and_its_row_repairs_itself(world: World) -> None:
    push, wanted = opened(world), tagged(world, "v1.0.1")
    assert (await judged(push, [wanted])).accepted
    with losing_the_database(world.context):
        results = await push.proc_receive([wanted], [], False)
    assert not any(result.ok for result in results)
    assert world.git.ref("refs/tags/v1.0.1") == wanted.new and (await world.row()).version == "1.0.0"
    assert [version for version, _ in await listed(world)] == ["1.0.1", "1.0.0"]  # whoever looks next finds it
    assert (await world.row()).version == "1.0.1"
    with pytest.raises(Exception, match=r"1\.0\.1 was published"):
        await publishing.publish(world.context, world.ada, Publication(system_id=world.id, version="1.0.1"))
    await world.put({TOKENS: tokens_file(x=6, y=2)})
    await publishing.publish(world.context, world.ada, Publication(system_id=world.id))
    assert [version for version, _ in await listed(world)] == ["1.0.2", "1.0.1", "1.0.0"]


async def test_a_repository_brings_its_versions_with_it(context: Context) -> None:
    """Lightweight ones too, which publish nothing; on any branch and in any order."""
    world = await make_world(context, name="eve")
    one, two, three = world.git.chain(
        {TOKENS: tokens_file(x=1, y=1)}, {TOKENS: tokens_file(x=1)}, {TOKENS: tokens_file(x=2)}
    )
    side = world.git.commit({TOKENS: tokens_file(x=9)}, [one])
    branches = [RefUpdate(MAIN, None, three), RefUpdate("refs/heads/side", None, side)]
    tags = [tagged(world, "v1.0.0", one), tagged(world, "v1.0.1", two), tagged(world, "v0.9.0", side)]
    await landed(world, *branches, *tags, RefUpdate("refs/tags/v0.1.0", None, one))
    assert await listed(world) == [("1.0.1", "git"), ("1.0.0", "git"), ("0.9.0", "git")]
    contents = (await releases.get_release(context, world.ada, world.id, "1.0.1")).contents
    assert contents is not None and (contents.previous, contents.bump) == ("1.0.0", "major")
    assert "stays as it is" in await refusal(world, RefUpdate("refs/tags/v0.9.0", tags[2].new, None))
    await landed(world, RefUpdate("refs/tags/v0.1.0", one, None))  # which was none
    await world.check()


async def test_history_that_ends_in_faults_at_the_head_is_refused(context: Context) -> None:
    world = await make_world(context, name="eve")
    await world.put({TOKENS: tokens_file(x=1)})
    broken = world.git.commit(
        {"tokens/b.tokens.json": b'{"b": {"$type": "number", "$value": "{c.d}"}}'}, [world.git.ref(MAIN) or ""]
    )
    world.git.point(MAIN, broken)
    await world.system()
    assert "{c.d}" in await refusal(world, tagged(world, "v1.0.0", broken))


async def test_so_many_versions_at_once_and_no_more(world: World) -> None:
    tags = [tagged(world, f"v1.0.{number}") for number in range(1, MOST_AT_ONCE + 2)]
    assert f"{MOST_AT_ONCE + 1} versions in one push" in await refusal(world, *tags)
    assert len(await listed(world)) == 1


async def test_a_note_of_megabytes_is_told_by_its_beginning(world: World) -> None:
    """A page of releases tells fifty of them."""
    await landed(world, tagged(world, "v1.0.1", message="Brighter\n\n" + "x" * 3_000_000))
    found = await releases.get_release(world.context, world.ada, world.id, "1.0.1")
    assert len(found.record.message) == 10_000 and found.record.message.startswith("Brighter\n\nxxx")
    assert found.contents is not None and len(found.contents.markdown) < 20_000


async def test_a_tag_of_a_tag_is_the_release_that_a_rebuild_finds(world: World) -> None:
    inner = tagged(world, "v1.0.1", message="Inner").new
    told = f"object {inner}\ntype tag\ntag v1.0.1\ntagger Ada <ada@example.org> 1795000000 +0000\n\nOuter\n"
    with world.git.store.open(world.id) as repo:
        outer = write_object(repo, ObjectType.TAG, told.encode())
    outermost = RefUpdate("refs/tags/v1.0.1", None, outer)
    await landed(world, outermost, tagged(world, "V1.0.1"), tagged(world, "v1.0"))
    assert await listed(world) == [("1.0.1", "git"), ("1.0.0", "service")]
    found = await releases.get_release(world.context, world.ada, world.id, "1.0.1")
    assert (found.record.message, found.record.commit) == ("Outer", world.git.ref(MAIN))
    assert (await sync.reindex(world.context, world.id)).lines == ()
    assert "stays as it is" in await refusal(world, replace(tagged(world, "v1.0.1"), new=None))
