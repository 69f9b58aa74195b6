"""A JSON text as a tree that remembers where each key and value stands, in characters from the start of the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

Kind = Literal["object", "array", "string", "number", "literal"]

_UNREAD: Any = object()
FEW = 16
"""Members of an object that are looked through one by one; with more it keeps an index from the first look-up on."""

_KINDS: dict[str, Kind] = {"{": "object", "[": "array", '"': "string", "t": "literal", "f": "literal", "n": "literal"}


class Node:
    """One JSON value: the span ``start`` to ``end`` (exclusive) of its text, and what it says.

    The parts of a value that was read as a whole (see ``scanner.parse``'s ``leaf``) are located on first touch. The
    memos are written without a lock: two threads at worst work out the same answer.
    """

    __slots__ = ("_expand", "_index", "_members", "_value", "end", "start", "text")

    def __init__(
        self,
        text: str,
        start: int,
        end: int,
        expand: Callable[[Node], list[Any]],
        value: Any = _UNREAD,
        members: list[Any] | None = None,
    ) -> None:
        self.text = text
        self.start = start
        self.end = end
        self._expand = expand
        self._value = value
        self._members = members
        self._index: dict[str, Member] | None = None

    @property
    def kind(self) -> Kind:
        return _KINDS.get(self.text[self.start], "number")

    @property
    def raw(self) -> str:
        """The text of this value as it stands in the file."""
        return self.text[self.start : self.end]

    @property
    def value(self) -> Any:
        """The value as plain Python; of a key that stands twice the last counts."""
        if self._value is _UNREAD:
            self._value = {member.key: member.node.value for member in self.members}
        return self._value

    @property
    def members(self) -> list[Member]:
        """The members of an object in order; none for anything else."""
        return self._parts() if self.text[self.start] == "{" else []

    @property
    def items(self) -> list[Node]:
        """The items of an array in order; none for anything else."""
        return self._parts() if self.text[self.start] == "[" else []

    def member(self, key: str) -> Member | None:
        """The member with this key; the last one where it stands twice."""
        members = self.members
        if len(members) <= FEW:
            return next((member for member in reversed(members) if member.key == key), None)
        if self._index is None:
            self._index = {member.key: member for member in members}
        return self._index.get(key)

    def get(self, key: str) -> Node | None:
        """The value under this key of an object."""
        member = self.member(key)
        return member.node if member else None

    def at(self, steps: Iterable[str | int]) -> Node | None:
        """The value that a path of keys and indexes leads to."""
        node: Node | None = self
        for step in steps:
            if node is None:
                return None
            if isinstance(step, int):
                items = node.items
                node = items[step] if 0 <= step < len(items) else None
            else:
                node = node.get(step)
        return node

    def _parts(self) -> list[Any]:
        if self._members is None:
            self._members = self._expand(self)
        return self._members

    def __repr__(self) -> str:
        return f"Node({self.start}:{self.end} {self.raw[:40]!r})"


class Member:
    """A key of an object with its span (quotes included) and its value."""

    __slots__ = ("key", "key_end", "key_start", "node")

    def __init__(self, key: str, key_start: int, key_end: int, node: Node) -> None:
        self.key = key
        self.key_start = key_start
        self.key_end = key_end
        self.node = node

    def __repr__(self) -> str:
        return f"Member({self.key!r} {self.key_start}:{self.key_end})"


def moved(members: Iterable[Member], text: str, by: int, expand: Callable[[Node], list[Any]]) -> list[Member]:
    """The same members in another text, so much further on; what is in them is located there when asked for."""
    return [
        Member(
            member.key,
            member.key_start + by,
            member.key_end + by,
            Node(text, (node := member.node).start + by, node.end + by, expand, node._value),
        )
        for member in members
    ]


def pointer(steps: Iterable[str | int]) -> str:
    """RFC 6901 JSON Pointer of a path of keys and indexes."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)
