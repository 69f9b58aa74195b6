"""Ownership: what a change touches and somebody else owns refuses it, whichever way it comes in."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import pytest_asyncio

from gitstore.commits import read_commit, write_commit
from gitstore.refs import RefUpdate
from gitstore.treewriter import BlobRef, write_tree
from gitstore.wire.pushes import PushRequest
from services import api_keys, design_tokens, teams
from services.changes import Change, apply
from services.context import Context
from services.design_tokens import Where
from services.errors import Forbidden, InvalidInput
from services.policy import Role, Scope
from services.pushes import Push
from services.token_batches import Operation
from services.token_edits import Target
from tests.index.histories import ADA, BEGIN
from tests.services.contents import TOKENS, make_world, tokens_file
from tests.services.guarded import MAIN, Guarded, make_guarded
from tests.services.themed import DARK, LIGHT, numbers, themed_files

OTHER = "tokens/b.tokens.json"
BUTTON = "components/Button/component.json"
START: dict[str, bytes | None] = {
    TOKENS: tokens_file(x=1, y=2),
    OTHER: b'{"b": {"$type": "number", "z": {"$value": "{a.x}"}, "free": {"$value": 1}}}\n',
    BUTTON: b'{"name": "Button"}\n',
    "components/Button/index.tsx": b"export {}\n",
    "docs/a.md": b"a\n",
}


@pytest_asyncio.fixture
async def team(context: Context) -> Guarded:
    made = await make_guarded(context)
    await made.put(made.ada, START)
    return made


async def owned(team: Guarded, *lines: str) -> None:
    await team.put(team.ada, {"OWNERS": ("\n".join(lines) + "\n").encode()})


async def test_without_the_file_nobody_owns_anything(team: Guarded) -> None:
    await team.put(team.carl, {TOKENS: tokens_file(x=2), BUTTON: None, "docs/a.md": b"b\n"})


@pytest.mark.parametrize(
    ("line", "files", "told"),
    [
        ("/docs/ @bea", {"docs/a.md": b"b\n"}, ["docs/a.md"]),
        ("/docs/ @bea", {"docs/a.md": None}, ["docs/a.md"]),
        ("/docs/ @bea", {"docs/new/b.md": b"b\n"}, ["docs/new/b.md"]),
        ("/docs/ @bea", {"docs/a.md": None, "moved.md": b"a\n"}, ["docs/a.md"]),
        ("/moved.md @bea", {"docs/a.md": None, "moved.md": b"a\n"}, ["moved.md"]),
        ("*.json @bea", {TOKENS: tokens_file(x=2, y=2)}, [TOKENS]),
        ("token:a.x @bea", {TOKENS: tokens_file(x=2, y=3)}, [f"{TOKENS} a.x"]),
        ("token:a @bea", {TOKENS: tokens_file(x=2, y=2, n=1)}, [f"{TOKENS} a.n", f"{TOKENS} a.x"]),
        ("token:a.y @bea", {TOKENS: tokens_file(x=1)}, [f"{TOKENS} a.y"]),
        ("token:a.y @bea", {TOKENS: tokens_file(x=1), OTHER: tokens_file(y=2)}, [f"{TOKENS} a.y", f"{OTHER} a.y"]),
        ("token:a.** @bea", {"tokens/z.tokens.json": tokens_file(x=9)}, [f"{TOKENS} a.x", "tokens/z.tokens.json a.x"]),
        ("/tokens/a.tokens.json @bea", {"tokens/z.tokens.json": tokens_file(x=9)}, [TOKENS]),
        ("component:Button @bea", {"components/Button/index.tsx": b"1\n"}, ["components/Button/index.tsx Button"]),
        ("component:Button @bea", {"components/Button/new.css": b"1\n"}, ["components/Button/new.css Button"]),
        ("component:Button @bea", {BUTTON: b'{"name": "Mine"}\n'}, [f"{BUTTON} Button"]),
        ("component:Mine @bea", {BUTTON: b'{"name": "Mine"}\n'}, [f"{BUTTON} Mine"]),
        ("component:Card @bea", {"components/Card/index.tsx": b"1\n"}, ["components/Card/index.tsx Card"]),
    ],
    ids=str,
)
async def test_what_somebody_else_owns_is_refused(
    team: Guarded, line: str, files: dict[str, bytes | None], told: list[str]
) -> None:
    await owned(team, line)
    assert sorted(await team.refused(team.carl, files)) == sorted(told)
    await team.put(team.bea, files)


async def test_refusals_say_whose_it_is_and_by_which_line(team: Guarded) -> None:
    await owned(team, "# all", "/docs/ @bea role:admin")
    with pytest.raises(Forbidden) as refused:
        await team.put(team.carl, {"docs/a.md": b"b\n"})
    (problem,) = refused.value.problems
    assert (problem.code, problem.path) == ("XDS408", "docs/a.md")
    assert "@bea, role:admin (OWNERS:2)" in problem.message


async def test_a_change_cannot_free_itself(team: Guarded) -> None:
    await owned(team, "/docs/ @bea")
    told = await team.refused(team.carl, {"OWNERS": b"/docs/ @carl\n", "docs/a.md": b"b\n"})
    assert sorted(told) == ["OWNERS", "docs/a.md"]
    assert await team.refused(team.carl, {"OWNERS": None}) == ["OWNERS"]
    assert await team.refused(team.bea, {"OWNERS": b"* @bea\n"}) == ["OWNERS"]


async def test_only_an_administrator_begins_the_file(team: Guarded) -> None:
    assert await team.refused(team.carl, {"OWNERS": b"* @carl\n"}) == ["OWNERS"]
    await owned(team, "* @bea")


async def test_the_file_can_be_given_to_somebody(team: Guarded) -> None:
    await owned(team, "/OWNERS @bea")
    assert await team.refused(team.carl, {"OWNERS": b"\n"}) == ["OWNERS"]
    await team.put(team.bea, {"OWNERS": b"/docs/ @bea\n"})


async def test_administrators_are_not_locked_out_but_narrow_keys_of_theirs_are(team: Guarded) -> None:
    await owned(team, "* @bea")
    await team.put(team.ada, {"docs/a.md": b"b\n"})
    _, secret = await api_keys.create(team.context, team.ada, name="ci", scopes=[Scope.WRITE])
    narrow = await api_keys.authenticate(team.context, secret)
    assert await team.refused(narrow, {"docs/a.md": b"c\n"}) == ["docs/a.md"]


async def test_an_address_counts_once_it_is_verified(team: Guarded) -> None:
    await owned(team, "/docs/ carl@example.org")
    await team.refused(team.carl, {"docs/a.md": b"b\n"})
    await team.verify_email(team.carl)
    await team.put(team.carl, {"docs/a.md": b"b\n"})


async def test_an_owner_needs_a_role_like_anybody(team: Guarded) -> None:
    await owned(team, "* @bea")
    assert team.bea.user_id is not None
    await teams.change_role(team.context, team.ada, team.world.team_id, team.bea.user_id, Role.VIEWER)
    with pytest.raises(Forbidden, match="role editor"):
        await team.put(team.bea, {"docs/a.md": b"b\n"})


async def test_tokens_go_before_the_file_they_stand_in_and_the_last_line_decides(team: Guarded) -> None:
    await owned(team, "/tokens/ @bea", "token:a.x @carl")
    await team.put(team.carl, {TOKENS: tokens_file(x=5, y=2)})
    assert await team.refused(team.bea, {TOKENS: tokens_file(x=6, y=2)}) == [f"{TOKENS} a.x"]
    assert await team.refused(team.carl, {TOKENS: tokens_file(x=6, y=3)}) == [f"{TOKENS} a.y"]
    source = team.world.blob(TOKENS) or b""
    assert await team.refused(team.carl, {TOKENS: source + b"\n"}) == [TOKENS]


async def test_what_a_group_says_touches_the_tokens_in_it(team: Guarded) -> None:
    await owned(team, "token:b.z @bea")
    told: list[str] = []
    for said in ('"$extensions": {"k": 1}', '"$deprecated": true'):
        source = (team.world.blob(OTHER) or b"").replace(b'"b": {', b'"b": {' + said.encode() + b", ")
        told += await team.refused(team.carl, {OTHER: source})
    assert told == [f"{OTHER} b.z"] * 2


async def test_manifest_globs_are_no_way_around(team: Guarded) -> None:
    await owned(team, "token:a @bea", "component:Button @bea")
    globs: dict[str, Any] = {"tokens": ["tokens/b*.json"], "components": ["components/*"]}
    aliased = b'{"b": {"$type": "number", "z": {"$value": 1}}}\n'
    told = await team.refused(team.carl, {"designsystem.json": json.dumps(globs).encode(), OTHER: aliased})
    assert sorted(told) == [f"{TOKENS} a.x", f"{TOKENS} a.y"]
    globs = {"components": ["lib/*"]}
    told = await team.refused(team.carl, {"designsystem.json": json.dumps(globs).encode()})
    assert told == [f"{BUTTON} Button"]


async def test_a_rename_that_rewrites_aliases_of_others_takes_them_too(team: Guarded) -> None:
    await owned(team, "token:a.** @carl", "token:b.z @bea")
    moved = (await team.world.tokens())["a.x"].id
    with pytest.raises(Forbidden) as refused:
        await design_tokens.rename_token(
            team.context,
            team.carl,
            team.world.id,
            moved,
            "a.new",
            keep_alias=False,
            seen=None,
            where=Where(),
        )
    assert [problem.subject for problem in refused.value.problems] == ["b.z"]
    await team.put(team.ada, {"OWNERS": b"token:a.** @carl\n"})
    await design_tokens.rename_token(
        team.context, team.carl, team.world.id, moved, "a.new", keep_alias=False, seen=None, where=Where()
    )
    assert (await team.world.tokens())["b.z"].value == "{a.new}"


async def test_edits_of_single_tokens_are_held_like_files(team: Guarded) -> None:
    await owned(team, "token:a.x @bea")
    tokens = await team.world.tokens()
    for path, allowed in (("a.x", False), ("a.y", True)):
        edit = design_tokens.update_token(
            team.context, team.carl, team.world.id, tokens[path].id, {"value": 7}, seen=None, where=Where()
        )
        if allowed:
            assert (await edit).changed
        else:
            with pytest.raises(Forbidden):
                await edit


async def test_one_owned_token_refuses_the_whole_batch(team: Guarded) -> None:
    await owned(team, "token:a.x @bea")
    tokens = await team.world.tokens()
    steps = [
        Operation(op="update", target=Target(tokens[path].id, path), fields={"value": 7}) for path in ("a.y", "a.x")
    ]
    with pytest.raises(Forbidden) as refused:
        await design_tokens.batch(team.context, team.carl, team.world.id, steps, where=Where())
    assert [problem.subject for problem in refused.value.problems] == ["a.x"]
    assert {path: record.value for path, record in (await team.world.tokens()).items() if path[0] == "a"} == {
        "a.x": 1,
        "a.y": 2,
    }


async def test_a_component_removed_as_a_folder_is_all_of_its_files(team: Guarded) -> None:
    await owned(team, "component:Button @bea")
    change = Change(system_id=team.world.id, edit=lambda draft: draft.remove_folder("components/Button"), message="x")
    with pytest.raises(Forbidden) as refused:
        await apply(team.context, team.carl, change)
    assert [problem.path for problem in refused.value.problems] == [BUTTON, "components/Button/index.tsx"]
    await apply(team.context, team.bea, change)


async def test_owners_have_their_say_on_guarded_branches_only(team: Guarded) -> None:
    await owned(team, "/docs/ @bea")
    await team.pushed(team.carl, RefUpdate("refs/heads/side", None, team.world.git.ref(MAIN)))
    await team.put(team.carl, {"docs/a.md": b"b\n"}, branch="side")
    await team.protect("side", role="editor")
    assert await team.refused(team.carl, {"docs/a.md": b"c\n"}, branch="side") == ["docs/a.md"]


async def test_a_new_protected_branch_is_judged_by_what_it_changes_since_it_left(team: Guarded) -> None:
    before = team.world.git.ref(MAIN) or ""
    await owned(team, "/docs/ @bea")
    await team.protect("release/*", role="editor")
    name = "refs/heads/release/1"
    mine = team.world.git.commit({"free.md": b"1\n"}, [before])
    theirs = team.world.git.commit({"docs/a.md": b"1\n"}, [before])
    unrelated = team.world.git.commit({"docs/a.md": b"a\n"}, [])
    for commit, accepted in ((before, True), (mine, True), (theirs, False), (unrelated, False)):
        assert (await team.judged(team.carl, RefUpdate(name, None, commit))).accepted is accepted


async def test_a_new_protected_branch_is_not_made_of_what_a_push_only_passed_through(team: Guarded) -> None:
    """There and back again, or in by the side of a merge: nobody judged what lies between the ends of a push."""
    await owned(team, "/docs/ @bea")
    await team.protect("release/*", role="editor")
    head = team.world.git.ref(MAIN) or ""
    theirs = team.world.git.commit({"docs/a.md": b"mine\n"}, [head])
    back = team.world.git.commit({"docs/a.md": b"a\n"}, [theirs])
    await team.pushed(team.carl, RefUpdate(MAIN, head, back))
    beside = team.world.git.commit({"docs/a.md": b"mine\n"}, [back])
    merged = team.world.git.commit({"free.md": b"1\n"}, [back, beside])
    await team.pushed(team.carl, RefUpdate(MAIN, back, merged))
    later = team.world.git.commit({"free.md": b"2\n"}, [beside])
    for commit, accepted in ((theirs, False), (beside, False), (later, False), (head, True), (back, True)):
        update = RefUpdate("refs/heads/release/1", None, commit)
        assert (await team.judged(team.carl, update)).accepted is accepted
        assert (await team.judged(team.bea, update)).accepted


async def test_a_forced_push_is_judged_by_what_it_takes_away(team: Guarded) -> None:
    before = team.world.git.ref(MAIN) or ""
    await owned(team, "/docs/ @bea")
    verdict = await team.judged(team.carl, RefUpdate(MAIN, team.world.git.ref(MAIN), before))
    assert any("OWNERS" in line for line in verdict.lines[1:])


async def test_an_owner_named_while_a_push_waits_is_heeded(team: Guarded) -> None:
    """The new branch was judged by a default branch without owners."""
    await team.protect("release/*", role="editor")
    head = team.world.git.ref(MAIN) or ""
    new = team.world.git.commit({"docs/a.md": b"1\n"}, [head])
    push = Push(team.context, team.carl, team.world.id)
    async with team.context.turns.of(team.world.id):
        waiting = asyncio.create_task(push.pre_receive(PushRequest([RefUpdate("refs/heads/release/1", None, new)])))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        later = team.world.git.commit({"OWNERS": b"/docs/ @bea\n"}, [head])
        team.world.git.point(MAIN, later)
    verdict = await waiting
    assert not verdict.accepted and "docs/a.md" in verdict.lines[1]
    await push.closed()


@pytest.mark.parametrize("branch", [None, "side"])
async def test_a_faulty_file_is_refused_on_every_branch_and_from_everybody(team: Guarded, branch: str | None) -> None:
    head = team.world.git.ref(MAIN) or ""
    if branch:
        await team.pushed(team.carl, RefUpdate(f"refs/heads/{branch}", None, head))
    files: dict[str, bytes | None] = {"OWNERS": b"* @bea\n/docs/ bea\n"}
    with pytest.raises(InvalidInput) as refused:
        await team.put(team.ada, files, branch=branch)
    assert [(problem.code, problem.line, problem.column) for problem in refused.value.problems] == [("XDS223", 2, 8)]
    update = RefUpdate(f"refs/heads/{branch or 'main'}", head, team.world.git.commit(files, [head]))
    verdict = await team.judged(team.ada, update)
    assert not verdict.accepted and verdict.lines[1].startswith("  OWNERS:2:8: bea is no owner")


async def test_a_link_in_its_place_is_refused_and_frees_nothing(team: Guarded) -> None:
    head = team.world.git.ref(MAIN) or ""
    linked = commit_with_link(team, head)
    verdict = await team.judged(team.ada, RefUpdate(MAIN, head, linked))
    assert not verdict.accepted and "no link" in verdict.lines[1]
    team.world.git.point(MAIN, linked)  # an operator, behind the service's back
    assert await team.refused(team.carl, {"docs/a.md": b"b\n"}) == ["docs/a.md"]
    await owned(team, "/tokens/ @bea")
    await team.put(team.carl, {"docs/a.md": b"b\n"})


def commit_with_link(team: Guarded, parent: str) -> str:
    with team.world.git.store.open(team.world.id) as repo:
        target = repo.create_blob(b"docs/a.md")
        tree = write_tree(repo, read_commit(repo, parent).tree, {"OWNERS": BlobRef(str(target), 0o120000)})
        return write_commit(repo, tree=tree, parents=[parent], author=ADA, committer=ADA, message="x", when=BEGIN)


async def test_the_first_push_brings_its_owners_along(context: Context) -> None:

    world = await make_world(context, name="dora")
    first = world.git.commit({**START, "OWNERS": b"* @dora\n"}, [])
    push = Push(context, world.ada, world.id)
    assert (await push.pre_receive(PushRequest([RefUpdate(MAIN, None, first)]))).accepted
    await push.closed()


async def test_tokens_of_every_context_of_a_resolver_have_their_owner(context: Context) -> None:
    team = await make_guarded(context)
    await team.put(team.ada, dict(themed_files()))
    await owned(team, "token:a.ink @bea")
    assert await team.refused(team.carl, {DARK: numbers(ink=91)}) == [f"{DARK} a.ink"]
    assert await team.refused(team.carl, {LIGHT: numbers(ink=11)}) == [f"{LIGHT} a.ink"]
    await team.put(team.carl, {DARK: numbers(ink=90, fresh=1)})
    await team.put(team.bea, {DARK: numbers(ink=91, fresh=1)})
