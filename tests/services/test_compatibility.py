"""The policy file of a system: judged on every way in, and in force for what is compared."""

from __future__ import annotations

import json

import pytest
import pytest_asyncio

from designsystem.compatibility import MAX_BYTES
from designsystem.migration import migration
from gitstore.refs import RefUpdate
from gitstore.wire.pushes import PushRequest
from services import comparisons, design_tokens
from services.context import Context
from services.design_tokens import Where
from services.errors import InvalidInput
from services.pushes import Push
from tests.services.contents import TOKENS, World, make_world, tokens_file
from tests.services.themed import DARK, numbers, themed_files

POLICY = "versioning.json"
BAD = b'{"changes": {"token-value": "huge"}}\n'


@pytest_asyncio.fixture
async def world(context: Context) -> World:
    made = await make_world(context)
    await made.put({TOKENS: tokens_file(x=1, y=2), "docs/a.md": b"a\n"})
    return made


async def test_a_bad_file_is_refused_from_rest_and_from_git(world: World) -> None:
    before = world.git.ref("refs/heads/main")
    for files in ({POLICY: BAD}, {POLICY: BAD, "designsystem.json": b"{}\n"}):
        with pytest.raises(InvalidInput) as refused:
            await world.put(files)
        assert [problem.code for problem in refused.value.problems] == ["XDS232"]
    assert before is not None and world.git.ref("refs/heads/main") == before
    assert any(line.startswith("versioning.json:1:29: a severity is") for line in await refusal(world, BAD))
    huge = await refusal(world, b" " * (MAX_BYTES + 1))
    assert any("more than 65,536 bytes" in line for line in huge)
    assert world.git.ref("refs/heads/main") == before


async def refusal(world: World, content: bytes) -> list[str]:
    """What a push of this policy is told; it must be refused."""
    before = world.git.ref("refs/heads/main") or ""
    push = Push(world.context, world.ada, world.id)
    try:
        update = RefUpdate("refs/heads/main", before, world.git.commit({POLICY: content}, [before]))
        verdict = await push.pre_receive(PushRequest([update]))
    finally:
        await push.closed()
    assert not verdict.accepted
    return [line.strip() for line in verdict.lines]


async def test_a_comparison_rates_by_the_policy_of_the_newer_state(world: World) -> None:
    await world.put({POLICY: json.dumps({"changes": {"token-value": "major"}, "privateTokens": ["a.y"]}).encode()})
    base = world.git.ref("refs/heads/main") or ""
    await world.put({TOKENS: tokens_file(x=5)})
    found = await comparisons.compare(world.context, world.ada, world.id, base, "main")
    assert [(change.subject, change.severity.value) for change in found.changes] == [("a.x", "major"), ("a.y", "patch")]


async def test_deleting_the_file_brings_the_default_back(world: World) -> None:
    await world.put({POLICY: b'{"changes": {"token-value": "major"}}\n'})
    base = world.git.ref("refs/heads/main") or ""
    await world.put({POLICY: None, TOKENS: tokens_file(x=5, y=2)})
    found = await comparisons.compare(world.context, world.ada, world.id, base, "main")
    assert [change.severity.value for change in found.changes] == ["patch"]


async def test_what_shows_in_one_theme_alone_is_told_with_it(context: Context) -> None:
    world = await make_world(context)
    await world.put(themed_files())
    base = world.git.ref("refs/heads/main") or ""
    await world.put({DARK: numbers(ink=95)})
    found = await comparisons.compare(world.context, world.ada, world.id, base, "main")
    assert [(change.subject, change.contexts) for change in found.changes] == [
        ("a.ink", ("theme=dark",)),
        ("a.text", ("theme=dark",)),
    ]
    assert (found.compared, found.permutations, found.verdict.reasons[0]) == (
        3, 4, "a.ink: has another value (in theme=dark)",
    )  # fmt: skip


async def test_tokens_that_swapped_their_names_over_rest_are_told_as_such(world: World) -> None:
    base = world.git.ref("refs/heads/main") or ""
    ids = {path: token.id for path, token in (await world.tokens()).items()}
    for path, new in (("a.x", "a.between"), ("a.y", "a.x"), ("a.x", "a.y")):
        await design_tokens.rename_token(
            world.context, world.ada, world.id, ids[path], new, keep_alias=False, seen=None, where=Where()
        )
    found = await comparisons.compare(world.context, world.ada, world.id, base, "main")
    assert [(change.old_subject, change.subject, change.confidence) for change in found.changes] == [
        ("a.y", "a.x", 1.0),
        ("a.x", "a.y", 1.0),
    ]
    steps = migration(found.changes)["tokens"]
    assert [(step["old"], step["new"]) for step in steps] == [("a.x", "a.y"), ("a.y", "a.x")]
