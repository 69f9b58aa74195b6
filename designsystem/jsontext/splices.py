"""Changes to a JSON text that touch only the bytes that must change."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from designsystem.jsontext.nodes import Member, Node
from designsystem.jsontext.style import Style, line_indent, write, write_member
from designsystem.jsontext.values import equal

_LINE_BREAK = re.compile(r"\r\n|\n|\r")


class Splice(NamedTuple):
    """``text`` instead of what stands from ``start`` to ``end``."""

    start: int
    end: int
    text: str


class _Gap(NamedTuple):
    """What separates the parts of one object or array: blanks after a comma, indentation, whether on one line."""

    blanks: str
    base: str
    inline: bool


def apply(text: str, splices: Iterable[Splice]) -> str:
    """The text with all splices made; they do not overlap."""
    parts: list[str] = []
    done = 0
    for splice in sorted(splices, key=lambda splice: (splice.start, splice.end)):
        parts += (text[done : splice.start], splice.text)
        done = splice.end
    return "".join((*parts, text[done:]))


def change_value(node: Node, value: Any, style: Style, inline: bool = False) -> list[Splice]:
    """What turns a value into another: only the parts that differ, where both are objects or both are arrays.

    New members take the place among the others that they have in ``value``.
    """
    if equal(node.value, value):
        return []
    if isinstance(value, dict) and node.kind == "object":
        removed = [member.key for member in node.members if member.key not in value]
        return change_members(node, value, removed, style, complete=True)
    if isinstance(value, list) and value and node.items:
        return _change_items(node, value, style)
    text = write(value, style, line_indent(node.text, node.start), inline)
    return [Splice(node.start, node.end, text)]


def change_members(
    node: Node, changes: Mapping[str, Any], removed: Collection[str], style: Style, *, complete: bool = False
) -> list[Splice]:
    """What sets some members of an object and removes others.

    A new member goes after the one before it in ``changes``; the first of them to the end, or to the front where
    ``changes`` is ``complete``: all that the object will hold, in order.
    """
    members = node.members
    kept = {member.key: member for member in members if member.key not in removed}
    if not kept:
        added = {key: value for key, value in changes.items() if key not in removed}
        return [Splice(node.start, node.end, _rebuilt(node, added, style))] if added or members else []
    inline = not _has_line_break(node.raw)
    splices = _removals(members, kept)
    for key, member in kept.items():
        if key in changes:
            splices += change_value(member.node, changes[key], style, inline)
    return splices + _additions(node, kept, changes, style, complete)


def insert_member(node: Node, index: int, key: str, value: Any, style: Style, *, inline: bool = False) -> Splice:
    """What adds a member to an object as its ``index``-th; ``inline`` keeps its value on one line."""
    if not node.members:
        return Splice(node.start, node.end, _rebuilt(node, {key: value}, style))
    gap = _gap_of(node, style)
    return _placed(node.members, index, gap, write_member(key, value, style, gap.base, inline or gap.inline))


def insert_raw_member(node: Node, index: int, keys: Sequence[str], source: Node, style: Style) -> Splice:
    """What adds a value as it is written elsewhere in the file, indented anew, inside new objects but for one key."""
    gap = _gap_of(node, style)
    if gap.inline or style.indent is None:
        value = _nested(keys[1:], source.value)
        return _placed(node.members, index, gap, write_member(keys[0], value, style, gap.base, True))
    text = _wrapped(keys, source, gap.base, style)
    return _placed(node.members, index, gap, text)


def nest_value(node: Node, keys: Sequence[str], source: Node, style: Style) -> Splice:
    """What puts new objects in the place of a value, with a value as it is written elsewhere inside them."""
    base = line_indent(node.text, node.start)
    inner = base + (style.indent or "")
    if style.indent is None or not _has_line_break(node.text[: node.start]):
        return Splice(node.start, node.end, write(_nested(keys, source.value), style, base, True))
    text = f"{{{style.newline}{inner}{_wrapped(keys, source, inner, style)}{style.newline}{base}}}"
    return Splice(node.start, node.end, text)


def _nested(keys: Sequence[str], value: Any) -> Any:
    for key in reversed(keys):
        value = {key: value}
    return value


def _wrapped(keys: Sequence[str], source: Node, base: str, style: Style) -> str:
    opening = write_member(keys[0], None, style, base).removesuffix("null")
    if len(keys) == 1:
        old_base = re.escape(line_indent(source.text, source.start))
        return opening + re.sub(rf"(\r\n|\n|\r){old_base}", lambda match: match[1] + base, source.raw)
    inner = base + (style.indent or "")
    return f"{opening}{{{style.newline}{inner}{_wrapped(keys[1:], source, inner, style)}{style.newline}{base}}}"


def _additions(
    node: Node, kept: Mapping[str, Member], changes: Mapping[str, Any], style: Style, complete: bool
) -> list[Splice]:
    gap = _gap_of(node, style)
    anchor: Member | None = None if complete else list(kept.values())[-1]
    after: dict[Member | None, list[str]] = {}
    for key, value in changes.items():
        if key in kept:
            anchor = kept[key]
        else:
            after.setdefault(anchor, []).append(write_member(key, value, style, gap.base, gap.inline))
    splices = []
    for member, texts in after.items():
        if member is None:
            start = next(iter(kept.values())).key_start
            splices.append(Splice(start, start, "".join(f"{text},{gap.blanks}" for text in texts)))
        else:
            end = member.node.end
            splices.append(Splice(end, end, "".join(f",{gap.blanks}{text}" for text in texts)))
    return splices


def _placed(members: list[Member], index: int, gap: _Gap, text: str) -> Splice:
    if index <= 0:
        start = members[0].key_start
        return Splice(start, start, f"{text},{gap.blanks}")
    end = members[min(index, len(members)) - 1].node.end
    return Splice(end, end, f",{gap.blanks}{text}")


def _removals(members: list[Member], kept: Collection[str]) -> list[Splice]:
    """Each removed member goes with the comma before it; those before the first kept one with the comma after."""
    splices = []
    kept_before = False
    for index, member in enumerate(members):
        if member.key in kept:
            kept_before = True
        elif kept_before:
            splices.append(Splice(members[index - 1].node.end, member.node.end, ""))
        else:
            splices.append(Splice(member.key_start, members[index + 1].key_start, ""))
    return splices


def _change_items(node: Node, value: list[Any], style: Style) -> list[Splice]:
    items = node.items
    inline = not _has_line_break(node.raw)
    pairs = zip(items, value, strict=False)
    splices = [splice for item, new in pairs for splice in change_value(item, new, style, inline)]
    last = items[-1].end
    if len(value) < len(items):
        splices.append(Splice(items[len(value) - 1].end, last, ""))
    elif len(value) > len(items):
        gap = _gap(node, [(item.start, item.end) for item in items], style)
        added = (write(item, style, gap.base, gap.inline) for item in value[len(items) :])
        splices.append(Splice(last, last, "".join(f",{gap.blanks}{text}" for text in added)))
    return splices


def _rebuilt(node: Node, members: Mapping[str, Any], style: Style) -> str:
    inline = style.indent is None or (bool(node.members) and not _has_line_break(node.raw))
    return write(dict(members), style, line_indent(node.text, node.start), inline)


def _gap_of(node: Node, style: Style) -> _Gap:
    return _gap(node, [(member.key_start, member.node.end) for member in node.members], style)


def _gap(node: Node, spans: list[tuple[int, int]], style: Style) -> _Gap:
    blanks = node.text[node.start + 1 : spans[0][0]]
    if not _has_line_break(blanks):
        blanks = style.comma[1:]
        if len(spans) > 1:
            blanks = node.text[spans[0][1] : spans[1][0]].split(",", 1)[1]
    if not _has_line_break(blanks):
        return _Gap(blanks, line_indent(node.text, node.start), True)
    blanks = _last_line(blanks)
    return _Gap(blanks, _LINE_BREAK.split(blanks)[-1], False)


def _last_line(blanks: str) -> str:
    """The last line break of some blanks with the indentation after it: blank lines are not copied."""
    match = list(_LINE_BREAK.finditer(blanks))[-1]
    return blanks[match.start() :]


def _has_line_break(text: str) -> bool:
    return "\n" in text or "\r" in text
