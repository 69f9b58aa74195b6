"""One token file: its tokens with their places, and everything wrong with it that the file alone can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from designsystem.jsontext.file import JsonFile, read_json
from designsystem.jsontext.nodes import Node, pointer
from designsystem.problem import Problem, Severity
from designsystem.tokens.reader import Reader
from designsystem.tokens.token import Token
from designsystem.tokens.types.findings import Reference, Steps


@dataclass(frozen=True, slots=True, eq=False)
class TokenDocument:
    """A parsed token file. ``tokens`` is in the order of the file; ``problems`` are those of this file alone.

    ``references`` holds, for each token that refers to others, where it does so and which types it asks for;
    ``inherited_types`` the nearest group's ``$type`` of tokens that have none of their own; ``groups`` the paths of
    all groups; ``explicit_ids`` the ids that tokens carry in their ``$extensions``.
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

    @property
    def root(self) -> Node | None:
        """The tree of the file; None where it is not JSON."""
        return self.file.root

    def node_of(self, path: str) -> Node | None:
        """The object of the token or group at a path."""
        return self.root.at(path.split(".")) if self.root else None

    def value_problem(self, token: Token, code: str, at: Steps, message: str, severity: Severity = "error") -> Problem:
        """A problem that points at one part of a token's value."""
        node = self.node_of(token.path)
        value = node.get("$value") if node else None
        place = (value.at(at) if value else None) or value or node
        steps = (*token.path.split("."), "$value", *at)
        offset = place.start if place else 0
        return self.file.problem(code, offset, message, pointer=pointer(steps), subject=token.path, severity=severity)


def parse_document(path: str, source: bytes) -> TokenDocument:
    """Reads a token file; never raises for what is in it. A file that is no JSON has no tokens and says why."""
    file = read_json(path, source, _is_property)
    if file.root is None:
        return TokenDocument(path, source, file, {}, file.problems)
    reader = Reader(file)
    reader.read(file.root)
    return TokenDocument(
        path,
        source,
        file,
        reader.tokens,
        (*file.problems, *reader.problems),
        reader.references,
        reader.inherited_types,
        frozenset(reader.groups),
        reader.explicit_ids,
    )


def _is_property(key: str) -> bool:
    return key.startswith("$")
