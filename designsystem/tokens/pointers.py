"""JSON Pointer references: ``{"$ref": "#/color/blue/$value/components/0"}`` (DTCG Format §7.1.2, §7.4; RFC 6901 §6)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote, unquote_to_bytes

from designsystem.jsontext.nodes import pointer
from designsystem.tokens.names import ROOT

REF = "$ref"
_BAD_ESCAPE = re.compile(r"~(?![01])|%(?![0-9A-Fa-f]{2})")
_INDEX = re.compile(r"0|[1-9][0-9]*")
# RFC 3986 §3.5: what a fragment may hold unescaped; $ and the like stay readable.
_PLAIN = "/~$&'()*+,;=:@!?"

Steps = tuple[str, ...]


class Target(NamedTuple):
    """What a pointer leads to: the token (or group) at ``path``, and the part of its ``$value`` at ``steps``."""

    path: str
    steps: Steps = ()


class BadPointer(ValueError):
    """A ``$ref`` that leads to no token and into no token's value; the message says what to write."""


def ref_of(value: Any) -> str | None:
    """The text of a reference object; None for every other value."""
    text = value.get(REF) if type(value) is dict else None
    return text if type(text) is str and len(value) == 1 else None


def parse_pointer(text: str) -> Target:
    """The token and the part of its value that a ``$ref`` names; raises :class:`BadPointer`.

    ``#/a/b`` and ``#/a/b/$value`` are the whole token ``a.b``; what follows ``$value`` leads into it.
    """
    segments = _segments(text)
    if "$value" in segments:
        place = segments.index("$value")
        names, steps = segments[:place], tuple(segments[place + 1 :])
    else:
        names, steps = segments, ()
    if not names:
        raise BadPointer(f'"{text}" leads to the whole file; write the way to a token, such as "#/color/blue/$value"')
    wrong = next((name for name in names if (name.startswith("$") and name != ROOT) or "." in name or not name), None)
    if wrong is not None or ROOT in names[:-1]:
        raise BadPointer(f'"{text[:80]}" leads to no token; write the way to one, such as "#/color/blue/$value"')
    return Target(".".join(names), steps)


def place_of(value: Any) -> Steps | None:
    """The way to what a reference object names beside the values of tokens, such as data under ``$extensions``
    (§7.1.2); None for references to tokens and their values, and for everything that is no reference."""
    text = ref_of(value)
    try:
        segments = tuple(_segments(text)) if text is not None else ()
    except BadPointer:
        return None
    first = next((segment for segment in segments if segment.startswith("$") and segment != ROOT), "$value")
    return segments if first != "$value" else None


def filled(value: Any, found: Callable[[Steps], tuple[bool, Any]]) -> Any:
    """The value with every reference to such a place replaced by what ``found`` there; the rest as it is."""
    if type(value) is dict:
        place = place_of(value) if REF in value else None
        if place is not None:
            there, part = found(place)
            return part if there else value
        return {key: filled(part, found) for key, part in value.items()}
    return [filled(item, found) for item in value] if type(value) is list else value


def target_of(value: Any) -> Target | None:
    """What a reference object leads to; None for plain values, and for pointers that lead nowhere."""
    text = ref_of(value)
    if text is None:
        return None
    try:
        return parse_pointer(text)
    except BadPointer:
        return None


def write_pointer(path: str, steps: Steps = (), *, value: bool = True) -> str:
    """The ``$ref`` text that leads to a token's value, or to a part of it; ``value=False`` names the object itself."""
    names = path.split(".")
    text = pointer([*names, "$value", *steps] if value else names)
    return "#" + quote(text, safe=_PLAIN)


def walk(value: Any, steps: Steps) -> tuple[bool, Any]:
    """Whether a part of a value exists, and the part (RFC 6901 §4: digits are an index in lists, a name elsewhere)."""
    for step in steps:
        if type(value) is dict and step in value:
            value = value[step]
        elif type(value) is list and _INDEX.fullmatch(step) and len(step) < 10 and int(step) < len(value):
            value = value[int(step)]
        else:
            return False, None
    return True, value


def _segments(text: str) -> list[str]:
    if not text.startswith("#/"):
        shown = text[:80]
        raise BadPointer(f'"{shown}" is no way within this design system; a $ref begins with "#/" and the first group')
    if _BAD_ESCAPE.search(text):
        raise BadPointer(f'"{text[:80]}" holds a bare ~ or %; in a $ref they are written ~0 and %25 (and / is ~1)')
    try:
        plain = unquote_to_bytes(text[2:]).decode("utf-8", "strict")
    except UnicodeError as error:
        raise BadPointer(f'"{text[:80]}" is not UTF-8 once its escapes are read') from error
    return [segment.replace("~1", "/").replace("~0", "~") for segment in plain.split("/")]
