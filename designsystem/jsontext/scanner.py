"""Reads JSON text (RFC 8259) into nodes with positions, at close to the speed of the interpreter's own C scanner.

Objects are walked here, key by key; whole values below them are read by ``json``'s C scanner, which tells where it
stopped. What it cannot tell (where a duplicate key or a huge number stands) is looked up only once it is known to be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from json.decoder import JSONDecodeError, JSONDecoder, scanstring  # type: ignore[attr-defined]
from math import isinf
from typing import Any, NamedTuple

from designsystem import codes
from designsystem.jsontext.faults import explain
from designsystem.jsontext.nodes import Member, Node
from designsystem.jsontext.values import MAX_DEPTH

_SPACE = re.compile(r"[ \t\n\r]*")
_KEY = re.compile(r'"([^"\\\x00-\x1f]*)"[ \t\n\r]*:[ \t\n\r]*')
_COLON = re.compile(r"[ \t\n\r]*:[ \t\n\r]*")
_NEXT = re.compile(r"[ \t\n\r]*,[ \t\n\r]*")
_LEXEME = re.compile(r'"(?:[^"\\]|\\.)*"|-?Infinity|NaN|-?\d[\d.eE+-]*|[\[\]{}]', re.DOTALL)
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_MAX_DIGITS = 308


class Fault(NamedTuple):
    """Something wrong in a text, and where."""

    code: str
    offset: int
    message: str


class Malformed(Exception):
    """The text is not JSON that can be read."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class _Constant(Exception):
    """The C scanner met NaN or Infinity, which JSON does not have."""


class _Huge(Exception):
    """The C scanner met a number that no double can hold."""


def _number(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise _Huge
    return number


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise _Huge
    return int(text)


def _constant(name: str) -> Any:
    raise _Constant(name)


def never(_key: str) -> bool:
    """The default for ``leaf``: every object below objects is walked at once."""
    return False


class Scanner:
    """Reads one text. ``repeated`` collects the members whose key stood before in the same object."""

    def __init__(self, text: str, leaf: Callable[[str], bool] = never) -> None:
        self.text = text
        self.leaf = leaf
        self.repeated: list[Member] = []
        self._duplicates = False
        decoder = JSONDecoder(
            object_pairs_hook=self._pairs, parse_float=_number, parse_int=_integer, parse_constant=_constant
        )
        self._scan: Callable[[str, int], tuple[Any, int]] = decoder.scan_once  # type: ignore[attr-defined]

    def document(self) -> Node:
        """The one value of the whole text; raises Malformed."""
        start = _SPACE.match(self.text, 0).end()  # type: ignore[union-attr]
        node = self.node(start, 0, False)
        rest = _SPACE.match(self.text, node.end).end()  # type: ignore[union-attr]
        if rest < len(self.text):
            raise self._fault(rest, "Extra data")
        self._refuse_lone_surrogates(start, rest)
        return node

    def run(self, start: int, stop: int, depth: int, *, first: bool, last: bool) -> list[Member] | None:
        """The members of an object that stand from ``start`` to exactly ``stop``; None where there is something else.

        ``start`` is where its brace or the member before ended (``first`` says which), ``stop`` where the member after
        begins or the object ends (``last``). Raises Malformed.
        """
        text, at, opens = self.text, _SPACE.match(self.text, start).end(), first  # type: ignore[union-attr]
        members: list[Member] = []
        while True:
            if not opens:
                comma = _NEXT.match(text, at)
                if comma is None:
                    break
                at, opens = comma.end(), True
            if at >= stop:
                break
            members.append(self._member(at, depth))
            at, opens = members[-1].node.end, False
        ends = not opens or (first and not members)
        if _SPACE.match(text, at).end() != stop or not (ends if last else opens):  # type: ignore[union-attr]
            return None
        self._refuse_lone_surrogates(start, stop)
        return members

    def _member(self, at: int, depth: int) -> Member:
        match = _KEY.match(self.text, at)
        if match is None:
            key, key_end, value_at = self._escaped_key(at)
        else:
            key, key_end, value_at = match[1], match.end(1) + 1, match.end()
        return Member(key, at, key_end, self.node(value_at, depth, self.leaf(key)))

    def node(self, start: int, depth: int, leaf: bool) -> Node:
        """The value that starts here; raises Malformed."""
        if not leaf and self.text.startswith("{", start):
            return self._object(start, depth + 1)
        return self._whole(start, depth)

    def _object(self, start: int, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self._too_deep(start)
        members = self._members(start, depth)
        end = _SPACE.match(self.text, members[-1].node.end if members else start + 1).end() + 1  # type: ignore[union-attr]
        return Node(self.text, start, end, self._expand, members=members)

    def _members(self, start: int, depth: int) -> list[Member]:
        text, leaf = self.text, self.leaf
        members: list[Member] = []
        keys: set[str] = set()
        at = _SPACE.match(text, start + 1).end()  # type: ignore[union-attr]
        if text.startswith("}", at):
            return members
        while True:
            match = _KEY.match(text, at)
            if match is None:
                key, key_end, value_at = self._escaped_key(at)
            else:
                key, value_at = match[1], match.end()
                key_end = match.end(1) + 1
            node = self.node(value_at, depth, leaf(key))
            member = Member(key, at, key_end, node)
            members.append(member)
            if key in keys:
                self.repeated.append(member)
            keys.add(key)
            following = _NEXT.match(text, node.end)
            if following is None:
                break
            at = following.end()
        close = _SPACE.match(text, node.end).end()  # type: ignore[union-attr]
        if not text.startswith("}", close):
            raise self._fault(close, "Expecting ',' delimiter")
        return members

    def _escaped_key(self, at: int) -> tuple[str, int, int]:
        if not self.text.startswith('"', at):
            raise self._fault(at, "Expecting property name enclosed in double quotes")
        try:
            key, end = scanstring(self.text, at + 1, True)
        except JSONDecodeError as error:
            raise self._fault(error.pos, error.msg) from None
        colon = _COLON.match(self.text, end)
        if colon is None:
            raise self._fault(_SPACE.match(self.text, end).end(), "Expecting ':' delimiter")  # type: ignore[union-attr]
        return key, end, colon.end()

    def _whole(self, start: int, depth: int) -> Node:
        self._duplicates = False
        try:
            value, end = self._scan(self.text, start)
        except JSONDecodeError as error:
            raise self._fault(error.pos, error.msg) from None
        except StopIteration as stop:
            raise self._fault(stop.value, "Expecting value") from None
        except _Constant as constant:
            raise self._fault(self._find(start, str(constant)), "Constant") from None
        except _Huge:
            raise self._huge(start) from None
        except RecursionError:
            raise self._too_deep(start) from None
        node = Node(self.text, start, end, self._expand, value)
        if isinstance(value, (dict, list)):
            self._inspect(node, depth)
        return node

    def _inspect(self, node: Node, depth: int) -> None:
        count = self.text.count
        if count("{", node.start, node.end) + count("[", node.start, node.end) > MAX_DEPTH - depth:
            self._measure(node, depth)
        if self._duplicates:
            self._duplicates = False
            _touch(node)

    def _measure(self, node: Node, depth: int) -> None:
        for match in _LEXEME.finditer(self.text, node.start, node.end):
            lexeme = match[0]
            depth += 1 if lexeme in "{[" else -1 if lexeme in "}]" else 0
            if depth > MAX_DEPTH:
                raise self._too_deep(match.start())

    def _expand(self, node: Node) -> list[Any]:
        """The parts of a value that had been read as a whole."""
        inner = self
        if self.leaf is not never:
            inner = Scanner(self.text)
            inner.repeated = self.repeated
        if self.text.startswith("{", node.start):
            return inner._members(node.start, 0)
        return list(inner._items(node.start))

    def _items(self, start: int) -> Iterator[Node]:
        at = _SPACE.match(self.text, start + 1).end()  # type: ignore[union-attr]
        while not self.text.startswith("]", at):
            item = self.node(at, 0, False)
            yield item
            following = _NEXT.match(self.text, item.end) or _SPACE.match(self.text, item.end)
            at = following.end()  # type: ignore[union-attr]

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            self._duplicates = True
        return result

    def _find(self, start: int, name: str) -> int:
        return next((match.start() for match in _LEXEME.finditer(self.text, start) if match[0] == name), start)

    def _huge(self, start: int) -> Malformed:
        for match in _LEXEME.finditer(self.text, start):
            try:
                if match[0][0] in "-0123456789":
                    _number(match[0]) if set(match[0]) & set(".eE") else _integer(match[0])
            except _Huge:
                start = match.start()
                break
            except ValueError:
                continue
        message = "this number is too large; write one between -1.8e308 and 1.8e308"
        return Malformed(Fault(codes.NUMBER_OUT_OF_RANGE, start, message))

    def _too_deep(self, offset: int) -> Malformed:
        message = f"objects and arrays nest more than {MAX_DEPTH} levels deep here; flatten them"
        return Malformed(Fault(codes.TOO_DEEP, offset, message))

    def _fault(self, offset: int, reason: str) -> Malformed:
        where, message = explain(self.text, offset, reason)
        return Malformed(Fault(codes.NOT_JSON, where, message))

    def _refuse_lone_surrogates(self, start: int, stop: int) -> None:
        if _SURROGATE_ESCAPE.search(self.text, start, stop) is None:
            return
        for match in _LEXEME.finditer(self.text, start, stop):
            if match[0][0] == '"' and _SURROGATE_ESCAPE.search(match[0]):
                string, _ = scanstring(self.text, match.start() + 1, True)
                if any("\ud800" <= char <= "\udfff" for char in string):
                    message = "this string holds half of a surrogate pair; write the character itself or both halves"
                    raise Malformed(Fault(codes.LONE_SURROGATE, match.start(), message))


class Locator(Scanner):
    """Locates the parts of values that are known to be right, one level at a time."""

    def __init__(self, text: str, leaf: Callable[[str], bool]) -> None:
        super().__init__(text, leaf)
        self._scan = JSONDecoder().scan_once  # type: ignore[attr-defined]

    def node(self, start: int, depth: int, leaf: bool) -> Node:
        """The value that starts here; an object's is read again when asked for, unless it is a leaf."""
        value, end = self._scan(self.text, start)
        keeps = leaf or type(value) is not dict
        return Node(self.text, start, end, self.expand, *([value] if keeps else []))

    def expand(self, node: Node) -> list[Any]:
        """The parts of a value, located."""
        if self.text.startswith("{", node.start):
            return self._members(node.start, 0)
        return list(self._items(node.start))


def _touch(node: Node) -> None:
    """Locates every part of a value, so that repeated keys below it are found."""
    for part in node.items or [member.node for member in node.members]:
        _touch(part)


def parse(text: str, leaf: Callable[[str], bool] = never) -> tuple[Node | None, list[Fault]]:
    """The node of a whole text and what is wrong with it; no node where the text cannot be read.

    ``leaf`` tells by its key whether a member's value is read in one piece (its parts are then located on first
    touch): what makes a file of 10,000 tokens cheap.
    """
    scanner = Scanner(text, leaf)
    try:
        root = scanner.document()
    except Malformed as malformed:
        return None, [malformed.fault]
    faults = [
        Fault(codes.DUPLICATE_KEY, member.key_start, f'the key "{member.key}" stands twice in this object; keep one')
        for member in sorted(scanner.repeated, key=lambda member: member.key_start)
    ]
    return root, faults
