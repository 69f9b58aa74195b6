"""Edits of components on a draft: a folder's files written so that only what changed differs."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from designsystem.components.component import COMPONENT_FILE, Component, component_id
from designsystem.components.names import InvalidComponentName, directory_name
from designsystem.components.writing import ComponentEditError, write_component
from designsystem.jsontext.values import equal
from designsystem.manifest import Manifest
from designsystem.merge import Conflict as FieldConflict
from designsystem.merge import merge_fields
from designsystem.merging.texts import is_text
from gitstore.mergefile import merge_file
from services.drafts import Draft
from services.errors import Clash, Conflict, InvalidInput, NotFound, Stale
from services.token_edits import shown

FIELDS = ("name", "category", "props", "code", "documentation")
TEXTS = ("code", "documentation")
"""Those of them that are merged by lines."""


@dataclass(frozen=True, slots=True)
class Target:
    """The component that an edit is about: its id, the folder it was last in, and the commit its writer saw it at."""

    id: UUID
    directory: str
    seen: str | None = None


def create(draft: Draft, fields: Mapping[str, Any]) -> str:
    """Add a component in a new folder named after it; returns the folder."""
    directory = _new_directory(draft, str(fields.get("name", "")))
    _write(draft, directory, {}, fields)
    return directory


def update(draft: Draft, target: Target, fields: Mapping[str, Any]) -> str:
    """Set fields of a component; where its writer saw an older state, both sides' changes stay, or Conflict."""
    component = _found(draft, target, fields)
    wanted = _merged(draft, target, component, fields)
    current = fields_of(component)
    changed = {name: value for name, value in wanted.items() if not equal(current.get(name), value)}
    if changed:
        names = draft.names(component.directory)
        if component.entry is not None and component.entry not in names:
            names.append(component.entry)
        existing = {name: draft.read(f"{component.directory}/{name}") or b"" for name in names}
        _write(draft, component.directory, existing, changed)
    return component.directory


def delete(draft: Draft, target: Target) -> str:
    """Remove a component's whole folder; Conflict where it changed since its writer saw it."""
    component = _found(draft, target, None)
    base = _base(draft, target)
    if base is not None and not equal(fields_of(base), fields_of(component)):
        clash = Clash(component.directory, "", fields_of(base), fields_of(component), None, str(target.id))
        raise Conflict(f"{component.name} has changed since you read it.", [clash], commit=draft.head)
    draft.remove_folder(component.directory)
    return component.directory


def fields_of(component: Component) -> dict[str, Any]:
    """What of a component can be edited, as plain values."""
    return {name: getattr(component, name) for name in FIELDS}


def _write(draft: Draft, directory: str, existing: Mapping[str, bytes], fields: Mapping[str, Any]) -> None:
    try:
        written = write_component(directory, existing, fields)
    except ComponentEditError as error:
        raise InvalidInput.of(error.field, "component-field", str(error)) from error
    for name, data in written.items():
        draft.put(f"{directory}/{name}", data)


def _new_directory(draft: Draft, name: str) -> str:
    try:
        folder = directory_name(name)
    except InvalidComponentName as error:
        raise InvalidInput.of("name", "component-name", str(error)) from error
    parent = _parent_of_new(draft.snapshot.manifest, folder)
    taken = {_folded(entry): entry for entry in draft.entries(parent)}
    if (same := taken.get(_folded(folder))) is not None:
        standing = f"{parent}/{same}" if parent else same
        clash = Clash(standing, "", None, {"directory": standing}, {"name": name})
        raise Conflict(f"There is a folder {standing} already.", [clash], commit=draft.head)
    return f"{parent}/{folder}" if parent else folder


def _folded(name: str) -> str:
    """A file name as systems that do not tell upper from lower case, or accents from letters with them, compare it."""
    return unicodedata.normalize("NFC", name).casefold()


def _parent_of_new(manifest: Manifest, folder: str) -> str:
    """Where the manifest's globs let a new component's folder lie."""
    for glob in manifest.components:
        parent = glob.partition("*")[0].rstrip("/")
        directory = f"{parent}/{folder}" if parent else folder
        if not glob.startswith("!") and manifest.component_directory(f"{directory}/{COMPONENT_FILE}") == directory:
            return parent
    globs = ", ".join(manifest.components)
    raise InvalidInput.of(
        "name", "no-component-folder", f"The manifest's globs ({globs}) leave no place for a component {folder}."
    )


def _found(draft: Draft, target: Target, wanted: Mapping[str, Any] | None) -> Component:
    component, _ = draft.component(target.directory)
    if component is not None and component_id(draft.system_id, component) == target.id:
        return component
    base = _seen_component(draft, target)
    if base is None:
        raise NotFound("There is no such component.")
    clash = Clash(
        base.directory, "", fields_of(base), None, dict(wanted) if wanted is not None else None, str(target.id)
    )
    raise Conflict(f"{base.name} was deleted since you read it.", [clash], commit=draft.head)


def _base(draft: Draft, target: Target) -> Component | None:
    """What an edit of a standing component is based on: None where its writer did not say, Stale where it cannot be."""
    base = _seen_component(draft, target)
    if base is None and target.seen not in (None, draft.head):
        raise Stale("If-Match names a state in which there was no such component.")
    return base


def _seen_component(draft: Draft, target: Target) -> Component | None:
    """The component as its writer saw it, wherever it lay then; None where the writer did not say, or saw none."""
    if target.seen is None or target.seen == draft.head:
        return None
    snapshot = draft.snapshot_at(target.seen)
    if snapshot is None or snapshot.tree is None:
        raise Stale("If-Match names no commit of this design system.")
    for directory in (target.directory, *draft.component_directories_at(snapshot)):
        component = draft.component_at(snapshot.tree, directory)
        if component is not None and component_id(draft.system_id, component) == target.id:
            return component
    return None


def _merged(draft: Draft, target: Target, component: Component, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    base = _base(draft, target)
    if base is None:
        return fields
    before = fields_of(base)
    merge = merge_fields(before, fields_of(component), {**before, **fields})
    texts = {found.field: _merged_lines(found) for found in merge.conflicts}
    clashes = [
        Clash(
            component.directory, found.field, shown(found.base), shown(found.ours), shown(found.theirs), str(target.id)
        )
        for found in merge.conflicts
        if texts[found.field] is None
    ]
    if not clashes:
        return merge.result | texts
    raise Conflict(f"{component.name} has changed since you read it.", clashes, commit=draft.head)


def _merged_lines(found: FieldConflict) -> str | None:
    """Code or documentation that both changed, each in other lines; None where they overlap, or it is no text."""
    sides = [side for side in (found.base, found.ours, found.theirs) if isinstance(side, str)]
    if found.field not in TEXTS or len(sides) < 3:
        return None
    base, ours, theirs = (side.encode("utf-8", "surrogatepass") for side in sides)
    if not all(map(is_text, (base, ours, theirs))):
        return None
    parts = merge_file(base, ours, theirs)
    if not all(part.is_merged for part in parts):
        return None
    return b"".join(part.ours for part in parts).decode("utf-8", "surrogatepass")
