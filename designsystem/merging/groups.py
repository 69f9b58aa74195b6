"""Groups in a merge: where a side has put a whole group, and how ours follows it there in place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from designsystem.jsontext.splices import Splice, change_members
from designsystem.jsontext.style import DEFAULT, detect_file, detect_node, write
from designsystem.merging.sides import Key, SideState
from designsystem.tokens import edit
from designsystem.tokens.document import TokenDocument, parse_document


def moved_groups(base: SideState, side: SideState, now: Mapping[Key, Key | None]) -> dict[Key, Key]:
    """The groups of the base that one side has put elsewhere, the outer ones first: the tokens that were moved out of
    one, the nearest below it, all went to the same place, where nothing was, and nothing is left of it.

    ``now`` says where the tokens are. Groups have no ids: they are known by their tokens.
    """
    votes: dict[Key, dict[int, set[Key]]] = {}
    for old, new in now.items():
        if new is None or new == old:
            continue
        before, after = old.path.split("."), new.path.split(".")
        depth = 0
        while len(before) > 1 and len(after) > 1 and before[-1] == after[-1]:
            before.pop()
            after.pop()
            depth += 1
            of_group = votes.setdefault(Key(old.file, ".".join(before)), {})
            of_group.setdefault(depth, set()).add(Key(new.file, ".".join(after)))
    places = {group: by_depth[min(by_depth)] for group, by_depth in votes.items()}
    found = {
        old: new
        for old in sorted(places)
        for new in places[old]
        if len(places[old]) == 1 and side.group(*old) is None and base.group(*new) is None
    }
    targets = Counter(found.values())
    return {old: new for old, new in found.items() if targets[new] == 1}


def renaming(state: SideState, old: Key, new: Key, moves: Collection[tuple[Key, Key]]) -> Splice | None:
    """What calls a group otherwise and leaves all that is in it as it is written; None where its tokens do not all go
    along, or it gets more than another name."""
    parent, _, name = old.path.rpartition(".")
    document = state.documents.get(old.file)
    if (old.file, parent) != (new.file, new.path.rpartition(".")[0]) or document is None:
        return None
    inside = [path for path in document.tokens if path.startswith(f"{old.path}.")]
    follows = all((Key(old.file, path), _under(new, path, old)) in moves for path in inside)
    group = edit.editable(document) if not parent else document.node_of(parent)
    member = group.member(name) if group is not None else None
    if not follows or not inside or group is None or member is None or group.get(new.path.rpartition(".")[2]):
        return None
    return Splice(member.key_start, member.key_end, write(new.path.rpartition(".")[2], DEFAULT))


def without_empty(document: TokenDocument, paths: Collection[str]) -> bytes:
    """A file without those of some groups that hold no tokens and no groups any more, whatever they say."""
    root = edit.editable(document)
    gone: dict[str, list[str]] = {}
    for path in sorted(paths, reverse=True):
        node = document.node_of(path)
        parent, _, name = path.rpartition(".")
        if node is not None and all(each.key in gone.get(path, ()) or each.key[:1] == "$" for each in node.members):
            gone.pop(path, None)
            gone.setdefault(parent, []).append(name)
    splices = [
        splice
        for parent, names in gone.items()
        for splice in change_members(edit.node_at(root, parent) if parent else root, {}, names, DEFAULT)
    ]
    return edit.result(document, splices)


def restated(document: TokenDocument | None, group: Key, said: Mapping[str, Any]) -> bytes:
    """A file in which a group that is not there, or no more, says something all the same, with no tokens in it."""
    document = document or parse_document(group.file, b"{}\n")
    node = edit.editable(document)
    names = group.path.split(".") if group.path else []
    while names and (inner := node.get(names[0])) is not None:
        node, names = inner, names[1:]
    changes = dict(said)
    for name in reversed(names):
        changes = {name: changes}
    return edit.result(document, change_members(node, changes, [], detect_node(node, detect_file(document.file.text))))


def _under(place: Key, path: str, old: Key) -> Key:
    return Key(place.file, place.path + path[len(old.path) :])
