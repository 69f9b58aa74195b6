"""The protections of a design system's branches: listed, set and removed by its administrators."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from designsystem.globs import fault_of
from gitstore.errors import InvalidRefName
from gitstore.refs import check_ref_name
from index import insiders, systems
from index.systems import SystemRecord
from services import audit, changes, protection
from services.access import system_for
from services.audit import Act
from services.context import Context
from services.errors import Conflict, InvalidInput, NotFound
from services.landing import BRANCHES
from services.policy import Action, Actor
from services.protection import Protection

MOST = 50
"""Rules of one system, and people or keys that one rule lists."""

MOST_APPROVALS = 10
"""Approvals that a rule may ask for."""

WILD = frozenset("*?[]")


async def list_protections(context: Context, actor: Actor, system_id: UUID) -> list[Protection]:
    """Every rule, by pattern; for everybody who has a role on the system, not for readers of a public one."""
    return _rules(await _seen(context, actor, system_id))


async def get_protection(context: Context, actor: Actor, system_id: UUID, name: str) -> Protection:
    """The rule with that very pattern, or the one in force for the branch of that name; NotFound without any."""
    system = await _seen(context, actor, system_id)
    rule = next((each for each in _rules(system) if each.pattern == name), None)
    rule = rule or protection.rule_for(system.protections, name)
    if rule is None:
        raise NotFound(f"No protection speaks of the branch {name!r}.")
    return rule


async def set_protection(context: Context, actor: Actor, system_id: UUID, wanted: Protection) -> Protection:
    """Make the rule for its pattern exactly this; it holds for every change that is not yet under the lock."""
    await _require_setter(context, actor, system_id)
    check_pattern(wanted.pattern)
    async with context.turns.of(system_id), context.engine.begin() as db:
        await changes.lock(db, system_id)
        system = await system_for(db, actor, system_id, Action.PROTECTION_SET)  # as it is now that we hold the lock
        await _check_listed(db, system, wanted)
        others = [each for each in _rules(system) if each.pattern != wanted.pattern]
        if len(others) >= MOST:
            raise Conflict(f"There are {MOST} protections already; let one pattern speak of several branches.")
        if wanted not in _rules(system):
            await _keep(db, system, [*others, wanted])
            await _audit(context, db, system, actor, Act.PROTECTION_SET, **wanted.as_kept())
    return wanted


async def remove_protection(context: Context, actor: Actor, system_id: UUID, pattern: str) -> None:
    """Remove the rule with that very pattern; NotFound where there is none."""
    await _require_setter(context, actor, system_id)
    async with context.turns.of(system_id), context.engine.begin() as db:
        await changes.lock(db, system_id)
        system = await system_for(db, actor, system_id, Action.PROTECTION_SET)
        left = [each for each in _rules(system) if each.pattern != pattern]
        if len(left) == len(system.protections):
            raise NotFound(f"There is no protection with the pattern {pattern!r}.")
        await _keep(db, system, left)
        await _audit(context, db, system, actor, Act.PROTECTION_REMOVED, pattern=pattern)


async def _require_setter(context: Context, actor: Actor, system_id: UUID) -> None:
    """Before the queue: who may not set anything must not make others wait, nor hear that somebody writes."""
    async with context.reads.connect() as db:
        await system_for(db, actor, system_id, Action.PROTECTION_SET)


def check_pattern(pattern: str) -> None:
    """Return if this can be a branch's name, or a glob of names; raises InvalidInput with the reason."""
    fault = fault_of(pattern)
    if pattern.startswith(("!", "refs/")):  # a rule that never matches would look like a protection
        fault = "names no branch; write it as in `main` or `release/*`"
    if fault is None:
        plain = "".join("x" if letter in WILD else letter for letter in pattern)
        try:
            check_ref_name(BRANCHES + plain)
        except InvalidRefName as error:
            fault = f"is no name of a branch: {error}"
    if fault is not None:
        raise InvalidInput.of("name", "bad-pattern", f"The pattern {pattern[:80]!r} {fault}.")


async def _seen(context: Context, actor: Actor, system_id: UUID) -> SystemRecord:
    async with context.reads.connect() as db:
        return await system_for(db, actor, system_id, Action.PROTECTION_READ)


def _rules(system: SystemRecord) -> list[Protection]:
    return sorted(map(Protection.of, system.protections), key=lambda rule: rule.pattern)


async def _check_listed(db: AsyncConnection, system: SystemRecord, wanted: Protection) -> None:
    """Who is listed must have a role here: a rule is no way to find out which accounts there are."""
    _check_known("push/users", wanted.users, await insiders.users_among(db, system, wanted.users))
    _check_known("push/keys", wanted.keys, await insiders.keys_among(db, system, wanted.keys))


def _check_known(field: str, listed: Iterable[UUID], known: set[UUID]) -> None:
    unknown = [str(each) for each in listed if each not in known]
    if unknown:
        message = f"Without a role on this design system: {', '.join(unknown[:5])}."
        raise InvalidInput.of(field, "unknown-pusher", message)


async def _keep(db: AsyncConnection, system: SystemRecord, rules: Iterable[Protection]) -> None:
    kept = [rule.as_kept() for rule in sorted(rules, key=lambda rule: rule.pattern)]
    await systems.update(db, system.id, {"protections": kept})


async def _audit(
    context: Context, db: AsyncConnection, system: SystemRecord, actor: Actor, act: Act, **details: Any
) -> None:
    await audit.record(
        db,
        context.clock(),
        actor,
        act,
        team_id=system.team_id,
        system_id=system.id,
        subject=("design_system", system.id),
        **details,
    )
