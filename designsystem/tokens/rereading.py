"""Reads a token file after an edit at the price of the edit: what it cannot have changed is taken over."""

from __future__ import annotations

from bisect import bisect_left
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple
from weakref import ref

from designsystem.jsontext.nodes import Node, pointer
from designsystem.jsontext.rereading import Reread, Rules, reread
from designsystem.problem import Problem
from designsystem.tokens.document import Since, TokenDocument, is_property, parse_document
from designsystem.tokens.names import ROOT
from designsystem.tokens.pointers import REF
from designsystem.tokens.reader import Reader, Scope, handed_down, may_refer
from designsystem.tokens.token import Token

_OF_OLD_TOKENS = frozenset({"value", "type"})
"""Members by which a group may look like a token as it was written before the format had its ``$`` signs."""


def parse_edited(before: TokenDocument | None, path: str, source: bytes) -> TokenDocument:
    """The same document as ``parse_document`` gives, sooner where ``before`` differs from it in one place."""
    known = _edited(before, source) if before is not None and before.path == path else None
    return known if known is not None else parse_document(path, source)


class _Places(NamedTuple):
    """Line and column where what was read again begins and ended, and where what follows stands now."""

    start: tuple[int, int]
    stop: tuple[int, int]
    now: tuple[int, int]

    @property
    def moves(self) -> bool:
        return self.stop != self.now

    def moved(self, line: int, column: int) -> tuple[int, int]:
        if line == self.stop[0]:
            column += self.now[1] - self.stop[1]
        return line + self.now[0] - self.stop[0], column


def _edited(before: TokenDocument, source: bytes) -> TokenDocument | None:
    root = before.root
    if not before.is_local or root is None or root.kind != "object" or source.startswith(BOM_UTF8):
        return None
    try:
        text = source.decode("utf-8")
    except UnicodeDecodeError:
        return None
    found = reread(root, text, Rules(is_property, _enters(before), _concerns_group))
    stated = [_stated(node) for node in found.around] if found is not None else []
    if found is None or any(REF in own or "$value" in own for own in stated):
        return None
    start, old_stop, new_stop = found.edit
    if may_refer(text if before.refers else text[start:new_stop]) is not before.refers:
        return None
    file = before.file.edited(text, found.root, start, old_stop, new_stop)
    reader = Reader(file, before.refers)
    scope = _scope(found.way, stated)
    reader.read_again(found.fresh, scope)
    if reader.extensions or reader.unsettled or reader.looked_around:
        return None
    places = _Places(before.file.position(start), before.file.position(old_stop), file.position(new_stop))
    return _joined(before, source, found, reader, scope, places)


def _enters(before: TokenDocument) -> Callable[[tuple[str, ...]], bool]:
    def enters(way: tuple[str, ...]) -> bool:
        return "." not in way[-1] and ".".join(way) in before.groups

    return enters


def _concerns_group(key: str) -> bool:
    return key in _OF_OLD_TOKENS or (key.startswith("$") and key != ROOT)


def _stated(node: Node) -> dict[str, Any]:
    return {member.key: member.node.value for member in node.members if member.key[:1] == "$" and member.key != ROOT}


def _scope(way: tuple[str, ...], stated: list[dict[str, Any]]) -> Scope:
    """What the groups around what was read again hand down, by what each says of itself."""
    scope = handed_down(Scope("", ""), stated[0])
    for (path, at), own in zip(_places_of(way)[1:], stated[1:], strict=True):
        scope = handed_down(scope._replace(path=path, pointer=at), own)
    return scope


def _places_of(way: tuple[str, ...]) -> list[tuple[str, str]]:
    """Path and pointer of each group on a way, that of the file itself first."""
    return [(".".join(way[:depth]), pointer(way[:depth])) for depth in range(len(way) + 1)]


def _joined(
    before: TokenDocument, source: bytes, found: Reread, reader: Reader, scope: Scope, places: _Places
) -> TokenDocument:
    old = list(before.tokens.values())
    first, last = (bisect_left(old, place, key=_place_of) for place in (places.start, places.stop))
    gone = [token.path for token in old[first:last]]
    tokens = _tokens(before, old, (first, last), reader.tokens, places)

    def joined(mine: Mapping[str, Any], fresh: Mapping[str, Any]) -> Mapping[str, Any]:
        return _spliced(mine, gone, fresh, tokens)

    late = before.late
    if reader.late or not late.isdisjoint(gone):
        late = late.difference(gone) | reader.late
    return replace(
        before,
        source=source,
        file=reader.file,
        tokens=tokens,
        problems=_problems(before, reader.problems, found, places),
        references=joined(before.references, reader.references),
        inherited_types=joined(before.inherited_types, reader.inherited_types),
        groups=_groups(before.groups, scope.path, found, reader.groups),
        explicit_ids=joined(before.explicit_ids, reader.explicit_ids),
        late=late,
        since=Since(ref(before), frozenset((*gone, *reader.tokens))),
    )


def _tokens(
    before: TokenDocument, old: list[Token], reached: tuple[int, int], fresh: dict[str, Token], places: _Places
) -> dict[str, Token]:
    first, last = reached
    if not places.moves and [token.path for token in old[first:last]] == list(fresh):
        return {**before.tokens, **fresh}
    found = {token.path: token for token in old[:first]}
    found.update(fresh)
    moved = last
    if places.moves:
        by = places.now[0] - places.stop[0]
        moved = len(old) if by else bisect_left(old, (places.stop[0] + 1, 0), key=_place_of)
    found.update((token.path, _placed(token, *places.moved(token.line, token.column))) for token in old[last:moved])
    found.update((token.path, token) for token in old[moved:])
    return found


def _placed(token: Token, line: int, column: int) -> Token:
    """The same token at another place; ``dataclasses.replace`` would take three times as long."""
    return Token(
        token.path,
        token.type,
        token.value,
        token.description,
        token.deprecated,
        token.extensions,
        token.alias_paths,
        token.file,
        line,
        column,
        token.pointer,
        token.explicit_id,
        token.filled,
    )


def _place_of(token: Token) -> tuple[int, int]:
    return token.line, token.column


def _spliced(
    mine: Mapping[str, Any], gone: Iterable[str], fresh: Mapping[str, Any], order: Iterable[str]
) -> Mapping[str, Any]:
    """What is known by token, with what was read again instead of what stood there; in the order of tokens."""
    lost = [path for path in gone if path in mine]
    if lost == list(fresh):
        return {**mine, **fresh} if fresh else mine
    left = {**mine}
    for path in lost:
        del left[path]
    left.update(fresh)
    return {path: left[path] for path in order if path in left}


def _groups(groups: frozenset[str], around: str, found: Reread, fresh: list[str]) -> frozenset[str]:
    above = f"{around}." if around else ""
    names = {member.key for member in found.gone if "." not in member.key}
    lost: set[str] = set()
    if any(f"{above}{name}" in groups for name in names):
        lost = {group for group in groups if group.startswith(above) and group[len(above) :].split(".", 1)[0] in names}
    return groups if lost == set(fresh) else (groups - lost).union(fresh)


def _problems(before: TokenDocument, fresh: list[Problem], found: Reread, places: _Places) -> tuple[Problem, ...]:
    """In the order in which a walk meets them: what groups say of themselves comes before all that they hold."""
    groups = _places_of(found.way)
    head: list[Problem] = []
    tail: list[Problem] = []
    for problem in before.problems:
        place = problem.line, problem.column
        moved = problem
        if place >= places.stop and places.moves:
            line, column = places.moved(problem.line, problem.column)
            moved = replace(problem, line=line, column=column)
        if place < places.start or any(
            problem.subject == path and problem.pointer.startswith(f"{at}/$") for path, at in groups
        ):
            head.append(moved)
        elif place >= places.stop:
            tail.append(moved)
    return (*head, *fresh, *tail)
