"""Reverts of one component or token to what it was, as a new commit that leaves everything else alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pygit2

from designsystem.components.component import COMPONENT_FILE, Component, component_id
from designsystem.components.writing import write_component
from designsystem.manifest import Manifest
from designsystem.tokens.ids import ids
from gitstore import trees
from gitstore.commits import parents_of
from gitstore.trees import FileEntry
from gitstore.treewriter import BlobRef, write_tree
from gitstore.treewriter import Edit as FileEdit
from index import components as index
from index.contents import all_directories, component_at, touched_directories
from services import components, design_tokens, token_edits
from services.access import system_for
from services.components import ComponentWritten, Seen
from services.context import Context
from services.design_tokens import TokenWritten, Where
from services.drafts import Draft
from services.errors import Clash, Conflict, InvalidInput, NotFound, Stale
from services.policy import Action, Actor
from services.reverts import named_commit
from services.revisions import Revision, snapshot_at
from services.tree_merges import clashes_of, merge_trees, put_into


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The state to go back to: a component's id, the commit that left it so, the commit its writer saw, where the index
    last saw it, and whether that need not be true of the branch."""

    id: UUID
    commit: str
    seen: str | None
    hint: str
    anywhere: bool


async def revert_component(
    context: Context, actor: Actor, system_id: UUID, identity: UUID, number: int, *, seen: Seen, where: Where
) -> ComponentWritten:
    """Give a component's folder the files of an earlier version, byte for byte, wherever the folder lies now.

    One that is gone comes back where it was. With ``seen``, what others changed since is kept, or Conflict raised.
    """
    async with context.reads.connect() as db:
        system = await system_for(db, actor, system_id, Action.CONTENT_WRITE)
        record = await index.get(db, system_id, identity, removed=True)
        version = await index.version(db, system_id, identity, number)
        commit = await components.seen_commit(db, system_id, identity, seen)
    if record is None or version is None:
        raise NotFound("There is no such version of this component.")
    if version.removed:
        message = f"Version {number} took {version.name} away; delete it, or go back to the version before."
        raise InvalidInput.of("", "removed-version", message)
    elsewhere = where.branch not in (None, system.default_branch)
    wanted = _Wanted(identity, version.commit, commit, record.directory, elsewhere)

    def edit(draft: Draft) -> str:
        return _restore(draft, wanted)

    message = f"Revert component {record.name} to version {number}"
    return await components.write(context, actor, system_id, edit, where, message)


async def revert_token(
    context: Context, actor: Actor, system_id: UUID, token_id: UUID, *, ref: str, seen: str | None, where: Where
) -> TokenWritten:
    """Give a token the value, type, description, deprecation and extensions that it had at a revision; its path stays.

    One that is gone comes back where it was. With ``seen``, what others changed since is kept, or Conflict raised.
    """
    info = await named_commit(context, actor, system_id, ref)
    async with context.reads.connect() as db:
        system = await system_for(db, actor, system_id, Action.CONTENT_WRITE)
    then = (await snapshot_at(context, Revision(system, info.oid, False, True))).tokens
    path = ids(system_id, then).get(token_id)
    if path is None:
        raise NotFound("There is no such token at that commit.")
    fields, file = token_edits.fields_of(then.tokens[path]), then.tokens[path].file
    target = await design_tokens.target_of(context, system_id, token_id, seen)

    def edit(draft: Draft) -> str:
        gone = token_edits.locate(draft.system_id, draft.tokens, target) is None
        if not gone or target.seen not in (None, draft.head):
            return token_edits.update(draft, target, fields)
        return _made_anew(draft, path, file, fields)

    message = f"Revert token {target.hint or path} to {info.oid[:10]}"
    return await design_tokens.write(context, actor, system_id, edit, where, message)


def _made_anew(draft: Draft, path: str, file: str, fields: Mapping[str, Any]) -> str:
    takes = draft.snapshot.manifest.is_token_file(file) and draft.tokens.takes(file)
    given = {name: value for name, value in fields.items() if value is not None and value != {}}
    return token_edits.create(draft, path, given, file if takes else None)


def _restore(draft: Draft, wanted: _Wanted) -> str:
    """Put the folder as it was; returns where it now lies."""
    repo = draft.repo
    then = trees.tree_of(repo, wanted.commit)
    origin = _found(repo, wanted, then, _touched(draft, wanted.commit), draft.system_id)
    if origin is None:
        raise NotFound("The files of that version are gone.")
    files = _files(repo, then, origin.directory)
    folder = _folder_at(draft, draft.snapshot.tree, draft.snapshot.manifest, wanted, origin)
    if wanted.seen in (None, draft.head):
        for path, edit in _replacement(draft, draft.snapshot.tree, folder, origin, files, wanted).items():
            draft.place(path, edit)
        return folder or origin.directory
    return _merge(draft, wanted, origin, files, folder)


def _merge(draft: Draft, wanted: _Wanted, origin: Component, files: list[FileEntry], folder: str | None) -> str:
    """The revert made to what its writer saw, and merged with what came since."""
    seen = draft.snapshot_at(str(wanted.seen))
    base = seen.tree if seen is not None else None
    before = _folder_at(draft, base, seen.manifest, wanted, origin) if seen is not None else None
    if seen is None or before is None:
        raise Stale("If-Match names a state in which there was no such component.", current=draft.head)
    theirs = write_tree(draft.repo, base, _replacement(draft, base, before, origin, files, wanted))
    merged = merge_trees(draft.repo, base=base, ours=draft.snapshot.tree, theirs=theirs)
    if merged.conflicts:
        detail = f"{origin.name} has changed since you read it."
        raise Conflict(detail, clashes_of(merged.conflicts), commit=draft.head)
    put_into(draft, merged)
    return folder or before


def _replacement(
    draft: Draft, tree: str | None, folder: str | None, origin: Component, files: list[FileEntry], wanted: _Wanted
) -> dict[str, FileEdit]:
    """What gives a folder of a tree those files and no others; None is a folder that is gone, and comes back."""
    repo, place = draft.repo, folder or origin.directory
    if folder is None and tree is not None and trees.list_directory(repo, tree, place):
        clash = Clash(place, "", None, {"directory": place}, {"name": origin.name}, str(wanted.id))
        raise Conflict(f"There is another folder {place} now.", [clash], commit=draft.head)
    edits: dict[str, FileEdit] = dict.fromkeys(file.path for file in _files(repo, tree, place))
    for file in files:
        edits[place + file.path.removeprefix(origin.directory)] = BlobRef(file.oid, file.mode)
    if origin.id_in_file is None and place != origin.directory:
        edits |= _named(repo, place, files, wanted.id)
    return edits


def _named(repo: pygit2.Repository, place: str, files: list[FileEntry], identity: UUID) -> dict[str, FileEdit]:
    """A component whose folder alone said which it is says it itself where it lies elsewhere."""
    held = {file.name: trees.read_blob(repo, file.oid) for file in files if file.is_regular}
    written = write_component(place, held, {"id": identity})
    return {f"{place}/{COMPONENT_FILE}": written[COMPONENT_FILE]} if COMPONENT_FILE in written else {}


def _touched(draft: Draft, commit: str) -> list[str]:
    """The component folders in which a commit changed something: the one that it made a version of is among them."""
    snapshot = draft.snapshot_at(commit)
    if snapshot is None:
        return []
    parents = parents_of(draft.repo, commit)
    before = trees.tree_of(draft.repo, parents[0]) if parents else None
    return touched_directories(snapshot.manifest, trees.changed(draft.repo, before, snapshot.tree))


def _folder_at(draft: Draft, tree: str | None, manifest: Manifest, wanted: _Wanted, origin: Component) -> str | None:
    """Where the component lies in a tree; None where it is gone. One that carries its id may lie anywhere, and so may
    any on a branch that the index does not follow."""
    likely = [wanted.hint, origin.directory]
    found = _found(draft.repo, wanted, tree, likely, draft.system_id)
    if found is None and (origin.id_in_file is not None or wanted.anywhere):
        found = _found(draft.repo, wanted, tree, all_directories(draft.repo, tree, manifest), draft.system_id)
    return found.directory if found is not None else None


def _found(
    repo: pygit2.Repository, wanted: _Wanted, tree: str | None, directories: Iterable[str], system_id: UUID
) -> Component | None:
    for directory in directories:
        component, _ = component_at(repo, tree, directory)
        if component is not None and component_id(system_id, component) == wanted.id:
            return component
    return None


def _files(repo: pygit2.Repository, tree: str | None, folder: str) -> list[FileEntry]:
    """The files of a component's folder and of the folders in it."""
    if tree is None:
        return []

    def descend(directory: str) -> bool:
        return folder.startswith(f"{directory}/") or f"{directory}/".startswith(f"{folder}/")

    return [file for file in trees.walk(repo, tree, descend) if file.path.startswith(f"{folder}/")]
