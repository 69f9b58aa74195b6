"""Every action × role × key scope, written out: a row changes only when the policy is meant to change."""

from __future__ import annotations

from uuid import uuid4

import pytest

from services.errors import Forbidden, NotFound, Unauthenticated
from services.policy import (
    ANONYMOUS,
    RULES,
    SYSTEM,
    Action,
    Actor,
    Decision,
    Role,
    Scope,
    decide,
    missing,
    require,
    require_scope,
    role_allows,
)

TEAM, OTHER_TEAM, SYSTEM_ID, OTHER_SYSTEM, PERSON = uuid4(), uuid4(), uuid4(), uuid4(), uuid4()

# action: (least role, scopes that cover it)
TABLE = {
    Action.SYSTEM_READ: ("viewer", "read write publish admin"),
    Action.TEAM_READ: ("viewer", "read write publish admin"),
    Action.TEAM_LEAVE: ("viewer", "admin"),
    Action.KEYS_BIND: ("viewer", "admin"),
    Action.SYSTEM_CREATE: ("editor", "write publish admin"),
    Action.SYSTEM_UPDATE: ("editor", "write publish admin"),
    Action.CONTENT_WRITE: ("editor", "write publish admin"),
    Action.TAG_WRITE: ("editor", "write publish admin"),
    Action.PUBLISH: ("admin", "publish admin"),
    Action.YANK: ("admin", "admin"),
    Action.VISIBILITY_SET: ("admin", "admin"),
    Action.SYSTEM_DELETE: ("admin", "admin"),
    Action.REINDEX: ("admin", "admin"),
    Action.TEAM_UPDATE: ("admin", "admin"),
    Action.TEAM_DELETE: ("admin", "admin"),
    Action.MEMBERS_MANAGE: ("admin", "admin"),
    Action.KEYS_MANAGE: ("admin", "admin"),
    Action.GRANTS_MANAGE: ("admin", "admin"),
    Action.PROTECTION_READ: ("viewer", "read write publish admin"),
    Action.PROTECTION_SET: ("admin", "admin"),
    Action.AUDIT_READ: ("admin", "admin"),
    Action.TEAM_CREATE: ("account", "admin"),
    Action.ACCOUNT_READ: ("account", "read write publish admin"),
    Action.ACCOUNT_UPDATE: ("account", "admin"),
    Action.ACCOUNT_EXPORT: ("account", "admin"),
    Action.ACCOUNT_ERASE: ("account", "admin"),
    Action.OWN_KEYS: ("account", "admin"),
}
RANK = ["account", "viewer", "editor", "admin"]
CREDENTIALS: list[frozenset[Scope] | None] = [None, frozenset(), *(frozenset({scope}) for scope in Scope)]


def person(**changes: object) -> Actor:
    return Actor(**({"user_id": PERSON, "name": "Ada", "email": "ada@example.org"} | changes))  # type: ignore[arg-type]


def test_every_action_has_a_rule_and_a_row_here() -> None:
    assert set(RULES) == set(Action) == set(TABLE)


@pytest.mark.parametrize("scopes", CREDENTIALS, ids=lambda s: "session" if s is None else "+".join(s) or "none")
@pytest.mark.parametrize("role", [None, *Role], ids=str)
@pytest.mark.parametrize("action", list(Action), ids=str)
def test_role_and_scope_decide(action: Action, role: Role | None, scopes: frozenset[Scope] | None) -> None:
    least, covering = TABLE[action]
    scope_covers = scopes is None or any(scope in covering.split() for scope in scopes)
    if least == "account":
        want = Decision.ALLOWED if scope_covers else Decision.FORBIDDEN
    elif role is None:
        want = Decision.HIDDEN
    else:
        enough = RANK.index(role) >= RANK.index(least) and scope_covers
        want = Decision.ALLOWED if enough else Decision.FORBIDDEN
    assert decide(person(scopes=scopes), action, role=role, team_id=TEAM, system_id=SYSTEM_ID) is want


@pytest.mark.parametrize("action", list(Action), ids=str)
def test_anonymous_only_reads_public_systems(action: Action) -> None:
    want = Decision.ALLOWED if action is Action.SYSTEM_READ else Decision.UNAUTHENTICATED
    assert decide(ANONYMOUS, action, visibility="public", team_id=TEAM) is want
    assert decide(ANONYMOUS, action, visibility="private", team_id=TEAM) is Decision.UNAUTHENTICATED


@pytest.mark.parametrize("action", list(Action), ids=str)
def test_instance_admins_and_the_service_itself_may_do_everything(action: Action) -> None:
    for actor in (person(is_admin=True), SYSTEM):
        assert decide(actor, action, team_id=TEAM, system_id=SYSTEM_ID) is Decision.ALLOWED


@pytest.mark.parametrize("action", list(Action), ids=str)
def test_scopes_narrow_an_instance_admins_key_too(action: Action) -> None:
    actor = person(is_admin=True, scopes=frozenset({Scope.READ}))
    covered = "read" in TABLE[action][1]
    assert (decide(actor, action, team_id=TEAM) is Decision.ALLOWED) == covered


def test_an_outsider_reads_a_public_system_and_is_told_so_when_writing() -> None:
    assert decide(person(), Action.SYSTEM_READ, visibility="public") is Decision.ALLOWED
    assert decide(person(), Action.CONTENT_WRITE, visibility="public") is Decision.FORBIDDEN
    assert decide(person(), Action.SYSTEM_READ, visibility="private") is Decision.HIDDEN


@pytest.mark.parametrize("is_admin", [False, True])
def test_a_bound_key_works_only_where_it_is_bound(is_admin: bool) -> None:
    team_key = person(is_admin=is_admin, scopes=frozenset({Scope.ADMIN}), key_team_id=TEAM)
    system_key = person(is_admin=is_admin, scopes=frozenset({Scope.ADMIN}), key_team_id=TEAM, key_system_id=SYSTEM_ID)

    def outcome(actor: Actor, action: Action, team: object, system: object) -> Decision:
        return decide(actor, action, role=Role.ADMIN, team_id=team, system_id=system)  # type: ignore[arg-type]

    assert outcome(team_key, Action.SYSTEM_DELETE, TEAM, SYSTEM_ID) is Decision.ALLOWED
    assert outcome(team_key, Action.SYSTEM_READ, OTHER_TEAM, OTHER_SYSTEM) is Decision.HIDDEN
    assert outcome(system_key, Action.CONTENT_WRITE, TEAM, SYSTEM_ID) is Decision.ALLOWED
    assert outcome(system_key, Action.CONTENT_WRITE, TEAM, OTHER_SYSTEM) is Decision.HIDDEN
    assert outcome(system_key, Action.TEAM_READ, TEAM, None) is Decision.HIDDEN


@pytest.mark.parametrize("action", [action for action, (least, _) in TABLE.items() if least == "account"], ids=str)
def test_a_bound_key_never_acts_for_the_account(action: Action) -> None:
    assert decide(person(scopes=frozenset({Scope.ADMIN}), key_team_id=TEAM), action) is Decision.FORBIDDEN


def test_what_has_no_rule_is_denied() -> None:
    unknown = "system.explode"
    assert decide(person(is_admin=True), unknown, role=Role.ADMIN) is Decision.FORBIDDEN  # type: ignore[arg-type]
    assert not role_allows(Role.ADMIN, unknown)  # type: ignore[arg-type]


def test_hidden_and_absent_look_the_same() -> None:
    for actor, kind in ((person(), NotFound), (ANONYMOUS, Unauthenticated)):
        with pytest.raises(kind) as hidden:
            require(actor, Action.TEAM_READ, team_id=TEAM, what="team")
        absent = missing(actor, "team")
        assert type(absent) is type(hidden.value) and str(absent) == str(hidden.value)


def test_require_scope_guards_lists() -> None:
    require_scope(person(), Action.SYSTEM_READ)
    with pytest.raises(Unauthenticated):
        require_scope(ANONYMOUS, Action.SYSTEM_READ)
    with pytest.raises(Forbidden):
        require_scope(person(scopes=frozenset()), Action.SYSTEM_READ)


@pytest.mark.parametrize(
    ("actor", "role", "lacking"),
    [
        (Actor(user_id=uuid4(), scopes=frozenset({Scope.WRITE})), Role.ADMIN, "it takes a key with scope publish"),
        (Actor(user_id=uuid4()), Role.EDITOR, "it takes the role admin in the team"),
    ],
)
def test_a_refusal_says_what_would_be_enough(actor: Actor, role: Role, lacking: str) -> None:
    with pytest.raises(Forbidden, match=lacking):
        require(actor, Action.PUBLISH, role=role)
