"""Reads again only the members of an object that an edit of its text reached; the rest of the tree is taken over.

That the whole text is JSON follows: what stands before and after is the same, and between them stand members again,
up to exactly where the next one begins or the object ends. The new tree holds on to the new text only.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import NamedTuple

from designsystem.jsontext.nodes import Member, Node, moved
from designsystem.jsontext.scanner import Locator, Malformed, Scanner

_BLOCK = 1 << 16


class Edit(NamedTuple):
    """What stands from ``start`` to ``old_stop`` of one text stands to ``new_stop`` of the other; the rest is alike."""

    start: int
    old_stop: int
    new_stop: int


class Reread(NamedTuple):
    """A new tree: in the object that ``way`` leads to, ``fresh`` members stand where ``gone`` ones did, which is what
    ``edit`` says; all others are as they were. ``around`` are the objects of the old tree on that way, itself the last.
    """

    root: Node
    way: tuple[str, ...]
    around: tuple[Node, ...]
    gone: list[Member]
    fresh: list[Member]
    edit: Edit


class Rules(NamedTuple):
    """``leaf`` as for ``scanner.parse``; ``enters`` says of a way of keys whether the object there may be looked into,
    ``concerns_all`` of a key whether all of the object around depends on it."""

    leaf: Callable[[str], bool]
    enters: Callable[[tuple[str, ...]], bool]
    concerns_all: Callable[[str], bool]


class _Level(NamedTuple):
    """An object around the edit; ``place`` is which of its members was looked into, if any was."""

    node: Node
    place: int


class _Run(NamedTuple):
    """Members that stand instead of those from ``first`` to ``last``, which are ``gone``."""

    first: int
    last: int
    gone: list[Member]
    fresh: list[Member]
    span: Edit


def difference(old: str, new: str) -> Edit:
    """The shortest edit that turns one text into another."""
    most = min(len(old), len(new))
    start = _alike(most, lambda a, b: old[a:b] == new[a:b])
    ends = len(old), len(new)
    same = _alike(most - start, lambda a, b: old[ends[0] - b : ends[0] - a] == new[ends[1] - b : ends[1] - a])
    return Edit(start, ends[0] - same, ends[1] - same)


def reread(root: Node, new: str, rules: Rules) -> Reread | None:
    """The tree of a new text from that of another, which held no repeated key; None where it has to be read as a whole:
    where the root itself is reached, or what is reached is wrong."""
    edit = difference(root.text, new)
    if not (root.start < edit.start and edit.old_stop < root.end):
        return None
    way, levels = _descend(root, edit, rules)
    scanner = Scanner(new, rules.leaf)
    found = _run(levels, edit, scanner)
    if found is not None and _concerns_all(found, rules):
        # the object as a whole, then; not one further out: each attempt costs what is inside
        way, levels = way[:-1], levels[:-1]
        found = _run(levels, edit, scanner) if levels else None
    if found is None or scanner.repeated or _concerns_all(found, rules) or _is_repeated(levels[-1].node, found):
        return None
    around = tuple(level.node for level in levels)
    return Reread(_regrown(levels, new, found, rules.leaf), way, around, found.gone, found.fresh, found.span)


def _alike(most: int, same: Callable[[int, int], bool]) -> int:
    """How far two texts are the same, at most so far; ``same`` compares a part."""
    at = 0
    while at < most and same(at, min(at + _BLOCK, most)):
        at = min(at + _BLOCK, most)
    low, high = at, min(at + _BLOCK, most)
    while low < high:
        middle = (low + high + 1) // 2
        if same(low, middle):
            low = middle
        else:
            high = middle - 1
    return low


def _descend(root: Node, edit: Edit, rules: Rules) -> tuple[tuple[str, ...], list[_Level]]:
    """The objects whose braces stand around the edit, as far as they may be entered."""
    way: tuple[str, ...] = ()
    levels = [_Level(root, -1)]
    while True:
        node = levels[-1].node
        place = bisect_right(node.members, edit.start, key=lambda member: member.node.start) - 1
        if place < 0:
            return way, levels
        member = node.members[place]
        inside = member.node.start < edit.start and edit.old_stop < member.node.end
        if not inside or member.node.kind != "object" or not rules.enters((*way, member.key)):
            return way, levels
        way = (*way, member.key)
        levels[-1] = _Level(node, place)
        levels.append(_Level(member.node, -1))


def _reached(node: Node, edit: Edit) -> tuple[int, int, Edit]:
    """Which members of an object an edit inside its braces touches, and what stands from the one before these to the
    one after."""
    members = node.members
    first = bisect_left(members, edit.start, key=lambda member: member.node.end)
    last = max(first, bisect_right(members, edit.old_stop, key=lambda member: member.key_start))
    start = members[first - 1].node.end if first else node.start + 1
    stop = members[last].key_start if last < len(members) else node.end - 1
    return first, last, Edit(start, stop, stop + edit.new_stop - edit.old_stop)


def _run(levels: list[_Level], edit: Edit, scanner: Scanner) -> _Run | None:
    """What stands in the innermost object where the edit touches it; None where that are no members."""
    node = levels[-1].node
    first, last, span = _reached(node, edit)
    begins, ends = first == 0, last == len(node.members)
    try:
        fresh = scanner.run(span.start, span.new_stop, len(levels), first=begins, last=ends)
    except Malformed:
        return None
    return _Run(first, last, node.members[first:last], fresh, span) if fresh is not None else None


def _concerns_all(found: _Run, rules: Rules) -> bool:
    return any(rules.concerns_all(member.key) for member in (*found.gone, *found.fresh))


def _is_repeated(node: Node, found: _Run) -> bool:
    keys = [member.key for member in found.fresh]
    if keys == [member.key for member in found.gone]:
        return False
    kept = {member.key for member in (*node.members[: found.first], *node.members[found.last :])}
    return len(set(keys)) < len(keys) or not kept.isdisjoint(keys)


def _regrown(levels: list[_Level], text: str, found: _Run, leaf: Callable[[str], bool]) -> Node:
    span = found.span
    by, expand = span.new_stop - span.old_stop, Locator(text, leaf).expand

    def with_members(node: Node, first: int, last: int, fresh: list[Member]) -> Node:
        before, after = moved(node.members[:first], text, 0, expand), moved(node.members[last:], text, by, expand)
        return Node(text, node.start, node.end + by, expand, members=[*before, *fresh, *after])

    grown = with_members(levels[-1].node, found.first, found.last, found.fresh)
    for node, place in reversed(levels[:-1]):
        old = node.members[place]
        grown = with_members(node, place, place + 1, [Member(old.key, old.key_start, old.key_end, grown)])
    return grown
