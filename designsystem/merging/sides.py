"""One side of a merge: its token files as written, and where the tokens of the base are in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from designsystem.compare.renames import find_renames
from designsystem.jsontext.nodes import Node
from designsystem.jsontext.values import equal
from designsystem.tokens.document import TokenDocument, parse_document
from designsystem.tokens.pointers import REF
from designsystem.tokens.set import TokenSet

SURE_ENOUGH = 0.6
"""How sure a rename must be that no id states: a wrong one would merge two tokens into one."""

_COMPOSITE = frozenset({"border", "transition", "shadow", "typography", "strokeStyle"})


class Key(NamedTuple):
    """A declaration of a token: themes declare the same path in several files."""

    file: str
    path: str


class SideState:
    """The files of one side, each token and group by where it is declared."""

    def __init__(self, documents: Mapping[str, TokenDocument]) -> None:
        self.documents = dict(documents)

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> SideState:
        """The state that files make."""
        return cls({path: parse_document(path, source) for path, source in files.items()})

    @property
    def is_readable(self) -> bool:
        """Whether every file is a JSON object: only such can be merged by what they mean."""
        return all(is_object(document) for document in self.documents.values())

    def declarations(self) -> Iterator[Key]:
        """Every declaration, in the order of files and lines."""
        for file, document in self.documents.items():
            for path in document.tokens:
                yield Key(file, path)

    def has(self, key: Key) -> bool:
        """Whether a token is declared there."""
        document = self.documents.get(key.file)
        return document is not None and key.path in document.tokens

    def stated(self, key: Key) -> dict[str, Any]:
        """What a token says itself, property by property; parts of a composite value apart from one another."""
        document = self.documents[key.file]
        node = document.node_of(key.path)
        return _fields(node, document.tokens[key.path].type) if node is not None else {}

    def group(self, file: str, path: str) -> dict[str, Any] | None:
        """What a group says itself; None where there is none."""
        document = self.documents.get(file)
        root = document.root if document is not None else None
        node = root if not path else document.node_of(path) if document is not None else None
        if document is None or node is None or node.kind != "object" or (path and path not in document.groups):
            return None
        return {
            member.key: member.node.value for member in node.members if member.key[:1] == "$" and member.key != "$root"
        }

    def groups(self) -> Iterator[Key]:
        """Every group, the files themselves first."""
        for file, document in self.documents.items():
            yield Key(file, "")
            for path in sorted(document.groups):
                yield Key(file, path)


def _fields(node: Node, type_name: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for member in node.members:
        if member.key[:1] != "$" or member.key == "$root":
            continue
        value = member.node.value
        if member.key == "$value" and type_name in _COMPOSITE and type(value) is dict and REF not in value:
            found |= {f"$value/{key}": part for key, part in value.items()}
        else:
            found[member.key] = value
    return found


def whole(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of a token, a composite value put together again."""
    parts = {key.removeprefix("$value/"): value for key, value in fields.items() if key.startswith("$value/")}
    plain = {key: value for key, value in fields.items() if not key.startswith("$value/")}
    if REF in plain and "$value" not in plain:
        plain["$value"] = {REF: plain.pop(REF)}
    return {"$value": parts, **plain} if parts and "$value" not in plain else plain


def is_object(document: TokenDocument) -> bool:
    """Whether a file is a JSON object."""
    return document.root is not None and document.root.kind == "object"


class Whereabouts:
    """Where each token of the base is on one side, and what that side added."""

    def __init__(self, base: SideState, side: SideState) -> None:
        self.now: dict[Key, Key | None] = {key: key if side.has(key) else None for key in base.declarations()}
        taken = {key for key in self.now.values() if key is not None}
        gone = [key for key, found in self.now.items() if found is None]
        self.added = [key for key in side.declarations() if key not in taken]
        for old, new in [*self._by_id(base, side, gone), *self._elsewhere(base, side), *self._renamed(base, side)]:
            if self.now[old] is None and new in self.added:
                self.now[old] = new
                self.added.remove(new)

    @property
    def paths(self) -> dict[str, str]:
        """The renames: old path to new, where no declaration of the old path is left."""
        kept = {found.path for found in self.now.values() if found is not None}
        return {
            old.path: new.path
            for old, new in self.now.items()
            if new is not None and new.path != old.path and old.path not in kept
        }

    def yield_to(self, taken: Collection[Key]) -> None:
        """A rename to where the other side has put a token of its own is a deletion and an addition to both."""
        for old, new in self.now.items():
            if new is not None and new != old and new in taken:
                self.now[old] = None
                self.added.append(new)

    def _by_id(self, base: SideState, side: SideState, gone: list[Key]) -> Iterator[tuple[Key, Key]]:
        """The same explicit id; a rename through the API writes one, which is the old path's own."""
        holders: dict[UUID, Key] = {}
        for key in self.added:
            identifier = side.documents[key.file].explicit_ids.get(key.path)
            if identifier is not None:
                holders.setdefault(identifier, key)
        for key in gone:
            identifier = base.documents[key.file].explicit_ids.get(key.path)
            if identifier in holders:
                yield key, holders[identifier]

    def _elsewhere(self, base: SideState, side: SideState) -> Iterator[tuple[Key, Key]]:
        """The same path in another file."""
        places: dict[str, list[Key]] = {}
        for key in self.added:
            places.setdefault(key.path, []).append(key)
        for key, found in list(self.now.items()):
            if found is None and len(places.get(key.path, ())) == 1:
                yield key, places[key.path][0]

    def _renamed(self, base: SideState, side: SideState) -> Iterator[tuple[Key, Key]]:
        """Recognised by value and place, within one file."""
        for file, document in base.documents.items():
            other = side.documents.get(file)
            removed = [key.path for key, found in self.now.items() if found is None and key.file == file]
            added = [key.path for key in self.added if key.file == file]
            if other is None or not removed or not added:
                continue
            for rename in find_renames(TokenSet.build([document]), TokenSet.build([other]), removed, added):
                if rename.confidence >= SURE_ENOUGH:
                    yield Key(file, rename.old), Key(file, rename.new)


def alike(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """Whether two tokens say the same."""
    return equal(dict(a), dict(b))


def effective_type(document: TokenDocument, path: str) -> str | None:
    """The type that a token has, be it through its groups."""
    token = document.tokens[path]
    return token.type or document.inherited_types.get(path)
