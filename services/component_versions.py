"""Versions of a component: one as it was, and what differs between two of them or two revisions."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from designsystem.components.difference import PropDifference, prop_differences
from gitstore.patches import unified
from index import components as index
from index.components import ComponentRecord, VersionRecord
from index.systems import SystemRecord
from services import components
from services.access import readable
from services.context import Context
from services.errors import InvalidInput, NotFound
from services.policy import Actor
from services.revisions import revision_at
from services.views import ComponentView

README = "README.md"
LONGEST_VERSION = 9
"""Digits of a version number; more are an abbreviated commit id."""


@dataclass(frozen=True, slots=True)
class ComponentState:
    """A component at one end of a comparison; ``version`` is None where a revision was named, and nothing but the
    commit is known of one that is gone there."""

    commit: str
    version: int | None
    removed: bool = False
    name: str = ""
    category: str = ""
    props: Mapping[str, Any] | None = None
    code: str | None = None
    documentation: str | None = None


@dataclass(frozen=True, slots=True)
class ComponentDiff:
    """From ``base`` to ``head``: the places in which props differ, code and documentation as unified diffs ("" where
    they are the same)."""

    base: ComponentState
    head: ComponentState
    props: list[PropDifference]
    code: str
    documentation: str


async def get_version(
    context: Context, actor: Actor, system_id: UUID, identity: UUID, number: int
) -> tuple[SystemRecord, VersionRecord]:
    """A component as its n-th commit on the default branch left it, also of one that is gone."""
    system = (await revision_at(context, await readable(context, actor, system_id), None)).system
    async with context.reads.connect() as db:
        found = await index.version(db, system_id, identity, number)
    if found is None:
        raise NotFound("There is no such version of this component.")
    return system, found


async def diff(
    context: Context, actor: Actor, system_id: UUID, identity: UUID, *, base: str | None, head: str | None
) -> tuple[SystemRecord, ComponentDiff]:
    """What differs between two states of a component, wherever its folder lay then.

    Either is a version number, or a branch, tag or commit; without ``head`` the newest version, without ``base`` the
    one before it (nothing, before the first). Raises NotFound where there is no such component or state.
    """
    system = (await revision_at(context, await readable(context, actor, system_id), None)).system
    async with context.reads.connect() as db:
        record = await index.get(db, system_id, identity, removed=True)
    after = await _state(context, system, identity, head or _newest(record))
    before = await _state(context, system, identity, base or _before(after))
    if before.removed and after.removed and (base is not None or after.version is None):
        raise NotFound("There is no such component in either state.")
    return system, await asyncio.to_thread(_differences, before, after, record)


def _newest(record: ComponentRecord | None) -> str:
    if record is None:
        raise NotFound("There is no such component on the default branch; name two revisions.")
    return str(record.version)


def _before(after: ComponentState) -> str:
    if after.version is None:
        raise InvalidInput.of("query/from", "missing", "Say from what: only a version has one before it.")
    return str(after.version - 1)


async def _state(context: Context, system: SystemRecord, identity: UUID, wanted: str) -> ComponentState:
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) <= LONGEST_VERSION):
        return await _state_at(context, system, identity, wanted)
    if int(wanted) == 0:
        return ComponentState("", 0, removed=True)
    async with context.reads.connect() as db:
        found = await index.version(db, system.id, identity, int(wanted))
    if found is None:
        raise NotFound(f"There is no version {wanted} of this component.")
    return _of(found, found.version, removed=found.removed)


async def _state_at(context: Context, system: SystemRecord, identity: UUID, ref: str) -> ComponentState:
    revision = await revision_at(context, system, ref)
    try:
        found = await asyncio.to_thread(components.read_one, context, revision, identity)
    except NotFound:
        return ComponentState(revision.commit or "", None, removed=True)
    return _of(found, None, removed=False)


def _of(found: VersionRecord | ComponentView, version: int | None, *, removed: bool) -> ComponentState:
    if removed:
        return ComponentState(found.commit, version, removed=True, name=found.name)
    return ComponentState(
        found.commit, version, False, found.name, found.category, found.props, found.code, found.documentation
    )


def _differences(before: ComponentState, after: ComponentState, record: ComponentRecord | None) -> ComponentDiff:
    folder = record.directory if record is not None else after.name or before.name
    entry = record.entry if record is not None and record.entry else "code"
    return ComponentDiff(
        before,
        after,
        prop_differences(before.props or {}, after.props or {}),
        unified(before.code, after.code, f"{folder}/{entry}"),
        unified(before.documentation, after.documentation, f"{folder}/{README}"),
    )
