"""Branch protection: which rule is in force, whom it lets do what, by REST and by push, and what happens meanwhile."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from designsystem.owners import Writer
from gitstore.refs import RefUpdate
from gitstore.wire.pushes import PushRequest
from index import systems as system_index
from services import api_keys, grants, protection, protections, systems, teams
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidInput, NotFound, ServiceError, Unauthenticated
from services.policy import ANONYMOUS, Actor, Role, Scope
from services.protection import Move, Protection, Pusher, rule_for
from services.pushes import Push
from services.systems import SystemChanges
from tests.services.conftest import person
from tests.services.contents import TOKENS, tokens_file
from tests.services.guarded import MAIN, Guarded, make_guarded

USER, KEY = UUID(int=1), UUID(int=2)


@pytest_asyncio.fixture
async def team(context: Context) -> Guarded:
    made = await make_guarded(context)
    await made.put(made.ada, {TOKENS: tokens_file(x=1)})
    return made


@pytest.mark.parametrize(
    ("branch", "pattern"),
    [
        ("main", "main"),
        ("release/1", "release/*"),
        ("release/1/hot", "release/**"),
        ("release/1.x", "release/1.*"),
        ("release/next", "release/next"),
        ("release", "**"),
        ("feature", "**"),
        ("maintenance", "main*"),
    ],
)
def test_the_most_specific_pattern_is_in_force(branch: str, pattern: str) -> None:
    patterns = ["**", "release/**", "release/*", "release/1.*", "release/next", "main*", "main"]
    for order in (patterns, patterns[::-1]):
        rule = rule_for([Protection(pattern=each).as_kept() for each in order], branch)
        assert rule is not None and rule.pattern == pattern


def test_without_a_match_no_rule_is_in_force() -> None:
    kept = [Protection(pattern=each).as_kept() for each in ("main", "release/*")]
    assert rule_for(kept, "release/1/hot") is None and rule_for(kept, "mainly") is None and rule_for([], "main") is None


@pytest.mark.parametrize(
    ("rule", "who", "moves"),
    [
        ({"role": "editor"}, "editor", "create update release"),
        ({"role": "admin"}, "editor", ""),
        ({"role": "admin"}, "admin", "create update release"),
        ({"role": "nobody"}, "admin", ""),
        ({"role": "nobody", "users": (USER,)}, "listed", "create update release"),
        ({"role": "nobody", "keys": (KEY,)}, "listed", "create update release"),
        ({"role": "nobody", "keys": (KEY,)}, "admin", ""),
        ({"role": "editor", "allow_force": True}, "editor", "create update release rewrite"),
        ({"role": "editor", "allow_delete": True}, "editor", "create update release delete"),
        ({"role": "admin", "allow_force": True, "allow_delete": True}, "editor", ""),
    ],
    ids=str,
)
async def test_what_a_rule_lets_whom_do(team: Guarded, rule: dict[str, Any], who: str, moves: str) -> None:
    role = "editor" if who == "listed" else who
    pusher = (
        Pusher(USER, KEY, Writer("x", "", role)) if who == "listed" else Pusher(uuid4(), None, Writer("", "", role))
    )
    system = await team.world.row()
    system.protections.append(Protection(pattern="main", **rule).as_kept())
    allowed = {str(move) for move in Move if protection.refused(system, pusher, "main", move) is None}
    assert allowed == set(moves.split())
    assert all(protection.refused(system, pusher, "other", move) is None for move in Move)


@pytest.mark.parametrize(
    ("approvals", "moves"),
    [(None, "create delete release"), (1, "create delete release"), (2, "create delete release update rewrite")],
)
async def test_a_branch_that_needs_approvals_is_moved_by_proposals_only(
    team: Guarded, approvals: int | None, moves: str
) -> None:
    rule = Protection(pattern="main", role="editor", allow_force=True, allow_delete=True, required_approvals=2)
    system = await team.world.row()
    system.protections.append(rule.as_kept())
    pusher = Pusher(uuid4(), None, Writer("", "", "admin"))
    allowed = {str(m) for m in Move if protection.refused(system, pusher, "main", m, approvals=approvals) is None}
    assert allowed == set(moves.split())


async def test_approvals_do_not_make_up_for_the_right_to_push(team: Guarded) -> None:
    system = await team.world.row()
    system.protections.append(Protection(pattern="main", role="admin", required_approvals=1).as_kept())
    pusher = Pusher(uuid4(), None, Writer("", "", "editor"))
    found = protection.refused(system, pusher, "main", Move.UPDATE, approvals=5)
    assert found is not None and "only administrators may push" in found.message


async def test_a_rule_from_before_there_were_approvals_needs_none() -> None:
    kept = Protection(pattern="main").as_kept()
    kept.pop("required_approvals")
    assert Protection.of(kept) == Protection(pattern="main")


async def test_neither_an_edit_nor_a_push_moves_a_branch_that_needs_approvals(team: Guarded) -> None:
    await team.protect("main", role="editor", required_approvals=1)
    for who in (team.ada, team.bea):
        assert await team.refused(who, {TOKENS: tokens_file(x=2)}) == [MAIN]


async def test_an_edit_and_a_push_meet_the_same_rule(team: Guarded) -> None:
    await team.protect("main")
    assert await team.refused(team.bea, {TOKENS: tokens_file(x=2)}) == [MAIN]
    await team.put(team.ada, {TOKENS: tokens_file(x=2)})
    head = team.world.git.ref(MAIN)
    side = RefUpdate("refs/heads/side", None, head)
    await team.pushed(team.bea, side)
    await team.put(team.bea, {TOKENS: tokens_file(x=3)}, branch="side")


async def test_a_good_branch_does_not_carry_a_protected_one_in(team: Guarded) -> None:
    await team.protect("main")
    head = team.world.git.ref(MAIN) or ""
    new = team.world.git.commit({TOKENS: tokens_file(x=2)}, [head])
    verdict = await team.judged(team.bea, RefUpdate("refs/heads/side", None, new), RefUpdate(MAIN, head, new))
    assert not verdict.accepted and "only administrators may push" in verdict.lines[1]


async def test_history_of_a_protected_branch_stays(team: Guarded) -> None:
    await team.protect("**", role="editor")
    head = team.world.git.ref(MAIN) or ""
    other = team.world.git.commit({TOKENS: tokens_file(y=1)}, [])
    for who in (team.bea, team.ada):
        verdict = await team.judged(who, RefUpdate(MAIN, head, other))
        assert "may not be rewritten" in verdict.lines[1]
    await team.pushed(team.bea, RefUpdate("refs/heads/side", None, head))
    assert "may not be deleted" in (await team.judged(team.ada, RefUpdate("refs/heads/side", head, None))).lines[1]
    await team.protect("side", role="editor", allow_force=True, allow_delete=True)
    await team.pushed(team.bea, RefUpdate("refs/heads/side", head, other))
    await team.pushed(team.bea, RefUpdate("refs/heads/side", other, None))


async def test_making_a_branch_that_a_pattern_names_takes_the_right_to_push_there(team: Guarded) -> None:
    await team.protect("release/*", role="nobody", users=(team.carl.user_id,))
    made = RefUpdate("refs/heads/release/1", None, team.world.git.ref(MAIN))
    for who in (team.ada, team.bea):
        assert "nobody may push, and whom its rule lists" in (await team.judged(who, made)).lines[1]
    await team.pushed(team.carl, made)


async def test_tags_are_not_a_matter_of_branch_patterns(team: Guarded) -> None:
    await team.protect("**", role="nobody")
    assert (await team.judged(team.bea, RefUpdate("refs/tags/note", None, team.world.git.ref(MAIN)))).accepted


async def test_a_key_counts_as_administrator_only_with_that_scope(team: Guarded) -> None:
    await team.protect("main")
    secret, record = await made_key(team, Scope.PUBLISH)
    narrow = await api_keys.authenticate(team.context, secret)
    with pytest.raises(Forbidden, match="scope admin"):
        await team.put(narrow, {TOKENS: tokens_file(x=2)})
    await team.protect("main", role="nobody", keys=(record,))
    await team.put(narrow, {TOKENS: tokens_file(x=2)})
    with pytest.raises(Forbidden):
        await team.put(team.ada, {TOKENS: tokens_file(x=3)})
    full, _ = await made_key(team, Scope.ADMIN)
    await team.protect("main")
    await team.put(await api_keys.authenticate(team.context, full), {TOKENS: tokens_file(x=3)})


async def made_key(team: Guarded, scope: Scope) -> tuple[str, Any]:
    record, secret = await api_keys.create(team.context, team.ada, name="ci", scopes=[scope])
    return secret, record.id


async def test_a_listed_person_still_needs_a_role(team: Guarded) -> None:
    await team.protect("main", users=(team.bea.user_id,))
    await team.put(team.bea, {TOKENS: tokens_file(x=2)})
    assert team.bea.user_id is not None
    await teams.change_role(team.context, team.ada, team.world.team_id, team.bea.user_id, Role.VIEWER)
    with pytest.raises(Forbidden, match="role editor"):
        await team.put(team.bea, {TOKENS: tokens_file(x=3)})


async def test_a_rule_that_comes_while_an_edit_waits_holds_for_it(team: Guarded) -> None:
    async with team.context.turns.of(team.world.id):
        waiting = asyncio.create_task(team.put(team.bea, {TOKENS: tokens_file(x=2)}))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        async with team.context.engine.begin() as db:
            rule = Protection(pattern="main").as_kept()
            await system_index.update(db, team.world.id, {"protections": [rule]})
    with pytest.raises(Forbidden, match="protected"):
        await waiting


@pytest.mark.parametrize("meanwhile", ["protected", "lowered"])
async def test_what_another_process_does_while_an_edit_waits_for_its_lock_counts(team: Guarded, meanwhile: str) -> None:
    """Turns are of one process; between processes it is the row's lock that writers wait for."""
    async with team.context.engine.begin() as db:
        await system_index.lock(db, team.world.id)
        waiting = asyncio.create_task(team.put(team.bea, {TOKENS: tokens_file(x=2)}))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        if meanwhile == "protected":
            await system_index.update(db, team.world.id, {"protections": [Protection(pattern="main").as_kept()]})
        else:
            assert team.bea.user_id is not None
            await teams.change_role(team.context, team.ada, team.world.team_id, team.bea.user_id, Role.VIEWER)
    with pytest.raises(Forbidden):
        await waiting
    assert (team.world.blob(TOKENS)) == tokens_file(x=1)


async def test_a_rule_that_comes_while_a_push_waits_holds_for_it(team: Guarded) -> None:
    head = team.world.git.ref(MAIN) or ""
    new = team.world.git.commit({TOKENS: tokens_file(x=2)}, [head])
    push = Push(team.context, team.bea, team.world.id)
    async with team.context.turns.of(team.world.id):
        waiting = asyncio.create_task(push.pre_receive(PushRequest([RefUpdate(MAIN, head, new)])))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        async with team.context.engine.begin() as db:
            rule = Protection(pattern="main").as_kept()
            await system_index.update(db, team.world.id, {"protections": [rule]})
    verdict = await waiting
    assert not verdict.accepted and "protected (main)" in verdict.lines[1]
    await push.closed()


async def test_rules_are_set_listed_found_and_removed_and_each_act_is_written_down(team: Guarded) -> None:
    rule = await team.protect("release/*", role="editor", users=(team.bea.user_id,))
    assert await team.protect("release/*", role="editor", users=(team.bea.user_id,)) == rule
    await team.protect("main")
    found = await protections.list_protections(team.context, team.bea, team.world.id)
    assert [each.pattern for each in found] == ["main", "release/*"]
    assert await protections.get_protection(team.context, team.bea, team.world.id, "release/1") == rule
    assert await protections.get_protection(team.context, team.bea, team.world.id, "release/*") == rule
    with pytest.raises(NotFound):
        await protections.get_protection(team.context, team.bea, team.world.id, "other")
    with pytest.raises(NotFound):
        await protections.remove_protection(team.context, team.ada, team.world.id, "release/1")
    await protections.remove_protection(team.context, team.ada, team.world.id, "release/*")
    audited = [(action, who, details["pattern"]) for action, who, details in await team.audited()]
    assert audited == [
        ("protection.set", team.ada.user_id, "release/*"),
        ("protection.set", team.ada.user_id, "main"),
        ("protection.removed", team.ada.user_id, "release/*"),
    ]


async def test_two_administrators_at_once_lose_neither_rule(team: Guarded) -> None:
    await asyncio.gather(*(team.protect(f"b{n}") for n in range(8)))
    found = await protections.list_protections(team.context, team.ada, team.world.id)
    assert [each.pattern for each in found] == [f"b{n}" for n in range(8)]


async def test_there_is_a_bound_to_rules(team: Guarded) -> None:
    async with team.context.engine.begin() as db:
        many = [Protection(pattern=f"b{n}").as_kept() for n in range(protections.MOST)]
        await system_index.update(db, team.world.id, {"protections": many})
    await team.protect("b7", role="editor")
    with pytest.raises(Conflict):
        await team.protect("one-more")


@pytest.mark.parametrize(
    "pattern",
    ["", "/", "a..b", "a//b", "/a", "!a", "a b", "a\\b", "x" * 300, "a/**b", "-a", "a~1", "{a}", "refs/heads/main"],
)
async def test_what_cannot_name_a_branch_is_no_pattern(team: Guarded, pattern: str) -> None:
    with pytest.raises(InvalidInput):
        await team.protect(pattern)


async def test_only_those_with_a_role_here_can_be_listed(team: Guarded) -> None:
    stranger = await person(team.context, "dora")
    key, _ = await api_keys.create(team.context, stranger, name="k", scopes=[Scope.WRITE])
    for listed in (
        {"users": (stranger.user_id,)},
        {"users": (UUID(int=3),)},
        {"keys": (key.id,)},
        {"keys": (UUID(int=4),)},
    ):
        with pytest.raises(InvalidInput, match="Without a role"):
            await team.protect("main", **listed)


async def test_whom_a_grant_brings_in_can_be_listed_and_a_revoked_key_cannot(team: Guarded) -> None:
    dora = await person(team.context, "dora")
    await grants.give(team.context, team.ada, team.world.id, role=Role.EDITOR, user_id=dora.user_id)
    key, secret = await api_keys.create(team.context, dora, name="k", scopes=[Scope.WRITE])
    await team.protect("main", role="nobody", users=(dora.user_id,), keys=(key.id,))
    await team.put(await api_keys.authenticate(team.context, secret), {TOKENS: tokens_file(x=2)})
    await team.put(dora, {TOKENS: tokens_file(x=3)})
    await api_keys.revoke(team.context, dora, key.id)
    with pytest.raises(InvalidInput, match="Without a role"):
        await team.protect("main", keys=(key.id,))


async def test_a_grant_of_administration_counts_like_the_teams(team: Guarded) -> None:
    dora = await person(team.context, "dora")
    await grants.give(team.context, team.ada, team.world.id, role=Role.ADMIN, user_id=dora.user_id)
    await team.protect("main")
    await team.put(dora, {TOKENS: tokens_file(x=2)})


async def test_only_administrators_set_rules_and_only_insiders_see_them(team: Guarded) -> None:
    await team.protect("main")
    stranger = await person(team.context, "dora")
    with pytest.raises(Forbidden):
        await protections.set_protection(team.context, team.bea, team.world.id, Protection(pattern="main"))
    with pytest.raises(Forbidden):
        await protections.remove_protection(team.context, team.bea, team.world.id, "main")
    private: dict[Actor, type[ServiceError]] = {stranger: NotFound, ANONYMOUS: Unauthenticated}
    for who, refusal in private.items():
        with pytest.raises(refusal):
            await protections.list_protections(team.context, who, team.world.id)
    await systems.update_system(team.context, team.ada, team.world.id, SystemChanges(visibility="public"))
    for who, refusal in (private | {stranger: Forbidden}).items():
        with pytest.raises(refusal):
            await protections.list_protections(team.context, who, team.world.id)


async def test_a_first_push_beside_the_protected_branch_makes_no_other_the_default(context: Context) -> None:
    team = await make_guarded(context)
    await team.protect("main")
    first = team.world.git.commit({TOKENS: tokens_file(x=1)}, [])
    await team.pushed(team.bea, RefUpdate("refs/heads/work", None, first))
    assert (await team.world.row()).default_branch == "main"
    await team.pushed(team.ada, RefUpdate(MAIN, None, first))
    assert (await team.world.row()).head == first
