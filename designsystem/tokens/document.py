"""One token file: its tokens with their places, and everything wrong with it that the file alone can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID
from weakref import ReferenceType

from designsystem.jsontext.file import JsonFile, read_json
from designsystem.jsontext.nodes import Node, pointer
from designsystem.problem import Problem, Severity
from designsystem.tokens.groups import Extension, Groups
from designsystem.tokens.heirs import HeirReader
from designsystem.tokens.reader import Reader
from designsystem.tokens.token import Token
from designsystem.tokens.types.findings import Reference, Steps


class Since(NamedTuple):
    """Which document this one was made from by an edit, while that is there, and the tokens that the edit reached."""

    document: ReferenceType[TokenDocument]
    reached: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class TokenDocument:
    """A parsed token file. ``tokens`` is in the order of the file; ``problems`` are those of this file alone.

    ``references`` holds, for each token that refers to others, where it does so and which types it asks for;
    ``inherited_types`` the nearest group's ``$type`` of tokens that have none of their own; ``groups`` the paths of
    all groups; ``explicit_ids`` the ids that tokens carry in their ``$extensions``; ``extensions`` the groups that
    extend others; ``late`` the tokens whose shape shows only once parts borrowed from others are in place.

    What groups inherit depends on every file of a set: :func:`with_inherited` adds it, and ``inherited`` says of which
    tokens the file itself has only the ``$extends``, at that offset. ``is_settled``: no other file is needed.

    ``is_local``: what is said of a token depends on itself and the groups around it alone; ``refers``: whether the file
    may hold reference objects. By these :mod:`designsystem.tokens.rereading` knows what an edit cannot have changed.
    """

    path: str
    source: bytes = field(repr=False)
    file: JsonFile = field(repr=False)
    tokens: Mapping[str, Token] = field(repr=False)
    problems: tuple[Problem, ...] = ()
    references: Mapping[str, tuple[Reference, ...]] = field(default_factory=dict, repr=False)
    inherited_types: Mapping[str, str] = field(default_factory=dict, repr=False)
    groups: frozenset[str] = field(default=frozenset(), repr=False)
    explicit_ids: Mapping[str, UUID] = field(default_factory=dict, repr=False)
    extensions: tuple[Extension, ...] = field(default=(), repr=False)
    late: frozenset[str] = field(default=frozenset(), repr=False)
    inherited: Mapping[str, int] = field(default_factory=dict, repr=False)
    is_settled: bool = True
    is_local: bool = field(default=False, repr=False)
    refers: bool = field(default=False, repr=False)
    since: Since | None = field(default=None, repr=False)

    @property
    def root(self) -> Node | None:
        """The tree of the file; None where it is not JSON."""
        return self.file.root

    def node_of(self, path: str) -> Node | None:
        """The object of the token or group at a path."""
        return self.root.at(path.split(".")) if self.root else None

    def value_problem(self, token: Token, code: str, at: Steps, message: str, severity: Severity = "error") -> Problem:
        """A problem that points at one part of a token's value."""
        node = None if token.path in self.inherited else self.node_of(token.path)
        value = node.get("$value") if node else None
        place = (value.at(at) if value else None) or value or node
        steps = (*token.path.split("."), "$value", *at)
        offset = place.start if place else self.inherited.get(token.path, 0)
        return self.file.problem(code, offset, message, pointer=pointer(steps), subject=token.path, severity=severity)


def parse_document(path: str, source: bytes) -> TokenDocument:
    """Reads a token file; never raises for what is in it. A file that is no JSON has no tokens and says why."""
    file = read_json(path, source, is_property)
    if file.root is None:
        return TokenDocument(path, source, file, {}, file.problems)
    return _read(source, file, Reader(file))


def with_inherited(document: TokenDocument, groups: Groups) -> TokenDocument:
    """The same file, with what its groups inherit from those of the whole set."""
    return _read(document.source, document.file, HeirReader(document.file, groups))


def _read(source: bytes, file: JsonFile, reader: Reader) -> TokenDocument:
    if file.root is not None:
        reader.read(file.root)
    settled = not (reader.extensions or reader.unsettled)
    return TokenDocument(
        file.path,
        source,
        file,
        reader.tokens,
        (*file.problems, *reader.problems),
        reader.references,
        reader.inherited_types,
        frozenset(reader.groups),
        reader.explicit_ids,
        tuple(reader.extensions),
        frozenset(reader.late),
        reader.inherited if isinstance(reader, HeirReader) else {},
        settled,
        settled and not (reader.looked_around or file.problems or isinstance(reader, HeirReader)),
        reader.refers,
    )


def is_property(key: str) -> bool:
    """Whether what stands under this key is one property, read in one piece."""
    return key.startswith("$")
