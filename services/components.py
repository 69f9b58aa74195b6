"""Components as clients use them: lists, reads at any ref, versions, and edits that land as commits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gitstore import trees
from index import components as index
from index.catalogs import CatalogEntry
from index.components import VersionRecord
from index.contents import component_at
from index.paging import Page, decode, page_of, text
from services import changes, component_edits
from services.access import readable, system_for
from services.changes import Change
from services.component_edits import Target
from services.context import Context
from services.design_tokens import Where
from services.drafts import Draft
from services.errors import InvalidInput, NotFound
from services.policy import Action, Actor
from services.revisions import Revision, revision_at, still_indexed
from services.views import ComponentView, indexed_component, read_component_view


@dataclass(frozen=True, slots=True)
class Seen:
    """The state that a writer says it saw: a commit (``If-Match``) or a version number, or neither."""

    commit: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class ComponentWritten:
    """A component as a write left it (None: deleted), and the commit that holds it."""

    commit: str | None
    changed: bool
    component: ComponentView | None


async def list_components(
    context: Context,
    actor: Actor,
    system_id: UUID,
    *,
    ref: str | None,
    category: str | None,
    q: str | None,
    limit: int,
    cursor: str | None,
) -> tuple[Revision, Callable[[], Awaitable[Page[ComponentView]]]]:
    """The revision a list is about, and how to read its page: a caller whose copy is current need not."""
    system = await readable(context, actor, system_id)
    revision = await revision_at(context, system, ref)

    async def page() -> Page[ComponentView]:
        if revision.indexed:
            async with context.reads.connect() as db:
                found = await index.list_page(db, system_id, category=category, q=q, limit=limit, cursor=cursor)
            if await still_indexed(context, revision):
                return Page([indexed_component(record) for record in found.items], found.next_cursor)
        return await asyncio.to_thread(_read_page, context, revision, category, q, limit, cursor)

    return revision, page


async def get_component(
    context: Context, actor: Actor, system_id: UUID, identity: UUID, *, ref: str | None = None
) -> tuple[Revision, ComponentView]:
    """One component at a ref."""
    system = await readable(context, actor, system_id)
    revision = await revision_at(context, system, ref)
    if not revision.indexed:
        return revision, await asyncio.to_thread(read_one, context, revision, identity)
    async with context.reads.connect() as db:
        record = await index.get(db, system_id, identity)
    if record is None:
        raise NotFound("There is no such component.")
    return revision, indexed_component(record)


async def list_versions(
    context: Context, actor: Actor, system_id: UUID, identity: UUID, *, limit: int, cursor: str | None
) -> tuple[Revision, Page[VersionRecord]]:
    """A component's versions, newest first, also of one that is gone."""
    system = await readable(context, actor, system_id)
    revision = await revision_at(context, system, None)
    async with context.reads.connect() as db:
        if await index.get(db, system_id, identity, removed=True) is None:
            raise NotFound("There is no such component.")
        return revision, await index.versions(db, system_id, identity, limit=limit, cursor=cursor)


async def create_component(
    context: Context, actor: Actor, system_id: UUID, fields: Mapping[str, Any], *, where: Where
) -> ComponentWritten:
    """Add a component; Conflict where its folder exists."""

    def edit(draft: Draft) -> str:
        return component_edits.create(draft, fields)

    return await write(context, actor, system_id, edit, where, f"Add component {fields.get('name')}")


async def update_component(
    context: Context,
    actor: Actor,
    system_id: UUID,
    identity: UUID,
    fields: Mapping[str, Any],
    *,
    seen: Seen,
    where: Where,
) -> ComponentWritten:
    """Set fields of a component; with ``seen``, changes made since then are kept too, or Conflict raised."""
    target, name = await _target(context, actor, system_id, identity, seen, where)

    def edit(draft: Draft) -> str:
        return component_edits.update(draft, target, fields)

    return await write(context, actor, system_id, edit, where, f"Update component {name}")


async def delete_component(
    context: Context, actor: Actor, system_id: UUID, identity: UUID, *, seen: Seen, where: Where
) -> ComponentWritten:
    """Remove a component and its folder; its versions stay readable."""
    target, name = await _target(context, actor, system_id, identity, seen, where)

    def edit(draft: Draft) -> str:
        return component_edits.delete(draft, target)

    return await write(context, actor, system_id, edit, where, f"Delete component {name}")


async def write(
    context: Context, actor: Actor, system_id: UUID, edit: Callable[[Draft], str], where: Where, message: str
) -> ComponentWritten:
    """Carry out an edit that answers with the folder of the component that it is about."""
    change = Change(system_id=system_id, edit=edit, message=where.says(message), branch=where.branch)
    done = await changes.apply(context, actor, change)
    if done.commit is None:
        return ComponentWritten(None, False, None)
    revision = Revision(done.system, done.commit, done.branch == done.system.default_branch, True)
    found = await asyncio.to_thread(_read_directory, context, revision, done.result)
    if found is not None and revision.indexed:
        async with context.reads.connect() as db:
            record = await index.get(db, system_id, found.id)
        # somebody else's later write is not what this one made: its ETag would let the writer overwrite it unseen
        if record is not None and (not done.changed or record.commit == done.commit):
            found = indexed_component(record)
    return ComponentWritten(done.commit, done.changed, found)


async def _target(
    context: Context, actor: Actor, system_id: UUID, identity: UUID, seen: Seen, where: Where
) -> tuple[Target, str]:
    """The component's folder as last seen on the branch to write to; the edit looks again under the lock."""
    async with context.reads.connect() as db:
        system = await system_for(db, actor, system_id, Action.CONTENT_WRITE)
        record = await index.get(db, system_id, identity, removed=True)
        commit = await seen_commit(db, system_id, identity, seen)
    if record is not None and where.branch in (None, system.default_branch):
        return Target(identity, record.directory, commit), record.name
    revision = await revision_at(context, system, where.branch)
    found = await asyncio.to_thread(read_one, context, revision, identity)
    return Target(identity, found.directory, commit), found.name


async def seen_commit(db: AsyncConnection, system_id: UUID, identity: UUID, seen: Seen) -> str | None:
    """The commit that a writer says it saw the component at; None where it did not say."""
    if seen.version is None:
        return seen.commit
    version = await index.version(db, system_id, identity, seen.version)
    if version is None:
        raise InvalidInput.of("base_version", "unknown-version", f"There is no version {seen.version}.")
    return version.commit


def _read_directory(context: Context, revision: Revision, directory: str) -> ComponentView | None:
    with context.store.open(revision.system.id) as repo:
        commit = revision.commit or ""
        component, _ = component_at(repo, trees.tree_of(repo, commit), directory)
        return read_component_view(revision.system.id, component, commit) if component is not None else None


def read_one(context: Context, revision: Revision, identity: UUID) -> ComponentView:
    """A component of a tree that the index does not mirror; raises NotFound. For a thread."""
    found = _read(context, revision, lambda entry: entry.id == identity, 1)
    if not found:
        raise NotFound("There is no such component at that ref.")
    return found[0]


def read_all(context: Context, revision: Revision) -> list[ComponentView]:
    """Every component of a revision by name, read from its files."""
    return _read(context, revision, lambda entry: True, None)


def _read(
    context: Context, revision: Revision, wanted: Callable[[CatalogEntry], bool], most: int | None
) -> list[ComponentView]:
    """The first components of a revision's catalog that are wanted; only their files are read."""
    if revision.commit is None:
        return []
    system_id = revision.system.id
    with context.store.open(system_id) as repo:
        tree = trees.tree_of(repo, revision.commit)
        entries = islice(filter(wanted, context.catalogs.at(repo, system_id, tree)), most)
        found = (component_at(repo, tree, entry.directory)[0] for entry in entries)
        return [read_component_view(system_id, each, revision.commit) for each in found if each is not None]


def _read_page(
    context: Context, revision: Revision, category: str | None, q: str | None, limit: int, cursor: str | None
) -> Page[ComponentView]:
    after = tuple(decode(cursor, text, UUID)) if cursor else None

    def wanted(entry: CatalogEntry) -> bool:
        if after is not None and (entry.name, entry.id) <= after:
            return False
        if category is not None and entry.category != category:
            return False
        return not q or q.lower() in entry.name.lower() or q.lower() in entry.directory.lower()

    return page_of(_read(context, revision, wanted, limit + 1), limit, lambda view: (view.name, view.id))
