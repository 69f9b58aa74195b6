"""Who may do what: the one place that decides, from actor, action and resource. Whatever is not listed is denied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Literal
from uuid import UUID

from index.users import Caller
from services.errors import Forbidden, NotFound, ServiceError, Unauthenticated

Visibility = Literal["private", "public"]


class Role(StrEnum):
    """What a person is in a team; each includes the one before."""

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMIN = "admin"


class Scope(StrEnum):
    """What an API key may be used for; each includes the one before. A key never exceeds its owner's role."""

    READ = "read"
    WRITE = "write"
    PUBLISH = "publish"
    ADMIN = "admin"


class Action(StrEnum):
    """Everything that needs permission. Values are stable: they appear in audit rows and refusals."""

    SYSTEM_READ = "system.read"
    SYSTEM_CREATE = "system.create"
    SYSTEM_UPDATE = "system.update"
    SYSTEM_DELETE = "system.delete"
    VISIBILITY_SET = "system.visibility"
    CONTENT_WRITE = "content.write"
    TAG_WRITE = "tag.write"
    PUBLISH = "publish"
    YANK = "release.yank"
    REINDEX = "reindex"
    TEAM_READ = "team.read"
    TEAM_UPDATE = "team.update"
    TEAM_DELETE = "team.delete"
    TEAM_LEAVE = "team.leave"
    MEMBERS_MANAGE = "members.manage"
    KEYS_MANAGE = "keys.manage"
    KEYS_BIND = "keys.bind"
    GRANTS_MANAGE = "grants.manage"
    PROTECTION_READ = "protection.read"
    PROTECTION_SET = "protection.set"
    AUDIT_READ = "audit.read"
    TEAM_CREATE = "team.create"
    ACCOUNT_READ = "account.read"
    ACCOUNT_UPDATE = "account.update"
    ACCOUNT_EXPORT = "account.export"
    ACCOUNT_ERASE = "account.erase"
    OWN_KEYS = "account.keys"


class Decision(Enum):
    """The outcome. HIDDEN answers like something that does not exist."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    HIDDEN = "hidden"
    UNAUTHENTICATED = "unauthenticated"


@dataclass(frozen=True, slots=True)
class Rule:
    """The least role in the resource's team (None: any account, about itself) and the least scope of a key."""

    role: Role | None
    scope: Scope
    public: bool = False
    """Whether anybody, signed in or not, may do it to a public system."""


RULES: Mapping[Action, Rule] = {
    # action                  role in the team   scope of a key
    Action.SYSTEM_READ: Rule(Role.VIEWER, Scope.READ, public=True),
    Action.TEAM_READ: Rule(Role.VIEWER, Scope.READ),
    Action.TEAM_LEAVE: Rule(Role.VIEWER, Scope.ADMIN),
    Action.KEYS_BIND: Rule(Role.VIEWER, Scope.ADMIN),  # that anybody may read a system is not enough
    Action.SYSTEM_CREATE: Rule(Role.EDITOR, Scope.WRITE),
    Action.SYSTEM_UPDATE: Rule(Role.EDITOR, Scope.WRITE),
    Action.CONTENT_WRITE: Rule(Role.EDITOR, Scope.WRITE),
    Action.TAG_WRITE: Rule(Role.EDITOR, Scope.WRITE),  # a version tag (vX.Y.Z) is PUBLISH, however it arrives
    Action.PUBLISH: Rule(Role.ADMIN, Scope.PUBLISH),
    Action.YANK: Rule(Role.ADMIN, Scope.ADMIN),
    Action.VISIBILITY_SET: Rule(Role.ADMIN, Scope.ADMIN),
    Action.SYSTEM_DELETE: Rule(Role.ADMIN, Scope.ADMIN),
    Action.REINDEX: Rule(Role.ADMIN, Scope.ADMIN),
    Action.TEAM_UPDATE: Rule(Role.ADMIN, Scope.ADMIN),
    Action.TEAM_DELETE: Rule(Role.ADMIN, Scope.ADMIN),
    Action.MEMBERS_MANAGE: Rule(Role.ADMIN, Scope.ADMIN),
    Action.KEYS_MANAGE: Rule(Role.ADMIN, Scope.ADMIN),
    Action.GRANTS_MANAGE: Rule(Role.ADMIN, Scope.ADMIN),
    Action.PROTECTION_READ: Rule(Role.VIEWER, Scope.READ),
    Action.PROTECTION_SET: Rule(Role.ADMIN, Scope.ADMIN),
    Action.AUDIT_READ: Rule(Role.ADMIN, Scope.ADMIN),
    # about the caller's own account, no team involved: never for a key that is bound to a team or system
    Action.TEAM_CREATE: Rule(None, Scope.ADMIN),
    Action.ACCOUNT_READ: Rule(None, Scope.READ),
    Action.ACCOUNT_UPDATE: Rule(None, Scope.ADMIN),
    Action.ACCOUNT_EXPORT: Rule(None, Scope.ADMIN),
    Action.ACCOUNT_ERASE: Rule(None, Scope.ADMIN),
    Action.OWN_KEYS: Rule(None, Scope.ADMIN),
}

_ROLE_ORDER = tuple(Role)
_SCOPE_ORDER = tuple(Scope)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. Without ``user_id`` it is nobody; ``scopes`` None is a person's own session, which no scope narrows.

    ``token_version`` is what the access token was issued at, to be compared with the account's (None: the credential
    was looked up just now, there is nothing left to compare).
    """

    user_id: UUID | None = None
    is_admin: bool = False
    scopes: frozenset[Scope] | None = None
    key_team_id: UUID | None = None
    key_system_id: UUID | None = None
    name: str = ""
    email: str = ""
    key_id: UUID | None = None
    token_version: int | None = None
    sign_in_id: UUID | None = None

    @property
    def caller(self) -> Caller:
        """By what the index is asked whether this actor still stands, and what role it has."""
        return Caller(self.user_id, self.sign_in_id, self.key_id)

    @property
    def is_anonymous(self) -> bool:
        """Nobody is signed in (the service itself has no user id either, but is an admin)."""
        return self.user_id is None and not self.is_admin

    @property
    def is_bound(self) -> bool:
        """Uses a key that works only within one team or one system."""
        return self.key_team_id is not None or self.key_system_id is not None


ANONYMOUS = Actor()
SYSTEM = Actor(is_admin=True, name="xText Design System")
"""The service itself: command line on the server's own machine, jobs, repairs. Never made from a request."""


def role_allows(role: Role | str | None, action: Action) -> bool:
    """Whether that role in a resource's team is enough; None is enough only for what needs no team."""
    rule = RULES.get(action)
    if rule is None:
        return False
    if rule.role is None:
        return True
    return role is not None and _ROLE_ORDER.index(Role(role)) >= _ROLE_ORDER.index(rule.role)


def scopes_allow(scopes: frozenset[Scope] | None, action: Action) -> bool:
    """Whether any of a key's scopes covers the action; None (a session) always does."""
    rule = RULES.get(action)
    if rule is None:
        return False
    return scopes is None or any(_SCOPE_ORDER.index(scope) >= _SCOPE_ORDER.index(rule.scope) for scope in scopes)


def decide(
    actor: Actor,
    action: Action,
    *,
    role: Role | str | None = None,
    visibility: Visibility | str = "private",
    team_id: UUID | None = None,
    system_id: UUID | None = None,
) -> Decision:
    """The decision on one action.

    ``role`` is the actor's *current* role in the resource's team as read from the index in the same transaction.
    ``team_id`` and ``system_id`` name the resource; a key bound to one of them works nowhere else.
    """
    rule = RULES.get(action)
    if rule is None:
        return Decision.UNAUTHENTICATED if actor.is_anonymous else Decision.FORBIDDEN
    public = visibility == "public"
    if rule.public and public:
        return Decision.ALLOWED
    if actor.is_anonymous:
        return Decision.UNAUTHENTICATED
    if rule.role is None:
        allowed = scopes_allow(actor.scopes, action) and not actor.is_bound
        return Decision.ALLOWED if allowed else Decision.FORBIDDEN
    knows = (actor.is_admin or role is not None) and _within_bounds(actor, team_id, system_id)
    if not knows:
        return Decision.FORBIDDEN if public else Decision.HIDDEN
    allowed = (actor.is_admin or role_allows(role, action)) and scopes_allow(actor.scopes, action)
    return Decision.ALLOWED if allowed else Decision.FORBIDDEN


def _within_bounds(actor: Actor, team_id: UUID | None, system_id: UUID | None) -> bool:
    if actor.key_system_id is not None:
        return system_id == actor.key_system_id
    return actor.key_team_id is None or team_id == actor.key_team_id


def require(
    actor: Actor,
    action: Action,
    *,
    role: Role | str | None = None,
    visibility: Visibility | str = "private",
    team_id: UUID | None = None,
    system_id: UUID | None = None,
    what: str = "resource",
) -> None:
    """Return if allowed; otherwise raise Unauthenticated, NotFound (as ``missing`` would) or Forbidden."""
    match decide(actor, action, role=role, visibility=visibility, team_id=team_id, system_id=system_id):
        case Decision.ALLOWED:
            return
        case Decision.FORBIDDEN:
            raise Forbidden(f"You may not do this here ({action.value}){_lacking(actor, action, role)}.")
        case _:
            raise missing(actor, what)


def _lacking(actor: Actor, action: Action, role: Role | str | None) -> str:
    """What would be enough, where it is a scope or a role that somebody could give."""
    rule = RULES.get(action)
    if rule is not None and not scopes_allow(actor.scopes, action):
        return f": it takes a key with scope {rule.scope.value}"
    if rule is not None and rule.role is not None and not role_allows(role, action):
        return f": it takes the role {rule.role.value} in the team"
    return ""


def require_scope(actor: Actor, action: Action) -> None:
    """For lists, whose query itself keeps to what the actor may see: signed in, and the key's scopes cover it."""
    if actor.is_anonymous:
        raise missing(actor)
    if not scopes_allow(actor.scopes, action):
        raise Forbidden(f"This key's scopes do not cover that ({action.value}).")


def missing(actor: Actor, what: str = "resource") -> ServiceError:
    """What to raise for something absent: the same answer that a hidden one gets, so that neither shows the other."""
    if actor.is_anonymous:
        return Unauthenticated("Sign in, or send an API key.")
    return NotFound(f"There is no such {what}, or you may not know of it.")
