"""How a JSON file is laid out, and writing new values the same way."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from designsystem.jsontext.nodes import Node

# Possessive throughout: a hostile file must not make the look at its layout slow.
_STRING = r'"(?:[^"\\]|\\.)*+"'
_NEWLINE = re.compile(r"\r\n|\n|\r")
_OPENING = r"^([ \t]*+)(?:" + _STRING + r"[ \t]*+:[ \t]*+)?[\[{][ \t]*+(?:\r\n|\n|\r)"
_NESTED = re.compile(_OPENING + r"([ \t]++)\S", re.MULTILINE)
_COLON = re.compile(_STRING + r"([ \t]*+:[ \t]*+)[\[{\"\dtfn-]")
_LEAF_OBJECT = re.compile(r"\{(\s*+)(?:" + _STRING + r"|[^{}\"])++\}")
_SCALAR = r"\s*+(?:" + _STRING + r"|[^\[\]{}\",\s]++)\s*+"
_LEAF_ARRAY = re.compile(r"\[" + _SCALAR + r"(?:," + _SCALAR + r")++\]")
_COMMA = re.compile(r"[\"\d\]}el](,[ \t]*+)[\"\d\[{tfn-]")
_SAMPLE = 65536


@dataclass(frozen=True, slots=True)
class Style:
    """``indent`` is one level, None for files on one line; ``colon`` and ``comma`` come with their blanks; ``pad``
    stands inside the braces of objects on one line; arrays and objects of plain values may be on one line.
    """

    indent: str | None = "  "
    newline: str = "\n"
    colon: str = ": "
    comma: str = ", "
    pad: str = ""
    inline_arrays: bool = True
    inline_objects: bool = False


DEFAULT = Style()


def detect(text: str, fallback: Style = DEFAULT) -> Style:
    """The layout of a text, or of a part of one; what the part does not show is taken from ``fallback``."""
    sample = text[:_SAMPLE]
    nested, newline = _NESTED.search(sample), _NEWLINE.search(sample)
    array, leaf = _LEAF_ARRAY.search(sample), _LEAF_OBJECT.search(sample)
    colon, comma = _COLON.search(sample), _COMMA.search(sample)
    style = fallback
    if newline is not None:
        style = replace(style, newline=newline[0])
    if nested is not None and len(nested[2]) > len(nested[1]):
        style = replace(style, indent=nested[2][len(nested[1]) :])
    if colon is not None:
        style = replace(style, colon=colon[1])
    if comma is not None:
        style = replace(style, comma=comma[1])
    if array is not None:
        style = replace(style, inline_arrays=_NEWLINE.search(array[0]) is None)
    if leaf is not None:
        inline = _NEWLINE.search(leaf[0]) is None
        style = replace(style, inline_objects=inline, pad=leaf[1] if inline else style.pad)
    return style


def detect_node(node: Node, fallback: Style) -> Style:
    """The layout of one value within its file."""
    return detect(line_indent(node.text, node.start) + node.raw, fallback)


def line_indent(text: str, offset: int) -> str:
    """The blanks that the line of an offset starts with."""
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    end = start
    while end < len(text) and text[end] in " \t":
        end += 1
    return text[start:end]


def detect_file(text: str) -> Style:
    """The layout of a whole file; a file without any line break inside its object stays on one line."""
    body = text.strip(" \t\r\n")
    if len(body) <= 2:
        newline = _NEWLINE.search(text)
        return replace(DEFAULT, newline=newline[0]) if newline else DEFAULT
    one_line = replace(DEFAULT, indent=None, inline_objects=True)
    return detect(text, DEFAULT if _NEWLINE.search(body) else one_line)


def write(value: Any, style: Style, base: str = "", inline: bool = False) -> str:
    """A value as text; ``base`` is the indentation of the line that it starts on, ``inline`` keeps it on that line."""
    if isinstance(value, dict) and value:
        return _write_object(value, style, base, inline)
    if isinstance(value, (list, tuple)) and value:
        return _write_array(list(value), style, base, inline)
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def write_member(key: str, value: Any, style: Style, base: str, inline: bool = False) -> str:
    """A key and its value as text."""
    return f"{json.dumps(key, ensure_ascii=False)}{style.colon}{write(value, style, base, inline)}"


def _write_object(value: dict[str, Any], style: Style, base: str, inline: bool) -> str:
    flat = style.inline_objects and not any(isinstance(part, dict) and part for part in value.values())
    if flat and not style.inline_arrays:
        flat = not any(isinstance(part, list) and part for part in value.values())
    if inline or flat or style.indent is None:
        members = [write_member(key, part, style, base, True) for key, part in value.items()]
        return f"{{{style.pad}{style.comma.join(members)}{style.pad}}}"
    inner = base + style.indent
    members = [f"{style.newline}{inner}{write_member(key, part, style, inner)}" for key, part in value.items()]
    return f"{{{','.join(members)}{style.newline}{base}}}"


def _write_array(value: list[Any], style: Style, base: str, inline: bool) -> str:
    flat = style.inline_arrays and not any(isinstance(item, (dict, list)) for item in value)
    if inline or flat or style.indent is None:
        return f"[{style.comma.join(write(item, style, base, True) for item in value)}]"
    inner = base + style.indent
    items = [f"{style.newline}{inner}{write(item, style, inner)}" for item in value]
    return f"[{','.join(items)}{style.newline}{base}]"
