"""Merges the token files of whole states together: what was renamed in one is followed in all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from designsystem.jsontext.values import equal
from designsystem.merging.conflict import Decide, MergeConflict
from designsystem.merging.files import Contents, FileState
from designsystem.merging.placing import Item
from designsystem.merging.sides import SideState, is_object, whole
from designsystem.merging.tokens import merge_sides
from designsystem.tokens.document import TokenDocument, parse_document

Taken = dict[str, bytes | FileState | None]
Documents = dict[tuple[str, str], TokenDocument]
"""By path and by the id of the content."""


def merge_token_items(items: Sequence[Item], contents: Contents, decide: Decide) -> tuple[Taken, list[MergeConflict]]:
    """The merged token files by path: new bytes, one side's file as it is, or None where it is gone.

    Files that are no JSON on some side are left out, to be merged as text, and so is everything where one side alone
    changed tokens. Any file may say something of any other's tokens, so all of them are merged as one.
    """
    if all(item.is_settled for item in items) and not _both_changed(items):
        return {}, []
    documents: Documents = {}
    readable = [item for item in items if _is_readable(item, documents, contents)]
    sides = (SideState(_documents(readable, documents, side)) for side in (_base, _ours, _theirs))
    merged = merge_sides(*sides, decide=decide)
    found = {item.path: _taken(item, merged.files.get(item.path), contents) for item in readable}
    return found, list(merged.conflicts)


def _both_changed(items: Iterable[Item]) -> bool:
    """Whether each side changed something that the other did not."""
    open_items = [item for item in items if item.ours != item.theirs]
    return any(item.ours != item.base for item in open_items) and any(item.theirs != item.base for item in open_items)


def _base(item: Item) -> FileState | None:
    return item.base


def _ours(item: Item) -> FileState | None:
    return item.ours


def _theirs(item: Item) -> FileState | None:
    return item.theirs


def _documents(
    items: Iterable[Item], documents: Documents, side: Callable[[Item], FileState | None]
) -> dict[str, TokenDocument]:
    found = ((item.path, side(item)) for item in items)
    return {path: documents[path, file.oid] for path, file in found if file is not None}


def _is_readable(item: Item, documents: Documents, contents: Contents) -> bool:
    """Whether the file is a JSON object wherever it is; each content is read once."""
    oids = {file.oid for file in (item.base, item.ours, item.theirs) if file is not None}
    documents |= {(item.path, oid): parse_document(item.path, contents.read(oid)) for oid in oids}
    return all(is_object(documents[item.path, oid]) for oid in oids)


def _taken(item: Item, data: bytes | None, contents: Contents) -> bytes | FileState | None:
    if data is None:
        return item.theirs if item.ours == item.base and _is_bare(item.theirs, contents) else None
    if item.ours is not None and data == contents.read(item.ours.oid):
        return None if _is_dropped(item, data) else item.ours
    if item.theirs is not None and item.ours == item.base and _means_the_same(data, contents.read(item.theirs.oid)):
        return item.theirs  # ours had no say in it: their formatting stands
    return None if _is_dropped(item, data) else data


def _is_bare(file: FileState | None, contents: Contents) -> bool:
    """Whether a file is there that has no token in it."""
    return file is not None and not parse_document("", contents.read(file.oid)).tokens


def _is_dropped(item: Item, data: bytes) -> bool:
    """Whether a file that they deleted has nothing left in it that ours wants to keep."""
    if item.theirs is not None or item.base is None:
        return False
    document = parse_document(item.path, data)
    says_nothing = document.root is not None and not document.root.members
    return not document.tokens and (says_nothing or item.ours == item.base)


def _means_the_same(one: bytes, other: bytes) -> bool:
    a, b = parse_document("", one), parse_document("", other)
    return a.tokens.keys() == b.tokens.keys() and all(equal(_meaning(a, path), _meaning(b, path)) for path in a.tokens)


def _meaning(document: TokenDocument, path: str) -> dict[str, object]:
    token, node = document.tokens[path], document.node_of(path)
    stated = whole({member.key: member.node.value for member in node.members}) if node is not None else {}
    effective = {"$type": token.type or document.inherited_types.get(path), "$deprecated": token.deprecated}
    return {key: value for key, value in stated.items() if key[:1] == "$"} | effective
