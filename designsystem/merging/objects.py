"""Merges JSON objects key by key (component.json, manifests, resolvers), in the formatting of ours."""

from __future__ import annotations

from typing import Any

from designsystem.jsontext.file import read_json
from designsystem.jsontext.splices import apply, change_members
from designsystem.jsontext.style import detect_file
from designsystem.merge import ABSENT, merge_fields
from designsystem.merging.conflict import ConflictKind, Decide, MergeConflict, Resource
from designsystem.problem import errors_of


def merge_objects(
    sources: tuple[bytes | None, bytes, bytes], decide: Decide, *, resource: Resource, path: str, file: str
) -> tuple[bytes, list[MergeConflict]] | None:
    """Ours with their changes made in place, and the conflicts left open, where ours stands.

    ``sources`` are base (None where both added the file), ours and theirs. None where one of them is no JSON object:
    such can only be merged as text.
    """
    values = [_object(file, source) for source in sources]
    base, ours, theirs = values
    if ours is None or theirs is None or base is None:
        return None
    merged = merge_fields(base, ours, theirs, frozenset({*base, *ours, *theirs}))
    result, conflicts = dict(merged.result), []
    for found in merged.conflicts:
        kind = ConflictKind.CHANGED
        if found.base is ABSENT:
            kind = ConflictKind.ADDED
        elif ABSENT in (found.ours, found.theirs):
            kind = ConflictKind.DELETED
        conflict = MergeConflict(kind, path, found.field, found.base, found.ours, found.theirs, file, resource)
        answer = decide(conflict)
        if answer is None:
            conflicts.append(conflict)
        place(result, tuple(unescaped(step) for step in found.field.split("/")), conflict.taking(answer))
    return _written(file, sources[1], result), conflicts


def place(into: dict[str, Any], steps: tuple[str, ...], value: Any) -> None:
    """Set a member of an object, however deep, or take it away where it shall be absent."""
    *parents, last = steps
    for step in parents:
        inner = into.get(step)
        into[step] = inner = dict(inner) if isinstance(inner, dict) else {}
        into = inner
    if value is ABSENT:
        into.pop(last, None)
    else:
        into[last] = value


def unescaped(step: str) -> str:
    """RFC 6901, 4."""
    return step.replace("~1", "/").replace("~0", "~")


def _object(file: str, source: bytes | None) -> dict[str, Any] | None:
    if source is None:
        return {}
    read = read_json(file, source)
    if read.root is None or read.root.kind != "object" or errors_of(read.problems):
        return None
    return dict(read.root.value)


def _written(file: str, source: bytes, wanted: dict[str, Any]) -> bytes:
    read = read_json(file, source)
    if read.root is None:
        return source
    removed = [member.key for member in read.root.members if member.key not in wanted]
    splices = change_members(read.root, wanted, removed, detect_file(read.text))
    return read.encode(apply(read.text, splices)) if splices else source
