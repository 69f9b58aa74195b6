"""Design systems: made, listed, described and removed; each is one repository and one row."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from designsystem.manifest import MANIFEST_PATH, initial_manifest
from index import activity, systems, users
from index.errors import SlugTaken
from index.paging import Page
from index.rows import ActivityRow
from index.systems import SystemRecord
from index.values import clean
from services import audit, bus, changes, sync
from services.access import readable, system_at, system_for
from services.audit import Act
from services.boundary import git_errors
from services.changes import Change
from services.context import Context
from services.drafts import Draft
from services.errors import Conflict, InvalidInput, NotFound
from services.events import Event, LoggedEvent
from services.names import check_name
from services.policy import Action, Actor, Visibility, require_scope
from services.revocations import Revocation, announce
from services.slugs import candidates, check_slug, slug_of
from services.standing import confirm
from services.teams import allowed

__all__ = [
    "NewSystem",
    "SystemChanges",
    "SystemRecord",
    "create_system",
    "delete_system",
    "find_system",
    "get_system",
    "list_systems",
    "update_system",
]

SLUG_TAKEN = "The team has a design system with this slug already."
MAX_DESCRIPTION = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSystem:
    """What a new design system shall be; without ``slug`` one is derived, with ``init`` a manifest is committed."""

    team_id: UUID
    name: str
    slug: str | None = None
    description: str = ""
    visibility: Visibility = "private"
    init: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemChanges:
    """What of a system shall be different; None leaves it."""

    name: str | None = None
    slug: str | None = None
    description: str | None = None
    visibility: Visibility | None = None


async def list_systems(
    context: Context, actor: Actor, *, team_id: UUID | None, q: str | None, limit: int, cursor: str | None
) -> Page[SystemRecord]:
    """The systems that the actor may see, by name: those of its teams, and public ones."""
    async with context.reads.connect() as db:
        actor = await _standing(db, actor)
        return await systems.list_for(
            db,
            caller=actor.caller,
            is_admin=actor.is_admin,
            team_id=team_id,
            only_team=actor.key_team_id,
            only_system=actor.key_system_id,
            q=q,
            limit=limit,
            cursor=cursor,
        )


async def get_system(context: Context, actor: Actor, system_id: UUID) -> SystemRecord:
    """One system, its index level with git."""
    system = await readable(context, actor, system_id)
    with git_errors():
        return await sync.level(context, system)


async def find_system(context: Context, actor: Actor, team_slug: str, slug: str, action: Action) -> SystemRecord:
    """The system that a clone URL names."""
    async with context.reads.connect() as db:
        return await system_at(db, actor, team_slug, slug, action)


async def create_system(context: Context, actor: Actor, wanted: NewSystem) -> SystemRecord:
    """A new system with an empty repository; Conflict where a slug that was asked for is taken.

    The repository is made before the row commits: a crash in between leaves a folder that nothing refers to.
    """
    name = check_name(wanted.name)
    description = _check_description(wanted.description)
    slugs = [check_slug(wanted.slug)] if wanted.slug is not None else candidates(slug_of(name, "system"))
    async with context.engine.begin() as db:
        team = await allowed(db, actor, wanted.team_id, Action.SYSTEM_CREATE)
        if wanted.visibility == "public":
            await allowed(db, actor, wanted.team_id, Action.VISIBILITY_SET)
        for slug in slugs:
            try:
                system = await systems.insert(
                    db,
                    team_id=team.id,
                    name=name,
                    slug=slug,
                    description=description,
                    visibility=wanted.visibility,
                    created_by=actor.user_id,
                    system_id=uuid4(),
                )
                break
            except SlugTaken:
                continue
        else:
            raise Conflict(SLUG_TAKEN)
        await _log(context, db, system, actor, "design-system.created", {"name": name, "slug": system.slug})
        await _audit(context, db, system, actor, Act.SYSTEM_CREATED, visibility=system.visibility)
        await asyncio.to_thread(context.store.create, system.id, system.default_branch)
    if wanted.init:
        await _commit_manifest(context, actor, system)
    return await get_system(context, actor, system.id)


async def update_system(context: Context, actor: Actor, system_id: UUID, wanted: SystemChanges) -> SystemRecord:
    """Change what is not git's to say; a new slug changes the clone URL."""
    checked = _checked(wanted)
    try:
        # before the queue, which a stranger must not stand in, and after it: a role may have gone meanwhile
        async with context.reads.connect() as db:
            await _updatable(db, actor, system_id, wanted)
        async with context.turns.of(system_id), context.engine.begin() as db:
            await changes.lock(db, system_id)
            system = await _updatable(db, actor, system_id, wanted)
            changed = {name: value for name, value in checked.items() if getattr(system, name) != value}
            if not changed:
                return system
            updated = await systems.update(db, system_id, changed)
            if updated is None:
                raise NotFound("There is no such design system.")
            event = await _log(context, db, updated, actor, "design-system.updated", changed)
            if "visibility" in changed:
                await _audit(context, db, updated, actor, Act.VISIBILITY_CHANGED, visibility=updated.visibility)
    except SlugTaken as error:
        raise Conflict(SLUG_TAKEN) from error
    await bus.publish(context.redis, system_id, [event.wire()])
    if updated.visibility != "public" and system.visibility == "public":
        await announce(context, Revocation(system_id=system_id))
    return await get_system(context, actor, system_id)


async def _updatable(db: AsyncConnection, actor: Actor, system_id: UUID, wanted: SystemChanges) -> SystemRecord:
    system = await system_for(db, actor, system_id, Action.SYSTEM_UPDATE)
    if wanted.visibility not in (None, system.visibility):
        await system_for(db, actor, system_id, Action.VISIBILITY_SET)
    return system


async def delete_system(context: Context, actor: Actor, system_id: UUID) -> None:
    """Remove a system with its repository, for good.

    The row goes first: a crash in between leaves a folder that nothing refers to, and that nothing removes by itself,
    since a database restored from an older day must not cost repositories.
    """
    async with context.reads.connect() as db:
        await system_for(db, actor, system_id, Action.SYSTEM_DELETE)
    async with context.turns.of(system_id), context.engine.begin() as db:
        await changes.lock(db, system_id)
        system = await system_for(db, actor, system_id, Action.SYSTEM_DELETE)
        gone = ActivityRow(
            action="design-system.deleted",
            resource_type="design_system",
            resource_id=system_id,
            user_id=actor.user_id,
            created_at=context.clock(),
            metadata={"name": system.name, "slug": system.slug},
        )
        await activity.append(db, None, system.team_id, [gone])
        await _audit(context, db, system, actor, Act.SYSTEM_DELETED, name=system.name)
        await systems.delete(db, system_id)
    await announce(context, Revocation(system_id=system_id))
    context.snapshots.forget(system_id)
    await asyncio.to_thread(context.store.delete, system_id)


async def _commit_manifest(context: Context, actor: Actor, system: SystemRecord) -> None:
    def edit(draft: Draft) -> None:
        draft.put(MANIFEST_PATH, initial_manifest(system.name, system.description))

    await changes.apply(context, actor, Change(system_id=system.id, edit=edit, message="Begin the design system"))


async def _audit(
    context: Context, db: AsyncConnection, system: SystemRecord, actor: Actor, act: Act, **details: Any
) -> None:
    await audit.record(db, context.clock(), actor, act, team_id=system.team_id, system_id=system.id, **details)


async def _log(
    context: Context, db: AsyncConnection, system: SystemRecord, actor: Actor, action: str, details: dict[str, Any]
) -> LoggedEvent:
    """One event in the system's sequence; the caller holds its lock, or has just made it."""
    now = context.clock()
    seq = system.seq + 1
    event = LoggedEvent(seq, Event(action, "design_system", system.id, details), system.id, actor.user_id, now)
    row = ActivityRow(
        action=action,
        resource_type="design_system",
        resource_id=system.id,
        user_id=actor.user_id,
        created_at=now,
        seq=seq,
        metadata=details,
    )
    await activity.append(db, system.id, system.team_id, [row])
    await systems.advance(
        db,
        system.id,
        head=system.head,
        version=system.version,
        published=system.published,
        seq=seq,
        updated_at=now,
    )
    return event


async def _standing(db: AsyncConnection, actor: Actor) -> Actor:
    """For a list, which reads no single system's row: the account still stands, and a key's scopes cover reading."""
    if actor.user_id is None:
        return actor
    require_scope(actor, Action.SYSTEM_READ)
    return confirm(actor, await users.standing(db, actor.caller))


def _checked(wanted: SystemChanges) -> dict[str, str]:
    changed: dict[str, str] = {}
    if wanted.name is not None:
        changed["name"] = check_name(wanted.name)
    if wanted.slug is not None:
        changed["slug"] = check_slug(wanted.slug)
    if wanted.description is not None:
        changed["description"] = _check_description(wanted.description)
    if wanted.visibility is not None:
        changed["visibility"] = wanted.visibility
    return changed


def _check_description(text: str) -> str:
    if len(text) > MAX_DESCRIPTION or clean(text) != text:
        raise InvalidInput.of("description", "bad-description", f"Use up to {MAX_DESCRIPTION:,} characters of text.")
    return text
