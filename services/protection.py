"""Branch protection: one function that says who may move a branch how, for REST, pushes and merges alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from designsystem import codes
from designsystem.globs import Glob
from designsystem.owners import Writer
from designsystem.problem import Problem
from index.systems import SystemRecord
from services.access import Standing
from services.errors import Forbidden
from services.landing import BRANCHES
from services.policy import Action, Role, scopes_allow

PushRole = Literal["editor", "admin", "nobody"]

_WILD = "*?["


class Move(StrEnum):
    """What can happen to a branch. A rewrite takes it to a commit that does not contain the one it stood at; a release
    is the commit by which publishing sets the manifest's version, which approvals do not speak of."""

    CREATE = "create"
    UPDATE = "update"
    RELEASE = "release"
    REWRITE = "rewrite"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """A rule for the branches that ``pattern`` names: who may push there is whoever has ``role``, or is listed.

    With ``required_approvals`` nobody pushes: only a proposal that has so many moves the branch, merged by such a one.
    """

    pattern: str
    role: PushRole = "admin"
    users: tuple[UUID, ...] = ()
    keys: tuple[UUID, ...] = ()
    allow_force: bool = False
    allow_delete: bool = False
    required_approvals: int = 0

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Protection:
        """A rule as the system's row keeps it."""
        push = kept["push"]
        return cls(
            pattern=kept["pattern"],
            role=push["role"],
            users=tuple(map(UUID, push["users"])),
            keys=tuple(map(UUID, push["keys"])),
            allow_force=kept["allow_force"],
            allow_delete=kept["allow_delete"],
            required_approvals=kept.get("required_approvals", 0),  # rules from before there were any lack it
        )

    def as_kept(self) -> dict[str, Any]:
        """For the row, and for the audit log."""
        push = {"role": self.role, "users": [str(each) for each in self.users], "keys": [str(k) for k in self.keys]}
        return {
            "pattern": self.pattern,
            "push": push,
            "allow_force": self.allow_force,
            "allow_delete": self.allow_delete,
            "required_approvals": self.required_approvals,
        }


@dataclass(frozen=True, slots=True)
class Pusher:
    """Somebody who writes, as rules look at them. An API key counts as an administrator only with scope admin."""

    user_id: UUID | None
    key_id: UUID | None
    writer: Writer

    @property
    def is_admin(self) -> bool:
        """Whether this is an administrator of the team or the instance, in full possession of it."""
        return self.writer.role == Role.ADMIN


def pusher_of(standing: Standing) -> Pusher:
    """The writer in an actor, with the role that team, grants and the credential's scopes leave."""
    actor = standing.actor
    role = Role.ADMIN if actor.is_admin else Role(standing.role or Role.VIEWER)
    if role is Role.ADMIN and not scopes_allow(actor.scopes, Action.PROTECTION_SET):
        role = Role.EDITOR
    return Pusher(actor.user_id, actor.key_id, Writer(standing.username, standing.verified_email, role))


def rule_for(protections: Sequence[Mapping[str, Any]], branch: str) -> Protection | None:
    """The rule in force for a branch: the one with its very name, else of the patterns that match the one with the
    longest beginning without wildcards; of equal ones that with fewer ``**``, then the longer, then by alphabet."""
    matching = [kept for kept in protections if _matches(kept["pattern"], branch)]
    return Protection.of(min(matching, key=lambda kept: _order(kept["pattern"], branch))) if matching else None


def is_protected(system: SystemRecord, branch: str) -> bool:
    """Whether any rule speaks of the branch."""
    return any(_matches(kept["pattern"], branch) for kept in system.protections)


def is_guarded(system: SystemRecord, branch: str) -> bool:
    """Whether owners have their say on a branch: the default one, and every protected one."""
    return branch == system.default_branch or is_protected(system, branch)


def refused(
    system: SystemRecord, pusher: Pusher, branch: str, move: Move, *, approvals: int | None = None
) -> Problem | None:
    """Why somebody may not move a branch that way; None where they may. Rules bind administrators too.

    ``approvals`` is how many the proposal has whose merge this is, None for every other way to move a branch.
    """
    rule = rule_for(system.protections, branch)
    if rule is None:
        return None
    reason = _reason(rule, pusher, move, approvals)
    return _problem(branch, f"the branch is protected ({rule.pattern}): {reason}") if reason else None


def require(system: SystemRecord, pusher: Pusher, branch: str, move: Move, *, approvals: int | None = None) -> None:
    """Return if the branch may be moved that way; raises Forbidden otherwise."""
    problem = refused(system, pusher, branch, move, approvals=approvals)
    if problem is not None:
        raise Forbidden(f"{problem.message[:1].upper()}{problem.message[1:]}.", [problem])


def _reason(rule: Protection, pusher: Pusher, move: Move, approvals: int | None) -> str:
    """What a rule says against a move; empty where it says nothing."""
    if not _may_push(rule, pusher):
        return _who(rule)
    if move is Move.REWRITE and not rule.allow_force:
        return "its history may not be rewritten"
    if move is Move.DELETE and not rule.allow_delete:
        return "it may not be deleted"
    if move in (Move.UPDATE, Move.REWRITE) and rule.required_approvals:
        return _lacking(rule.required_approvals, approvals)
    return ""


def _lacking(required: int, approvals: int | None) -> str:
    takes = f"{required} approval{'s' if required > 1 else ''}"
    if approvals is None:
        return f"only a proposal with {takes} changes it"
    return f"it takes {takes}, the proposal has {approvals or 'none'}" if approvals < required else ""


def _may_push(rule: Protection, pusher: Pusher) -> bool:
    if pusher.user_id is not None and pusher.user_id in rule.users:
        return True
    if pusher.key_id is not None and pusher.key_id in rule.keys:
        return True
    needed = {"editor": (Role.EDITOR, Role.ADMIN), "admin": (Role.ADMIN,), "nobody": ()}[rule.role]
    return pusher.writer.role in needed


def _who(rule: Protection) -> str:
    """Who may, for those who may not."""
    by_role = {
        "editor": "editors may push",
        "admin": "only administrators may push (an API key needs the scope admin)",
        "nobody": "nobody may push",
    }[rule.role]
    listed = len(rule.users) + len(rule.keys)
    return f"{by_role}, and whom its rule lists" if listed else by_role


def _problem(branch: str, message: str) -> Problem:
    return Problem(codes.BRANCH_PROTECTED, message, subject=BRANCHES + branch)


def _matches(pattern: str, branch: str) -> bool:
    return pattern == branch or _glob(pattern).is_exactly(branch.split("/"))


def _order(pattern: str, branch: str) -> tuple[bool, int, int, int, str]:
    literal = next((at for at, letter in enumerate(pattern) if letter in _WILD), len(pattern))
    return pattern != branch, -literal, pattern.count("**"), -len(pattern), pattern


@lru_cache(maxsize=1024)
def _glob(pattern: str) -> Glob:
    return Glob(pattern)
