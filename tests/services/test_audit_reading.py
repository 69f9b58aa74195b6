"""Guards: a team's audit log is for its admins, the whole log for administrators, page by page and by act."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from services import audit, audit_reading, teams
from services.audit import Act
from services.context import Context
from services.errors import Forbidden, NotFound, ServiceError, Unauthenticated
from services.policy import ANONYMOUS, SYSTEM, Role, Scope
from tests.services.conftest import person


async def test_a_teams_admins_read_what_concerns_their_team(context: Context) -> None:
    ada, grace = await person(context, "Ada"), await person(context, "Grace")
    team = await teams.create(context, ada, name="Acme")
    other = await teams.create(context, grace, name="Other")
    await teams.add_member(context, ada, team.id, role=Role.EDITOR, user_id=grace.user_id)
    page = await audit_reading.team_acts(context, ada, team.id, action=None, limit=50, cursor=None)
    assert [row.action for row in page.items] == ["member.added", "team.created"]
    assert {row.team_id for row in page.items} == {team.id}
    assert page.items[0].user is not None and page.items[0].user.name == "Ada"
    with pytest.raises(Forbidden):
        await audit_reading.team_acts(context, grace, team.id, action=None, limit=50, cursor=None)
    with pytest.raises(NotFound):
        await audit_reading.team_acts(context, ada, other.id, action=None, limit=50, cursor=None)
    with pytest.raises(NotFound):
        await audit_reading.team_acts(context, SYSTEM, uuid4(), action=None, limit=50, cursor=None)
    with pytest.raises(Unauthenticated):
        await audit_reading.team_acts(context, ANONYMOUS, team.id, action=None, limit=50, cursor=None)


async def test_a_removed_admin_reads_nothing_any_more(context: Context) -> None:
    ada, grace = await person(context, "Ada"), await person(context, "Grace")
    team = await teams.create(context, ada, name="Acme")
    await teams.add_member(context, ada, team.id, role=Role.ADMIN, user_id=grace.user_id)
    await teams.remove_member(context, ada, team.id, grace.user_id)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        await audit_reading.team_acts(context, grace, team.id, action=None, limit=50, cursor=None)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({}, None),
        ({"scopes": frozenset({Scope.ADMIN})}, None),
        ({"scopes": frozenset({Scope.PUBLISH})}, Forbidden),
        ({"scopes": frozenset({Scope.ADMIN}), "key_team_id": uuid4()}, Forbidden),
        ({"scopes": frozenset({Scope.ADMIN}), "key_system_id": uuid4()}, Forbidden),
    ],
)
async def test_the_whole_log_is_for_administrators(
    context: Context, change: dict[str, object], refusal: type[ServiceError] | None
) -> None:
    root = await person(context, "Root", is_admin=True, actor=SYSTEM)
    actor = replace(root, **change)  # type: ignore[arg-type]
    if refusal is None:
        page = await audit_reading.all_acts(context, actor, action=None, limit=50, cursor=None)
        assert [row.action for row in page.items] == ["sign-in.begun", "account.registered"]
    else:
        with pytest.raises(refusal):
            await audit_reading.all_acts(context, actor, action=None, limit=50, cursor=None)


async def test_others_do_not_read_the_whole_log(context: Context) -> None:
    ada = await person(context, "Ada")
    await teams.create(context, ada, name="Acme")
    with pytest.raises(Forbidden):
        await audit_reading.all_acts(context, ada, action=None, limit=50, cursor=None)
    with pytest.raises(Forbidden):  # an access token of the time when she was an administrator
        await audit_reading.all_acts(context, replace(ada, is_admin=True), action=None, limit=50, cursor=None)
    with pytest.raises(Unauthenticated):
        await audit_reading.all_acts(context, ANONYMOUS, action=None, limit=50, cursor=None)


async def test_pages_follow_one_another_and_keep_to_the_act(context: Context) -> None:
    async with context.engine.begin() as db:
        for n in range(7):
            act = Act.KEY_CREATED if n % 2 else Act.KEY_REVOKED
            await audit.record(db, context.clock(), None, act, n=n)
    seen, cursor = [], None
    while True:
        page = await audit_reading.all_acts(context, SYSTEM, action=Act.KEY_REVOKED, limit=2, cursor=cursor)
        seen += [row.details["n"] for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [6, 4, 2, 0]
